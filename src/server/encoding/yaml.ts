import { parseTime } from '../../machinery/clock.ts';

/**
 * YAML as sigs.k8s.io/yaml writes JSON data: keys sorted, lists flush with their key, plain scalars where they read back as the same string,
 * lines folded at the first space beyond column 80, text with line ends in literal blocks.
 */
export function encodeYaml(value: unknown): string {
  const out: string[] = [];
  writeValue(out, value, 0, 0, true);
  return out.join('');
}

const bestWidth = 80;

/** @param column where the cursor stands, at the root 0; `indent` of the block that holds the value */
function writeValue(out: string[], value: unknown, indent: number, column: number, atRoot = false): void {
  if (Array.isArray(value)) writeList(out, value, indent, atRoot);
  else if (value !== null && typeof value === 'object') writeMap(out, value as Record<string, unknown>, indent, atRoot);
  else out.push(scalar(value, indent, column), '\n');
}

function isEmptyCollection(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : Object.keys(value as object).length === 0;
}

function isCollection(value: unknown): value is object {
  return value !== null && typeof value === 'object';
}

function writeMap(out: string[], map: Record<string, unknown>, indent: number, inline: boolean): void {
  const keys = Object.keys(map)
    .filter((key) => map[key] !== undefined)
    .sort(compareKeys);
  if (keys.length === 0) {
    out.push('{}\n');
    return;
  }
  keys.forEach((key, index) => {
    if (index > 0 || !inline) out.push(' '.repeat(indent));
    const name = scalar(key, indent, indent, true);
    const value = map[key];
    out.push(name, ':');
    if (isCollection(value) && !isEmptyCollection(value)) {
      out.push('\n');
      if (Array.isArray(value)) writeList(out, value, indent, false);
      else writeMap(out, value as Record<string, unknown>, indent + 2, false);
    } else if (isCollection(value)) {
      out.push(Array.isArray(value) ? ' []\n' : ' {}\n');
    } else {
      out.push(' ', scalar(value, indent, indent + name.length + 2), '\n');
    }
  });
}

function writeList(out: string[], list: readonly unknown[], indent: number, inline: boolean): void {
  if (list.length === 0) {
    out.push('[]\n');
    return;
  }
  list.forEach((item, index) => {
    if (index > 0 || !inline) out.push(' '.repeat(indent));
    out.push('- ');
    if (isCollection(item) && isEmptyCollection(item)) out.push(Array.isArray(item) ? '[]\n' : '{}\n');
    else writeValue(out, item, isCollection(item) ? indent + 2 : indent, indent + 2, true);
  });
}

/** Go's yaml package sorts keys with runs of digits by their number and letters before other characters; for API fields plain order is the same. */
function compareKeys(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  let digits = false;
  for (let i = 0; i < left.length && i < right.length; i++) {
    const x = left[i]!;
    const y = right[i]!;
    if (x === y) {
      digits = isDigit(x);
      continue;
    }
    const xLetter = isLetter(x);
    const yLetter = isLetter(y);
    if (xLetter && yLetter) return x < y ? -1 : 1;
    if (xLetter || yLetter) return digits ? (xLetter ? -1 : 1) : xLetter ? 1 : -1;
    return compareNumbers(left, right, i) || (x < y ? -1 : 1);
  }
  return left.length - right.length;
}

/** Runs of digits by their value, the shorter first; what is no digit counts as an empty run. */
function compareNumbers(left: readonly string[], right: readonly string[], from: number): number {
  const digits = (text: readonly string[]) => /^\d*/.exec(text.slice(from).join(''))![0];
  const a = digits(left);
  const b = digits(right);
  return Number(a) - Number(b) || a.length - b.length;
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9';
const isLetter = (character: string): boolean => /\p{L}/u.test(character);

function scalar(value: unknown, indent: number, column: number, isKey = false): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value !== 'string') return String(value);
  if (value.includes('\n') && !isKey && !hasSpecial(value) && !value.includes(' \n')) return literal(value, indent);
  if (resolvesToOtherType(value) || value.includes('\n')) return doubleQuoted(value, indent, column, isKey);
  if (plainAllowed(value)) return folded(value, indent, column, isKey, '');
  if (!hasSpecial(value)) return `'${folded(value.replaceAll("'", "''"), indent, column + 1, isKey, "'")}'`;
  return doubleQuoted(value, indent, column, isKey);
}

