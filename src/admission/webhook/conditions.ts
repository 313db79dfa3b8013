import type { Authorizer } from '../../auth/types.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import { ExpressionAuthorizer } from '../policy/authorizer.ts';
import { policyInput } from '../policy/input.ts';
import { refuse } from '../refuse.ts';
import type { Match } from './match.ts';
import type { Webhook } from './webhook.ts';

/**
 * Whether a request satisfies a webhook's match conditions.
 * @throws ApiError 403 where that cannot be told, unless the webhook ignores failures
 */
export async function conditionsHold(
  { conditions, ignoresFailure }: Webhook,
  attributes: AdmissionAttributes,
  match: Match,
  authorizer: Authorizer,
): Promise<boolean> {
  if (conditions.isEmpty) return true;
  const answers = new ExpressionAuthorizer(authorizer, attributes.user);
  const verdict = await answers.whenAnswered(() => conditions.judge(policyInput(attributes, match, answers, {})));
  if (typeof verdict === 'boolean') return verdict;
  if (ignoresFailure) return false;
  throw refuse(attributes, verdict.error);
}
