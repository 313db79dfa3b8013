import type { KubeObject } from '../../../api/meta/object.ts';
import type { QuotaEvaluator, ScopeSelector } from './evaluator.ts';

/** Whether an object that carries one of `values` (or none) fits a selector by values. */
export function matchesValues({ operator, values = [] }: ScopeSelector, carried: readonly string[]): boolean {
  switch (operator) {
    case 'Exists':
      return carried.length > 0;
    case 'DoesNotExist':
      return carried.length === 0;
    case 'In':
      return carried.some((value) => values.includes(value));
    case 'NotIn':
      return carried.length === 0 || carried.some((value) => !values.includes(value));
    default:
      return false;
  }
}

/** The scopes of a quota: a plain scope asks that it exists. */
export function scopeSelectors(quota: KubeObject): ScopeSelector[] {
  const { scopes = [], scopeSelector } = quota.spec ?? {};
  return [...scopes.map((scopeName: string) => ({ scopeName, operator: 'Exists' })), ...(scopeSelector?.matchExpressions ?? [])];
}

/** Whether the object is in all scopes of the quota. */
export function isInScopes(evaluator: QuotaEvaluator, quota: KubeObject, object: KubeObject): boolean {
  return scopeSelectors(quota).every((selector) => evaluator.matchesScope(selector, object));
}
