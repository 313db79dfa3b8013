import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { isNamespaceTerminating, unlessNotFound } from '../../runtime/errors.ts';
import { keyOf, keyOfParts } from '../../runtime/keys.ts';
import { typed } from '../../runtime/objects.ts';
import { controllerReference } from '../../runtime/owners.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { SliceGenerations } from '../endpoints/slice-generations.ts';
import { endpoints as endpointsResource, services as serviceResource, endpointSlices as sliceResource } from '../resources.ts';
import { type MirroredSlice, mirrorOf, mostAddresses, shows } from './mirror.ts';

const managedBy = 'endpointslice.kubernetes.io/managed-by';
const ourselves = 'endpointslicemirroring-controller.k8s.io';
const serviceName = 'kubernetes.io/service-name';
const skip = 'endpointslice.kubernetes.io/skip-mirror';
const leader = 'control-plane.alpha.kubernetes.io/leader';
const byService = 'mirrored for';

/** Mirrors Endpoints that a user keeps, for a Service without a selector, into EndpointSlices. */
export function startEndpointSliceMirroring(context: ControllerContext): RunningController {
  const client = context.clientFor('endpointslicemirroring-controller');
  const recorder = recorderFor(context, client, 'endpoint-slice-mirroring-controller');
  const api = client.resource(sliceResource);
  const allEndpoints = context.informers.for(endpointsResource);
  const services = context.informers.for(serviceResource);
  const slices = context.informers.for(sliceResource);
  const written = new SliceGenerations();
  slices.addIndex(byService, (slice) => {
    const key = isOurs(slice) ? serviceKeyOf(slice) : undefined;
    return key ? [key] : [];
  });
  const controller = createController(
    {
      name: 'endpointslicemirroring',
      workers: 5,
      reconcile,
      informers: [allEndpoints, services, slices],
      initialBackoff: 1000,
      maximumBackoff: 100_000,
      maxRetries: 15,
    },
    context,
  );
  const note = (object: KubeObject) => controller.enqueue(keyOf(object));
  allEndpoints.addHandler({
    added: note,
    updated(endpoints, old) {
      if (mayMirror(endpoints) || mayMirror(old)) note(endpoints);
    },
    deleted: note,
  });
  services.addHandler({
    added: note,
    updated(service, old) {
      if (hasSelector(service) !== hasSelector(old)) note(service);
    },
    deleted: note,
  });
  const noteService = (slice: KubeObject) => {
    const key = serviceKeyOf(slice);
    if (key) controller.enqueue(key);
  };
  const noteNews = (slice: KubeObject) => {
    if (isOurs(slice) && written.isNews(serviceKeyOf(slice) ?? '', slice)) noteService(slice);
  };
  slices.addHandler({
    added: noteNews,
    updated(slice, old) {
      if (serviceKeyOf(slice) !== serviceKeyOf(old)) {
        noteService(slice);
        noteService(old);
      } else if (isOurs(slice) !== isOurs(old)) noteService(slice);
      else noteNews(slice);
    },
    deleted(slice) {
      const key = serviceKeyOf(slice);
      if (!key || !isOurs(slice) || !written.has(key, slice)) return;
      written.forgetSlice(key, slice);
      controller.enqueue(key);
    },
  });

  async function reconcile(key: string): Promise<void> {
    const endpoints = allEndpoints.getByKey(key);
    const service = services.getByKey(key);
    const present = [...slices.byIndex(byService, key)];
    if (!endpoints || !service || !mayMirror(endpoints) || hasSelector(service)) {
      written.forget(key);
      for (const slice of present) await remove(slice);
      return;
    }
    // As upstream: of a slice that was given to another manager or service nothing comes until the mirroring begins anew.
    if (!written.inStep(key, present)) throw new Error('EndpointSlice informer cache is out of date');
    const { slices: wanted, skipped } = mirrorOf(endpoints);
    if (skipped > 0) {
      const message = `A max of ${mostAddresses} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`;
      recorder.event({ object: endpoints, resource: endpointsResource }, 'Warning', 'TooManyAddressesToMirror', message);
    }
    await write(endpoints, wanted, present);
  }

  /** Slices of the same ports are kept, others become those that are missing before they are deleted. */
  async function write(endpoints: KubeObject, wanted: readonly MirroredSlice[], present: readonly KubeObject[]): Promise<void> {
    const left = new Set(present);
    const missing: MirroredSlice[] = [];
    for (const slice of wanted) {
      const same = [...left].find(
        (known) => known['addressType'] === slice.addressType && semanticEqual(known['ports'] ?? [], slice.ports),
      );
      if (!same) missing.push(slice);
      else {
        left.delete(same);
        if (isUpToDate(same, slice, endpoints)) written.note(keyOf(endpoints), same);
        else await update(endpoints, { name: same.metadata!.name! }, slice);
      }
    }
    for (const slice of missing) {
      const reusable = [...left].find((known) => known['addressType'] === slice.addressType);
      const generateName = `${endpoints.metadata!.name}-`;
      if (!reusable) await create(endpoints, { generateName }, slice);
      else {
        left.delete(reusable);
        await update(endpoints, { generateName, name: reusable.metadata!.name! }, slice);
      }
    }
    for (const slice of left) await remove(slice);
  }

  async function create(endpoints: KubeObject, naming: Naming, slice: MirroredSlice): Promise<void> {
    const { namespace, deletionTimestamp } = endpoints.metadata!;
    if (deletionTimestamp) return;
    try {
      written.note(keyOf(endpoints), await api.create(namespace!, sliceOf(endpoints, naming, slice)));
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
    }
  }

  /** Writes a slice wholly anew: whatever else it has (finalizers, other annotations and owners) goes. */
  async function update(endpoints: KubeObject, naming: Naming, slice: MirroredSlice): Promise<void> {
    written.note(keyOf(endpoints), await api.update(endpoints.metadata!.namespace!, sliceOf(endpoints, naming, slice)));
  }

  async function remove(slice: KubeObject): Promise<void> {
    written.forgetSlice(serviceKeyOf(slice)!, slice);
    await unlessNotFound(api.delete(slice.metadata!.namespace!, slice.metadata!.name!));
  }

  return run('endpointslicemirroring', [controller]);
}

