import { joinedValues } from '../../machinery/header-values.ts';

export type Headers = Readonly<Record<string, string>>;

/** Headers of which kube-apiserver looks at the first value only. Node knows others itself. */
const firstCounts: ReadonlySet<string> = new Set([
  ...['accept', 'accept-encoding', 'audit-id', 'if-none-match', 'impersonate-uid', 'impersonate-user', 'origin', 'range'],
]);
/** Headers that are lists by themselves: Node puts a comma between what came apart. */
const commaLists: ReadonlySet<string> = new Set([
  ...['cache-control', 'connection', 'cookie', 'sec-websocket-extensions', 'sec-websocket-protocol', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'via', 'x-forwarded-for'],
]);

/**
 * The headers of a request with the values of those that came several times as Go's server has them (see `header-values.ts`), where Node joins most of them with commas.
 * @param headers as Node has them; @param rawHeaders names and values in turn, as they came
 */
export function headersOf(headers: Headers, rawHeaders: readonly string[]): Headers {
  if (Object.keys(headers).length * 2 === rawHeaders.length) return headers;
  const values = new Map<string, string[]>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    const known = values.get(name);
    if (known) known.push(rawHeaders[i + 1]!);
    else values.set(name, [rawHeaders[i + 1]!]);
  }
  const own: Record<string, string> = { ...headers };
  for (const [name, all] of values) {
    if (all.length === 1 || commaLists.has(name) || headers[name] === all[0]) continue;
    own[name] = firstCounts.has(name) ? all[0]! : joinedValues(all);
  }
  return own;
}
