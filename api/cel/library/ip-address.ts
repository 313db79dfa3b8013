/** An IP address as Go's netip reads it. */
export interface Address {
  readonly version: 4 | 6;
  readonly bits: bigint;
  readonly zone: string;
  /** Written as an IPv4-mapped IPv6 address. */
  readonly mapped: boolean;
}

/** @returns the address, or what is wrong with the text in netip's words */
export function parseAddress(text: string): Address | string {
  const fail = (why: string, at?: string) => `ParseAddr(${quote(text)}): ${why}${at === undefined ? '' : ` (at ${quote(at)})`}`;
  for (const character of text) {
    if (character === '.') return parse4(text, fail);
    if (character === ':') return parse6(text, fail);
    if (character === '%') return fail('missing IPv6 address');
  }
  return fail('unable to parse IP');
}

type Fail = (why: string, at?: string) => string;

function quote(text: string): string {
  return JSON.stringify(text);
}

function parse4(text: string, fail: Fail): Address | string {
  const bits = parse4Fields(text, (why, at) => fail(why, at));
  return typeof bits === 'string' ? bits : { version: 4, bits, zone: '', mapped: false };
}

function parse4Fields(text: string, fail: Fail): bigint | string {
  let bits = 0n;
  let value = 0;
  let digits = 0;
  let fields = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character >= '0' && character <= '9') {
      if (digits === 1 && value === 0) return fail('IPv4 field has octet with leading zero');
      value = value * 10 + Number(character);
      digits++;
      if (value > 255) return fail('IPv4 field has value >255');
    } else if (character === '.') {
      if (i === 0 || i === text.length - 1 || text[i - 1] === '.') return fail('IPv4 field must have at least one digit', text.slice(i));
      if (fields === 3) return fail('IPv4 address too long');
      bits = (bits << 8n) | BigInt(value);
      fields++;
      value = 0;
      digits = 0;
    } else {
      return fail('unexpected character', text.slice(i));
    }
  }
  if (fields < 3) return fail('IPv4 address too short');
  return (bits << 8n) | BigInt(value);
}

function parse6(input: string, fail: Fail): Address | string {
  let text = input;
  let zone = '';
  const percent = text.indexOf('%');
  if (percent >= 0) {
    zone = text.slice(percent + 1);
    text = text.slice(0, percent);
    if (zone === '') return fail('zone must be a non-empty string');
  }
  const groups: number[] = [];
  let ellipsis = -1;
  let bytes = 0;
  if (text.startsWith('::')) {
    ellipsis = 0;
    text = text.slice(2);
    if (text === '') return { version: 6, bits: 0n, zone, mapped: false };
  }
  while (bytes < 16) {
    let off = 0;
    let accumulated = 0;
    for (; off < text.length; off++) {
      const digit = Number.parseInt(text[off]!, 16);
      if (Number.isNaN(digit)) break;
      if (off > 3) return fail('each group must have 4 or less digits', text);
      accumulated = accumulated * 16 + digit;
    }
    if (off === 0) return fail('each colon-separated field must have at least one digit', text);
    if (off < text.length && text[off] === '.') {
      if (ellipsis < 0 && bytes !== 12) return fail('embedded IPv4 address must replace the final 2 fields of the address', text);
      if (bytes + 4 > 16) return fail('too many hex fields to fit an embedded IPv4 at the end of the address', text);
      const v4 = parse4Fields(text, fail);
      if (typeof v4 === 'string') return v4;
      groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn));
      bytes += 4;
      text = '';
      break;
    }
    groups.push(accumulated);
    bytes += 2;
    text = text.slice(off);
    if (text === '') break;
    if (text[0] !== ':') return fail('unexpected character, want colon', text);
    if (text.length === 1) return fail('colon must be followed by more characters', text);
    text = text.slice(1);
    if (text[0] === ':') {
      if (ellipsis >= 0) return fail('multiple :: in address', text);
      ellipsis = bytes;
      text = text.slice(1);
      if (text === '') break;
    }
  }
  if (text !== '') return fail('trailing garbage after address', text);
  if (bytes < 16) {
    if (ellipsis < 0) return fail('address string too short');
    groups.splice(ellipsis / 2, 0, ...new Array<number>((16 - bytes) / 2).fill(0));
  } else if (ellipsis >= 0) {
    return fail('the :: must expand to at least one field of zeros');
  }
  const bits = groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
  return { version: 6, bits, zone, mapped: bits >> 32n === 0xffffn };
}
