import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { isNamespaceTerminating, messageOf, unlessNotFound } from '../../runtime/errors.ts';
import { keyOf, splitKey } from '../../runtime/keys.ts';
import { typed } from '../../runtime/objects.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { endpoints as endpointsResource, pods as podResource, services as serviceResource } from '../resources.ts';
import { createServicePods, isHeadless, isManaged } from './service-pods.ts';
import { subsetsOf, truncated } from './subsets.ts';
import { TriggerTimes, triggerTimeAnnotation } from './trigger-time.ts';

const headlessLabel = 'service.kubernetes.io/headless';
const managedByLabel = 'endpoints.kubernetes.io/managed-by';
const controllerName = 'endpoint-controller';
const capacityAnnotation = 'endpoints.kubernetes.io/over-capacity';

/** Writes the Endpoints of each service with a selector. */
export function startEndpointsController(context: ControllerContext): RunningController {
  const { informers } = context;
  const client = context.clientFor(controllerName);
  const api = client.resource(endpointsResource);
  const services = informers.for(serviceResource);
  const pods = informers.for(podResource);
  const endpoints = informers.for(endpointsResource);
  const recorder = recorderFor(context, client, controllerName);
  const servicePods = createServicePods(services, pods);
  const times = new TriggerTimes();
  const sizes = new Map<string, number>();

  const controller = createController(
    {
      name: 'endpoints',
      workers: 5,
      reconcile,
      informers: [services, pods, endpoints],
      maxRetries: 15,
      // The whole object is written for each change of a pod: large ones gather more changes.
      calmFor: (key) => Math.min(500, Math.floor((sizes.get(key) ?? 0) / 4)),
    },
    context,
  );
  const enqueue = (object: KubeObject) => controller.enqueue(keyOf(object));
  services.addHandler({ added: enqueue, updated: enqueue, deleted: enqueue });
  endpoints.addHandler({ deleted: enqueue });
  servicePods.onChange(enqueue);

  async function reconcile(key: string): Promise<void> {
    const service = services.getByKey(key);
    const [namespace, name] = splitKey(key);
    if (!service) {
      times.forget(key);
      sizes.delete(key);
      if (endpoints.getByKey(key)) await unlessNotFound(api.delete(namespace, name));
      return;
    }
    if (!isManaged(service)) return;
    const selected = servicePods.podsOf(service);
    sizes.set(key, selected.length);
    const time = times.next(key, service, selected);
    const { subsets, cut } = truncated(subsetsOf(service, selected));
    const current = endpoints.getByKey(key);
    const { [headlessLabel]: _given, ...given } = service.metadata!.labels ?? {};
    const labels: Record<string, string> = { ...given, [managedByLabel]: controllerName };
    if (isHeadless(service)) labels[headlessLabel] = '';
    const { [capacityAnnotation]: wasCut, [triggerTimeAnnotation]: _, ...annotations } = current?.metadata?.annotations ?? {};
    const unchanged = current && semanticEqual(current.subsets, subsets) && areLabelsRight(current, service);
    if (unchanged && (wasCut === 'truncated') === cut) return;
    if (cut) annotations[capacityAnnotation] = 'truncated';
    if (time) annotations[triggerTimeAnnotation] = time;
    const { annotations: _before, ...identity } = current?.metadata ?? {};
    const metadata = { ...identity, name, namespace, labels, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) };
    const wanted = typed(endpointsResource, { metadata, ...(subsets.length > 0 ? { subsets } : {}) } as KubeObject);
    try {
      if (current) await api.update(namespace, wanted);
      else await api.create(namespace, wanted);
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      // Of those that are not there yet upstream knows the name only, and so tells in the namespace default.
      const target = { object: current ?? { metadata: { name } }, resource: endpointsResource };
      const [reason, what] = current
        ? ['FailedToUpdateEndpoint', 'update endpoint']
        : ['FailedToCreateEndpoint', 'create endpoint for service'];
      recorder.event(target, 'Warning', reason!, `Failed to ${what} ${key}: ${messageOf(error)}`);
      throw error;
    }
  }

  return run('endpoints', [controller]);
}

/** As upstream counts them: where the service has one of the labels that the controller sets itself, they are never right. */
function areLabelsRight(current: KubeObject, service: KubeObject): boolean {
  const { [headlessLabel]: _headless, [managedByLabel]: manager, ...labels } = current.metadata!.labels ?? {};
  return manager === controllerName && semanticEqual(labels, service.metadata!.labels ?? {});
}
