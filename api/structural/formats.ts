import { isIP, isIPv6 } from 'node:net';

type Check = (text: string) => boolean;

const uuid = (third: string, fourth: string): Check => {
  const form = new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${third}-?${fourth}-?[0-9a-f]{12}$`, 'i');
  return (text) => form.test(text);
};
const matches =
  (form: RegExp): Check =>
  (text) =>
    form.test(text);

const shortName = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const letter = '\\p{S}\\p{L}';
const hostname = new RegExp(
  `^(?:[a-zA-Z0-9${letter}](?:-?[a-zA-Z0-9${letter}]{0,62})?|(?:[a-zA-Z0-9${letter}](?:[a-zA-Z0-9\\-${letter}]{0,61}[a-zA-Z0-9${letter}])?\\.)+[a-zA-Z\\p{L}]{2,63})$`,
  'u',
);
const channel = '(?:0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])';

/** What strings of each format must be; names without dashes. https://pkg.go.dev/k8s.io/kube-openapi/pkg/validation/strfmt */
const checks: Readonly<Record<string, Check>> = {
  bsonobjectid: matches(/^[0-9a-fA-F]{24}$/),
  byte: matches(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/),
  cidr: isCidr,
  creditcard: isCreditCard,
  date: isDate,
  datetime: isDateTime,
  duration: isDuration,
  email: isEmail,
  hexcolor: matches(/^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  hostname: (text) =>
    hostname.test(text) && Buffer.byteLength(text) <= 255 && text.split('.').every((part) => Buffer.byteLength(part) <= 63),
  ipv4: (text) => text.includes('.') && isSloppyIP(text),
  ipv6: (text) => text.includes(':') && isIP(text) !== 0 && !text.includes('%'),
  isbn: (text) => isISBN10(text) || isISBN13(text),
  isbn10: isISBN10,
  isbn13: isISBN13,
  k8slongname: (text) => text.length <= 253 && new RegExp(`^${shortName}(?:\\.${shortName})*$`).test(text),
  k8sshortname: (text) => text.length <= 63 && new RegExp(`^${shortName}$`).test(text),
  mac: isMAC,
  password: () => true,
  rgbcolor: matches(new RegExp(`^rgb\\(\\s*${channel}\\s*,\\s*${channel}\\s*,\\s*${channel}\\s*\\)$`)),
  ssn: (text) => text.length === 11 && /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text),
  uri: isRequestURI,
  uuid: uuid('[0-9a-f]{4}', '[0-9a-f]{4}'),
  uuid3: uuid('3[0-9a-f]{3}', '[0-9a-f]{4}'),
  uuid4: uuid('4[0-9a-f]{3}', '[89ab][0-9a-f]{3}'),
  uuid5: uuid('5[0-9a-f]{3}', '[89ab][0-9a-f]{3}'),
};

/** The check of a string format; undefined if values are not held to it. */
export function formatCheck(format: string): Check | undefined {
  const name = format.replaceAll('-', '');
  return Object.hasOwn(checks, name) ? checks[name] : undefined;
}

/** Whether a schema's format means something for its type. */
export function isKnownFormat(type: string | undefined, format: string): boolean {
  if (!type || type === 'string') return formatCheck(format) !== undefined;
  if (type === 'integer') return format === 'int32' || format === 'int64';
  return type === 'number' && (format === 'float' || format === 'double');
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  if (month < 1 || month > 12 || day < 1) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= monthDays[month - 1]! + (month === 2 && isLeap ? 1 : 0);
}

function isDateTime(text: string): boolean {
  const [date = '', time] = text.toLowerCase().split('t');
  if (time === undefined || !isDate(date)) return false;
  const match = /^(\d{2}):(\d{2}):(\d{2})(?:.\d+)?(?:z|[+-]\d{2}:\d{2})$/.exec(time);
  return match !== null && match[1]! <= '23' && match[2]! <= '59' && match[3]! <= '59';
}

// Go's durations, and words as Scala has them: `3 days`.
function isDuration(text: string): boolean {
  if (/^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.test(text)) return true;
  for (const [, , unit] of text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g)) {
    const word = unit!.toLowerCase();
    if (exactUnits.has(word) || unitPrefixes.some((prefix) => word.startsWith(prefix))) return true;
  }
  return false;
}

const exactUnits: ReadonlySet<string> = new Set('ns us µs ms s m h hr d w wk'.split(' '));
const unitPrefixes = 'nano micro milli sec min hour day week'.split(' ');

function isSloppyIP(text: string): boolean {
  if (isIP(text) !== 0) return !text.includes('%');
  // Leading zeros were allowed once.
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text.replace(/(^|\.)0+(?=\d)/g, '$1')) && text.split('.').every((part) => Number(part) <= 255);
}

function isCidr(text: string): boolean {
  const match = /^([^/]+)\/(\d+)$/.exec(text);
  if (!match || !isSloppyIP(match[1]!)) return false;
  return Number(match[2]) <= (isIPv6(match[1]!) ? 128 : 32);
}

function isMAC(text: string): boolean {
  const colons = /^[0-9a-fA-F]{2}(?:([:-])[0-9a-fA-F]{2})(?:\1[0-9a-fA-F]{2})*$/;
  if (colons.test(text)) return [6, 8, 20].includes((text.length + 1) / 3);
  return /^[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4})+$/.test(text) && [6, 8, 20].includes((2 * (text.length + 1)) / 5);
}

function isCreditCard(text: string): boolean {
  const digits = text.replace(/[^0-9]+/g, '');
  const issuers =
    /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$/;
  if (!issuers.test(digits)) return false;
  let sum = 0;
  [...digits].reverse().forEach((digit, i) => {
    const value = Number(digit) * (i % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  });
  return sum % 10 === 0;
}

function isISBN10(text: string): boolean {
  const digits = text.replace(/[\s-]+/g, '');
  if (!/^(?:[0-9]{9}X|[0-9]{10})$/.test(digits)) return false;
  const sum = [...digits].reduce((total, digit, i) => total + (i + 1) * (digit === 'X' ? 10 : Number(digit)), 0);
  return sum % 11 === 0;
}

function isISBN13(text: string): boolean {
  const digits = text.replace(/[\s-]+/g, '');
  if (!/^[0-9]{13}$/.test(digits)) return false;
  const sum = [...digits.slice(0, 12)].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0);
  return Number(digits[12]) === (10 - (sum % 10)) % 10;
}

// What Go's url.ParseRequestURI takes: an absolute URI or an absolute path.
function isRequestURI(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (text === '' || /[\x00-\x1f\x7f]/.test(text)) return false;
  if (text === '*') return true;
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[0] ?? '';
  const rest = text.slice(scheme.length);
  if (scheme === '' && !rest.startsWith('/')) return false;
  if (!rest.startsWith('/')) return scheme !== '';
  const [path = ''] = rest.split('?');
  const authority = /^\/\/(?!\/)([^/]*)/.exec(path)?.[1];
  if (authority !== undefined && scheme !== '') return isAuthority(authority) && hasGoodEscapes(path.slice(2 + authority.length));
  return hasGoodEscapes(path);
}

function isAuthority(text: string): boolean {
  const at = text.lastIndexOf('@');
  const userInfo = text.slice(0, Math.max(at, 0));
  const host = text.slice(at + 1);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(userInfo) || !hasGoodEscapes(userInfo)) return false;
  if (host.startsWith('[')) {
    const match = /^\[([^\]]*)\](?::\d*)?$/.exec(host);
    return match !== null && !/[\s"<>^`{}|\\]/.test(match[1]!);
  }
  const colon = host.indexOf(':');
  if (colon >= 0 && !/^\d*$/.test(host.slice(host.lastIndexOf(':') + 1))) return false;
  return !/[\s"<>^`{}|\\]/.test(host.replace(/["<>]/g, '')) && hasGoodEscapes(host);
}

function hasGoodEscapes(text: string): boolean {
  return !/%(?![0-9a-fA-F]{2})/.test(text);
}

const atom = "[A-Za-z0-9!#$%&'*+\\-/=?^_`{|}~\\u0080-\\u{10ffff}]";
const dotAtom = `${atom}+(?:\\.${atom}+)*`;
const quoted = '"(?:[^"\\\\\\r\\n]|\\\\.)*"';
const word = `(?:${atom}[A-Za-z0-9!#$%&'*+\\-/=?^_\`{|}~.\\u0080-\\u{10ffff}]*|${quoted})`;
const addressForm = `(?:${dotAtom}|${quoted})@(?:${dotAtom}|\\[[^\\]\\[\\\\]*\\])`;
const address = new RegExp(`^[ \\t]*(?:${addressForm}|(?:${word}(?:[ \\t]+${word})*)?[ \\t]*<${addressForm}>)[ \\t]*$`, 'u');

// An address as RFC 5322 has it, with or without a display name.
function isEmail(text: string): boolean {
  return address.test(text);
}
