/** IP addresses and CIDRs: reading, canonical text, validation and the warnings about odd ways to write them. */
import { type FieldError, type FieldPath, invalid } from './field.ts';
import { goQuote } from './go-quote.ts';

export interface ParsedIP {
  readonly version: 4 | 6;
  readonly bits: bigint;
  /** As RFC 5952 has it; IPv4-mapped IPv6 addresses come out as IPv4. */
  readonly text: string;
  /** Written as an IPv4-mapped IPv6 address (`::ffff:1.2.3.4`). */
  readonly mapped: boolean;
  /** An IPv4 part has leading zeros, or an IPv6 part more than its four digits. */
  readonly leadingZeros: boolean;
}

export interface ParsedCIDR {
  readonly ip: ParsedIP;
  readonly version: 4 | 6;
  readonly prefix: number;
  /** The network's first and last address. */
  readonly first: bigint;
  readonly last: bigint;
  /** `network/prefix` in canonical form. */
  readonly text: string;
  readonly leadingZeros: boolean;
}

/** Undefined if the text is no address. Takes leading zeros, as the API's older fields do. */
export function parseIP(text: string): ParsedIP | undefined {
  return text.includes(':') ? parseIPv6(text) : parseIPv4(text);
}

function parseIPv4(text: string): ParsedIP | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d+$/.test(part) || Number(part) > 255)) return undefined;
  const bits = parts.reduce((sum, part) => (sum << 8n) | BigInt(Number(part)), 0n);
  return { version: 4, bits, text: ipText(4, bits), mapped: false, leadingZeros: parts.some((part) => part.length > 1 && part[0] === '0') };
}

