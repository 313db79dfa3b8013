import type { Field, ObjectSchema, Schema } from '../../../openapi/schema.ts';
import { explain } from '../../machinery/schema/explain.ts';
import { WebhookCallError } from '../../machinery/webhook-client.ts';

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const anything: Schema = { type: 'any' };
const texts: Schema = { type: 'list', listType: 'atomic', mapKeys: [], items: text };
const objects: Schema = { type: 'list', listType: 'atomic', mapKeys: [], items: anything };
const textMap: Schema = { type: 'map', mapType: 'granular', values: text };

function struct(name: string, fields: Readonly<Record<string, Schema>>): ObjectSchema {
  const entries = Object.entries(fields).map(([field, schema]): [string, Field] => [field, { name: field, schema, required: false }]);
  return { type: 'object', name, mapType: 'granular', fields: new Map(entries) };
}

const status = struct('io.k8s.apimachinery.pkg.apis.meta.v1.Status', {
  status: text,
  message: text,
  reason: text,
  details: anything,
  code: { type: 'int32' },
});

/** What webhooks answer; OpenAPI describes none of it, as no client ever sends it. */
export const admissionReviewSchema = struct('io.k8s.api.admission.v1.AdmissionReview', {
  response: struct('io.k8s.api.admission.v1.AdmissionResponse', {
    uid: text,
    allowed: flag,
    status,
    patch: { type: 'bytes' },
    patchType: text,
    auditAnnotations: textMap,
    warnings: texts,
  }),
});

export const conversionReviewSchema = struct('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionReview', {
  response: struct('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionResponse', {
    uid: text,
    convertedObjects: objects,
    result: status,
  }),
});

/** The `response` of an answer, its nulls dropped; undefined if it has none. @throws WebhookCallError in the words of Go's decoder if a type is wrong */
export function readResponse(answer: { readonly response?: unknown }, schema: ObjectSchema): Record<string, any> | undefined {
  const problem = explain(answer, schema);
  if (problem !== undefined) throw new WebhookCallError(problem);
  return answer.response ? withoutNulls(answer.response) : undefined;
}

function withoutNulls(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null && member !== undefined));
}
