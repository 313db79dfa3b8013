/** How webhooks are reached: rules that admission webhooks and conversion webhooks of custom resources share. */
import { parseURL } from '../../cel/library/go-url.ts';
import { type FieldError, type FieldPath, invalid, required } from '../../meta/field.ts';
import { isDns1035Label, isDns1123Subdomain, isPortNumber } from '../../meta/names.ts';

export interface WebhookClient {
  readonly url?: string;
  readonly service?: { readonly name?: string; readonly namespace?: string; readonly path?: string; readonly port?: number };
}

/** A URL or a service, exactly one of them. */
export function validateWebhookClient(client: WebhookClient | undefined, path: FieldPath): FieldError[] {
  const { url, service } = client ?? {};
  if ((url === undefined) === (service === undefined)) return [required(path, 'exactly one of url or service is required')];
  return url === undefined ? validateWebhookService(service!, path.child('service')) : validateWebhookURL(url, path.child('url'));
}

const form = '; desired format: https://host[/path]';
const urlParts = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

export function validateWebhookURL(url: string, path: FieldPath): FieldError[] {
  const parsed = parseURL(url);
  if (typeof parsed === 'string') return [required(path, `url must be a valid URL: ${parsed}${form}`)];
  const [, scheme = '', authority = '', , query = '', fragment = ''] = urlParts.exec(url)!;
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? undefined : authority.slice(0, at);
  const host = authority.slice(at + 1);
  const errors: FieldError[] = [];
  if (scheme.toLowerCase() !== 'https') errors.push(invalid(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${form}`));
  if (host === '') errors.push(invalid(path, host, `host must be specified${form}`));
  if (user !== undefined) errors.push(invalid(path, user, 'user information is not permitted in the URL'));
  if (fragment !== '') errors.push(invalid(path, fragment, 'fragments are not permitted in the URL'));
  if (query !== '') errors.push(invalid(path, query, 'query parameters are not permitted in the URL'));
  return errors;
}

// Which of the two names is missing is told the wrong way round, as v1.36.3 does.
function validateWebhookService(service: NonNullable<WebhookClient['service']>, path: FieldPath): FieldError[] {
  const { name = '', namespace = '', port = 0 } = service;
  const errors: FieldError[] = [];
  if (namespace === '') errors.push(required(path.child('name')));
  if (name === '') errors.push(required(path.child('namespace')));
  const portMessages = isPortNumber(port);
  if (portMessages.length > 0) errors.push(invalid(path.child('port'), port, `port is not valid: ${portMessages.join(', ')}`));
  return [...errors, ...validateServicePath(service.path ?? '', path.child('path'))];
}

function validateServicePath(text: string, path: FieldPath): FieldError[] {
  if (text === '' || text === '/') return [];
  if (text === '//') return [invalid(path, text, 'segment[0] may not be empty')];
  const errors = text.startsWith('/') ? [] : [invalid(path, text, "must start with a '/'")];
  const segments = text.slice(1).replace(/\/$/, '').split('/');
  segments.forEach((segment, i) => {
    const messages = segment === '' ? [`segment[${i}] may not be empty`] : isDns1123Subdomain(segment).map((m) => `segment[${i}]: ${m}`);
    errors.push(...messages.map((message) => invalid(path, text, message)));
  });
  return errors;
}

export const reviewVersions: readonly string[] = ['v1', 'v1beta1'];

/**
 * The versions of the review that a webhook understands.
 * @param requireKnown one of them must be a version that the server can send
 * @param whenEmpty what to say if there are none
 */
export function validateReviewVersions(
  versions: readonly string[] | undefined,
  requireKnown: boolean,
  whenEmpty: string,
  path: FieldPath,
): FieldError[] {
  if (!versions?.length) return [required(path, whenEmpty)];
  const seen = new Set<string>();
  const errors = versions.flatMap((version, i) => {
    if (seen.has(version)) return [invalid(path.index(i), version, 'duplicate version')];
    seen.add(version);
    return isDns1035Label(version).map((message) => invalid(path.index(i), version, message));
  });
  if (requireKnown && !versions.some((version) => reviewVersions.includes(version))) {
    errors.push(invalid(path, versions, `must include at least one of ${reviewVersions.join(', ')}`));
  }
  return errors;
}

/** Whether an update may keep versions that the server does not know: only where the stored ones were such. */
export function hasKnownReviewVersion(versions: readonly string[] | undefined): boolean {
  return !versions?.length || versions.some((version) => reviewVersions.includes(version));
}
