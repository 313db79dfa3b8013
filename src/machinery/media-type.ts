const token = "[-!#$%&'*+.^_`|~\\w]+";
const wholeType = new RegExp(`^(?:(${token})(?:(/)(${token})?(.*)|(.*)))?`, 's');
const parameter = new RegExp(`\\s*;\\s*(${token})\\s*=\\s*(?:(${token})|"((?:[^"\\\\\\r\\n]|\\\\.)*)")`, 'sy');

/** What Go's `mime` says of a media type that is none; undefined if it is one. */
export function mediaTypeProblem(text: string): string | undefined {
  const [base = ''] = text.split(';', 1);
  const [, first, slash, second, afterSecond, afterFirst] = wholeType.exec(base.trim())!;
  if (first === undefined) return 'mime: no media type';
  if (afterFirst) return 'mime: expected slash after first token';
  if (slash && second === undefined) return 'mime: expected token after slash';
  if (afterSecond) return 'mime: unexpected content after media subtype';
  return parametersProblem(text.slice(base.length));
}

function parametersProblem(text: string): string | undefined {
  const values = new Map<string, string>();
  for (let at = 0; /[^\s;]/.test(text.slice(at)) || text.slice(at).trim().length > 1; ) {
    parameter.lastIndex = at;
    const found = parameter.exec(text);
    if (!found) return 'mime: invalid media parameter';
    at = parameter.lastIndex;
    const [, name = '', plain, quoted] = found;
    const value = plain ?? quoted!;
    if (values.has(name.toLowerCase()) && values.get(name.toLowerCase()) !== value) return 'mime: duplicate parameter name';
    values.set(name.toLowerCase(), value);
  }
  return undefined;
}
