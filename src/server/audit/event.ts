import { goJson, htmlSafe } from '../../../api/meta/go-json.ts';
import { jsonText } from '../../../api/meta/json-text.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { UserInfo } from '../../auth/types.ts';
import { readJson } from '../../machinery/schema/json-numbers.ts';
import type { RequestInfo } from '../context.ts';

/** metav1.Status as an event shows it: without its kind. */
export type ResponseStatus = Readonly<Record<string, unknown>>;

export interface ObjectReference {
  readonly resource: string;
  namespace: string;
  name: string;
  uid: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  resourceVersion: string;
  readonly subresource: string;
}

/** User as an event shows it, which leaves out what is empty. */
export function userText({ username, uid, groups, extra }: UserInfo): string {
  const sorted = extra && Object.fromEntries(Object.entries(extra).sort(([a], [b]) => (a < b ? -1 : 1)));
  return goJson({
    ...(username ? { username } : {}),
    ...(uid ? { uid } : {}),
    ...(groups.length > 0 ? { groups } : {}),
    ...(sorted && Object.keys(sorted).length > 0 ? { extra: sorted } : {}),
  });
}

export function referenceOf(info: RequestInfo): ObjectReference | undefined {
  if (!info.isResourceRequest) return undefined;
  return {
    resource: info.resource,
    namespace: info.namespace,
    name: info.name,
    uid: '',
    apiGroup: info.group,
    apiVersion: info.version,
    resourceVersion: '',
    subresource: info.subresource,
  };
}

/** Takes over what the request's object says of itself and its URL does not. */
export function completeReference(reference: ObjectReference, { metadata = {} }: KubeObject): void {
  reference.namespace ||= metadata.namespace ?? '';
  reference.name ||= metadata.name ?? '';
  reference.uid ||= metadata.uid ?? '';
  reference.resourceVersion ||= metadata.resourceVersion ?? '';
}

export function referenceText(reference: ObjectReference): string {
  return goJson(Object.fromEntries(Object.entries(reference).filter(([, value]) => value !== '')));
}

/** The status of an answer: all that a Status says, of any other answer only the code. */
export function responseStatusOf(code: number, status: KubeObject | undefined): ResponseStatus {
  if (!status) return { metadata: {}, code };
  const { kind: _kind, apiVersion: _apiVersion, code: _code, ...rest } = status;
  return { ...rest, code };
}

export function isStatus(object: KubeObject | undefined): boolean {
  return object?.kind === 'Status' && object.apiVersion === 'v1';
}

/** The addresses that a request came through: those that proxies tell of, and the connection's. */
export function sourceAddresses(
  headers: Readonly<Record<string, string | undefined>>,
  remote: string,
  isAddress: (text: string) => boolean,
): string[] {
  const told = (headers['x-forwarded-for'] ?? '').split(',').map((text) => text.trim());
  const addresses = told.filter(isAddress);
  const real = headers['x-real-ip']?.trim() ?? '';
  if (isAddress(real) && !addresses.includes(real)) addresses.push(real);
  const own = remote.replace(/^::ffff:/, '');
  if (isAddress(own) && addresses.at(-1) !== own) addresses.push(own);
  return addresses;
}

/** One line of JSON out of any. @throws SyntaxError if it is none */
export function compacted(json: string): string {
  JSON.parse(json);
  return htmlSafe(json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1'));
}

/** A document without the managed fields of its objects: of the object itself, the items of a list, the rows of a table. */
export function withoutManagedFields(json: string): string {
  const document = readJson(json) as KubeObject;
  const drop = (object: KubeObject | undefined) => {
    if (object?.metadata) delete object.metadata.managedFields;
  };
  drop(document);
  if (Array.isArray(document['items'])) document['items'].forEach(drop);
  if (Array.isArray(document['rows'])) for (const row of document['rows']) drop(row.object);
  return jsonText(document);
}
