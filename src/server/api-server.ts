import type { ClusterSettings, ResourceDefinition } from '../../api/define.ts';
import type { SchemaSource } from '../../openapi/schema.ts';
import { type AdmissionChain, createAdmissionChain } from '../admission/chain.ts';
import type { AdmissionEnvironment } from '../admission/environment.ts';
import type { Lookup } from '../admission/lookup.ts';
import { AdmissionMetrics } from '../admission/metrics/admission-metrics.ts';
import { NamespaceLifecycle } from '../admission/namespace-lifecycle/namespace-lifecycle.ts';
import type { AdmissionPlugin } from '../admission/plugin.ts';
import type { KeyPair } from '../auth/pki.ts';
import type { Authenticator, Authorizer, UserInfo } from '../auth/types.ts';
import type { Client } from '../client/client.ts';
import { createInProcessClient } from '../client/in-process.ts';
import type { Clock } from '../machinery/clock.ts';
import type { Logger } from '../machinery/logger.ts';
import type { MetricFamily } from '../machinery/metrics.ts';
import type { ProtobufCodec } from '../machinery/protobuf/codec.ts';
import type { Random } from '../machinery/random.ts';
import type { WebhookClient } from '../machinery/webhook-client.ts';
import { createAllocators } from '../registry/allocators/index.ts';
import { registryLookup } from '../registry/lookup.ts';
import { apiServerUser } from '../registry/own-user.ts';
import { Registry } from '../registry/registry.ts';
import type { RegistryParts } from '../registry/resource-store.ts';
import type { TokenReviewer } from '../registry/subresources/action.ts';
import type { ComponentProbe } from '../registry/subresources/component-status.ts';
import type { TokenIssuer } from '../registry/subresources/token.ts';
import type { Storage } from '../storage/storage.ts';
import { Aggregation } from './aggregation/aggregation.ts';
import type { AuthenticationTrust } from './aggregation/authentication-trust.ts';
import { AuditStats } from './audit/audit-stats.ts';
import { Auditor, type AuditorParts } from './audit/auditor.ts';
import { type Chain, createChain } from './chain.ts';
import { CustomResources } from './custom-resources/custom-resources.ts';
import { ResourceIndex } from './discovery/resource-index.ts';
import { AnswerEncoder } from './encoding/encoder.ts';
import type { InFlightLimits } from './filters/max-in-flight.ts';
import { defaultInFlightLimits } from './filters/max-in-flight.ts';
import { FlowControl } from './flow-control/flow-control.ts';
import { createDispatcher } from './handlers/index.ts';
import { conformAny, type HandlerParts, inOrder, managerContext, type Scope, schemaOf } from './handlers/scope.ts';
import { Health, type HealthCheck } from './health.ts';
import { createHttpServer, type HttpServer, type HttpServerParts } from './http/server.ts';
import { answerHandedOver } from './large-requests/answer.ts';
import { handOver } from './large-requests/hand-over.ts';
import type { LargeAnswer, LargeRequest, LargeRequestServer } from './large-requests/messages.ts';
import { ServerMetrics } from './metrics/server-metrics.ts';
import { storageMetrics } from './metrics/storage-metrics.ts';
import { OpenApiServing } from './openapi-serving.ts';
import type { Pages } from './pages.ts';
import { createRoutes, type Handler } from './routes.ts';
import { StartHooks } from './start-hooks.ts';
import type { NodeStreams } from './streaming/node-streams.ts';

export interface ApiServerOptions {
  readonly storage: Storage;
  readonly definitions: readonly ResourceDefinition[];
  /** Patterns of the origins whose pages may ask. */
  readonly corsAllowedOrigins?: readonly RegExp[];
  /** Milliseconds that a request may take; absent: a minute. */
  readonly requestTimeout?: number;
  readonly schemas: SchemaSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly settings: ClusterSettings;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly tokens: TokenIssuer & Partial<TokenReviewer>;
  readonly protobuf: ProtobufCodec;
  /** The plugins in order, with NamespaceLifecycle where it belongs. */
  readonly admissionPlugins: (environment: AdmissionEnvironment, namespaceLifecycle: AdmissionPlugin) => readonly AdmissionPlugin[];
  /** The kubelets, for logs, exec and the like. Default: no node can be reached. */
  readonly nodes?: NodeStreams;
  /** What the parts that this server is given count. */
  readonly metrics?: readonly MetricFamily[];
  readonly components?: readonly ComponentProbe[];
  readonly healthChecks?: readonly HealthCheck[];
  readonly versionInfo: Readonly<Record<string, string>>;
  /** With what the server was started, for /flagz. */
  readonly flags?: Readonly<Record<string, string>>;
  /** `host:port` as clients reach it, for discovery. */
  readonly serverAddress: () => string;
  readonly pages?: Pages;
  /** Further exact paths, such as `/openid/v1/jwks`. */
  readonly handlers?: Readonly<Record<string, Handler>>;
  /** With which this server shows extension API servers that it is a front proxy. */
  readonly proxyClient?: KeyPair;
  /** What of the requests is recorded, and where. */
  readonly audit?: Pick<AuditorParts, 'policy' | 'sink'>;
  /** Requests at work at one time, and so the seats of API priority and fairness; default: kube-apiserver's. */
  readonly inFlightLimits?: InFlightLimits;
  /** Whether requests wait for their turn by priority level and flow, rather than being limited by their number alone. Default: true. */
  readonly priorityAndFairness?: boolean;
  /** Answers what would hold everyone up here. Absent: nothing is handed over. */
  readonly largeRequests?: LargeRequestServer;
  /** Absent: in-process clients only. */
  readonly tls?: HttpServerParts['tls'];
  readonly frontThread?: HttpServerParts['frontThread'];
}

