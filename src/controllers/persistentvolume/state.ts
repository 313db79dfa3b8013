import { semanticEqual } from '../../../api/meta/equal.ts';
import { apiVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../runtime/events.ts';
import { Newest } from '../../runtime/newest.ts';
import { typed } from '../../runtime/objects.ts';
import { bindCompleted, boundByController, isVolumeBoundToClaim, storageOf } from '../../runtime/persistent-volumes.ts';
import type { ControllerContext } from '../context.ts';
import { persistentVolumeClaims as claimResource, persistentVolumes as volumeResource } from '../resources.ts';

const yes = 'yes';

/** Claims and volumes, and what the binder writes to them: each step returns the object as it is then, and writes only what differs. */
export class BindingState {
  readonly claims: Newest;
  readonly volumes: Newest;
  private readonly client: Client;
  private readonly recorder: EventRecorder;

  constructor(context: ControllerContext, client: Client, recorder: EventRecorder) {
    this.claims = new Newest(context.informers.for(claimResource));
    this.volumes = new Newest(context.informers.for(volumeResource));
    this.client = client;
    this.recorder = recorder;
  }

  claimEvent(claim: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.recorder.event({ object: claim, resource: claimResource }, type, reason, message);
  }

  volumeEvent(volume: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.recorder.event({ object: volume, resource: volumeResource }, type, reason, message);
  }

  /** Joins a volume and a claim: the volume first, so that it can never be given to two. */
  async bind(volume: KubeObject, claim: KubeObject): Promise<void> {
    const bound = await this.setPhase(await this.bindVolume(volume, claim), 'Bound');
    await this.setClaimStatus(await this.bindClaim(claim, bound), 'Bound', bound);
  }

  private async bindVolume(volume: KubeObject, claim: KubeObject): Promise<KubeObject> {
    const reference = volume.spec.claimRef;
    const byUs = !isVolumeBoundToClaim(volume, claim);
    const marked = volume.metadata!.annotations?.[boundByController] !== undefined;
    const complete = reference?.uid === claim.metadata!.uid && !byUs;
    if (complete && (!byUs || marked)) return volume;
    const metadata = byUs && !marked ? annotated(volume, { [boundByController]: yes }) : volume.metadata;
    return this.writeVolume({ ...volume, metadata, spec: { ...volume.spec, claimRef: claimReference(claim) } });
  }

  private async bindClaim(claim: KubeObject, volume: KubeObject): Promise<KubeObject> {
    const { name } = volume.metadata!;
    const missing: Record<string, string> = {};
    if (claim.spec.volumeName !== name) missing[boundByController] = yes;
    missing[bindCompleted] = yes;
    const present = claim.metadata!.annotations ?? {};
    if (claim.spec.volumeName === name && Object.keys(missing).every((annotation) => annotation in present)) return claim;
    return this.writeClaim({ ...claim, metadata: annotated(claim, { ...missing, ...present }), spec: { ...claim.spec, volumeName: name } });
  }

  /** Takes back what `bind` did to a volume; one that its maker reserved stays reserved. */
  async unbind(volume: KubeObject): Promise<void> {
    const { claimRef, ...spec } = volume.spec;
    let { metadata } = volume;
    if (metadata!.annotations?.[boundByController] !== undefined) {
      const { [boundByController]: _, ...annotations } = metadata!.annotations;
      const { annotations: _all, ...rest } = metadata!;
      metadata = Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest;
    } else {
      const { uid: _, ...reserved } = claimRef;
      spec.claimRef = reserved;
    }
    await this.setPhase(await this.writeVolume({ ...volume, metadata: metadata!, spec }), 'Available');
  }

  async setPhase(volume: KubeObject, phase: string, message?: string): Promise<KubeObject> {
    if (volume.status?.phase === phase) return volume;
    const { message: _, ...status } = volume.status ?? {};
    const next = { ...volume, status: { ...status, phase, ...(message ? { message } : {}) } };
    return this.volumes.remember(await this.volumesApi().update('', typed(volumeResource, next), { subresource: 'status' }));
  }

  /** Fails a volume, and tells of it once. */
  async fail(volume: KubeObject, reason: string, message: string): Promise<void> {
    if (volume.status?.phase === 'Failed') return;
    this.volumeEvent(await this.setPhase(volume, 'Failed', message), 'Warning', reason, message);
  }

  /** @param volume what the claim is bound to */
  async setClaimStatus(claim: KubeObject, phase: string, volume?: KubeObject): Promise<KubeObject> {
    const { accessModes, capacity, currentVolumeAttributesClassName, ...status } = claim.status ?? {};
    status.phase = phase;
    if (volume) {
      status.accessModes = volume.spec.accessModes;
      // A bound claim's size may differ from the volume's while that is being resized.
      const becomesBound = claim.status?.phase !== phase;
      if (becomesBound && !volume.spec.capacity?.storage)
        throw new Error(`PersistentVolume ${JSON.stringify(volume.metadata!.name)} is without a storage capacity`);
      const same = capacity?.storage !== undefined && storageOf({ spec: { capacity } } as KubeObject).equals(storageOf(volume));
      status.capacity = becomesBound && !same ? volume.spec.capacity : capacity;
      status.currentVolumeAttributesClassName = becomesBound ? volume.spec.volumeAttributesClassName : currentVolumeAttributesClassName;
    }
    if (semanticEqual(claim.status, status)) return claim;
    const next = typed(claimResource, { ...claim, status });
    return this.claims.remember(await this.claimsApi().update(claim.metadata!.namespace!, next, { subresource: 'status' }));
  }

  /** The claim's binding is broken for good. */
  async lose(claim: KubeObject, reason: string, message: string): Promise<void> {
    if (claim.status?.phase === 'Lost') return;
    this.claimEvent(await this.setClaimStatus(claim, 'Lost'), 'Warning', reason, message);
  }

  async annotateClaim(claim: KubeObject, annotations: Readonly<Record<string, string>>): Promise<KubeObject> {
    const present = claim.metadata!.annotations ?? {};
    if (Object.entries(annotations).every(([name, value]) => present[name] === value)) return claim;
    return this.writeClaim({ ...claim, metadata: annotated(claim, annotations) });
  }

  async writeClaim(claim: KubeObject): Promise<KubeObject> {
    return this.claims.remember(await this.claimsApi().update(claim.metadata!.namespace!, typed(claimResource, claim)));
  }

  claimsApi() {
    return this.client.resource(claimResource);
  }

  volumesApi() {
    return this.client.resource(volumeResource);
  }

  async writeVolume(volume: KubeObject): Promise<KubeObject> {
    return this.volumes.remember(await this.volumesApi().update('', typed(volumeResource, volume)));
  }
}

function annotated(object: KubeObject, annotations: Readonly<Record<string, string>>): KubeObject['metadata'] {
  return { ...object.metadata, annotations: { ...object.metadata!.annotations, ...annotations } };
}

/** How a volume names the claim that it belongs to. */
export function claimReference(claim: KubeObject): Record<string, unknown> {
  const { namespace, name, uid, resourceVersion } = claim.metadata!;
  const { kind, group, version } = claimResource;
  return { kind, namespace, name, uid, apiVersion: apiVersionOf(group, version), resourceVersion };
}