function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  return String(value).replace(/e([+-]?)(\d)$/, (_, sign, digit) => `e${sign || '+'}0${digit}`);
}

/** What would be read back as null, a boolean, a number, a time or a merge key. */
function resolvesToOtherType(text: string): boolean {
  if (text === '') return true;
  if (/^(~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/.test(text)) return true;
  if (!/^[-+.\d]/.test(text)) return false;
  if (/^[-+]?(\.inf|\.Inf|\.INF)$|^(\.nan|\.NaN|\.NAN)$/.test(text)) return true;
  if (/^\d{4}-\d{1,2}-\d{1,2}([Tt ]|$)/.test(text) && !Number.isNaN(parseTime(text.replace(' ', 'T')))) return true;
  const plain = text.replaceAll('_', '');
  if (/^[-+]?(0b[01]+|0x[0-9a-fA-F]+|0o?[0-7]+|\d+)$/.test(plain)) return true;
  if (/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(plain)) return true;
  return /^[-+]?\d[\d_]*(:[0-5]?\d)+(\.\d*)?$/.test(text);
}

/** Characters that only a double-quoted scalar can hold: what libyaml takes for unprintable, a tab and all beyond the first plane among them. */
function hasSpecial(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return /[\x00-\x09\x0b-\x1f\x7f\x80-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]/.test(text);
}

function plainAllowed(text: string): boolean {
  if (/^ | $/.test(text) || hasSpecial(text) || /[\x85\u2028\u2029]/.test(text)) return false;
  if (text.startsWith('---') || text.startsWith('...')) return false;
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text)) return false;
  if (/^[-?:](\s|$)/.test(text)) return false;
  return !/:(\s|$)|\s#/.test(text);
}

/** Breaks at single spaces beyond the width. */
function folded(text: string, indent: number, column: number, isKey: boolean, quote: string): string {
  if (isKey || column + text.length <= bestWidth) return text;
  const next = ' '.repeat(indent + 2);
  let out = '';
  let at = column;
  for (let i = 0; i < text.length; i++) {
    const inside = quote === '' || (i > 0 && i < text.length - 1);
    if (text[i] === ' ' && at > bestWidth && inside && text[i - 1] !== ' ' && text[i + 1] !== ' ') {
      out += `\n${next}`;
      at = next.length;
    } else {
      out += text[i];
      at++;
    }
  }
  return out;
}

function literal(text: string, indent: number): string {
  const margin = ' '.repeat(indent + 2);
  const leading = /^[ \n]/.test(text) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : text.endsWith('\n\n') || text === '\n' ? '+' : '';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '' : margin + line));
  return `|${leading}${chomp}\n${lines.join('\n')}`;
}

const escapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function doubleQuoted(text: string, indent: number, column: number, isKey: boolean): string {
  const next = ' '.repeat(indent + 2);
  const characters = [...text];
  let out = '"';
  let at = column + 1;
  let spaces = false;
  characters.forEach((character, i) => {
    const code = character.codePointAt(0)!;
    let piece = character;
    if (character === ' ') {
      if (!isKey && !spaces && at > bestWidth && i > 0 && i < characters.length - 1) {
        piece = `\n${next}${characters[i + 1] === ' ' ? '\\' : ''}`;
        at = next.length;
      } else at++;
      out += piece;
      spaces = true;
      return;
    }
    spaces = false;
    if (escapes[character]) piece = escapes[character]!;
    else if (hasSpecial(character)) {
      piece = code <= 0xff ? `\\x${hex(code, 2)}` : code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
    }
    out += piece;
    at += piece.length;
  });
  return `${out}"`;
}

function hex(code: number, width: number): string {
  return code.toString(16).toUpperCase().padStart(width, '0');
}
