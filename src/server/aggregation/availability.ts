import { goQuote } from '../../../api/meta/go-quote.ts';
import type { APIService, APIServiceCondition, EndpointSlice, Service } from '../../../openapi/types.ts';
import type { Lookup } from '../../admission/lookup.ts';
import type { Client, ResourceReference } from '../../client/client.ts';
import { followResource } from '../../client/follow.ts';
import { groupVersionPath } from '../../client/paths.ts';
import { withDeadline } from '../../machinery/abort.ts';
import { formatTime } from '../../machinery/clock.ts';
import { ApiError } from '../../registry/errors.ts';
import type { RuntimeContext } from '../../runtime/context.ts';
import { createController } from '../../runtime/controller.ts';
import type { ApiServiceAvailability } from '../metrics/inventory.ts';
import { type ApiServiceSet, isAvailable, type RemoteApiService } from './api-service-set.ts';
import { aggregatorUser, type ExtensionServers, failureMessage } from './extension-servers.ts';

export interface AvailabilityParts {
  readonly services: ApiServiceSet;
  readonly servers: ExtensionServers;
  readonly lookup: Lookup;
  readonly client: () => Client;
}

type Finding = Pick<APIServiceCondition, 'status' | 'reason' | 'message'>;

const service: ResourceReference = { group: '', version: 'v1', plural: 'services', kind: 'Service', scope: 'Namespaced' };
const endpointSlice: ResourceReference = {
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
  kind: 'EndpointSlice',
  scope: 'Namespaced',
};
const serviceName = 'kubernetes.io/service-name';
/** What no watch tells of: a server that has stopped answering. */
const recheckMs = 30_000;
const answerLimitMs = 5000;
const retryMs = 1000;

/**
 * Says in the status of each APIService for another server whether that can be reached: when the object, its service or the endpoints change, and every
 * half minute. A server that does not answer is asked again after a growing time, of up to half a minute.
 */
export class Availability implements ApiServiceAvailability {
  private readonly parts: AvailabilityParts;
  private readonly lost = new Map<string, { readonly name: string; readonly reason: string; count: number }>();

  constructor(parts: AvailabilityParts) {
    this.parts = parts;
  }

  start(context: RuntimeContext): AsyncDisposable {
    const { services } = this.parts;
    const controller = createController(
      {
        name: 'apiservice-availability',
        workers: 5,
        initialBackoff: 5,
        maximumBackoff: recheckMs,
        reconcile: (name) => this.reconcile(context, name),
      },
      context,
    );
    let following = false;
    services.subscribe((name) => {
      if (!services.remoteNamed(name)) return;
      if (!following) followBackends(this.parts, context, (namespace, of) => enqueueUsers(services, namespace, of, controller.enqueue));
      following = true;
      controller.enqueue(name);
    });
    return controller.start();
  }

  *unavailable(): Iterable<readonly [name: string, isUnavailable: boolean]> {
    for (const [name, object] of this.parts.services.known) yield [name, !isAvailable(object)];
  }

  failures(): Iterable<{ readonly name: string; readonly reason: string; readonly count: number }> {
    return this.lost.values();
  }

  private async reconcile(context: RuntimeContext, name: string): Promise<number | undefined> {
    const { parts } = this;
    const remote = parts.services.remoteNamed(name);
    if (!remote) return undefined;
    const finding = (await judgeService(parts, remote)) ?? (await askServer(parts, context, remote));
    await note(parts, context, remote.object, finding);
    if (finding.status === 'False' && isAvailable(remote.object)) this.countLost(name, finding.reason ?? '');
    // The failure is told; the error asks for the next attempt.
    if (finding.reason === 'FailedDiscoveryCheck') throw new Error(finding.message);
    return recheckMs;
  }

  private countLost(name: string, reason: string): void {
    const key = `${reason} ${name}`;
    const known = this.lost.get(key);
    if (known) known.count++;
    else this.lost.set(key, { name, reason, count: 1 });
  }
}

function enqueueUsers(services: ApiServiceSet, namespace: string, name: string, enqueue: (name: string) => void): void {
  for (const remote of services.remote()) {
    if (remote.service.name === name && remote.service.namespace === namespace) enqueue(remote.name);
  }
}