function parseIPv6(text: string): ParsedIP | undefined {
  let leadingZeros = false;
  let source = text;
  const dotted = /^(.*:)([^:]*\.[^:]*)$/.exec(text);
  if (dotted) {
    const v4 = parseIPv4(dotted[2]!);
    if (!v4) return undefined;
    leadingZeros = v4.leadingZeros;
    source = `${dotted[1]}${(v4.bits >> 16n).toString(16)}:${(v4.bits & 0xffffn).toString(16)}`;
  }
  const halves = source.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string): string[] => (half === '' ? [] : half.split(':'));
  const head = groups(halves[0]!);
  const tail = halves.length === 2 ? groups(halves[1]!) : [];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (all.some((group) => !/^0*[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  leadingZeros ||= all.some((group) => group.length > 4);
  const bits = all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
  const mapped = bits >> 32n === 0xffffn;
  if (mapped) return { version: 4, bits: bits & 0xffffffffn, text: ipText(4, bits & 0xffffffffn), mapped, leadingZeros };
  return { version: 6, bits, text: ipText(6, bits), mapped, leadingZeros };
}

/** An address's canonical text. */
export function ipText(version: 4 | 6, bits: bigint): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => Number((bits >> BigInt(112 - 16 * i)) & 0xffffn));
  const run = longestZeroRun(groups);
  const text = (part: number[]): string => part.map((group) => group.toString(16)).join(':');
  return run.length < 2 ? text(groups) : `${text(groups.slice(0, run.start))}::${text(groups.slice(run.start + run.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (start + length < groups.length && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** Undefined if the text is no CIDR. */
export function parseCIDR(text: string): ParsedCIDR | undefined {
  const slash = text.indexOf('/');
  const ip = slash < 0 ? undefined : parseIP(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (!ip || !/^\d+$/.test(length)) return undefined;
  const written = Number(length);
  // Less of an IPv4-mapped address than says that it is one leaves an IPv6 network.
  const narrow = ip.version === 4 && (!ip.mapped || written >= 96);
  const version = narrow ? 4 : 6;
  const width = narrow ? 32 : 128;
  const prefix = narrow && ip.mapped ? written - 96 : written;
  if (prefix > width) return undefined;
  const hostBits = BigInt(width - prefix);
  const bits = ip.mapped && !narrow ? (0xffffn << 32n) | ip.bits : ip.bits;
  const first = (bits >> hostBits) << hostBits;
  return {
    ip,
    version,
    prefix,
    first,
    last: first | ((1n << hostBits) - 1n),
    text: `${ipText(version, first)}/${prefix}`,
    leadingZeros: ip.leadingZeros || (length.length > 1 && length[0] === '0'),
  };
}

/** The first address of a network that is a host's. */
export function firstAddress(cidr: string): string {
  return addressAt(cidr, 1);
}

/** An address of a network by its number; 0 is the network's own. */
export function addressAt(cidr: string, number: number): string {
  const parsed = parseCIDR(cidr);
  if (!parsed) throw new Error(`${cidr} is no range of addresses`);
  return ipText(parsed.version, parsed.first + BigInt(number));
}

export function cidrContains(cidr: ParsedCIDR, ip: ParsedIP): boolean {
  return cidr.version === ip.version && ip.bits >= cidr.first && ip.bits <= cidr.last;
}

export function isIPv6(text: string): boolean {
  return parseIP(text)?.version === 6;
}

const notAnIP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const notACIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/**
 * The rule of fields from before addresses were read strictly: no leading zeros, no IPv4-mapped IPv6, but IPv6 in any spelling.
 * @param old values that an object has already and may keep
 */
export function validateLegacyIP(path: FieldPath, value: string, old: readonly string[] = []): FieldError[] {
  if (old.includes(value)) return [];
  const ip = parseIP(value);
  if (!ip) return [invalid(path, value, notAnIP)];
  const errors = ip.leadingZeros ? [invalid(path, value, 'must not have leading 0s')] : [];
  if (ip.mapped && !ip.leadingZeros) errors.push(invalid(path, value, 'must not be an IPv4-mapped IPv6 address'));
  return errors;
}

/** The rule of newer fields: canonical text only. */
export function validateIP(path: FieldPath, value: string): FieldError[] {
  const errors = validateLegacyIP(path, value);
  if (errors.length > 0) return errors;
  const ip = parseIP(value)!;
  return ip.text === value ? [] : [invalid(path, value, `must be in canonical form (${goQuote(ip.text)})`)];
}

/** As `validateLegacyIP`; nor may bits be set beyond the prefix. */
export function validateLegacyCIDR(path: FieldPath, value: string, old: readonly string[] = []): FieldError[] {
  if (old.includes(value)) return [];
  const cidr = parseCIDR(value);
  if (!cidr) return [invalid(path, value, notACIDR)];
  if (cidr.leadingZeros) return [invalid(path, value, 'must not have leading 0s in IP or prefix length')];
  if (cidr.ip.mapped) return [invalid(path, value, 'must not have an IPv4-mapped IPv6 address')];
  return cidr.ip.bits === cidr.first ? [] : [invalid(path, value, 'must not have bits set beyond the prefix length')];
}

export function validateCIDR(path: FieldPath, value: string): FieldError[] {
  const errors = validateLegacyCIDR(path, value);
  if (errors.length > 0) return errors;
  const { text } = parseCIDR(value)!;
  return text === value ? [] : [invalid(path, value, `must be in canonical form (${goQuote(text)})`)];
}

/** An address of an interface with its prefix, `10.9.8.7/24`, in canonical form. */
export function validateInterfaceAddress(path: FieldPath, value: string): FieldError[] {
  const cidr = parseCIDR(value);
  if (!cidr) return [invalid(path, value, 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)')];
  const text = `${cidr.ip.text}/${cidr.prefix}`;
  return text === value ? [] : [invalid(path, value, `must be in canonical form (${quoted(text)})`)];
}

const quoted = JSON.stringify;

/** Warnings about a valid address of an older field. */
export function ipWarnings(path: FieldPath, value: string): string[] {
  const ip = parseIP(value);
  if (!ip) return [];
  if (ip.mapped || ip.leadingZeros) return [`${path}: non-standard IP address ${quoted(value)} is invalid: use ${quoted(ip.text)}`];
  if (ip.version === 6 && ip.text !== value) {
    return [`${path}: IPv6 address ${quoted(value)} should be in RFC 5952 canonical format (${quoted(ip.text)})`];
  }
  return [];
}

/** Warnings about a valid CIDR of an older field. */
export function cidrWarnings(path: FieldPath, value: string): string[] {
  const cidr = parseCIDR(value);
  if (!cidr) return [];
  const warnings: string[] = [];
  if (cidr.ip.bits !== cidr.first) {
    const single = `${cidr.ip.text}/${cidr.version === 4 ? 32 : 128}`;
    warnings.push(
      `${path}: CIDR value ${quoted(value)} is ambiguous in this context (should be ${quoted(cidr.text)} or ${quoted(single)}?)`,
    );
  }
  if (cidr.leadingZeros || cidr.ip.mapped) {
    warnings.push(`${path}: non-standard CIDR value ${quoted(value)} is invalid: use ${quoted(cidr.text)}`);
  }
  if (warnings.length === 0 && cidr.version === 6 && cidr.text !== value) {
    warnings.push(`${path}: IPv6 CIDR value ${quoted(value)} should be in RFC 5952 canonical format (${quoted(cidr.text)})`);
  }
  return warnings;
}
