import type { AdmissionAttributes } from '../plugin.ts';
import { ExpressionAuthorizer } from '../policy/authorizer.ts';
import { policyInput } from '../policy/input.ts';
import { refuse } from '../refuse.ts';
import type { WebhookParts } from './caller.ts';
import type { Match } from './match.ts';
import type { Webhook } from './webhook.ts';

/**
 * Whether a request satisfies a webhook's match conditions.
 * @param type for the metrics
 * @throws ApiError 403 where that cannot be told, unless the webhook ignores failures
 */
export async function conditionsHold(
  { name, conditions, ignoresFailure }: Webhook,
  attributes: AdmissionAttributes,
  match: Match,
  type: 'admit' | 'validate',
  { authorizer, clock, metrics: { webhooks } }: WebhookParts,
): Promise<boolean> {
  if (conditions.isEmpty) return true;
  const { operation, user } = attributes;
  const began = clock.monotonic();
  const answers = new ExpressionAuthorizer(authorizer, user);
  const verdict = await answers.whenAnswered(() => conditions.judge(policyInput(attributes, match, answers, {})));
  webhooks.matched(name, type, operation, clock.monotonic() - began, verdict);
  if (typeof verdict === 'boolean') return verdict;
  if (ignoresFailure) return false;
  throw refuse(attributes, verdict.error);
}
