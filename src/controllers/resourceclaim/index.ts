import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { messageOf } from '../../runtime/errors.ts';
import { keyOf, keyOfParts } from '../../runtime/keys.ts';
import { controllerOf, isControlledBy } from '../../runtime/owners.ts';
import { claimOfPod, isReservedFor, podClaims, resourceClaimKeys } from '../../runtime/pod-claims.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { resourceClaims as claimResource, pods as podResource, resourceClaimTemplates as templateResource } from '../resources.ts';
import { byOwner, createClaims } from './creation.ts';
import { MadeClaims } from './made-claims.ts';
import { isPodDone, releaseClaim, reserve } from './reservations.ts';

const byClaim = 'resource claim';
const byTemplate = 'resource claim template';

/** Makes the ResourceClaims of pods from templates, reserves allocated ones for pods that are bound already, and gives up those that nobody uses (KEP-4381). */
export function startResourceClaimController(context: ControllerContext): RunningController {
  const client = context.clientFor('resource-claim-controller');
  const recorder = recorderFor(context, client, 'resource_claim');
  const claimsApi = client.resource(claimResource);
  const podsApi = client.resource(podResource);
  const pods = context.informers.for(podResource);
  const claims = context.informers.for(claimResource);
  const templates = context.informers.for(templateResource);
  claims.addIndex(byOwner, (claim) => {
    const owner = controllerOf(claim);
    return owner?.kind === podResource.kind ? [owner.uid] : [];
  });
  pods.addIndex(byClaim, resourceClaimKeys);
  pods.addIndex(byTemplate, (pod) =>
    podClaims(pod).flatMap(({ resourceClaimTemplateName }) =>
      resourceClaimTemplateName === undefined ? [] : [keyOfParts(pod.metadata!.namespace!, resourceClaimTemplateName)],
    ),
  );
  const made = new MadeClaims(context.clock);
  const controller = createController({ name: 'resource-claim', workers: 50, reconcile, informers: [pods, claims, templates] }, context);
  const enqueueClaim = (key: string) => controller.enqueue(`claim/${key}`);
  const enqueuePod = (pod: KubeObject) => controller.enqueue(`pod/${keyOf(pod)}`);

  const notePod = (pod: KubeObject) => {
    if (podClaims(pod).length === 0) return;
    if (isPodDone(pod)) for (const key of resourceClaimKeys(pod)) enqueueClaim(key);
    if (needsWork(pod)) enqueuePod(pod);
  };
  pods.addHandler({
    added: notePod,
    updated: notePod,
    deleted(pod) {
      for (const key of resourceClaimKeys(pod)) enqueueClaim(key);
    },
  });
  const noteClaim = (claim: KubeObject) => {
    enqueueClaim(keyOf(claim));
    for (const pod of pods.byIndex(byClaim, keyOf(claim))) notePod(pod);
  };
  claims.addHandler({ added: noteClaim, updated: noteClaim, deleted: noteClaim });
  const noteTemplate = (template: KubeObject) => {
    for (const pod of pods.byIndex(byTemplate, keyOf(template))) notePod(pod);
  };
  templates.addHandler({ added: noteTemplate, updated: noteTemplate });

  function needsWork(pod: KubeObject): boolean {
    // A pod that has ended gives its claims up; they are not made again.
    if (pod.metadata!.deletionTimestamp || isPodDone(pod)) return false;
    return podClaims(pod).some((entry) => {
      const known = claimOfPod(pod, entry);
      if (known === null) return false;
      const claim = known && claims.get(pod.metadata!.namespace!, known.name);
      if (!claim) return known === undefined || known.generated;
      // The pod waits until the claim of another is gone.
      if (known.generated && !isControlledBy(claim, pod)) return false;
      return Boolean(pod.spec.nodeName) && Boolean(claim.status?.allocation) && !isReservedFor(claim, pod);
    });
  }

  async function reconcile(key: string): Promise<void> {
    const name = key.slice(key.indexOf('/') + 1);
    if (key.startsWith('claim/')) {
      const claim = claims.getByKey(name);
      if (claim) await releaseClaim({ claimsApi, podsApi, pods }, claim);
      return;
    }
    const pod = pods.getByKey(name);
    if (!pod || pod.metadata!.deletionTimestamp) return;
    try {
      await createClaims({ client, claims, templates, made }, pod);
    } catch (error) {
      recorder.event({ object: pod, resource: podResource }, 'Warning', 'FailedResourceClaimCreation', messageOf(error));
      throw error;
    }
    // The scheduler reserves claims for pods that it binds; others find their claims allocated, or wait.
    if (!pod.spec.nodeName) return;
    for (const claimKey of resourceClaimKeys(pod)) {
      const claim = claims.getByKey(claimKey);
      if (claim?.status?.allocation && !isReservedFor(claim, pod)) await reserve(claimsApi, claim, pod);
    }
  }

  return run('resource-claim', [controller]);
}
