import { formatTime } from '../../machinery/clock.ts';
import type { Condition } from '../../runtime/pods.ts';
import type { Remaining } from './content.ts';

interface State {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

const listed = (counts: Map<string, number>, words: (name: string, count: number) => string): string =>
  [...counts]
    .map(([name, count]) => words(name, count))
    .sort()
    .join(', ');

function statesOf({ resources, finalizers, failures, awaitsPods, undiscovered }: Remaining): State[] {
  const state = (type: string, failed: State | false, reason: string, message: string): State =>
    failed || { type, status: 'False', reason, message };
  const content = 'NamespaceDeletionContentFailure';
  const failure = failures.length > 0 && {
    type: content,
    status: 'True' as const,
    reason: 'ContentDeletionFailed',
    message: `Failed to delete all resource types, ${failures.length} remaining: ${failures.sort().join(', ')}`,
  };
  // As kube-controller-manager has it: pods that are waited for are not told of.
  const left = !awaitsPods &&
    resources.size > 0 && {
      type: 'NamespaceContentRemaining',
      status: 'True' as const,
      reason: 'SomeResourcesRemain',
      message: `Some resources are remaining: ${listed(resources, (name, count) => `${name} has ${count} resource instances`)}`,
    };
  const held = !awaitsPods &&
    finalizers.size > 0 && {
      type: 'NamespaceFinalizersRemaining',
      status: 'True' as const,
      reason: 'SomeFinalizersRemain',
      message: `Some content in the namespace has finalizers remaining: ${listed(finalizers, (name, count) => `${name} in ${count} resource instances`)}`,
    };
  const unknown = undiscovered.map(({ group, version }) => `${group}/${version}`).sort();
  const undiscoveredState = unknown.length > 0 && {
    type: 'NamespaceDeletionDiscoveryFailure',
    status: 'True' as const,
    reason: 'DiscoveryFailed',
    message: `Discovery failed for some groups, ${unknown.length} failing: unable to retrieve the complete list of server APIs: ${unknown
      .map((name) => `${name}: stale GroupVersion discovery: ${name}`)
      .join(', ')}`,
  };
  return [
    state('NamespaceDeletionDiscoveryFailure', undiscoveredState, 'ResourcesDiscovered', 'All resources successfully discovered'),
    state('NamespaceDeletionGroupVersionParsingFailure', false, 'ParsedGroupVersions', 'All legacy kube types successfully parsed'),
    state(content, failure, 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'),
    state('NamespaceContentRemaining', left, 'ContentRemoved', 'All content successfully removed'),
    state('NamespaceFinalizersRemaining', held, 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'),
  ];
}

/** The conditions of a namespace that is being deleted; the same list if nothing is news. */
export function deletionConditions(current: readonly Condition[] | undefined, remaining: Remaining, now: number): readonly Condition[] {
  let conditions = current ?? [];
  for (const state of statesOf(remaining)) {
    const known = conditions.find((condition) => condition.type === state.type);
    if (known && known.status === state.status && known.reason === state.reason && known.message === state.message) continue;
    const lastTransitionTime = known?.status === state.status ? known.lastTransitionTime : formatTime(now);
    const condition = { ...state, lastTransitionTime };
    conditions = known ? conditions.map((other) => (other === known ? condition : other)) : [...conditions, condition];
  }
  return conditions;
}
