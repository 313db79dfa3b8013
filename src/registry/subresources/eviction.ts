import { selectorFromObject } from '../../../api/meta/label-selector.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { trackUpdate } from '../../machinery/patch/apply/track-update.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import { copyData } from '../copy.ts';
import { deleteObject } from '../delete.ts';
import { ApiError, badRequest, conflict, forbidden, notFound, tooManyRequests } from '../errors.ts';
import { guaranteedUpdate } from '../guaranteed-update.ts';
import { listObjects } from '../list.ts';
import { type DeleteOptions, validateDeleteOptions } from '../options.ts';
import type { ResourceStore } from '../resource-store.ts';
import { parseSelection, parseSelectors } from '../selection.ts';
import type { ActionCall, ActionResult } from './action.ts';
import { success } from './action.ts';
import { setCondition } from './binding.ts';

const attempts = 20;
const mostDisruptedPods = 2000;
const violation = "Cannot evict pod as it would violate the pod's disruption budget.";

/** Deletes a pod if its disruption budget allows it. */
export async function eviction(call: ActionCall): Promise<ActionResult> {
  const store = call.store!;
  const { name, object } = call;
  if (name !== (object.metadata?.name ?? '')) throw badRequest('name in URL does not match name in Eviction object');
  const options = optionsOf(call);
  await call.validate();
  const dryRun = (options.dryRun?.length ?? 0) > 0;
  const eviction = { ...call, store, operation: { ...call.operation, dryRun, subresource: '' } };
  const pod = await evictWithoutBudget(eviction, options);
  if (!pod) return success();
  const budgets = await budgetsOf(eviction, pod.object);
  if (budgets.length > 1)
    throw new ApiError(500, '', 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  const budget = budgets[0];
  if (budget && !toleratesUnhealthy(pod.object, budget.object)) {
    await takeDisruption(eviction, budget.object.metadata!.name!, pod.object);
    await deletePod(eviction, options);
  } else if (budget) {
    await deleteAsSeen(eviction, options, pod, budget.object.metadata!.name!);
  } else await deletePod(eviction, options);
  return success();
}

/** What the eviction says of the deletion, with the dry run of the request. @throws ApiError where both speak of a dry run, and not with the same words */
function optionsOf({ object, operation }: ActionCall): DeleteOptions {
  const given: DeleteOptions = object['deleteOptions'] ?? {};
  const asked: readonly string[] = operation.options?.['dryRun'] ?? [];
  if (asked.length === 0) return given;
  if (!given.dryRun?.length) return { ...given, dryRun: [...asked] };
  const [inRequest, inContent] = [asked.join(' '), given.dryRun.join(' ')];
  if (inRequest === inContent) return given;
  throw new ApiError(500, '', `Non-matching dry-run options in request and content: [${inRequest}] and [${inContent}]`);
}

type Eviction = ActionCall & { readonly store: ResourceStore };

// Pods that have ended, not begun, or are going anyway need no budget. Returns the pod that does.
async function evictWithoutBudget(call: Eviction, options: DeleteOptions): Promise<StoredObject | undefined> {
  for (let attempt = 1; ; attempt++) {
    const pod = await readPod(call);
    const { phase } = pod.object['status'] ?? {};
    const deleting = pod.object.metadata!.deletionTimestamp !== undefined;
    const ended = phase === 'Succeeded' || phase === 'Failed' || deleting;
    if (!ended && phase !== 'Pending') return pod;
    const pinned = options.preconditions?.resourceVersion !== undefined;
    try {
      await deletePod(call, ended || pinned ? options : pinnedTo(options, pod));
      return undefined;
    } catch (error) {
      if (pinned || attempt === attempts || !(error instanceof ApiError) || error.reason !== 'Conflict') throw error;
    }
  }
}

async function readPod({ store, name, operation }: Eviction): Promise<StoredObject> {
  const pod = await store.read(store.key(operation.namespace, name));
  if (!pod) throw notFound(store.resource, name);
  return pod;
}

function pinnedTo(options: DeleteOptions, pod: StoredObject): DeleteOptions {
  return { ...options, preconditions: { ...options.preconditions, resourceVersion: String(pod.revision) } };
}

async function deleteAsSeen(call: Eviction, options: DeleteOptions, pod: StoredObject, budget: string): Promise<void> {
  try {
    await deletePod(call, pinnedTo(options, pod));
  } catch (error) {
    const changed = error instanceof ApiError && error.reason === 'Conflict' && options.preconditions?.resourceVersion === undefined;
    throw changed ? stillProcessed(budget) : error;
  }
}

// The pod says why it goes before it does.
async function deletePod(call: Eviction, options: DeleteOptions): Promise<void> {
  const { store, name, operation } = call;
  let deleteOptions = options;
  if (!operation.dryRun) {
    const written = await guaranteedUpdate(
      store,
      operation,
      { key: store.key(operation.namespace, name), name, allowMissing: false },
      async (current) => {
        comparePreconditions(current!, options);
        const pod = copyData(current!.object);
        const reason = { reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' };
        setCondition(pod, { type: 'DisruptionTarget', status: 'True', lastProbeTime: null, ...reason }, store.now());
        return pod;
      },
    );
    if (options.preconditions?.resourceVersion !== undefined && written.stored) deleteOptions = pinnedTo(options, written.stored);
  }
  // Admission has judged the eviction; it does not hear of the deletion.
  validateDeleteOptions(deleteOptions);
  await deleteObject(store, name, deleteOptions, operation, async () => {});
}

function comparePreconditions(pod: StoredObject, { preconditions }: DeleteOptions): void {
  const { name, uid } = pod.object.metadata!;
  const refuse = (what: string, given: string, own: string, guess: string) =>
    conflict(
      { group: '', resource: 'Pod' },
      name!,
      `the ${what} in the precondition (${given}) does not match the ${what} in record (${own}). The object might have been ${guess}`,
    );
  if (preconditions?.uid && preconditions.uid !== uid) throw refuse('UID', preconditions.uid, uid!, 'deleted and then recreated');
  const version = preconditions?.resourceVersion;
  if (version && version !== String(pod.revision)) throw refuse('ResourceVersion', version, String(pod.revision), 'modified');
}

async function budgetsOf(call: Eviction, pod: KubeObject): Promise<StoredObject[]> {
  const store = budgetStore(call);
  const selection = parseSelection(store, call.operation.namespace, parseSelectors('', ''));
  const { items } = await listObjects(store, selection, { resourceVersion: '', resourceVersionMatch: '', limit: 0, continue: '' });
  return items.filter(({ object }) => matches(object, pod));
}

function matches(budget: KubeObject, pod: KubeObject): boolean {
  try {
    return selectorFromObject(budget['spec']?.selector).matches(pod.metadata!.labels);
  } catch {
    // A selector that was stored malformed selects nothing, as upstream has it.
    return false;
  }
}

function budgetStore(call: ActionCall): ResourceStore {
  return call.parts.registry.storeOf('policy', 'v1', 'poddisruptionbudgets');
}

function toleratesUnhealthy(pod: KubeObject, budget: KubeObject): boolean {
  const conditions: { type: string; status: string }[] = pod['status']?.conditions ?? [];
  if (conditions.some((c) => c.type === 'Ready' && c.status === 'True')) return false;
  if (budget['spec']?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = budget['status'] ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

function stillProcessed(name: string): ApiError {
  return withCause(tooManyRequests(violation, 10), `The disruption budget ${name} is still being processed by the server.`);
}

function withCause(error: ApiError, message: string): ApiError {
  return new ApiError(error.code, error.reason, error.message, { ...error.details, causes: [{ reason: 'DisruptionBudget', message }] });
}

// Counts the pod against its budget, so that another eviction cannot use the same disruption.
async function takeDisruption(call: Eviction, name: string, pod: KubeObject): Promise<void> {
  const store = budgetStore(call);
  const key = store.key(call.operation.namespace, name);
  await guaranteedUpdate(store, call.operation, { key, name, allowMissing: false }, async (current) => {
    const budget = copyData(current!.object);
    const status = (budget['status'] ??= {});
    const resource = { group: 'policy', resource: 'poddisruptionbudget' };
    if ((status.observedGeneration ?? 0) < (budget.metadata!.generation ?? 0)) throw stillProcessed(name);
    const allowed = status.disruptionsAllowed ?? 0;
    if (allowed < 0) throw forbidden(resource, name, 'pdb disruptions allowed is negative');
    if (Object.keys(status.disruptedPods ?? {}).length > mostDisruptedPods) {
      throw forbidden(resource, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
    }
    if (allowed === 0) throw withCause(tooManyRequests(violation, 0), whyNot(name, status));
    status.disruptionsAllowed = allowed - 1;
    if (allowed === 1) noMoreAllowed(budget, store.now());
    status.disruptedPods = { ...status.disruptedPods, [pod.metadata!.name!]: store.now() };
    return tracked(call, store, current!.object, budget);
  });
}

// The server writes the status of a budget as a client of its own does.
function tracked({ parts }: Eviction, store: ResourceStore, live: KubeObject, updated: KubeObject): KubeObject {
  const context = parts.managerOf(store.definition, 'kube-apiserver', store.now());
  return trackUpdate({ ...context, resetFields: undefined, subresource: 'status' }, live, updated);
}

function whyNot(name: string, status: Record<string, any>): string {
  const condition = (status['conditions'] ?? []).find((c: { type: string }) => c.type === 'DisruptionAllowed');
  const refused = condition?.status === 'False' && condition.message;
  const head = `The disruption budget ${name}`;
  if (refused && condition.reason === 'SyncFailed')
    return `${head} does not allow evicting pods currently because it failed sync: ${condition.message}`;
  const { currentHealthy = 0, desiredHealthy = 0 } = status as { currentHealthy?: number; desiredHealthy?: number };
  if (currentHealthy <= desiredHealthy) return `${head} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  if (refused) return `${head} does not allow evicting pods currently (${condition.reason}): ${condition.message}`;
  return `${head} does not allow evicting pods currently`;
}

function noMoreAllowed(budget: KubeObject, now: string): void {
  const conditions: Record<string, unknown>[] = (budget['status'].conditions ??= []);
  const condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    observedGeneration: budget['status'].observedGeneration,
    lastTransitionTime: now,
    reason: 'InsufficientPods',
    message: '',
  };
  const index = conditions.findIndex((c) => c['type'] === condition.type);
  if (index < 0) conditions.push(condition);
  else conditions[index] = condition;
}
