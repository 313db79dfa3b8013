import { semanticEqual } from '../../../api/meta/equal.ts';
import { apiVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { isNamespaceTerminating, unlessNotFound } from '../../runtime/errors.ts';
import { keyOf, keyOfParts, splitKey } from '../../runtime/keys.ts';
import { controllerReference } from '../../runtime/owners.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { endpoints as endpointsResource, services as serviceResource, endpointSlices as sliceResource } from '../resources.ts';
import { type MirroredSlice, mirrorOf, mostAddresses } from './mirror.ts';

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
  slices.addIndex(byService, ({ metadata }) => {
    const { labels } = metadata!;
    return labels?.[managedBy] === ourselves && labels[serviceName] ? [keyOfParts(metadata!.namespace!, labels[serviceName])] : [];
  });
  const controller = createController(
    {
      name: 'endpointslicemirroring',
      workers: 5,
      reconcile,
      informers: [allEndpoints, services, slices],
      initialBackoff: 1000,
      maximumBackoff: 100_000,
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
  const noteSlice = ({ metadata }: KubeObject) => {
    const { labels } = metadata!;
    if (labels?.[managedBy] === ourselves && labels[serviceName]) controller.enqueue(keyOfParts(metadata!.namespace!, labels[serviceName]));
  };
  slices.addHandler({ updated: noteSlice, deleted: noteSlice });

  async function reconcile(key: string): Promise<void> {
    const endpoints = allEndpoints.getByKey(key);
    const service = services.getByKey(key);
    const present = [...slices.byIndex(byService, key)].filter(({ metadata }) => !metadata!.deletionTimestamp);
    const mirrored = endpoints && service && mayMirror(endpoints) && !hasSelector(service);
    const { slices: wanted, skipped } = mirrored ? mirrorOf(endpoints) : { slices: [], skipped: 0 };
    if (skipped > 0) {
      const message = `A max of ${mostAddresses} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`;
      recorder.event({ object: endpoints!, resource: endpointsResource }, 'Warning', 'TooManyAddressesToMirror', message);
    }
    await write(splitKey(key)[0], endpoints, wanted, present);
  }

  /** Slices of the same ports are kept, others are used anew before they are deleted. */
  async function write(
    namespace: string,
    endpoints: KubeObject | undefined,
    wanted: readonly MirroredSlice[],
    present: readonly KubeObject[],
  ): Promise<void> {
    const left = new Set(present);
    const missing: MirroredSlice[] = [];
    for (const slice of wanted) {
      const same = [...left].find(
        (known) => known['addressType'] === slice.addressType && semanticEqual(known['ports'] ?? [], slice.ports),
      );
      if (!same) missing.push(slice);
      else {
        left.delete(same);
        await change(same, slice, endpoints!);
      }
    }
    for (const slice of missing) {
      const reusable = [...left].find((known) => known['addressType'] === slice.addressType);
      if (!reusable) await create(namespace, slice, endpoints!);
      else {
        left.delete(reusable);
        await change(reusable, slice, endpoints!, prefixOf(endpoints!));
      }
    }
    for (const slice of left) await unlessNotFound(api.delete(namespace, slice.metadata!.name!));
  }

  async function create(namespace: string, slice: MirroredSlice, endpoints: KubeObject): Promise<void> {
    if (endpoints.metadata!.deletionTimestamp) return;
    const metadata = { generateName: prefixOf(endpoints), namespace, ...metadataOf(endpoints) };
    const { group, version, kind } = sliceResource;
    await api.create(namespace, { apiVersion: apiVersionOf(group, version), kind, metadata, ...slice }).catch((error) => {
      if (!isNamespaceTerminating(error)) throw error;
    });
  }

  /** Writes a slice anew where it does not show what it should. @param generateName what the new one has, which alone is no reason to write it */
  async function change(present: KubeObject, slice: MirroredSlice, endpoints: KubeObject, generateName?: string): Promise<void> {
    const { labels, annotations, ownerReferences } = metadataOf(endpoints);
    const next = { ...present, metadata: { ...present.metadata, labels, annotations: annotations ?? {}, ownerReferences }, ...slice };
    if (semanticEqual(next, { ...present, metadata: { ...present.metadata, annotations: present.metadata!.annotations ?? {} } })) return;
    const { generateName: _, ...metadata } = next.metadata;
    const { group, version, kind } = sliceResource;
    const named = { ...metadata, ...(generateName ? { generateName } : {}) };
    await api.update(metadata.namespace!, { ...next, metadata: named, apiVersion: apiVersionOf(group, version), kind });
  }

  return run('endpointslicemirroring', [controller]);
}

function mayMirror({ metadata }: KubeObject): boolean {
  return metadata!.labels?.[skip] !== 'true' && metadata!.annotations?.[leader] === undefined;
}

function prefixOf({ metadata }: KubeObject): string {
  return `${metadata!.name}-`;
}

function hasSelector({ spec }: KubeObject): boolean {
  return spec?.selector !== undefined;
}

function metadataOf(endpoints: KubeObject): NonNullable<KubeObject['metadata']> {
  const {
    'kubectl.kubernetes.io/last-applied-configuration': _applied,
    'endpoints.kubernetes.io/last-change-trigger-time': _time,
    ...annotations
  } = endpoints.metadata!.annotations ?? {};
  return {
    labels: { ...endpoints.metadata!.labels, [serviceName]: endpoints.metadata!.name!, [managedBy]: ourselves },
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    ownerReferences: [controllerReference(endpoints, endpointsResource)],
  };
}
