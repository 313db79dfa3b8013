import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { aggregate } from '../../../api/meta/text.ts';
import { createController } from '../../runtime/controller.ts';
import { isNamespaceTerminating, messageOf, unlessNotFound } from '../../runtime/errors.ts';
import { keyOf, keyOfParts } from '../../runtime/keys.ts';
import { typed } from '../../runtime/objects.ts';
import { controllerReference } from '../../runtime/owners.ts';
import { conditionOf } from '../../runtime/pods.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { createServicePods, isHeadless, isManaged } from '../endpoints/service-pods.ts';
import { SliceGenerations } from '../endpoints/slice-generations.ts';
import { TriggerTimes, triggerTimeAnnotation } from '../endpoints/trigger-time.ts';
import { nodes as nodeResource, pods as podResource, services as serviceResource, endpointSlices as sliceResource } from '../resources.ts';
import { asksForTopology } from './hints.ts';
import { type AddressType, type Changes, type Content, type Group, type Judgement, planSlices, wantedEndpoints } from './slices.ts';
import { disabled, Topology, type TopologyEvent, withKnownHints } from './topology.ts';

const serviceNameLabel = 'kubernetes.io/service-name';
const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const headlessLabel = 'service.kubernetes.io/headless';
const manager = 'endpointslice-controller.k8s.io';
const byService = 'managed service';
/** The key under which a change of nodes is worked on. */
const allNodes = 'nodes';

/** Writes the EndpointSlices of each service with a selector. */
export function startEndpointSliceController(context: ControllerContext): RunningController {
  const { informers } = context;
  const client = context.clientFor('endpointslice-controller');
  const api = client.resource(sliceResource);
  const services = informers.for(serviceResource);
  const pods = informers.for(podResource);
  const nodes = informers.for(nodeResource);
  const slices = informers.for(sliceResource);
  const recorder = recorderFor(context, client, 'endpoint-slice-controller');
  const servicePods = createServicePods(services, pods);
  const times = new TriggerTimes();
  const sizes = new Map<string, number>();
  const topology = new Topology();
  // A slice that we wrote but do not see yet must not be made a second time.
  const written = new SliceGenerations();
  slices.addIndex(byService, (slice) => {
    const key = serviceKeyOf(slice);
    return key ? [key] : [];
  });

  const controller = createController(
    {
      name: 'endpointslice',
      workers: 5,
      reconcile,
      informers: [services, pods, nodes, slices],
      calmFor: (key) => Math.min(200, Math.floor((sizes.get(key) ?? 0) / 8)),
      initialBackoff: 1000,
      maximumBackoff: 100_000,
      maxRetries: 15,
    },
    context,
  );
  const enqueue = (object: KubeObject) => controller.enqueue(keyOf(object));
  services.addHandler({ added: enqueue, updated: enqueue, deleted: enqueue });
  servicePods.onChange(enqueue);
  slices.addHandler({ added: enqueueOfSlice, updated: enqueueOfSlice, deleted: enqueueOfSlice });
  nodes.addHandler({
    added(node) {
      enqueueOfNode(node.metadata!.name!);
      controller.enqueue(allNodes);
    },
    updated(node, old) {
      const zone = 'topology.kubernetes.io/zone';
      const moved = node.metadata!.labels?.[zone] !== old.metadata!.labels?.[zone];
      if (moved || conditionOf(node, 'Ready')?.status !== conditionOf(old, 'Ready')?.status) controller.enqueue(allNodes);
    },
    deleted: () => controller.enqueue(allNodes),
  });
  pods.addIndex('node', (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []));

  function enqueueOfNode(name: string): void {
    for (const pod of pods.byIndex('node', name)) servicePods.servicesOf(pod).forEach(enqueue);
  }

  function enqueueOfSlice(slice: KubeObject): void {
    const key = serviceKeyOf(slice);
    if (!key) return;
    // Our own write, seen: nothing to do.
    if (slices.getByKey(keyOf(slice)) && !written.isNews(key, slice)) return;
    controller.enqueue(key);
  }

  async function reconcile(key: string): Promise<number | undefined> {
    if (key === allNodes) {
      nodesChanged();
      return;
    }
    const service = services.getByKey(key);
    if (!service) {
      topology.forgetService(key);
      times.forget(key);
      sizes.delete(key);
      written.forget(key);
      return;
    }
    if (!isManaged(service)) return;
    if (!written.inStep(key, slices.byIndex(byService, key))) {
      // The event that brings the informer up to date calls again; if a slice of ours was deleted meanwhile, this does.
      written.forget(key);
      return 50;
    }
    const selected = servicePods.podsOf(service);
    sizes.set(key, selected.length);
    const time = times.next(key, service, selected);
    const existing = [...slices.byIndex(byService, key)].filter((slice) => !slice.metadata!.deletionTimestamp);
    const families: AddressType[] = service.spec.ipFamilies?.length > 0 ? service.spec.ipFamilies : ['IPv4'];
    const missing: string[] = [];
    for (const slice of existing) if (!families.includes(slice.addressType)) await removeSlice(slice);
    for (const type of families) {
      const wanted = wantedEndpoints(service, selected, type, (name) => nodes.getByKey(name));
      for (const { metadata, spec } of wanted.missing)
        missing.push(`skipping Pod ${metadata!.name} for Service ${key}: Node ${spec.nodeName ?? ''} Not Found`);
      await apply(
        service,
        type,
        existing.filter((slice) => slice.addressType === type),
        wanted.groups,
        time,
      );
    }
    // A pod on a node that we do not know (yet) is left out, and looked at again.
    if (missing.length > 0) throw failed(service, new Error(aggregate(missing)));
    return undefined;
  }

  async function apply(
    service: KubeObject,
    type: AddressType,
    existing: readonly KubeObject[],
    groups: readonly Group[],
    time: string | undefined,
  ): Promise<void> {
    const labels = labelsOf(service);
    const owner = controllerReference(service, serviceResource);
    const { changes, events } = hinted(service, type, existing, groups, {
      isOwned: ({ metadata }) =>
        metadata!.ownerReferences?.some(({ uid, kind, apiVersion }) => uid === owner.uid && kind === owner.kind && apiVersion === 'v1') ===
        true,
      isRelabelled: ({ metadata }) => !semanticEqual(withoutReserved(metadata!.labels), withoutReserved(service.metadata!.labels)),
      isAsMade: ({ metadata }) => semanticEqual(metadata!.labels, labels) && semanticEqual(metadata!.ownerReferences, [owner]),
    });
    for (const event of events) recorder.event({ object: service, resource: serviceResource }, event.type, event.reason, event.message);
    try {
      for (const content of changes.create)
        written.note(keyOf(service), await api.create(service.metadata!.namespace!, sliceOf(service, type, labels, content, time)));
      for (const { slice, content, anew } of changes.update) {
        const { name, namespace, annotations } = slice.metadata!;
        const made = sliceOf(service, type, labels, content, time);
        const wanted: KubeObject = anew
          ? { ...made, metadata: { ...made.metadata, name: name! } }
          : { ...slice, metadata: { ...slice.metadata, labels, annotations: withTime(annotations, time) }, ...contentOf(content) };
        written.note(keyOf(service), await api.update(namespace!, typed(sliceResource, wanted)));
      }
      for (const slice of changes.remove) await removeSlice(slice);
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      throw failed(service, error);
    }
  }

  function failed(service: KubeObject, error: unknown): unknown {
    const message = `Error updating Endpoint Slices for Service ${keyOf(service)}: ${messageOf(error)}`;
    recorder.event({ object: service, resource: serviceResource }, 'Warning', 'FailedToUpdateEndpointSlices', message);
    return error;
  }

  function hinted(
    service: KubeObject,
    type: AddressType,
    existing: readonly KubeObject[],
    groups: readonly Group[],
    judgement: Judgement,
  ): { changes: Changes; events: readonly TopologyEvent[] } {
    const key = keyOf(service);
    if (asksForTopology(service)) {
      const known = groups.map((group) => ({ ...group, endpoints: withKnownHints(group.endpoints, existing, semanticEqual) }));
      return topology.assign(key, type, planSlices(existing, known, judgement), existing);
    }
    const events = topology.forget(key, type) ? [disabled('Topology Aware Hints has been disabled', type)] : [];
    return { changes: planSlices(existing, groups, judgement), events };
  }

  function nodesChanged(): void {
    topology.setNodes(nodes.list());
    for (const key of topology.overloaded()) controller.enqueue(key);
  }

  async function removeSlice(slice: KubeObject): Promise<void> {
    written.forgetSlice(serviceKeyOf(slice) ?? '', slice);
    await unlessNotFound(api.delete(slice.metadata!.namespace!, slice.metadata!.name!));
  }

  return run('endpointslice', [controller]);
}

