import type { KubeObject } from '../../../api/meta/object.ts';
import { Quantity } from '../../../api/meta/quantity.ts';
import type { ResourceAmounts } from '../../../api/meta/resources.ts';

/** A write of an object of the evaluator's kind, as quotas look at it. */
export interface QuotaWrite {
  readonly operation: 'CREATE' | 'UPDATE';
  readonly subresource: string;
  readonly object: KubeObject;
  /** Absent on CREATE. */
  readonly old: KubeObject | undefined;
}

/** One requirement of a quota's scopes. */
export interface ScopeSelector {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** How quotas count the objects of one resource. */
export interface QuotaEvaluator {
  /** Whether the write may change what is counted. */
  handles(write: QuotaWrite): boolean;
  /** Those of the names in a quota that this kind's objects count for. */
  matchingResources(names: readonly string[]): string[];
  matchesScope(selector: ScopeSelector, object: KubeObject): boolean;
  /** What the object counts for. @param now milliseconds since the epoch */
  usage(object: KubeObject, now: number): ResourceAmounts;
  /** What the object lacks although a quota on `required` demands it; undefined: nothing. */
  missing?(required: readonly string[], object: KubeObject): string | undefined;
  /** Whether a change of the object gives back something of a quota. */
  replenishes?(object: KubeObject, old: KubeObject, now: number): boolean;
}

export interface ResourceName {
  readonly group: string;
  readonly plural: string;
}

/** Names that quotas had for some kinds before there was `count/…`. */
const aliases = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets']);

export const one = Quantity.of(1);

/** `count/deployments.apps`, `count/pods`. */
export function objectCountName({ group, plural }: ResourceName): string {
  return `count/${plural}${group ? `.${group}` : ''}`;
}

/** Counts objects, whatever they are. */
export function objectCountEvaluator(resource: ResourceName): QuotaEvaluator {
  const count = objectCountName(resource);
  const names = resource.group === '' && aliases.has(resource.plural) ? [count, resource.plural] : [count];
  const amounts: ResourceAmounts = new Map(names.map((name) => [name, one]));
  return {
    handles: ({ operation, subresource }) => operation === 'CREATE' && subresource === '',
    matchingResources: (wanted) => wanted.filter((name) => names.includes(name)),
    matchesScope: () => false,
    usage: () => amounts,
  };
}
