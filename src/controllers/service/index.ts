import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { hasFinalizer } from '../../runtime/finalizers.ts';
import { keyOf } from '../../runtime/keys.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { CidrRanges } from '../nodeipam/index.ts';
import { services as serviceResource } from '../resources.ts';

const finalizer = 'service.kubernetes.io/load-balancer-cleanup';
const one = '/32';

/** Gives Services of type LoadBalancer an address of a range of our own, as a small cloud would. */
export function startServiceController(context: ControllerContext): RunningController {
  const { loadBalancerCIDR } = context.settings;
  if (loadBalancerCIDR === undefined) return run('service', []);
  const client = context.clientFor('service-controller');
  const api = client.resource(serviceResource);
  const recorder = recorderFor(context, client, 'service-controller');
  const services = context.informers.for(serviceResource);
  const range = new CidrRanges(loadBalancerCIDR, 32);
  // The address of the network itself is nobody's.
  range.occupy(loadBalancerCIDR);
  const addressOf = new Map<string, string>();
  // One at a time, so that no address is given twice.
  const controller = createController(
    { name: 'service', workers: 1, reconcile, informers: [services], initialBackoff: 5000, maximumBackoff: 300_000 },
    context,
  );
  const tell = (service: KubeObject, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal') =>
    recorder.event({ object: service, resource: serviceResource }, type, reason, message);
  const occupy = (key: string, ip: string) => {
    range.occupy(ip + one);
    addressOf.set(key, ip);
  };
  services.addHandler({
    added(service) {
      const [ip] = ingressOf(service);
      if (ip) occupy(keyOf(service), ip);
      if (needsCleanup(service) || wantsLoadBalancer(service)) controller.enqueue(keyOf(service));
    },
    updated(service, old) {
      if (needsCleanup(service)) return controller.enqueue(keyOf(service));
      if (wantsLoadBalancer(service) !== wantsLoadBalancer(old)) tell(service, 'Type', `${old.spec.type} -> ${service.spec.type}`);
      else if (!wantsLoadBalancer(service) || (semanticEqual(relevant(service), relevant(old)) && ingressOf(service).length > 0)) return;
      controller.enqueue(keyOf(service));
    },
    deleted: (service) => release(keyOf(service)),
  });

  async function reconcile(key: string): Promise<void> {
    const service = services.getByKey(key);
    if (!service) return release(key);
    if (needsCleanup(service) || !wantsLoadBalancer(service)) return remove(key, service);
    tell(service, 'EnsuringLoadBalancer', 'Ensuring load balancer');
    const ip = allocate(key, service.spec.loadBalancerIP);
    if (!ip) {
      const message = `Error syncing load balancer: failed to ensure load balancer: no address of ${loadBalancerCIDR} is free`;
      tell(service, 'SyncLoadBalancerFailed', message, 'Warning');
      throw new Error(message);
    }
    if (!hasFinalizer(service, finalizer) || ingressOf(service)[0] !== ip) {
      await patch(service, { metadata: { finalizers: [finalizer] }, status: { loadBalancer: { ingress: [{ ip, ipMode: 'VIP' }] } } });
    }
    tell(service, 'EnsuredLoadBalancer', 'Ensured load balancer');
  }

  async function remove(key: string, service: KubeObject): Promise<void> {
    if (!hasFinalizer(service, finalizer)) return release(key);
    tell(service, 'DeletingLoadBalancer', 'Deleting load balancer');
    release(key);
    await patch(service, { metadata: { '$deleteFromPrimitiveList/finalizers': [finalizer] }, status: { loadBalancer: { ingress: null } } });
    tell(service, 'DeletedLoadBalancer', 'Deleted load balancer');
  }

  function allocate(key: string, wanted: string | undefined): string | undefined {
    const present = addressOf.get(key);
    if (present && (!wanted || wanted === present)) return present;
    if (wanted) {
      if (![...addressOf.values()].includes(wanted)) {
        release(key);
        occupy(key, wanted);
        return wanted;
      }
      return undefined;
    }
    const ip = range.allocate()?.slice(0, -one.length);
    if (ip) addressOf.set(key, ip);
    return ip;
  }

  function release(key: string): void {
    const ip = addressOf.get(key);
    if (ip) range.release(ip + one);
    addressOf.delete(key);
  }

  async function patch(service: KubeObject, body: object): Promise<void> {
    const { namespace, name } = service.metadata!;
    await unlessNotFound(api.patch(namespace!, name!, 'application/strategic-merge-patch+json', body, { subresource: 'status' }));
  }

  return run('service', [controller]);
}

function ingressOf({ status }: KubeObject): string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }: { ip?: string }) => ip ?? []);
}

/** Another class is another provider's. */
function wantsLoadBalancer({ spec }: KubeObject): boolean {
  return spec.type === 'LoadBalancer' && spec.loadBalancerClass === undefined;
}

function needsCleanup(service: KubeObject): boolean {
  return hasFinalizer(service, finalizer) && (Boolean(service.metadata!.deletionTimestamp) || !wantsLoadBalancer(service));
}

/** What a load balancer is made from. */
function relevant({ spec, metadata }: KubeObject): unknown {
  const { ports, sessionAffinity, sessionAffinityConfig, loadBalancerSourceRanges, loadBalancerIP, externalIPs } = spec;
  const { externalTrafficPolicy, healthCheckNodePort, ipFamilies } = spec;
  const { annotations, uid } = metadata!;
  return [
    [ports, sessionAffinity, sessionAffinityConfig, loadBalancerSourceRanges, loadBalancerIP, externalIPs],
    [externalTrafficPolicy, healthCheckNodePort, ipFamilies, annotations, uid],
  ];
}