/** The parts of one API server, put together. Disposing it ends its watches and connections; its storage is the caller's. */
export class ApiServer implements AsyncDisposable {
  readonly registry: Registry;
  readonly chain: Chain;
  readonly health: Health;
  /** How far the start has come, for the health checks; who does a step says so. */
  readonly startHooks = new StartHooks();
  /** Takes the cluster's objects into account once its `follow` is called with a client. Absent where it is switched off. */
  readonly flowControl: FlowControl | undefined;
  readonly lookup: Lookup;
  readonly http: HttpServer | undefined;
  private readonly encoder: AnswerEncoder;
  private readonly aggregation: Aggregation;
  private readonly handlerParts: HandlerParts;
  private readonly options: ApiServerOptions;

  constructor(options: ApiServerOptions) {
    this.options = options;
    const { storage, clock, random, logger, settings, authenticator, authorizer, tokens, nodes } = options;
    // Admission reads the registry, and the registry asks admission: each is made before it is first used.
    const late: { admission?: AdmissionChain } = {};
    const managerOf = (definition: ResourceDefinition, manager: string, now: string) =>
      managerContext(this.plainScope(definition), manager, now);
    const parts: RegistryParts & { logger: Logger } = {
      storage,
      clock,
      random,
      settings,
      schemas: options.schemas,
      authorizer,
      logger,
      protobufLength(object) {
        const { apiVersion = '', kind = '' } = object;
        return options.protobuf.supports(apiVersion, kind) ? options.protobuf.encode(object).length : undefined;
      },
      allocators: createAllocators({
        storage,
        clock,
        random,
        settings,
        registry: () => this.registry,
        listOf: (group, version, plural) => this.lookup.list({ group, version, plural }, ''),
        managerOf,
      }),
      get admission() {
        return late.admission!;
      },
    };
    this.registry = new Registry(parts, options.definitions);
    this.lookup = registryLookup(this.registry);
    const environment: AdmissionEnvironment = {
      clock,
      random,
      logger,
      metrics: new AdmissionMetrics(() => clock.monotonic(), Number(options.versionInfo['minor'])),
      lookup: this.lookup,
      authorizer,
      siblings: (definition) => this.registry.siblings(definition),
      definitionOfKind: (apiVersion, kind) => this.registry.definitionOfKind(apiVersion, kind),
      schemaOf: (definition) => schemaOf(this.handlerParts, definition),
      inOrder: (object) => inOrder(this.handlerParts, object),
      conform: (object, options) => conformAny(this.handlerParts, object, options),
    };
    late.admission = createAdmissionChain(options.admissionPlugins(environment, this.namespaceLifecycle(clock)), environment.metrics.chain);
    const index = new ResourceIndex(this.registry);
    this.aggregation = new Aggregation({
      registry: this.registry,
      index,
      lookup: this.lookup,
      clock,
      logger,
      client: () => this.client(apiServerUser, 'kube-apiserver'),
      proxyClient: options.proxyClient,
      ...(nodes ? { dialPod: async (node, ...place) => (nodes.reaches(node) ? nodes.dial(node, ...place) : undefined) } : {}),
    });
    const encoder = new AnswerEncoder({ clock, protobuf: options.protobuf });
    const { inFlightLimits = defaultInFlightLimits } = options;
    const seats = inFlightLimits.readOnly + inFlightLimits.mutating;
    this.flowControl =
      options.priorityAndFairness === false
        ? undefined
        : new FlowControl({ clock, logger, seats, objects: (...resource) => this.registry.stats(...resource) });
    const auditStats = new AuditStats();
    const metrics = new ServerMetrics({
      clock,
      lookup: (info) => index.lookup(info),
      versionInfo: options.versionInfo,
      objects: () => this.registry.counts(),
      apiServices: this.aggregation.availability,
      flowControl: this.flowControl,
      families: [
        ...environment.metrics.families(),
        ...auditStats.families(),
        ...storageMetrics(
          () => this.registry.measured(),
          () => storage.size?.(),
        ),
        ...(options.metrics ?? []),
      ],
    });
    const reachesStorage = async () => void (await storage.currentRevision());
    this.health = new Health([
      { name: 'etcd', check: reachesStorage },
      { name: 'etcd-readiness', endpoints: ['readyz'], check: reachesStorage },
      ...(options.healthChecks ?? []),
      ...this.startHooks.checks(this.flowControl !== undefined),
    ]);
    const { review } = tokens;
    this.handlerParts = {
      registry: this.registry,
      schemas: options.schemas,
      admission: late.admission,
      authorizer,
      protobuf: options.protobuf,
    };
    const dispatch = createDispatcher({
      ...this.handlerParts,
      nodes,
      components: options.components ?? [],
      actions: {
        registry: this.registry,
        authenticator,
        authorizer,
        clock,
        tokenIssuer: tokens,
        managerOf,
        ...(review ? { tokenReviewer: { review: review.bind(tokens) } } : {}),
      },
    });
    const routes = createRoutes({
      index,
      groups: this.aggregation.groups,
      remote: this.aggregation.discovery,
      encoder,
      dispatch,
      health: this.health,
      metrics: metrics.page,
      clock,
      flags: options.flags ?? {},
      versionInfo: options.versionInfo,
      serverAddress: options.serverAddress,
      openApi: new OpenApiServing(this.registry, this.aggregation, clock, random),
      ...(this.flowControl ? { flowControl: this.flowControl } : {}),
      ...(options.pages ? { pages: options.pages } : {}),
      ...(options.handlers ? { handlers: options.handlers } : {}),
    });
    const { audit, largeRequests } = options;
    const auditor =
      audit && new Auditor({ ...audit, stats: auditStats, clock, logger, json: (answer, context) => encoder.asJson(answer, context) });
    this.chain = createChain({
      clock,
      random,
      logger,
      authenticator,
      authorizer,
      index,
      metrics,
      aggregation: this.aggregation.stage,
      routes,
      ...(options.requestTimeout === undefined ? {} : { requestTimeout: options.requestTimeout }),
      ...(options.corsAllowedOrigins ? { corsAllowedOrigins: options.corsAllowedOrigins } : {}),
      ...(this.flowControl ? { flowControl: this.flowControl } : {}),
      inFlightLimits,
      ...(auditor ? { auditor } : {}),
      ...(largeRequests
        ? {
            largeRequests: handOver({
              server: largeRequests,
              lookup: (info) => index.lookup(info),
              storedSize: (definition, { namespace, name }) => this.registry.cachedSize(definition, namespace, name),
            }),
          }
        : {}),
    });
    this.encoder = encoder;
    const { tls, frontThread } = options;
    this.http =
      tls && createHttpServer({ handle: this.chain.network, encoder, clock, logger, tls, metrics: metrics.requests, frontThread });
  }