function serviceKeyOf(slice: KubeObject): string | undefined {
  const { labels = {}, namespace } = slice.metadata!;
  const name = labels[serviceNameLabel];
  return name && labels[managedByLabel] === manager ? keyOfParts(namespace!, name) : undefined;
}

function withoutReserved(labels: Record<string, string> | undefined): Record<string, string> {
  const { [headlessLabel]: _headless, [serviceNameLabel]: _name, [managedByLabel]: _manager, ...rest } = labels ?? {};
  return rest;
}

function labelsOf(service: KubeObject): Record<string, string> {
  const labels = withoutReserved(service.metadata!.labels);
  if (isHeadless(service)) labels[headlessLabel] = '';
  labels[serviceNameLabel] = service.metadata!.name!;
  labels[managedByLabel] = manager;
  return labels;
}

function withTime(annotations: Record<string, string> | undefined, time: string | undefined): Record<string, string> {
  const { [triggerTimeAnnotation]: _, ...rest } = annotations ?? {};
  return time ? { ...rest, [triggerTimeAnnotation]: time } : rest;
}

// Empty lists are sent as protobuf carries them, not at all, and so have no manager.
function contentOf({ ports, endpoints }: Content): Record<string, unknown> {
  return { ports: ports.length > 0 ? ports : null, endpoints: endpoints.length > 0 ? endpoints : null };
}

function sliceOf(
  service: KubeObject,
  type: AddressType,
  labels: Record<string, string>,
  content: Content,
  time: string | undefined,
): KubeObject {
  const { name, namespace } = service.metadata!;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: sliceResource.kind,
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels,
      ...(time ? { annotations: withTime(undefined, time) } : {}),
      ownerReferences: [controllerReference(service, serviceResource)],
    },
    addressType: type,
    ...contentOf(content),
  };
}
