import type { KubeObject } from '../../../api/meta/object.ts';
import { claimObjects } from '../../runtime/adoption.ts';
import { createController } from '../../runtime/controller.ts';
import { sameLabels } from '../../runtime/dependents.ts';
import { keyOf } from '../../runtime/keys.ts';
import { typed } from '../../runtime/objects.ts';
import { controlledBy, controllerOf, indexByController } from '../../runtime/owners.ts';
import { selectorOf } from '../../runtime/selector.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { deployments as deploymentResource, pods as podResource, replicaSets as setResource } from '../resources.ts';
import { createRollout } from './rollout.ts';

/** Runs Deployments: a ReplicaSet for each template, and the way from the old ones to the new one. */
export function startDeploymentController(context: ControllerContext): RunningController {
  const { informers } = context;
  const client = context.clientFor('deployment-controller');
  const deployments = informers.for(deploymentResource);
  const sets = informers.for(setResource);
  const pods = informers.for(podResource);
  indexByController(sets);
  indexByController(pods);
  const api = client.resource(deploymentResource);
  const recorder = recorderFor(context, client, 'deployment-controller');
  const rollout = createRollout({ client, recorder, clock: context.clock, sets, pods });

  const controller = createController(
    { name: 'deployment', workers: 5, reconcile, informers: [deployments, sets, pods], maxRetries: 15 },
    context,
  );
  const enqueue = (deployment: KubeObject) => controller.enqueue(keyOf(deployment));

  deployments.addHandler({ added: enqueue, updated: enqueue, deleted: enqueue });
  sets.addHandler({
    added(set) {
      if (controllerOf(set)) enqueueOwner(set);
      else enqueueCandidates(set);
    },
    updated(set, old) {
      const ownerChanged = controllerOf(set)?.uid !== controllerOf(old)?.uid;
      if (ownerChanged) enqueueOwner(old);
      if (controllerOf(set)) enqueueOwner(set);
      else if (ownerChanged || !sameLabels(set.metadata!.labels, old.metadata!.labels)) enqueueCandidates(set);
    },
    deleted: enqueueOwner,
  });
  pods.addHandler({ deleted: enqueueWhenLastPodWent });

  function ownerOf(object: KubeObject, kind: string): KubeObject | undefined {
    const reference = controllerOf(object);
    if (reference?.kind !== kind) return undefined;
    const owner = (kind === 'Deployment' ? deployments : sets).get(object.metadata!.namespace!, reference.name);
    return owner?.metadata?.uid === reference.uid ? owner : undefined;
  }

  function enqueueOwner(set: KubeObject): void {
    const owner = ownerOf(set, deploymentResource.kind);
    if (owner) enqueue(owner);
  }

  function enqueueCandidates(set: KubeObject): void {
    for (const deployment of deployments.list(set.metadata!.namespace)) {
      const selector = selectorOf(deployment.spec.selector);
      if (!selector.isEmpty && selector.matches(set.metadata!.labels)) enqueue(deployment);
    }
  }

  // Recreate goes on when the last pod of the old sets is gone; their status says nothing of pods that still terminate.
  function enqueueWhenLastPodWent(pod: KubeObject): void {
    const set = ownerOf(pod, setResource.kind);
    const deployment = set && ownerOf(set, deploymentResource.kind);
    if (deployment?.spec.strategy?.type !== 'Recreate') return;
    for (const sibling of controlledBy(sets, deployment)) for (const _ of controlledBy(pods, sibling)) return;
    enqueue(deployment);
  }

  async function reconcile(key: string): Promise<number | undefined> {
    const deployment = deployments.getByKey(key);
    if (!deployment) return;
    const { selector: labels } = deployment.spec;
    const selector = selectorOf(labels);
    if (selector.isEmpty) {
      const message = 'This deployment is selecting all pods. A non-empty selector is required.';
      recorder.event({ object: deployment, resource: deploymentResource }, 'Warning', 'SelectingAll', message);
      await observeGeneration(deployment);
      return;
    }
    const owned = await claimObjects({
      owner: deployment,
      ownerResource: deploymentResource,
      owners: api,
      selector,
      objects: client.resource(setResource),
      informer: sets,
    });
    return rollout.advance(deployment, owned);
  }

  async function observeGeneration(deployment: KubeObject): Promise<void> {
    const { generation = 0, namespace } = deployment.metadata!;
    if ((deployment.status?.observedGeneration ?? 0) >= generation) return;
    const status = { ...deployment.status, observedGeneration: generation };
    await api.update(namespace!, typed(deploymentResource, { ...deployment, status }), { subresource: 'status' });
  }

  return run('deployment', [controller]);
}
