import type { ObjectSchema } from '../../openapi/schema.ts';
import { type ExpectedKind, wrongKind } from './expected-kind.ts';
import { explain } from './schema/explain.ts';
import { WebhookCallError } from './webhook-client.ts';

/** The `status` of an answered review, which says of itself what it is, or nothing. @throws WebhookCallError in the words of upstream's decoder */
export function statusOf(answer: any, version: string, kind: ExpectedKind, shape: ObjectSchema): Record<string, any> {
  const problem = wrongKind(answer, version, kind) ?? explain(answer, shape);
  if (problem !== undefined) throw new WebhookCallError(problem);
  return answer.status ?? {};
}
