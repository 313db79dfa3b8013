import { namespace as namespaces } from '../../api/core/v1/namespace.ts';
import { apiVersionOf, type KubeObject } from '../../api/meta/object.ts';
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

export interface BootstrapOptions {
  /** A client of the API server itself, see `apiServerUser`. */
  readonly client: Client;
  readonly registry: Registry;
}

export interface ServiceBootstrapOptions extends BootstrapOptions, OwnServiceParts {}

const systemNamespaces = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];
// So often kube-apiserver looks whether they are there.
const serviceMs = 10_000;
const namespacesMs = 60_000;

/**
 * Makes what an API server makes for itself wherever it listens: the system namespaces, and the objects given. What is there stays as it is, but that the
 * policy gets what it lacks.
 * @param objects RBAC, priority classes, flow control
 */
export async function bootstrap(options: BootstrapOptions, objects: readonly KubeObject[]): Promise<void> {
  await ensureNamespaces(options);
  await ensureObjects(options, objects);
}

/** Makes the range of service addresses, and the Service `kubernetes` with its endpoints, which follow the servers. */
export async function bootstrapService(options: ServiceBootstrapOptions): Promise<void> {
  await ensureServiceCidr(options);
  await keepOwnService(options, 'with its ports');
}

/** Makes again what somebody has removed of the system namespaces and the Service `kubernetes` with its endpoints, until the signal is aborted. */
export function keepBootstrapped(options: ServiceBootstrapOptions, logger: Logger, signal: AbortSignal): void {
  const { clock } = options;
  const failed = (what: string) => (error: unknown) => logger.warn({ error }, `${what} could not be looked after`);
  every(clock, serviceMs, () => keepOwnService(options), failed('the Service kubernetes'), signal);
  every(clock, namespacesMs, () => ensureNamespaces(options), failed('the system namespaces'), signal);
}

async function ensureNamespaces({ client }: BootstrapOptions): Promise<void> {
  const resource = client.resource<KubeObject>(namespaces);
  await Promise.all(systemNamespaces.map((name) => ensure(resource, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
}

async function keepPolicy(resource: ResourceClient, object: KubeObject, present: KubeObject): Promise<void> {
  if (!object.apiVersion?.startsWith('rbac.authorization.k8s.io/')) return;
  const { namespace = '', name = '' } = object.metadata!;
  const { operation, object: reconciled } = reconcilePolicy(present, object);
  try {
    if (operation === 'update') await resource.update(namespace, reconciled, managerOf(object));
    if (operation === 'recreate') {
      await resource.delete(namespace, name);
      await resource.create(namespace, reconciled, managerOf(object));
    }
  } catch (error) {
    // Somebody was quicker: another API server, or the controllers.
    if (!(error instanceof ApiError) || (error.reason !== 'Conflict' && error.reason !== 'AlreadyExists')) throw error;
    await keepPolicy(resource, object, await ensure(resource, object));
  }
}

/** Creates those of the objects that are not there yet. @throws ApiError of the first that cannot be created */
async function ensureObjects({ registry, client }: BootstrapOptions, objects: readonly KubeObject[]): Promise<void> {
  const resources = new Map<string, { readonly resource: ResourceClient; readonly present: Promise<ReadonlyMap<string, KubeObject>> }>();
  const resourceOf = ({ apiVersion, kind }: KubeObject) => {
    const id = `${apiVersion} ${kind}`;
    let known = resources.get(id);
    if (!known) {
      const definition = registry
        .definitions()
        .find((candidate) => candidate.kind === kind && apiVersionOf(candidate.group, candidate.version) === apiVersion);
      if (!definition) throw new Error(`no resource serves ${kind} of ${apiVersion}`);
      const resource = client.resource(definition);
      resources.set(id, (known = { resource, present: presentOf(resource) }));
    }
    return known;
  };
  await Promise.all(
    objects.map(async (object) => {
      const { resource, present } = resourceOf(object);
      await keepPolicy(resource, object, (await present).get(keyOfObject(object)) ?? (await ensure(resource, object)));
    }),
  );
}

async function presentOf(resource: ResourceClient): Promise<ReadonlyMap<string, KubeObject>> {
  const { items } = await resource.list('');
  return new Map(items.map((item) => [keyOfObject(item), item]));
}

const keyOfObject = ({ metadata }: KubeObject) => `${metadata?.namespace ?? ''}/${metadata?.name}`;

/** The range of the flags, which is ready as soon as it is there. */
async function ensureServiceCidr({ client, registry, serviceClusterIPRanges, clock }: ServiceBootstrapOptions): Promise<void> {
  const range = { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' } };
  const api = client.resource<KubeObject>(registry.storeOf('networking.k8s.io', 'v1', 'servicecidrs').definition);
  const { status } = await ensure(api, { ...range, spec: { cidrs: [...serviceClusterIPRanges] } });
  if (status?.conditions?.some(({ type }: { type: string }) => type === 'Ready')) return;
  const ready = { type: 'Ready', status: 'True', message: 'Kubernetes default Service CIDR is ready' };
  const body = { ...range, status: { conditions: [{ ...ready, lastTransitionTime: formatTime(clock.now()) }] } };
  const options = { subresource: 'status', fieldManager: 'kubernetes-service-cidr-controller', force: true };
  await api.patch('', range.metadata.name, 'application/apply-patch+yaml', body, options);
}