/** Tells of each change to a service or its endpoints. Begins with the first APIService that has one: most clusters have none. */
function followBackends(
  { client }: AvailabilityParts,
  { clock, logger, signal }: RuntimeContext,
  changed: (namespace: string, name: string) => void,
): void {
  const failed = (error: unknown) => logger.warn({ error }, 'services cannot be followed for now');
  const follow = <T extends Service | EndpointSlice>(reference: ResourceReference, nameOf: (object: T) => string | undefined) => {
    const tell = (object: T) => changed(object.metadata!.namespace!, nameOf(object) ?? '');
    const following = { replace: (items: readonly T[]) => items.forEach(tell), changed: tell, deleted: tell };
    void followResource<T>(client().resource<T>(reference), following, { clock, signal, retryMs, failed });
  };
  follow<Service>(service, ({ metadata }) => metadata!.name);
  follow<EndpointSlice>(endpointSlice, ({ metadata }) => metadata!.labels?.[serviceName]);
}

/** @returns what keeps the service from being asked; undefined if nothing does */
async function judgeService(
  { lookup }: AvailabilityParts,
  { service: { namespace = '', name = '', port } }: RemoteApiService,
): Promise<Finding | undefined> {
  const which = `service/${name} in ${goQuote(namespace)}`;
  const no = (reason: string, message: string): Finding => ({ status: 'False', reason, message });
  const found = (await lookup.get(service, namespace, name)) as Service | undefined;
  if (!found) return no('ServiceNotFound', `${which} is not present`);
  if (found.spec!.type !== 'ClusterIP') return undefined;
  const servicePort = found.spec!.ports?.find((candidate) => candidate.port === port);
  if (!servicePort) return no('ServicePortError', `${which} is not listening on port ${port}`);
  const slices = ((await lookup.list(endpointSlice, namespace)) as EndpointSlice[]).filter(
    ({ metadata }) => metadata!.labels?.[serviceName] === name,
  );
  if (slices.length === 0) return no('EndpointsNotFound', `cannot find endpointslices for ${which}`);
  const portName = servicePort.name ?? '';
  const isActive = ({ endpoints, ports }: EndpointSlice) =>
    endpoints?.some(({ conditions }) => conditions?.ready !== false) &&
    ports?.some((p) => (p.name ?? '') === portName && p.port !== undefined);
  if (slices.some(isActive)) return undefined;
  return no('MissingEndpoints', `endpointslices for ${which} have no addresses with port name ${goQuote(portName)}`);
}

async function askServer({ servers }: AvailabilityParts, { clock, signal }: RuntimeContext, remote: RemoteApiService): Promise<Finding> {
  const path = groupVersionPath(remote);
  let url = '';
  try {
    const address = await servers.locate(remote);
    url = `https://${address.shown}${path}`;
    const ask = async (limited: AbortSignal) => {
      const headers = { 'user-agent': 'Go-http-client/1.1' };
      const { message } = await servers.send(remote, address, { method: 'GET', path, headers, user: aggregatorUser, signal: limited });
      message.resume();
      return message.statusCode!;
    };
    const status = await withDeadline(clock, answerLimitMs, signal, ask);
    if (status >= 200 && status < 300) return { status: 'True', reason: 'Passed', message: 'all checks passed' };
    return failed(`failing or missing response from ${url}: bad status from ${url}: ${status}`);
  } catch (error) {
    if (signal.aborted) throw error;
    if (url === '') return failed((error as Error).message);
    const late = (error as Error).name === 'TimeoutError' ? ' (Client.Timeout exceeded while awaiting headers)' : '';
    return failed(`failing or missing response from ${url}: Get ${goQuote(url)}: ${failureMessage(error)}${late}`);
  }
}

function failed(message: string): Finding {
  return { status: 'False', reason: 'FailedDiscoveryCheck', message };
}

async function note({ services }: AvailabilityParts, { clock }: RuntimeContext, object: APIService, finding: Finding): Promise<void> {
  const conditions = object.status?.conditions ?? [];
  const before = conditions.find(({ type }) => type === 'Available');
  if (before && before.status === finding.status && before.reason === finding.reason && before.message === finding.message) return;
  const since = before?.status === finding.status ? before.lastTransitionTime : undefined;
  const condition = { type: 'Available', lastTransitionTime: since ?? formatTime(clock.now()), ...finding };
  const others = before ? conditions.map((each) => (each === before ? condition : each)) : [...conditions, condition];
  try {
    services.set(
      await services.client.update('', { ...object, status: { ...object.status, conditions: others } }, { subresource: 'status' }),
    );
  } catch (error) {
    // It has changed or gone meanwhile, of which the watch tells.
    if (!(error instanceof ApiError && (error.code === 409 || error.code === 404))) throw error;
  }
}
