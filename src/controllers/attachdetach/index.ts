import { createHash } from 'node:crypto';
import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { parseTime } from '../../machinery/clock.ts';
import { createController } from '../../runtime/controller.ts';
import { isAlreadyExists, unlessNotFound } from '../../runtime/errors.ts';
import { claimKeysOfPod } from '../../runtime/pod-volumes.ts';
import { conditionOf, isPodFinished } from '../../runtime/pods.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import {
  volumeAttachments as attachmentResource,
  persistentVolumeClaims as claimResource,
  csiDrivers as driverResource,
  nodes as nodeResource,
  pods as podResource,
  persistentVolumes as volumeResource,
} from '../resources.ts';

/** On nodes whose kubelets leave attaching to us. */
const managed = 'volumes.kubernetes.io/controller-managed-attach-detach';
const outOfService = 'node.kubernetes.io/out-of-service';
// A node that does not answer keeps its volumes for so long after nobody needs them there.
const waitForUnmount = 6 * 60_000;
// How our names look; whether one is right can be told only while the volume is there.
const ourName = /^csi-[0-9a-f]{64}$/;
const byNode = 'node';
const byClaim = 'claim';
const byVolume = 'volume';

/** Attaches the CSI volumes of pods to their nodes through VolumeAttachments, which the drivers fulfil, and detaches them again. */
export function startAttachDetachController(context: ControllerContext): RunningController {
  const { informers, clock } = context;
  const client = context.clientFor('attachdetach-controller');
  const recorder = recorderFor(context, client, 'attachdetach-controller');
  const attachmentsApi = client.resource(attachmentResource);
  const nodesApi = client.resource(nodeResource);
  const pods = informers.for(podResource);
  const claims = informers.for(claimResource);
  const volumes = informers.for(volumeResource);
  const nodes = informers.for(nodeResource);
  const drivers = informers.for(driverResource);
  const attachments = informers.for(attachmentResource);
  pods.addIndex(byNode, (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []));
  pods.addIndex(byClaim, claimKeysOfPod);
  attachments.addIndex(byNode, ({ spec }) => [spec.nodeName]);
  attachments.addIndex(byVolume, ({ spec }) => (spec.source.persistentVolumeName ? [spec.source.persistentVolumeName] : []));
  const controller = createController(
    { name: 'attachdetach', workers: 10, reconcile, informers: [pods, claims, volumes, nodes, drivers, attachments] },
    context,
  );
  // What was told of an attachment, by its uid.
  const told = new Map<string, string>();

  const notePod = (pod: KubeObject) => {
    if (pod.spec.nodeName && claimKeysOfPod(pod).length > 0) controller.enqueue(pod.spec.nodeName);
  };
  const noteClaim = (key: string) => {
    for (const pod of pods.byIndex(byClaim, key)) notePod(pod);
  };
  pods.addHandler({ added: notePod, updated: notePod, deleted: notePod });
  claims.addHandler({
    updated(claim, old) {
      if (claim.status?.phase !== old.status?.phase) noteClaim(`${claim.metadata!.namespace}/${claim.metadata!.name}`);
    },
  });
  nodes.addHandler({
    added: ({ metadata }) => controller.enqueue(metadata!.name!),
    updated(node, old) {
      if (!semanticEqual(node.status?.volumesInUse, old.status?.volumesInUse) || isOutOfService(node) !== isOutOfService(old)) {
        controller.enqueue(node.metadata!.name!);
      }
    },
    deleted: ({ metadata }) => controller.enqueue(metadata!.name!),
  });
  const noteAttachment = ({ spec }: KubeObject) => controller.enqueue(spec.nodeName);
  attachments.addHandler({
    added: noteAttachment,
    updated: noteAttachment,
    deleted(attachment) {
      told.delete(attachment.metadata!.uid!);
      noteAttachment(attachment);
      // Another node may have waited for it.
      const volume = volumes.getByKey(attachment.spec.source.persistentVolumeName ?? '');
      if (volume?.spec.claimRef) noteClaim(`${volume.spec.claimRef.namespace}/${volume.spec.claimRef.name}`);
    },
  });

  async function reconcile(nodeName: string): Promise<number | undefined> {
    const node = nodes.getByKey(nodeName);
    const wanted = node?.metadata?.annotations?.[managed] === undefined ? new Map<string, KubeObject[]>() : wantedOn(nodeName);
    const present = new Map(
      [...attachments.byIndex(byNode, nodeName)].filter(isOurs).map((a) => [a.spec.source.persistentVolumeName as string, a]),
    );
    const going: KubeObject[] = [];
    let wait: number | undefined;
    for (const [name, attachment] of present) {
      if (wanted.has(name) || attachment.metadata!.deletionTimestamp) continue;
      const left = unmountedIn(node, uniqueName(attachment, volumes.getByKey(name)));
      if (left === 0) going.push(attachment);
      else wait = Math.min(wait ?? left, left);
    }
    if (node)
      await reportAttached(
        node,
        [...present.values()].filter((attachment) => !going.includes(attachment)),
      );
    for (const attachment of going) await unlessNotFound(attachmentsApi.delete('', attachment.metadata!.name!));
    for (const [name, users] of wanted) await attach(nodeName, volumes.getByKey(name)!, users, present.get(name));
    return wait;
  }

  /** What others have written, with names of their own, is theirs to delete. */
  function isOurs({ metadata, spec }: KubeObject): boolean {
    const { persistentVolumeName } = spec.source;
    if (!persistentVolumeName) return false;
    const volume = volumes.getByKey(persistentVolumeName);
    const handle = volume?.spec.csi?.volumeHandle;
    return handle ? metadata!.name === attachmentName(handle, spec.attacher, spec.nodeName) : ourName.test(metadata!.name!);
  }

  /** The volumes that pods of the node need attached, with those pods. */
  function wantedOn(nodeName: string): Map<string, KubeObject[]> {
    const wanted = new Map<string, KubeObject[]>();
    for (const pod of pods.byIndex(byNode, nodeName)) {
      if (isPodFinished(pod)) continue;
      for (const key of claimKeysOfPod(pod)) {
        const claim = claims.getByKey(key);
        const volume = claim?.status?.phase === 'Bound' ? volumes.getByKey(claim.spec.volumeName) : undefined;
        if (!volume?.spec.csi || drivers.getByKey(volume.spec.csi.driver)?.spec.attachRequired === false) continue;
        const { name } = volume.metadata!;
        wanted.set(name!, [...(wanted.get(name!) ?? []), pod]);
      }
    }
    return wanted;
  }

  async function attach(nodeName: string, volume: KubeObject, users: KubeObject[], present: KubeObject | undefined): Promise<void> {
    const name = volume.metadata!.name!;
    if (!present) {
      const elsewhere = isExclusive(volume)
        ? [...attachments.byIndex(byVolume, name)].find(({ spec }) => spec.nodeName !== nodeName)
        : undefined;
      if (elsewhere) return isInMotion(elsewhere, volume) ? undefined : tellOfOther(volume, users, elsewhere.spec.nodeName);
      const { driver, volumeHandle } = volume.spec.csi;
      const attachment: KubeObject = {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'VolumeAttachment',
        metadata: { name: attachmentName(volumeHandle, driver, nodeName) },
        spec: { attacher: driver, nodeName, source: { persistentVolumeName: name } },
      };
      await attachmentsApi.create('', attachment).catch((error) => {
        if (!isAlreadyExists(error)) throw error;
      });
      return;
    }
    const { attached, attachError } = present.status ?? {};
    const failure = attachError?.message ?? '';
    const state = attached ? 'attached' : failure;
    if (!state || told.get(present.metadata!.uid!) === state) return;
    told.set(present.metadata!.uid!, state);
    const shown = JSON.stringify(name);
    if (attached) tell(users, 'Normal', 'SuccessfulAttachVolume', `AttachVolume.Attach succeeded for volume ${shown} `);
    else tell(users, 'Warning', 'FailedAttachVolume', `AttachVolume.Attach failed for volume ${shown} : ${failure}`);
  }

  /** Whether it is being attached or detached, or will be at once: then one waits for the end of that, and it is no conflict. */
  function isInMotion(attachment: KubeObject, volume: KubeObject): boolean {
    const { metadata, spec, status } = attachment;
    if (metadata!.deletionTimestamp || (!status?.attached && !status?.attachError)) return true;
    if (wantedOn(spec.nodeName).has(volume.metadata!.name!)) return false;
    return unmountedIn(nodes.getByKey(spec.nodeName), uniqueName(attachment, volume)) === 0;
  }

  function tell(users: readonly KubeObject[], type: 'Normal' | 'Warning', reason: string, message: string): void {
    for (const pod of users) recorder.event({ object: pod, resource: podResource }, type, reason, message);
  }

  function tellOfOther(volume: KubeObject, users: readonly KubeObject[], node: string): void {
    const key = `${volume.spec.claimRef.namespace}/${volume.spec.claimRef.name}`;
    const others = [...pods.byIndex(byClaim, key)].filter((pod) => pod.spec.nodeName === node && !isPodFinished(pod));
    const why =
      others.length > 0
        ? `Volume is already used by pod(s) ${others.map(({ metadata }) => metadata!.name).join(', ')}`
        : "Volume is already exclusively attached to one node and can't be attached to another";
    tell(users, 'Warning', 'FailedAttachVolume', `Multi-Attach error for volume ${JSON.stringify(volume.metadata!.name)} ${why}`);
  }

  /** Milliseconds until a volume that nobody needs on the node may be detached: at once where the kubelet does not use it. */
  function unmountedIn(node: KubeObject | undefined, name: string): number {
    if (!node?.status?.volumesInUse?.includes(name) || isOutOfService(node)) return 0;
    const ready = conditionOf(node, 'Ready');
    if (ready?.status === 'True' || !ready?.lastTransitionTime) return waitForUnmount;
    return Math.max(0, parseTime(ready.lastTransitionTime) + waitForUnmount - clock.now());
  }

  async function reportAttached(node: KubeObject, present: readonly KubeObject[]): Promise<void> {
    const volumesAttached = present
      .filter(({ status }) => status?.attached)
      .map((attachment) => ({
        name: uniqueName(attachment, volumes.getByKey(attachment.spec.source.persistentVolumeName)),
        devicePath: '',
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const before = node.status?.volumesAttached ?? [];
    if (semanticEqual(before, volumesAttached)) return;
    const body = { status: { volumesAttached: volumesAttached.length > 0 ? volumesAttached : null } };
    await unlessNotFound(nodesApi.patch('', node.metadata!.name!, 'application/merge-patch+json', body, { subresource: 'status' }));
  }

  return run('attachdetach', [controller]);
}

function isOutOfService({ spec }: KubeObject): boolean {
  return (spec?.taints ?? []).some(({ key }: { key: string }) => key === outOfService);
}

/** Only one node may have the volume at a time. */
function isExclusive({ spec }: KubeObject): boolean {
  return (spec.accessModes ?? []).every((mode: string) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod');
}

/** How nodes name a volume that is attached. */
function uniqueName({ spec }: KubeObject, volume: KubeObject | undefined): string {
  return `kubernetes.io/csi/${spec.attacher}^${volume?.spec.csi?.volumeHandle ?? ''}`;
}

/** The name of the VolumeAttachment, which the kubelet knows as well. */
export function attachmentName(volumeHandle: string, driver: string, node: string): string {
  return `csi-${createHash('sha256')
    .update(volumeHandle + driver + node)
    .digest('hex')}`;
}
