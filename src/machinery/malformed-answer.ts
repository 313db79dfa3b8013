import { goQuote } from '../../api/meta/go-quote.ts';

/** What Go's client says of an answer that Node's parser has refused, from the bytes that came; undefined if it would not have refused it. */
export function malformedAnswer(bytes: Buffer): string | undefined {
  const [line = '', ...rest] = bytes.toString('latin1').split(/\r?\n/);
  return statusLineProblem(line) ?? headersProblem(rest.slice(0, rest.indexOf('') < 0 ? undefined : rest.indexOf('')));
}

function statusLineProblem(line: string): string | undefined {
  const [, protocol, status] = /^(.*?) +(.*)$/.exec(line) ?? [];
  if (status === undefined) return `malformed HTTP response ${goQuote(line)}`;
  const [code = ''] = status.split(' ', 1);
  if (!/^\d{3}$/.test(code)) return `malformed HTTP status code ${goQuote(code)}`;
  return /^HTTP\/\d\.\d$/.test(protocol!) ? undefined : `malformed HTTP version ${goQuote(protocol!)}`;
}

function headersProblem(lines: readonly string[]): string | undefined {
  const bare = lines.find((line) => !line.includes(':'));
  if (bare !== undefined) return `malformed MIME header: missing colon: ${goQuote(bare)}`;
  const lengths = lines.flatMap((line) => /^content-length:\s*(.*?)\s*$/i.exec(line)?.[1] ?? []);
  if (lengths.some((length) => length !== lengths[0])) {
    return `http: message cannot contain multiple Content-Length headers; got [${lengths.map(goQuote).join(' ')}]`;
  }
  return lengths[0] === undefined || /^\d+$/.test(lengths[0]) ? undefined : `bad Content-Length ${goQuote(lengths[0])}`;
}
