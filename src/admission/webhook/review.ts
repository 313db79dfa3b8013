import { goQuote } from '../../../api/meta/go-quote.ts';
import { apiVersionOf, type GroupVersionKind, type KubeObject } from '../../../api/meta/object.ts';
import type { ExpectedKind } from '../../machinery/expected-kind.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import type { Match } from './match.ts';
import { admissionReviewSchemas, readResponse } from './review-schema.ts';

/** An answer that is not what it should be; the webhook's failure policy decides what follows. */
export class InvalidReviewError extends Error {}

/** `response` of an AdmissionReview. */
export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: Readonly<Record<string, any>>;
  readonly patch?: Buffer;
  readonly patchType?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

export const jsonPatchType = 'JSONPatch';
const reviewGroup = 'admission.k8s.io';
const knownVersions: readonly string[] = ['v1', 'v1beta1'];

/** The reviews that are asked of admission webhooks. */
export const admissionReview: ExpectedKind = { group: reviewGroup, kind: 'AdmissionReview', versions: knownVersions };

/** The first of the versions that a webhook lists and this server speaks. */
export function reviewVersionOf(versions: readonly string[]): string {
  return versions.find((version) => knownVersions.includes(version))!;
}

/** The kind that a request is about: that of the resource, or of its subresource. */
export function requestKind({ definition, subresource, object }: AdmissionAttributes): GroupVersionKind {
  const own = definition.subresources.find(({ name }) => name === subresource)?.kind;
  if (own) return own;
  if (subresource !== '' && object?.kind && object.kind !== definition.kind) {
    const [group, version] = object.apiVersion!.includes('/') ? object.apiVersion!.split('/') : ['', object.apiVersion!];
    return { group: group!, version: version!, kind: object.kind };
  }
  return { group: definition.group, version: definition.version, kind: definition.kind };
}

/** An AdmissionReview for a webhook. @param match the version in which the webhook sees the request */
export function reviewOf(attributes: AdmissionAttributes, match: Match, uid: string, version: string): KubeObject {
  const { definition, subresource, user } = attributes;
  const seen = match.definition;
  const kind = requestKind(attributes);
  const resourceOf = (of: typeof definition) => ({ group: of.group, version: of.version, resource: of.plural });
  return {
    kind: 'AdmissionReview',
    apiVersion: apiVersionOf(reviewGroup, version),
    request: {
      uid,
      // A Scale is one in every version of its resource.
      kind: seen === definition || kind.group !== definition.group ? kind : { group: seen.group, version: seen.version, kind: seen.kind },
      resource: resourceOf(seen),
      ...(subresource ? { subResource: subresource } : {}),
      requestKind: kind,
      requestResource: resourceOf(definition),
      ...(subresource ? { requestSubResource: subresource } : {}),
      ...(attributes.name ? { name: attributes.name } : {}),
      ...(attributes.namespace ? { namespace: attributes.namespace } : {}),
      operation: attributes.operation,
      userInfo: {
        ...(user.username ? { username: user.username } : {}),
        ...(user.uid ? { uid: user.uid } : {}),
        ...(user.groups.length > 0 ? { groups: user.groups } : {}),
        ...(user.extra && Object.keys(user.extra).length > 0 ? { extra: user.extra } : {}),
      },
      object: match.object ?? null,
      oldObject: match.old ?? null,
      dryRun: attributes.dryRun,
      options: attributes.options ?? null,
    },
  };
}

/**
 * The response of an answered review.
 * @param mutating whether it may carry a patch
 * @throws InvalidReviewError, WebhookCallError in upstream's words
 */
export function responseOf(answer: any, uid: string, version: string, mutating: boolean): AdmissionResponse {
  const response = readResponse(answer, admissionReviewSchemas[version]!);
  if (!response) throw new InvalidReviewError('webhook response was absent');
  // Bytes may be a list of numbers as well.
  const patch = Buffer.from(response['patch'] ?? '', 'base64');
  const read = { ...response, uid, allowed: response['allowed'] === true, patch };
  // The older version never looked at what the answer says it is, nor at its uid, and every patch of it is a JSON patch.
  if (version === 'v1beta1') return { ...read, patchType: jsonPatchType };
  if ((response['uid'] ?? '') !== uid) {
    throw new InvalidReviewError(`expected response.uid=${goQuote(uid)}, got ${goQuote(response['uid'] ?? '')}`);
  }
  const expected = apiVersionOf(reviewGroup, version);
  if (answer.apiVersion !== expected || answer.kind !== admissionReview.kind) {
    const [group = '', of = ''] = (answer.apiVersion ?? '').split('/');
    throw new InvalidReviewError(
      `expected webhook response of ${expected}, Kind=${admissionReview.kind}, got ${group}/${of}, Kind=${answer.kind ?? ''}`,
    );
  }
  checkPatch(read, mutating);
  return read;
}

function checkPatch({ patch, patchType }: { readonly patch: Buffer; readonly patchType?: string }, mutating: boolean): void {
  if (!mutating) {
    if (patch.length > 0) throw new InvalidReviewError('validating webhook may not return response.patch');
    if (patchType !== undefined) throw new InvalidReviewError('validating webhook may not return response.patchType');
    return;
  }
  if (patch.length > 0 && patchType === undefined)
    throw new InvalidReviewError('webhook returned response.patch but not response.patchType');
  if (patchType === '') throw new InvalidReviewError('webhook returned invalid response.patchType of ""');
  if (patch.length === 0 && patchType !== undefined)
    throw new InvalidReviewError('webhook returned response.patchType but not response.patch');
}
