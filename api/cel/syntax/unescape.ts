const simple: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  '?': '?',
};

/**
 * The text that a string token stands for, without its quotes and with its escapes resolved.
 * @throws an Error in cel-go's words
 */
export function unescapeString(token: string): string {
  const { body, raw } = strip(token);
  return raw ? body : body.replace(escapes, (sequence) => unescapeOne(sequence));
}

/** As unescapeString, for a bytes token without its b: an escape \x or octal is one byte, other characters are their UTF-8. */
export function unescapeBytes(token: string): Uint8Array {
  const { body, raw } = strip(token);
  if (raw) return Buffer.from(body);
  const parts: Uint8Array[] = [];
  let last = 0;
  for (const match of body.matchAll(escapes)) {
    parts.push(Buffer.from(body.slice(last, match.index)));
    last = match.index + match[0].length;
    if (match[0][1] === 'u' || match[0][1] === 'U') throw new Error('unable to unescape string');
    const code = codeOf(match[0]);
    parts.push(code === undefined ? Buffer.from(unescapeOne(match[0])) : Uint8Array.of(code));
  }
  parts.push(Buffer.from(body.slice(last)));
  return new Uint8Array(Buffer.concat(parts));
}

const escapes = /\\(?:[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)/gs;

function strip(token: string): { body: string; raw: boolean } {
  const text = token.replace(/\r\n?/g, '\n');
  const raw = text[0] === 'r' || text[0] === 'R';
  const quoted = raw ? text.slice(1) : text;
  const quotes = quoted.length >= 6 && (quoted.startsWith('"""') || quoted.startsWith("'''")) ? 3 : 1;
  return { body: quoted.slice(quotes, quoted.length - quotes), raw };
}

function codeOf(sequence: string): number | undefined {
  const kind = sequence[1]!;
  if ('xXuU'.includes(kind)) return Number.parseInt(sequence.slice(2), 16);
  return kind >= '0' && kind <= '3' ? Number.parseInt(sequence.slice(1), 8) : undefined;
}

function unescapeOne(sequence: string): string {
  const code = codeOf(sequence);
  if (code === undefined) {
    const text = simple[sequence[1]!];
    if (text === undefined) throw new Error('unable to unescape string');
    return text;
  }
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new Error('invalid unicode code point');
  return String.fromCodePoint(code);
}
