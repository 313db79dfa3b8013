import type { KubeObject } from '../../../api/meta/object.ts';
import { addResources, parseResources, printResources, type ResourceAmounts } from '../../../api/meta/resources.ts';
import { sorted } from '../../../api/meta/text.ts';
import { amountsText, increaseOver, maskAmounts, withoutZeros } from '../../machinery/quota/amounts.ts';
import type { QuotaEvaluator } from '../../machinery/quota/evaluator.ts';
import { quotaMatches } from '../../machinery/quota/index.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import { refuse } from '../refuse.ts';

/** A request that quotas have to let pass. */
export interface Charge {
  readonly attributes: AdmissionAttributes;
  readonly evaluator: QuotaEvaluator;
}

/**
 * The quotas as they are once the request has passed: those that it is booked into with a higher `status.used`, the others themselves.
 * @throws ApiError 403
 */
export function chargeQuotas(quotas: readonly KubeObject[], { attributes, evaluator }: Charge, now: number): readonly KubeObject[] {
  const object = attributes.object!;
  const concerned = quotas.filter((quota) => quotaMatches(evaluator, quota, object));
  for (const quota of concerned) demandWhatIsCounted(quota, attributes, evaluator);
  if (concerned.length === 0) return quotas;
  const usage = evaluator.usage(object, now);
  const negative = [...usage].filter(([, amount]) => amount.sign() < 0).map(([name]) => name);
  if (negative.length > 0) throw refuse(attributes, `quota usage is negative for resource(s): ${sorted(negative).join(',')}`);
  const before = attributes.operation === 'UPDATE' ? attributes.old : undefined;
  const increase = before ? increaseOver(usage, evaluator.usage(before, now)) : usage;
  return quotas.map((quota) => {
    if (!concerned.includes(quota)) return quota;
    // What was not in the quota's scopes before is new to it in full.
    const more = withoutZeros(before && quotaMatches(evaluator, quota, before) ? increase : usage);
    return more.size === 0 ? quota : book(quota, more, attributes);
  });
}

function demandWhatIsCounted(quota: KubeObject, attributes: AdmissionAttributes, evaluator: QuotaEvaluator): void {
  const { hard = {}, used = {} } = quota.status;
  const limited = evaluator.matchingResources(Object.keys(hard));
  const missing = evaluator.missing?.(limited, attributes.object!);
  if (missing) throw refuse(attributes, `failed quota: ${quota.metadata!.name}: ${missing}`);
  if (limited.every((name) => used[name] !== undefined)) return;
  throw refuse(attributes, `status unknown for quota: ${quota.metadata!.name}, resources: ${sorted(limited).join(',')}`);
}

function book(quota: KubeObject, more: ResourceAmounts, attributes: AdmissionAttributes): KubeObject {
  const hard = parseResources(quota.status.hard);
  const used = parseResources(quota.status.used);
  const requested = maskAmounts(more, hard.keys());
  const after = new Map(used);
  addResources(after, requested);
  if (attributes.subresource !== 'status') {
    const exceeded = [...requested.keys()].filter((name) => after.get(name)!.compare(hard.get(name)!) > 0);
    if (exceeded.length > 0) {
      const [wanted, present, limited] = [requested, used, hard].map((amounts) => amountsText(maskAmounts(amounts, exceeded)));
      throw refuse(attributes, `exceeded quota: ${quota.metadata!.name}, requested: ${wanted}, used: ${present}, limited: ${limited}`);
    }
  }
  return { ...quota, status: { ...quota.status, used: printResources(after) } };
}
