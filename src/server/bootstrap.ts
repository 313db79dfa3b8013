import type { ResourceDefinition } from '../../api/define.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { Client, ResourceClient } from '../client/client.ts';
import { formatTime } from '../machinery/clock.ts';
import type { Logger } from '../machinery/logger.ts';
import { every } from '../machinery/periodic.ts';
import { ApiError } from '../registry/errors.ts';
import type { Registry } from '../registry/registry.ts';
import { ensure, managerOf } from './ensure.ts';
import { keepOwnService, type OwnServiceParts } from './own-service.ts';
import { reconcilePolicy } from './policy-reconciliation.ts';

export { apiServerUser } from '../registry/own-user.ts';

export interface BootstrapOptions extends OwnServiceParts {
  readonly registry: Registry;
  /** Further objects that must be there: RBAC, priority classes, flow control. */
  readonly objects: readonly KubeObject[];
}

const systemNamespaces = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];
// So often kube-apiserver looks whether they are there.
const serviceMs = 10_000;
const namespacesMs = 60_000;

/**
 * Makes what an API server makes for itself: the system namespaces, the Service `kubernetes` with its endpoints, the range of service addresses, and
 * the objects given. What is there stays as it is, but that the endpoints follow the servers, and the policy gets what it lacks.
 */
export async function bootstrap(options: BootstrapOptions): Promise<void> {
  const { registry, client, objects } = options;
  await ensureNamespaces(options);
  await ensureObjects(registry, client, objects, keepPolicy);
  await ensureServiceCidr(options);
  await keepOwnService(options, 'with its ports');
}

/** Makes again what somebody has removed of the system namespaces and the Service `kubernetes` with its endpoints, until the signal is aborted. */
export function keepBootstrapped(options: BootstrapOptions, logger: Logger, signal: AbortSignal): void {
  const { clock } = options;
  const failed = (what: string) => (error: unknown) => logger.warn({ error }, `${what} could not be looked after`);
  every(clock, serviceMs, () => keepOwnService(options), failed('the Service kubernetes'), signal);
  every(clock, namespacesMs, () => ensureNamespaces(options), failed('the system namespaces'), signal);
}

async function ensureNamespaces({ registry, client }: BootstrapOptions): Promise<void> {
  const names = systemNamespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  await ensureObjects(registry, client, names);
}

async function keepPolicy(resource: ResourceClient, object: KubeObject): Promise<unknown> {
  const present = await ensure(resource, object);
  if (!object.apiVersion?.startsWith('rbac.authorization.k8s.io/')) return present;
  const { namespace = '', name = '' } = object.metadata!;
  const { operation, object: reconciled } = reconcilePolicy(present, object);
  try {
    if (operation === 'update') await resource.update(namespace, reconciled, managerOf(object));
    if (operation === 'recreate') {
      await resource.delete(namespace, name);
      await resource.create(namespace, reconciled, managerOf(object));
    }
    return reconciled;
  } catch (error) {
    // Somebody was quicker: another API server, or the controllers.
    if (error instanceof ApiError && (error.reason === 'Conflict' || error.reason === 'AlreadyExists')) return keepPolicy(resource, object);
    throw error;
  }
}

/** Creates those of the objects that are not there yet. @throws ApiError of the first that cannot be created */
export async function ensureObjects(
  registry: Registry,
  client: Client,
  objects: readonly KubeObject[],
  settle: (resource: ResourceClient, object: KubeObject) => Promise<unknown> = ensure,
): Promise<void> {
  const byKind = new Map<string, ResourceDefinition>();
  for (const definition of registry.definitions()) {
    const apiVersion = definition.group === '' ? definition.version : `${definition.group}/${definition.version}`;
    byKind.set(`${apiVersion} ${definition.kind}`, definition);
  }
  await Promise.all(
    objects.map(async (object) => {
      const definition = byKind.get(`${object.apiVersion} ${object.kind}`);
      if (!definition) throw new Error(`no resource serves ${object.kind} of ${object.apiVersion}`);
      await settle(client.resource(definition), object);
    }),
  );
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
