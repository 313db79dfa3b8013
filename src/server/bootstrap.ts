import type { ResourceDefinition } from '../../api/define.ts';
import { semanticEqual } from '../../api/meta/equal.ts';
import { ipText, parseCIDR } from '../../api/meta/ip.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { Client, ResourceClient } from '../client/client.ts';
import { type Clock, formatTime } from '../machinery/clock.ts';
import { ApiError, undefinedIfNotFound } from '../registry/errors.ts';
import type { Registry } from '../registry/registry.ts';

export { apiServerUser } from '../registry/own-user.ts';

export interface BootstrapOptions {
  /** A client of the API server itself, see `apiServerUser`. */
  readonly client: Client;
  readonly registry: Registry;
  /** CIDRs of service cluster IPs, primary first. */
  readonly serviceClusterIPRanges: readonly string[];
  /** Where clients inside the cluster reach this server. */
  readonly advertiseAddress: string;
  readonly port: number;
  readonly clock: Clock;
  /** Further objects that must be there: RBAC, priority classes, flow control. */
  readonly objects: readonly KubeObject[];
}

/** Who makes the objects: the server, in the name of its part that owns the kind. */
const managerOf = ({ apiVersion }: KubeObject) => ({
  fieldManager: apiVersion?.startsWith('flowcontrol.apiserver.k8s.io/') ? 'api-priority-and-fairness-config-producer-v1' : 'kube-apiserver',
});
const systemNamespaces = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];

/**
 * Makes what an API server makes for itself: the system namespaces, the Service `kubernetes` with its endpoints, the range of service addresses, and
 * the objects given. What is there stays as it is; only the endpoints follow the server.
 */
export async function bootstrap(options: BootstrapOptions): Promise<void> {
  const { registry, client, objects } = options;
  const names = systemNamespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  await ensureObjects(registry, client, names);
  await ensureObjects(registry, client, objects);
  await ensureServiceCidr(options);
  await ensureService(options);
}

/** Creates those of the objects that are not there yet. @throws ApiError of the first that cannot be created */
export async function ensureObjects(registry: Registry, client: Client, objects: readonly KubeObject[]): Promise<void> {
  const byKind = new Map<string, ResourceDefinition>();
  for (const definition of registry.definitions()) {
    const apiVersion = definition.group === '' ? definition.version : `${definition.group}/${definition.version}`;
    byKind.set(`${apiVersion} ${definition.kind}`, definition);
  }
  await Promise.all(
    objects.map(async (object) => {
      const definition = byKind.get(`${object.apiVersion} ${object.kind}`);
      if (!definition) throw new Error(`no resource serves ${object.kind} of ${object.apiVersion}`);
      await ensure(client.resource(definition), object);
    }),
  );
}

/** @returns the object as it was or is now */
async function ensure(resource: ResourceClient, object: KubeObject): Promise<KubeObject> {
  const { namespace = '', name = '' } = object.metadata ?? {};
  const present = await resource.get(namespace, name).catch(undefinedIfNotFound);
  if (present) return present;
  try {
    return await resource.create(namespace, object, managerOf(object));
  } catch (error) {
    // Another API server was quicker.
    if (error instanceof ApiError && error.reason === 'AlreadyExists') return resource.get(namespace, name);
    throw error;
  }
}

/** The range of the flags, which is ready as soon as it is there. */
async function ensureServiceCidr({ client, registry, serviceClusterIPRanges, clock }: BootstrapOptions): Promise<void> {
  const range = { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' } };
  const api = client.resource<KubeObject>(registry.storeOf('networking.k8s.io', 'v1', 'servicecidrs').definition);
  const { status } = await ensure(api, { ...range, spec: { cidrs: [...serviceClusterIPRanges] } });
  if (status?.conditions?.some(({ type }: { type: string }) => type === 'Ready')) return;
  const ready = { type: 'Ready', status: 'True', message: 'Kubernetes default Service CIDR is ready' };
  const body = { ...range, status: { conditions: [{ ...ready, lastTransitionTime: formatTime(clock.now()) }] } };
  const options = { subresource: 'status', fieldManager: 'kubernetes-service-cidr-controller', force: true };
  await api.patch('', range.metadata.name, 'application/apply-patch+yaml', body, options);
}

const service = { name: 'kubernetes', namespace: 'default' };

async function ensureService(options: BootstrapOptions): Promise<void> {
  const { client, registry, port } = options;
  const resource = (group: string, plural: string) => client.resource(registry.storeOf(group, 'v1', plural).definition);
  await ensure(resource('', 'services'), {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...service, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      clusterIP: firstAddress(options.serviceClusterIPRanges[0]!),
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
  });
  await follow(resource('', 'endpoints'), endpoints(options), ['subsets']);
  await follow(resource('discovery.k8s.io', 'endpointslices'), endpointSlice(options), ['endpoints', 'ports']);
}

// Keeps the fields of an object that says where this server is.
async function follow(resource: ResourceClient, wanted: KubeObject, fields: readonly string[]): Promise<void> {
  const present = await ensure(resource, wanted);
  if (fields.every((field) => semanticEqual(present[field], wanted[field]))) return;
  const changed = { ...present };
  for (const field of fields) changed[field] = wanted[field];
  await resource.update(service.namespace, changed, managerOf(changed));
}

function endpoints({ advertiseAddress, port }: BootstrapOptions): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...service, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: advertiseAddress }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  };
}

function endpointSlice({ advertiseAddress, port }: BootstrapOptions): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...service, labels: { 'kubernetes.io/service-name': service.name } },
    addressType: advertiseAddress.includes(':') ? 'IPv6' : 'IPv4',
    endpoints: [{ addresses: [advertiseAddress], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  };
}

function firstAddress(range: string): string {
  const cidr = parseCIDR(range);
  if (!cidr) throw new Error(`${range} is no range of addresses`);
  return ipText(cidr.version, cidr.first + 1n);
}