function mayMirror({ metadata }: KubeObject): boolean {
  return metadata!.labels?.[skip] !== 'true' && metadata!.annotations?.[leader] === undefined;
}

function hasSelector({ spec }: KubeObject): boolean {
  return spec?.selector !== undefined;
}

function isOurs({ metadata }: KubeObject): boolean {
  return metadata!.labels?.[managedBy] === ourselves;
}

function serviceKeyOf({ metadata }: KubeObject): string | undefined {
  const name = metadata!.labels?.[serviceName];
  return name ? keyOfParts(metadata!.namespace!, name) : undefined;
}

function isUpToDate(present: KubeObject, slice: MirroredSlice, endpoints: KubeObject): boolean {
  const { name, uid, labels } = endpoints.metadata!;
  const { [serviceName]: _service, [managedBy]: _manager, ...ownLabels } = present.metadata!.labels ?? {};
  return (
    shows((present['endpoints'] as MirroredSlice['endpoints'] | undefined) ?? [], slice.endpoints) &&
    semanticEqual(ownLabels, labels ?? {}) &&
    semanticEqual(present.metadata!.annotations ?? {}, annotationsOf(endpoints)) &&
    // Those of Endpoints that were there before under the name.
    !present.metadata!.ownerReferences?.some((owner) => owner.kind === 'Endpoints' && owner.name === name && owner.uid !== uid)
  );
}

function annotationsOf({ metadata }: KubeObject): Record<string, string> {
  const {
    'kubectl.kubernetes.io/last-applied-configuration': _applied,
    'endpoints.kubernetes.io/last-change-trigger-time': _time,
    ...annotations
  } = metadata!.annotations ?? {};
  return annotations;
}

type Naming = Pick<NonNullable<KubeObject['metadata']>, 'name' | 'generateName'>;

function sliceOf(endpoints: KubeObject, naming: Naming, slice: MirroredSlice): KubeObject {
  const { name, namespace, labels } = endpoints.metadata!;
  const annotations = annotationsOf(endpoints);
  return typed(sliceResource, {
    metadata: {
      ...naming,
      namespace: namespace!,
      labels: { ...labels, [serviceName]: name!, [managedBy]: ourselves },
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      ownerReferences: [controllerReference(endpoints, endpointsResource)],
    },
    ...slice,
  });
}
