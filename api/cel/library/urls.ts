import { declareFunction, type FunctionDeclaration } from '../check/declarations.ts';
import { structType } from '../check/types.ts';
import { CelError } from '../runtime/errors.ts';
import { LiteralMap } from '../runtime/literal-map.ts';
import { ArrayList, OpaqueValue, type Value } from '../runtime/values.ts';
import { type GoURL, parseRequestURL, parseURL, queryValues } from './go-url.ts';

export const urlType = structType('kubernetes.URL');

export class URLValue extends OpaqueValue {
  readonly type = urlType;

  readonly text: string;
  readonly url: GoURL;

  constructor(text: string, url: GoURL) {
    super();
    this.text = text;
    this.url = url;
  }

  equals(other: Value): boolean {
    return other instanceof URLValue && this.text === other.text;
  }
}

/** url('https://example.com/x') and its functions. */
export function urlLibrary(): FunctionDeclaration[] {
  const options = { names: { url: urlType } };
  const part = (name: string, id: string, read: (url: GoURL) => string) =>
    declareFunction(name, { [`url_get_${id}`]: ['url.(): string', ({ url }: URLValue) => read(url)] }, options);
  return [
    declareFunction('url', { string_to_url: ['(string): url', parse] }, options),
    declareFunction('isURL', { is_url_string: ['(string): bool', (text: string) => typeof parseRequestURL(text) !== 'string'] }, options),
    part('getScheme', 'scheme', (url) => url.scheme),
    part('getHost', 'host', (url) => url.host),
    part('getHostname', 'hostname', (url) => url.hostname),
    part('getPort', 'port', (url) => url.port),
    part('getEscapedPath', 'escaped_path', (url) => url.escapedPath),
    declareFunction(
      'getQuery',
      {
        url_get_query: [
          'url.(): map(string, list(string))',
          ({ url }: URLValue) => new LiteralMap([...queryValues(url.rawQuery)].map(([key, values]) => [key, new ArrayList(values)])),
        ],
      },
      options,
    ),
  ];
}

function parse(text: string): URLValue {
  const request = parseRequestURL(text);
  const parsed = typeof request === 'string' ? request : parseURL(text);
  if (typeof parsed === 'string') throw new CelError(`URL parse error during conversion from string: ${parsed}`);
  return new URLValue(text, parsed);
}
