import { createHash } from 'node:crypto';
import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Volume } from '../../../openapi/types.ts';
import { parseTime } from '../../machinery/clock.ts';
import { createController } from '../../runtime/controller.ts';
import { isAlreadyExists, unlessNotFound } from '../../runtime/errors.ts';
import { claimKeysOfPod, claimNameOf } from '../../runtime/pod-volumes.ts';
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
import { type Attachable, attachableInline, attachableVolume, csiName, isPlain } from './attachable.ts';

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
const byUnique = 'unique';

/** A volume that pods of a node need attached. */
interface Wanted extends Attachable {
  /** Those pods. */
  readonly users: KubeObject[];
}

/** Attaches the volumes of pods to their nodes, those of CSI drivers through VolumeAttachments, which the drivers fulfil, and detaches them again. */
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
  attachments.addIndex(byVolume, ({ spec }) => {
    const { persistentVolumeName, inlineVolumeSpec } = spec.source;
    if (persistentVolumeName) return [persistentVolumeName];
    return inlineVolumeSpec?.csi ? [csiName(spec.attacher, inlineVolumeSpec.csi.volumeHandle)] : [];
  });
  volumes.addIndex(byUnique, (volume) => {
    const unique = attachableVolume(volume)?.unique;
    return unique === undefined ? [] : [unique];
  });
  nodes.addIndex(byUnique, (node) => attachedBy(node).map(({ name }) => name));
  const controller = createController(
    { name: 'attachdetach', workers: 10, reconcile, informers: [pods, claims, volumes, nodes, drivers, attachments] },
    context,
  );
  // What was told of an attachment, by its uid.
  const told = new Map<string, string>();
  // What each node could not have, as another has it: that is told once.
  const conflicts = new Map<string, Set<string>>();
  // Nodes that need what is attached to another, by the volume's unique name.
  const waiting = new Map<string, Set<string>>();

  const notePod = (pod: KubeObject) => {
    if (
      pod.spec.nodeName &&
      (claimKeysOfPod(pod).length > 0 || pod.spec.volumes?.some((volume: Volume) => attachableInline(volume, pod.metadata!.namespace!)))
    )
      controller.enqueue(pod.spec.nodeName);
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
  /** Other nodes may have waited for what the node has no longer. */
  const noteFreed = (before: KubeObject, now?: KubeObject) => {
    if (now && before.status?.volumesAttached === now.status?.volumesAttached) return;
    const kept = new Set(now && attachedBy(now).map(({ name }) => name));
    const freed = attachedBy(before).filter(({ name }) => !kept.has(name));
    for (const [nodeName, known] of conflicts) if (freed.some(({ name }) => known.has(name))) controller.enqueue(nodeName);
  };
  nodes.addHandler({
    added: ({ metadata }) => controller.enqueue(metadata!.name!),
    updated(node, old) {
      if (!semanticEqual(node.status?.volumesInUse, old.status?.volumesInUse) || isOutOfService(node) !== isOutOfService(old)) {
        controller.enqueue(node.metadata!.name!);
      }
      noteFreed(old, node);
    },
    deleted(node) {
      controller.enqueue(node.metadata!.name!);
      noteFreed(node);
    },
  });
  const noteAttachment = ({ spec }: KubeObject) => controller.enqueue(spec.nodeName);
  attachments.addHandler({
    added: noteAttachment,
    updated: noteAttachment,
    deleted(attachment) {
      told.delete(attachment.metadata!.uid!);
      noteAttachment(attachment);
      const unique = uniqueName(attachment);
      for (const nodeName of waiting.get(unique) ?? []) controller.enqueue(nodeName);
      waiting.delete(unique);
    },
  });

  async function reconcile(nodeName: string): Promise<number | undefined> {
    const node = nodes.getByKey(nodeName);
    const wanted = node?.metadata?.annotations?.[managed] === undefined ? new Map<string, Wanted>() : wantedOn(nodeName);
    const conflicting = conflicts.get(nodeName);
    for (const unique of conflicting ?? []) if (!wanted.has(unique)) conflicting!.delete(unique);
    if (conflicting?.size === 0) conflicts.delete(nodeName);
    const present = new Map([...attachments.byIndex(byNode, nodeName)].filter(isOurs).map((a) => [a.metadata!.name!, a]));
    const wantedNames = new Set([...wanted.values()].map(({ csi }) => csi && attachmentName(csi.handle, csi.driver, nodeName)));
    const going: KubeObject[] = [];
    let wait: number | undefined;
    const staysFor = (unique: string): number => {
      const left = unmountedIn(node, unique);
      if (left > 0) wait = Math.min(wait ?? left, left);
      return left;
    };
    for (const [name, attachment] of present) {
      if (wantedNames.has(name) || attachment.metadata!.deletionTimestamp) continue;
      if (staysFor(uniqueName(attachment)) === 0) going.push(attachment);
    }
    if (node) {
      const attached = [...present.values()].filter((attachment) => attachment.status?.attached && !going.includes(attachment));
      await reportAttached(node, [...attached.map(uniqueName), ...plainOn(node, wanted, staysFor)]);
    }
    for (const attachment of going) await unlessNotFound(attachmentsApi.delete('', attachment.metadata!.name!));
    for (const each of wanted.values()) {
      if (each.csi) await attach(nodeName, each, each.csi, present.get(attachmentName(each.csi.handle, each.csi.driver, nodeName)));
    }
    return wait;
  }

  /** The volumes that the node has, or has from now on, without anybody's doing anything for it. */
  function plainOn(node: KubeObject, wanted: ReadonlyMap<string, Wanted>, staysFor: (unique: string) => number): string[] {
    const before = new Set(attachedBy(node).map(({ name }) => name));
    const kept = [...before].filter((unique) => isPlain(unique) && (wanted.has(unique) || staysFor(unique) > 0));
    const nodeName = node.metadata!.name!;
    for (const each of wanted.values()) {
      if (each.csi || before.has(each.unique)) continue;
      const [elsewhere] = each.exclusive ? nodes.byIndex(byUnique, each.unique) : [];
      if (elsewhere) {
        tellOfOther(nodeName, each, elsewhere.metadata!.name!);
        continue;
      }
      kept.push(each.unique);
      tell(each.users, 'Normal', 'SuccessfulAttachVolume', `AttachVolume.Attach succeeded for volume ${JSON.stringify(each.name)} `);
    }
    return kept;
  }

  /** What others have written, with names of their own, is theirs to delete. */
  function isOurs(attachment: KubeObject): boolean {
    const { metadata, spec } = attachment;
    const handle = handleOf(attachment);
    return handle ? metadata!.name === attachmentName(handle, spec.attacher, spec.nodeName) : ourName.test(metadata!.name!);
  }

  /** The driver's name for what is attached; undefined where its PersistentVolume is gone. */
  function handleOf({ spec }: KubeObject): string | undefined {
    const { persistentVolumeName, inlineVolumeSpec } = spec.source;
    if (!persistentVolumeName) return inlineVolumeSpec?.csi?.volumeHandle;
    const volume = volumes.getByKey(persistentVolumeName);
    return volume && attachableVolume(volume)?.csi?.handle;
  }

  /** The volumes that pods of the node need attached, by their unique names. */
  function wantedOn(nodeName: string): Map<string, Wanted> {
    const wanted = new Map<string, Wanted>();
    for (const pod of pods.byIndex(byNode, nodeName)) {
      if (isPodFinished(pod)) continue;
      for (const volume of pod.spec.volumes ?? []) {
        const attachable = attachableOf(pod, volume);
        if (!attachable) continue;
        const known = wanted.get(attachable.unique);
        if (!known) wanted.set(attachable.unique, { ...attachable, users: [pod] });
        else if (!known.users.includes(pod)) known.users.push(pod);
      }
    }
    return wanted;
  }

  function attachableOf(pod: KubeObject, podVolume: Volume): Attachable | undefined {
    const claimName = claimNameOf(pod, podVolume);
    const attachable = claimName === undefined ? attachableInline(podVolume, pod.metadata!.namespace!) : attachableClaimed(pod, claimName);
    return attachable?.csi && drivers.getByKey(attachable.csi.driver)?.spec.attachRequired === false ? undefined : attachable;
  }

  function attachableClaimed(pod: KubeObject, claimName: string): Attachable | undefined {
    const claim = claims.get(pod.metadata!.namespace!, claimName);
    const volume = claim?.status?.phase === 'Bound' ? volumes.getByKey(claim.spec.volumeName) : undefined;
    return volume && attachableVolume(volume);
  }

  async function attach(
    nodeName: string,
    wanted: Wanted,
    { driver, handle, source }: NonNullable<Attachable['csi']>,
    present: KubeObject | undefined,
  ): Promise<void> {
    const { name, users } = wanted;
    if (!present) {
      const elsewhere = wanted.exclusive ? attachedElsewhere(nodeName, wanted.unique) : undefined;
      if (elsewhere) {
        const others = waiting.get(wanted.unique) ?? new Set();
        waiting.set(wanted.unique, others.add(nodeName));
        return isInMotion(elsewhere, wanted.unique) ? undefined : tellOfOther(nodeName, wanted, elsewhere.spec.nodeName);
      }
      const attachment: KubeObject = {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'VolumeAttachment',
        metadata: { name: attachmentName(handle, driver, nodeName) },
        spec: { attacher: driver, nodeName, source },
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

  function attachedElsewhere(nodeName: string, unique: string): KubeObject | undefined {
    const persistent = [...volumes.byIndex(byUnique, unique)].map(({ metadata }) => metadata!.name!);
    for (const name of [unique, ...persistent])
      for (const attachment of attachments.byIndex(byVolume, name)) if (attachment.spec.nodeName !== nodeName) return attachment;
    return undefined;
  }

  /** Whether it is being attached or detached, or will be at once: then one waits for the end of that, and it is no conflict. */
  function isInMotion({ metadata, spec, status }: KubeObject, unique: string): boolean {
    if (metadata!.deletionTimestamp || (!status?.attached && !status?.attachError)) return true;
    if (wantedOn(spec.nodeName).has(unique)) return false;
    return unmountedIn(nodes.getByKey(spec.nodeName), unique) === 0;
  }

  function tell(users: readonly KubeObject[], type: 'Normal' | 'Warning', reason: string, message: string): void {
    for (const pod of users) recorder.event({ object: pod, resource: podResource }, type, reason, message);
  }

  /** Each pod is told of the pods of its own namespace, and how many there are in others. */
  function tellOfOther(nodeName: string, { name, unique, users }: Wanted, elsewhere: string): void {
    const known = conflicts.get(nodeName) ?? new Set();
    conflicts.set(nodeName, known);
    if (known.has(unique)) return;
    known.add(unique);
    const others = wantedOn(elsewhere).get(unique)?.users ?? [];
    for (const pod of users) {
      const near = others.filter(({ metadata }) => metadata!.namespace === pod.metadata!.namespace).map(({ metadata }) => metadata!.name);
      const far = `${others.length - near.length} pod(s) in different namespaces`;
      const names = `pod(s) ${near.join(', ')}`;
      const by = near.length === others.length ? names : near.length === 0 ? far : `${names} and ${far}`;
      const why =
        others.length > 0
          ? `Volume is already used by ${by}`
          : "Volume is already exclusively attached to one node and can't be attached to another";
      tell([pod], 'Warning', 'FailedAttachVolume', `Multi-Attach error for volume ${JSON.stringify(name)} ${why}`);
    }
  }

  /** Milliseconds until a volume that nobody needs on the node may be detached: at once where the kubelet does not use it. */
  function unmountedIn(node: KubeObject | undefined, name: string): number {
    if (!node?.status?.volumesInUse?.includes(name) || isOutOfService(node)) return 0;
    const ready = conditionOf(node, 'Ready');
    if (ready?.status === 'True' || !ready?.lastTransitionTime) return waitForUnmount;
    return Math.max(0, parseTime(ready.lastTransitionTime) + waitForUnmount - clock.now());
  }

  async function reportAttached(node: KubeObject, names: readonly string[]): Promise<void> {
    const volumesAttached = [...names].sort().map((name) => ({ name, devicePath: '' }));
    if (semanticEqual(attachedBy(node), volumesAttached)) return;
    const body = { status: { volumesAttached: volumesAttached.length > 0 ? volumesAttached : null } };
    await unlessNotFound(nodesApi.patch('', node.metadata!.name!, 'application/merge-patch+json', body, { subresource: 'status' }));
  }

  /** How nodes name what is attached. */
  function uniqueName(attachment: KubeObject): string {
    return csiName(attachment.spec.attacher, handleOf(attachment) ?? '');
  }

  return run('attachdetach', [controller]);
}

function isOutOfService({ spec }: KubeObject): boolean {
  return (spec?.taints ?? []).some(({ key }: { key: string }) => key === outOfService);
}

function attachedBy({ status }: KubeObject): readonly { readonly name: string }[] {
  return status?.volumesAttached ?? [];
}

/** The name of the VolumeAttachment, which the kubelet knows as well. */
export function attachmentName(volumeHandle: string, driver: string, node: string): string {
  return `csi-${createHash('sha256')
    .update(volumeHandle + driver + node)
    .digest('hex')}`;
}