  /** What is served through this server, here and by others. */
  get catalog(): Aggregation['catalog'] {
    return this.aggregation.catalog;
  }

  /** A client that enters the chain after authentication. @param userAgent names the field manager; default: the user's name */
  client(user: UserInfo, userAgent?: string): Client {
    return createInProcessClient(this.chain.inProcess, user, { clock: this.options.clock, userAgent });
  }

  /** Answers a request that another thread of this process has handed over. */
  answerHandedOver(request: LargeRequest, signal: AbortSignal): Promise<LargeAnswer> {
    return answerHandedOver({ handle: this.chain.handedOver, encoder: this.encoder, clock: this.options.clock }, request, signal);
  }

  /** Serves the kinds of CustomResourceDefinitions: those that there are when it resolves, the others as they come. */
  async serveCustomResources(webhookClient: WebhookClient, signal: AbortSignal): Promise<void> {
    const { registry, options } = this;
    const { schemas, clock, random, logger } = options;
    const client = this.client(apiServerUser, 'kube-apiserver');
    const resources = new CustomResources({ registry, schemas, clock, logger, client, webhooks: { client: webhookClient, random } });
    await resources.start(signal);
    this.startHooks.finish('custom resources');
  }

  /**
   * Keeps APIService objects for what this server serves, and passes on what others serve, until the signal is aborted.
   * @param trust for the ConfigMap that extension servers read
   */
  async aggregate(signal: AbortSignal, trust?: AuthenticationTrust): Promise<void> {
    const { clock, random, logger } = this.options;
    await this.aggregation.start(trust, { clock, random, logger, signal });
    this.startHooks.finish('aggregation');
  }

  private plainScope(definition: ResourceDefinition): Pick<Scope, 'parts' | 'definition' | 'subresource' | 'schema'> {
    const parts = this.handlerParts;
    return { parts, definition, subresource: undefined, schema: schemaOf(parts, definition) };
  }

  private namespaceLifecycle(clock: Clock): NamespaceLifecycle {
    const store = () => this.registry.storeOf('', 'v1', 'namespaces');
    return new NamespaceLifecycle(
      {
        cached: (name) => store().cached(store().key('', name))?.object,
        read: async (name) => (await store().read(store().key('', name)))?.object,
      },
      clock,
    );
  }

  /** Watches end, requests get a moment to finish, nothing is left behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.health.shutDown();
    await this.http?.close();
    await this.aggregation[Symbol.asyncDispose]();
    await this.registry[Symbol.asyncDispose]();
  }
}
