import type { Lookup } from '../../admission/lookup.ts';
import { type DialPod, serviceResolver } from '../../admission/webhook/services.ts';
import type { RequestHeaderOptions } from '../../auth/authenticate/request-header.ts';
import type { KeyPair } from '../../auth/pki.ts';
import type { Client } from '../../client/client.ts';
import type { Clock } from '../../machinery/clock.ts';
import { Disposables } from '../../machinery/disposables.ts';
import type { Logger } from '../../machinery/logger.ts';
import type { Registry } from '../../registry/registry.ts';
import type { RuntimeContext } from '../../runtime/context.ts';
import type { Answer } from '../answer.ts';
import type { RequestInfo } from '../context.ts';
import type { ResourceIndex } from '../discovery/resource-index.ts';
import type { Stage } from '../filters/stage.ts';
import type { ServerContext } from '../request-context.ts';
import { ApiServiceSet, type RemoteApiService } from './api-service-set.ts';
import { ApiServices } from './api-services.ts';
import { type AuthenticationTrust, keepAuthenticationTrust } from './authentication-trust.ts';
import { Availability } from './availability.ts';
import { Catalog } from './catalog.ts';
import { ExtensionServers } from './extension-servers.ts';
import { ApiGroups } from './groups.ts';
import { proxyRequest } from './proxy.ts';
import { RemoteDiscovery } from './remote-discovery.ts';
import { RemoteOpenApi } from './remote-openapi.ts';

export interface AggregationParts {
  readonly registry: Registry;
  readonly index: ResourceIndex;
  readonly lookup: Lookup;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the API server itself; its user agent is `kube-apiserver`. */
  readonly client: () => Client;
  /** With which this server shows extension servers that it is a front proxy; absent: none is shown. */
  readonly proxyClient: KeyPair | undefined;
  /** Absent where no simulated pods are to be reached. */
  readonly dialPod?: DialPod;
}

/** Groups that other servers serve, as APIService objects name them: their requests are passed on, and discovery and OpenAPI tell of them. */
export class Aggregation implements AsyncDisposable {
  readonly groups: ApiGroups;
  readonly discovery: RemoteDiscovery;
  readonly openApi: RemoteOpenApi;
  readonly catalog: Catalog;
  readonly availability: Availability;
  private readonly parts: AggregationParts;
  private readonly services: ApiServiceSet;
  private readonly servers: ExtensionServers;
  private readonly running = new Disposables();
  private userHeaders: RequestHeaderOptions | undefined;

  constructor(parts: AggregationParts) {
    this.parts = parts;
    this.services = new ApiServiceSet(parts);
    this.servers = this.running.use(
      new ExtensionServers({ resolve: serviceResolver(parts.lookup, parts.dialPod), proxyClient: parts.proxyClient }),
    );
    const { services, servers } = this;
    this.availability = new Availability({ services, servers, lookup: parts.lookup, client: parts.client });
    this.groups = new ApiGroups(parts.index, this.services);
    this.discovery = new RemoteDiscovery(this.services, this.servers);
    this.openApi = new RemoteOpenApi(this.services, this.servers);
    this.catalog = new Catalog(parts.registry, this.services, this.discovery, parts.clock);
  }

  /**
   * Keeps APIServices for what this server serves, and what is known of other servers, until the signal is aborted. Resolves when the APIServices that
   * there are have been taken in: from then on no request for another server is answered here.
   * @param trust for the ConfigMap that extension servers read; absent: it is left alone
   */
  async start(trust: AuthenticationTrust | undefined, context: RuntimeContext): Promise<void> {
    const { services, servers, parts, running } = this;
    const { client, registry, clock, logger } = parts;
    this.userHeaders = trust?.requestHeader;
    services.subscribe((name) => {
      if (!services.remoteNamed(name)) servers.forget(name);
    });
    running.use(this.availability.start(context));
    running.use(this.discovery.start(context));
    running.use(this.openApi.start(context));
    if (trust) running.use(keepAuthenticationTrust(trust, client(), context));
    await services.start(context.signal);
    new ApiServices({ registry, clock, logger, services }).start(context.signal);
  }

  /** The step of the chain that passes on what other servers serve. */
  readonly stage: Stage = (context, next) => {
    const remote = this.services.hasRemote ? this.targetOf(context.info) : undefined;
    return remote ? this.proxy(remote, context) : next(context);
  };

  /** The document of OpenAPI v3 that another server has under this name. @returns undefined if none has */
  openApiV3(name: string, context: ServerContext): Promise<Answer> | undefined {
    const owner = this.openApi.v3Owner(name);
    return owner && this.proxy(owner, context);
  }

  private proxy(remote: RemoteApiService, context: ServerContext): Promise<Answer> {
    return proxyRequest({ servers: this.servers, clock: this.parts.clock, userHeaders: this.userHeaders }, remote, context);
  }

  private targetOf({ path }: RequestInfo): RemoteApiService | undefined {
    const [, prefix, group, version] = path.split('/', 4);
    if (prefix === 'apis' && group && version) return this.services.remoteNamed(`${version}.${group}`);
    // The one APIService of the core group stands for all of its paths.
    return prefix === 'api' ? this.services.remoteNamed('v1.') : undefined;
  }

  /** Ends what is being asked of other servers. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.running[Symbol.asyncDispose]();
  }
}
