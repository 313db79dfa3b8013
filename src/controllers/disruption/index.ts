import { semanticEqual } from '../../../api/meta/equal.ts';
import { printSelector } from '../../../api/meta/label-selector.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { isConflict, isNotFound, messageOf } from '../../runtime/errors.ts';
import { scaledValue } from '../../runtime/int-or-percent.ts';
import { keyOf } from '../../runtime/keys.ts';
import { typed } from '../../runtime/objects.ts';
import { selectorOf } from '../../runtime/selector.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { podDisruptionBudgets, pods as podResource } from '../resources.ts';
import { Departures } from './departures.ts';
import { createExpectedPods } from './expected-pods.ts';
import { staleConditions } from './stale-conditions.ts';
import { budgetStatus, countHealthy, deletionTimeout, disruptedPods, failSafeStatus, type Wanted } from './status.ts';

/** Keeps the statuses of PodDisruptionBudgets, from which evictions know what they may take. */
export function startDisruptionController(context: ControllerContext): RunningController {
  const { clock, informers } = context;
  const client = context.clientFor('disruption-controller');
  const budgets = informers.for(podDisruptionBudgets);
  const pods = informers.for(podResource);
  const api = client.resource(podDisruptionBudgets);
  const recorder = recorderFor(context, client, 'controllermanager');
  const expectedPods = createExpectedPods(client, informers, context.catalog);
  const departures = new Departures(deletionTimeout);
  const controller = createController({ name: 'disruption', workers: 1, reconcile, informers: [budgets, pods] }, context);
  const enqueue = (budget: KubeObject) => controller.enqueue(keyOf(budget));
  budgets.addHandler({ added: enqueue, updated: enqueue });
  pods.addHandler({
    added: (pod) => podChanged(pod, false),
    // As upstream, a budget does not hear of a pod that leaves it for other labels; the next pod that changes tells it.
    updated: (pod) => podChanged(pod, pod.metadata!.deletionTimestamp !== undefined),
    deleted: (pod) => podChanged(pod, true),
  });

  function podChanged(pod: KubeObject, leaves: boolean): void {
    const { namespace, name, labels } = pod.metadata!;
    const matching = [...budgets.list(namespace)].filter((budget) => selectorOf(budget.spec.selector).matches(labels));
    for (const budget of matching) enqueue(budget);
    // Nobody asks for those without a budget.
    if (leaves && matching.length > 0) departures.note(pod, clock.now());
    if (matching.length <= 1) return;
    const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose "${matching[0]!.metadata!.name}" arbitrarily.`;
    recorder.event({ object: pod, resource: podResource }, 'Warning', 'MultiplePodDisruptionBudgets', message);
  }

  function tell(budget: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    recorder.event({ object: budget, resource: podDisruptionBudgets }, type, reason, message);
  }

  async function reconcile(key: string): Promise<number | undefined> {
    const budget = budgets.getByKey(key);
    if (!budget) return undefined;
    try {
      return await update(budget);
    } catch (error) {
      if (isConflict(error) || isNotFound(error)) throw error;
      await write(budget, failSafeStatus(budget, messageOf(error), clock.now()));
      return undefined;
    }
  }

  async function update(budget: KubeObject): Promise<number | undefined> {
    const selector = selectorOf(budget.spec.selector);
    const selected = [...pods.list(budget.metadata!.namespace)].filter(({ metadata }) => selector.matches(metadata!.labels));
    if (selected.length === 0) tell(budget, 'Normal', 'NoPods', 'No matching pods found');
    let wanted: Wanted;
    try {
      wanted = await wantedOf(budget, selected);
    } catch (error) {
      const message = `Failed to calculate the number of expected pods: ${messageOf(error)}`;
      tell(budget, 'Warning', 'CalculateExpectedPodCountFailed', message);
      throw error;
    }
    const now = clock.now();
    const disrupted = disruptedPods(budget, selected, departures, now);
    const { namespace } = budget.metadata!;
    for (const pod of disrupted.overdue) {
      // Upstream names the namespace where the budget's name should be.
      const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`;
      recorder.event({ object: pod, resource: podResource }, 'Warning', 'NotDeleted', message);
    }
    await write(budget, budgetStatus(budget, wanted, countHealthy(selected, disrupted), disrupted, now));
    return disrupted.again;
  }

  async function write(budget: KubeObject, status: KubeObject): Promise<void> {
    if (semanticEqual(budget.status, status)) return;
    await api.update(budget.metadata!.namespace!, typed(podDisruptionBudgets, { ...budget, status }), { subresource: 'status' });
  }

  async function wantedOf(budget: KubeObject, selected: readonly KubeObject[]): Promise<Wanted> {
    const { maxUnavailable, minAvailable } = budget.spec;
    if (maxUnavailable === undefined && typeof minAvailable !== 'string') {
      // A budget that asks for nothing expects no pods, and so allows nothing.
      return { expectedPods: minAvailable === undefined ? 0 : selected.length, desiredHealthy: minAvailable ?? 0 };
    }
    const { count, unmanaged } = await expectedPods(selected);
    if (unmanaged.length > 0) tell(budget, 'Warning', 'UnmanagedPods', unmanagedMessage(budget));
    const desiredHealthy =
      maxUnavailable === undefined ? scaledValue(minAvailable, count, true) : count - scaledValue(maxUnavailable, count, true);
    return { expectedPods: count, desiredHealthy: Math.max(0, desiredHealthy) };
  }

  return run('disruption', [controller, staleConditions(context, client, pods)]);
}

function unmanagedMessage({ spec }: KubeObject): string {
  const consequence = 'As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior.';
  const advice = 'To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.';
  return `Pods selected by this PodDisruptionBudget (selector: ${printSelector(spec.selector)}) were found to be unmanaged. ${consequence} ${advice}`;
}
