import type { ObjectSchema, Schema } from '../../../openapi/schema.ts';
import { explain } from '../../machinery/schema/explain.ts';
import { boolean, int32, int64, list, map, object, string } from '../../machinery/schema/shapes.ts';
import { WebhookCallError } from '../../machinery/webhook-client.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const anything: Schema = { type: 'any' };
const texts = list(string);

const status = object(`${meta}.Status`, {
  metadata: object(`${meta}.ListMeta`, { selfLink: string, resourceVersion: string, continue: string, remainingItemCount: int64 }),
  status: string,
  message: string,
  reason: string,
  details: object(`${meta}.StatusDetails`, {
    name: string,
    group: string,
    kind: string,
    uid: string,
    causes: list(object(`${meta}.StatusCause`, { reason: string, message: string, field: string })),
    retryAfterSeconds: int32,
  }),
  code: int32,
});

const groupVersionKind = object(`${meta}.GroupVersionKind`, { group: string, version: string, kind: string });
const groupVersionResource = object(`${meta}.GroupVersionResource`, { group: string, version: string, resource: string });
const userInfo = object('io.k8s.api.authentication.v1.UserInfo', { username: string, uid: string, groups: texts, extra: map(texts) });

function admissionReview(version: string): ObjectSchema {
  return object(`io.k8s.api.admission.${version}.AdmissionReview`, {
    // Who answers with what came has a request in it, which is read too.
    request: object(`io.k8s.api.admission.${version}.AdmissionRequest`, {
      uid: string,
      kind: groupVersionKind,
      resource: groupVersionResource,
      subResource: string,
      requestKind: groupVersionKind,
      requestResource: groupVersionResource,
      requestSubResource: string,
      name: string,
      namespace: string,
      operation: string,
      userInfo,
      object: anything,
      oldObject: anything,
      dryRun: boolean,
      options: anything,
    }),
    response: object(`io.k8s.api.admission.${version}.AdmissionResponse`, {
      uid: string,
      allowed: boolean,
      status,
      patch: { type: 'bytes' },
      patchType: string,
      auditAnnotations: map(string),
      warnings: texts,
    }),
  });
}

function conversionReview(version: string): ObjectSchema {
  const group = `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.${version}`;
  return object(`${group}.ConversionReview`, {
    request: object(`${group}.ConversionRequest`, { uid: string, desiredAPIVersion: string, objects: list(anything) }),
    response: object(`${group}.ConversionResponse`, { uid: string, convertedObjects: list(anything), result: status }),
  });
}

type ByVersion = Readonly<Record<string, ObjectSchema>>;
const inBothVersions = (schema: (version: string) => ObjectSchema): ByVersion => ({ v1: schema('v1'), v1beta1: schema('v1beta1') });

/** What webhooks answer, by the review's version; OpenAPI describes none of it, as no client ever sends it. */
export const admissionReviewSchemas = inBothVersions(admissionReview);
export const conversionReviewSchemas = inBothVersions(conversionReview);

/** The `response` of an answer, its nulls dropped; undefined if it has none. @throws WebhookCallError in the words of Go's decoder if a type is wrong */
export function readResponse(answer: { readonly response?: unknown }, schema: ObjectSchema): Record<string, any> | undefined {
  const problem = explain(answer, schema);
  if (problem !== undefined) throw new WebhookCallError(problem);
  return answer.response ? withoutNulls(answer.response) : undefined;
}

function withoutNulls(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null && member !== undefined));
}
