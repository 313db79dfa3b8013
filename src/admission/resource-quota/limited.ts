import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { sorted } from '../../../api/meta/text.ts';
import type { QuotaEvaluator } from '../../machinery/quota/evaluator.ts';
import { quotaMatches } from '../../machinery/quota/index.ts';
import { isInScopes } from '../../machinery/quota/scopes.ts';
import { ApiError } from '../../registry/errors.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import { refuse } from '../refuse.ts';

interface ScopeRequirement {
  readonly scopeName?: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

/** What may only be consumed where a quota covers it. */
export interface LimitedResource {
  readonly apiGroup?: string;
  readonly resource?: string;
  /** Parts of names of what is counted. */
  readonly matchContains?: readonly string[];
  readonly matchScopes?: readonly ScopeRequirement[];
}

/** @throws ApiError 403, 500 where a quota would have to cover the request and none does */
export function demandQuotas(
  limited: readonly LimitedResource[],
  quotas: readonly KubeObject[],
  { attributes, evaluator }: { readonly attributes: AdmissionAttributes; readonly evaluator: QuotaEvaluator },
  now: number,
): void {
  const { definition, object } = attributes;
  const concerning = limited.filter(({ apiGroup = '', resource }) => apiGroup === definition.group && resource === definition.plural);
  if (concerning.length === 0) return;
  const matching = quotas.filter((quota) => quotaMatches(evaluator, quota, object!));
  const counted = [...evaluator.usage(object!, now)].filter(([, amount]) => amount.sign() > 0).map(([name]) => name);
  const covered = new Set(matching.flatMap((quota) => evaluator.matchingResources(Object.keys(quota['status']?.hard ?? {}))));
  const names = concerning.flatMap(({ matchContains = [] }) => counted.filter((name) => matchContains.some((part) => name.includes(part))));
  const missing = names.filter((name) => !covered.has(name));
  if (missing.length > 0) throw refuse(attributes, `insufficient quota to consume: ${sorted(new Set(missing)).join(',')}`);
  const given: readonly ScopeRequirement[] = matching.flatMap((quota) => quota['spec']?.scopeSelector?.matchExpressions ?? []);
  const uncovered = concerning.flatMap(({ matchScopes = [] }) =>
    matchScopes.filter((scope) => isInScope(evaluator, scope, object!) && !given.some((one) => semanticEqual(one, scope))),
  );
  if (uncovered.length === 0) return;
  const printed = uncovered.map(({ scopeName = '', operator = '', values = [] }) => `{${scopeName} ${operator} [${values.join(' ')}]}`);
  throw new ApiError(500, '', `insufficient quota to match these scopes: [${printed.join(' ')}]`);
}

function isInScope(evaluator: QuotaEvaluator, scope: ScopeRequirement, object: KubeObject): boolean {
  return isInScopes(evaluator, { spec: { scopeSelector: { matchExpressions: [scope] } } }, object);
}
