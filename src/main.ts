import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism, hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { isMainThread, workerData } from 'node:worker_threads';
import { lease as leases } from '../api/coordination.k8s.io/v1/lease.ts';
import { definitions } from '../api/index.ts';
import { addressAt, firstAddress, parseCIDR } from '../api/meta/ip.ts';
import { assembleApiServer } from './assembly/api-server.ts';
import { encryptionAtRest } from './assembly/encryption.ts';
import { fileOfFlag, keyPairOfFlags } from './assembly/files.ts';
import { frontProxyOf } from './assembly/front-proxy.ts';
import { LargeRequestThread } from './assembly/large-request-thread.ts';
import { serveLargeRequests } from './assembly/large-requests.ts';
import { serviceAccountKeysOf } from './assembly/service-account-keys.ts';
import { versionInfo } from './assembly/version.ts';
import { bootstrapObjects } from './auth/bootstrap/index.ts';
import { certificateEnd, readCertificateRequest, signCertificate } from './auth/certificate-authority.ts';
import { DamagedKeysError, loadClusterKeys } from './auth/pki.ts';
import type { UserInfo } from './auth/types.ts';
import { controlPlaneIdentity, openDataDirectory } from './cli/data-directory.ts';
import { defaultAssetsFolder, writeAssets } from './cli/envtest.ts';
import { UserError } from './cli/errors.ts';
import { kubeconfigText, readKubeconfig } from './cli/kubeconfig.ts';
import { type EnvtestOptions, parseArguments, refuseFlagsKeptByNpm, type UpOptions, type WhyOptions } from './cli/options.ts';
import { explain, interruption } from './cli/process.ts';
import { readWebhookKubeconfig } from './cli/webhook-kubeconfig.ts';
import { whyText } from './cli/why.ts';
import type { Client } from './client/client.ts';
import { createHttpClient } from './client/http.ts';
import { type ControllerSettings, chosenControllers, identityOf, startControllers } from './controllers/index.ts';
import { ensureDefaultStorageClass } from './controllers/persistentvolume/default-class.ts';
import { Fleet } from './kubelet/fleet.ts';
import { nodeNetworks } from './kubelet/network/addresses.ts';
import type { FleetStreams } from './kubelet/streams/fleet-streams.ts';
import { abortion, anySignal, sharedAbortController } from './machinery/abort.ts';
import { type Clock, systemClock } from './machinery/clock.ts';
import { Disposables } from './machinery/disposables.ts';
import { writeSecret } from './machinery/files.ts';
import { hostPort } from './machinery/host-port.ts';
import { createLogger, type Logger } from './machinery/logger.ts';
import { type Random, systemRandom } from './machinery/random.ts';
import type { RuntimeContext } from './runtime/context.ts';
import { acquireLeadership, LeadershipLostError } from './runtime/leader-election.ts';
import { defaultConfiguration, explainPod, readConfiguration, type SchedulerConfiguration, startScheduler } from './scheduler/index.ts';
import { fixedCatalog } from './server/aggregation/catalog.ts';
import type { ApiServer } from './server/api-server.ts';
import { AuditLog } from './server/audit/log.ts';
import { type AuditPolicy, readPolicy } from './server/audit/policy.ts';
import type { AuditSink } from './server/audit/record.ts';
import { truncatingSink } from './server/audit/truncate.ts';
import { AuditWebhook } from './server/audit/webhook.ts';
import { apiServerUser, bootstrap, bootstrapService, keepBootstrapped } from './server/bootstrap.ts';
import { type FirstObjects, putFirstObjects } from './server/first-objects.ts';
import { startIdentityLease } from './server/identity-lease.ts';
import { keepLegacyTokenTracking } from './server/legacy-token-tracking.ts';
import { startAddressRepair } from './server/service-address-repair.ts';
import { startCompactor } from './storage/compactor.ts';
import { StorageUnusableError } from './storage/errors.ts';
import { openLevelStorage } from './storage/level/level-storage.ts';
import { openMemoryStorage } from './storage/memory/memory-storage.ts';
import type { Storage } from './storage/storage.ts';

/** A default cluster CIDR has room for 256 nodes; the pods of further ones take addresses that are shared by nature (RFC 6598), as with cloud networks. */
const furtherClusterCIDR = '100.64.0.0/10';
/** Reads for all kubelets of the fleet at once, which no single kubelet may. */
const fleetUser: UserInfo = { username: 'orrery:fleet', groups: ['system:masters', 'system:authenticated'] };

interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Called when a part can no longer work: the cluster should stop. */
  readonly onFailure: (error: Error) => void;
  /** Aborted when the cluster should stop: who still waits, to lead or for others, gives up then. What has started is stopped by disposing it. */
  readonly signal: AbortSignal;
}

/** A cluster that serves. Disposing it stops every part, the ones started last first. */
export interface Cluster extends AsyncDisposable {
  /** Absent where another process has the API server. */
  readonly server: string | undefined;
  readonly kubeconfig: string;
}

/** A client for an identity, whether the API server is in this process or not. The user agent names the component in managedFields. */
type ClientFor = (user: UserInfo, userAgent: string) => Client;

/**
 * Starts the parts of a cluster that the options name, in the order in which they need one another.
 * @throws UserError, StorageUnusableError with what the user should do; what else was the reason of the signal
 */
export async function startCluster(options: UpOptions, surroundings: Surroundings): Promise<Cluster> {
  const running = new Disposables();
  const stopping = sharedAbortController();
  const { clock, random, logger, signal } = surroundings;
  const context: RuntimeContext = { clock, random, logger, signal: stopping.signal };
  const kubeconfig = resolve(options.kubeconfig ?? join(options.dataDir, 'kubeconfig'));
  const schedulerConfiguration = await schedulerConfigurationOf(options.schedulerConfig);
  try {
    chosenControllers(options.controllers);
  } catch (error) {
    throw new UserError(`--controllers: ${(error as Error).message}`);
  }
  try {
    const kubelets: { fleet?: Fleet } = {};
    const served = options.components.includes('apiserver')
      ? await startApiServer(options, kubeconfig, surroundings, stopping.signal, running, () => kubelets.fleet?.streams)
      : undefined;
    const clientFor = served?.clientFor ?? (await remoteClients(kubeconfig, running));
    running.defer(() => stopping.abort(new Error('the cluster stops')));
    const identity = served?.identity ?? newIdentity(random);
    const starting: Promise<void>[] = [];
    if (options.components.includes('controllers'))
      starting.push(runControllers(options, clientFor, served, identity, context, running, surroundings.onFailure));
    if (options.components.includes('scheduler'))
      starting.push(runScheduler(clientFor, schedulerConfiguration, identity, context, running, surroundings.onFailure));
    if (options.components.includes('fleet')) starting.push(runFleet(options, clientFor, context, running, kubelets));
    await Promise.race([Promise.all(starting), abortion(signal)]);
    return { server: served?.address, kubeconfig, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
  } catch (error) {
    stopping.abort(error);
    await running[Symbol.asyncDispose]();
    throw error;
  }
}

function newIdentity(random: Random): string {
  return `${hostname()}_${random.uuid()}`;
}

interface ServedApi {
  readonly address: string;
  /** As whom this process leads, where it has its data directory for itself. */
  readonly identity?: string;
  readonly server: ApiServer;
  /** What only the process that has the cluster's keys can do. */
  readonly controllerSettings: Partial<ControllerSettings>;
  readonly clientFor: ClientFor;
}

async function startApiServer(
  options: UpOptions,
  kubeconfig: string,
  surroundings: Surroundings,
  signal: AbortSignal,
  running: Disposables,
  nodeStreams: () => FleetStreams | undefined,
): Promise<ServedApi> {
  const { clock, random, logger, onFailure } = surroundings;
  const auditPolicy = await auditPolicyOf(options.auditPolicyFile);
  const encryption = await encryptionAtRest(options, surroundings, signal);
  running.defer(() => encryption.codec[Symbol.dispose]());
  if (!options.memory) await openDataDirectory(options.dataDir);
  const storage: Storage = running.use(
    options.memory
      ? openMemoryStorage({ clock })
      : await openLevelStorage(join(options.dataDir, 'store'), { clock, onFailure, codec: encryption.codec }),
  );
  const identity = options.memory ? undefined : await controlPlaneIdentity(options.dataDir, () => newIdentity(random));
  const ownKeys = await loadClusterKeys({
    ...(options.memory ? {} : { directory: join(options.dataDir, 'pki') }),
    serverNames: serverNames(options),
    clock,
    random,
  });
  const keys = { ...ownKeys, serviceAccount: await serviceAccountKeysOf(options, ownKeys.serviceAccount) };
  const frontProxy = await frontProxyOf(options, keys);
  const serving = await keyPairOfFlags(['--tls-cert-file', options.tlsCertFile], ['--tls-private-key-file', options.tlsPrivateKeyFile]);
  const audit = await auditSink(options, auditPolicy, surroundings, running);
  const furtherClientCa = options.clientCaFile === undefined ? '' : await fileOfFlag(options.clientCaFile);
  const clientCa = keys.authority.certificate + furtherClientCa;
  // Who keeps a log of what happened finds there how they were made.
  if (!audit) await putFirstObjects(storage, () => firstObjects(options), surroundings);
  let port = options.port;
  const largeRequests = running.use(new LargeRequestThread({ entry: new URL(import.meta.url), options, keys, storage, clock, logger }));
  const { server, tokens } = await assembleApiServer(
    { options, storage, keys, frontProxy, clock, random, logger, signal, onFailure, running },
    {
      healthChecks: encryption.healthChecks,
      serverAddress: () => hostPort(options.externalHostname ?? options.advertiseAddress ?? options.bindAddress, port),
      priorityAndFairness: options.enablePriorityAndFairness,
      inFlightLimits: { readOnly: options.maxRequestsInflight, mutating: options.maxMutatingRequestsInflight },
      ...(auditPolicy && audit ? { audit: { policy: auditPolicy, sink: audit } } : {}),
      ...(frontProxy.client ? { proxyClient: frontProxy.client } : {}),
      largeRequests,
      nodes: {
        reaches: (node) => nodeStreams()?.reaches(node) ?? false,
        logs: (place, log) => nodeStreams()!.logs(place, log),
        command: (place, command) => nodeStreams()!.command(place, command),
        portForward: (...pod) => nodeStreams()!.portForward(...pod),
        dialKubelet: (node) => nodeStreams()?.dialKubelet(node),
        dial: (...place) => nodeStreams()!.dial(...place),
      },
      tls: {
        key: (serving ?? keys.server).key,
        cert: (serving ?? keys.server).certificate,
        clientCa,
        frontProxyCa: frontProxy.trust.authority,
      },
      // Where there is but one processor, another thread would only add its messages.
      frontThread: availableParallelism() > 1 ? new URL('front.js', import.meta.url) : undefined,
    },
  );
  // From the first request on, what other servers serve is theirs.
  await server.aggregate(signal, { clientAuthority: clientCa, requestHeader: frontProxy.trust });
  const own = { client: server.client(apiServerUser), registry: server.registry };
  const listening = server.http!.listen(options.port, options.bindAddress).catch((error) => {
    throw new UserError(listenFailure(options, error));
  });
  // The thread that listens has only begun to start.
  [port] = await Promise.all([listening, bootstrap(own, bootstrapObjects(options.components.includes('controllers')))]);
  const { advertiseAddress: given = options.bindAddress } = options;
  const advertiseAddress = isLocal(given) ? simulatedHost(options) : given;
  const bootstrapOptions = { ...own, serviceClusterIPRanges: options.serviceClusterIpRange, advertiseAddress, port, clock };
  await bootstrapService(bootstrapOptions);
  keepBootstrapped(bootstrapOptions, logger, signal);
  server.startHooks.finish('bootstrap');
  const hooks = { client: server.client(apiServerUser, 'kube-apiserver'), clock, random, logger };
  running.use(startAddressRepair(hooks.client, { ...hooks, signal }, hostname()));
  running.use(keepLegacyTokenTracking(hooks.client, { ...hooks, signal }));
  await Promise.all([
    startIdentityLease({ ...hooks, hostname: hostname(), address: hostPort(advertiseAddress, port) }, signal),
    server.flowControl?.follow(server.client(apiServerUser), signal),
  ]);
  server.startHooks.finish('flow control');
  const compactor = await startCompactor(storage, clock, options.compactionInterval, (error) =>
    logger.error({ error }, 'compaction failed'),
  );
  running.defer(() => compactor[Symbol.dispose]());
  const address = `https://${reachable(options.bindAddress)}:${port}`;
  await mkdir(dirname(kubeconfig), { recursive: true });
  const { authority, admin } = keys;
  // A certificate of the user's own is trusted as it is, whoever signed it.
  const rootCertificate = authority.certificate + (serving?.certificate ?? '');
  await writeSecret(
    kubeconfig,
    kubeconfigText({ server: address, authority: rootCertificate, certificate: admin.certificate, key: admin.key }),
  );
  const controllerSettings: Partial<ControllerSettings> = {
    rootCertificate,
    signSecretToken: (claims) => tokens.issueForSecret(claims),
    signCertificate: (request, usages, milliseconds) => signCertificate({ authority, clock, random }, request, usages, milliseconds),
  };
  return { address, identity, server, controllerSettings, clientFor: (user, userAgent) => server.client(user, userAgent) };
}

/** Those that the build has made, where it has; without controllers nobody has put the rules of aggregated roles together. */
async function firstObjects({ components }: UpOptions): Promise<FirstObjects> {
  const text = await readFile(new URL('first-objects.json', import.meta.url), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  const objects: FirstObjects = JSON.parse(text);
  return components.includes('controllers') ? objects : objects.filter(([, object]) => object['aggregationRule'] === undefined);
}

async function auditPolicyOf(file: string | undefined): Promise<AuditPolicy | undefined> {
  if (file === undefined) return undefined;
  const wrong = (error: Error) => {
    throw new UserError(`loading audit policy file: ${error.message}: from file ${file}`);
  };
  return fileOfFlag(file).then(readPolicy).catch(wrong);
}

/** Where audit events go; closed after the server has ended. Undefined where nothing is recorded. */
async function auditSink(
  options: UpOptions,
  policy: AuditPolicy | undefined,
  surroundings: Surroundings,
  running: Disposables,
): Promise<AuditSink | undefined> {
  const { clock, logger } = surroundings;
  const { auditLogPath: path, auditLogMaxsize: maxSize, auditLogMaxbackup: maxBackups, auditLogMaxage: maxAge } = options;
  const { auditWebhookConfigFile: webhook, auditWebhookBatchMaxSize: batchMaxSize, auditWebhookBatchMaxWait: batchMaxWait } = options;
  if (path === undefined && webhook === undefined) return undefined;
  if (!policy) {
    logger.warn('there is no --audit-policy-file: no audit events are recorded');
    return undefined;
  }
  const wrong = (during: string) => (error: Error) => {
    throw new UserError(`${during}: ${error.message}`);
  };
  const sinks: AuditSink[] = [];
  if (path !== undefined) {
    const log = AuditLog.open({ path, maxSize, maxBackups, maxAge }, clock, logger);
    const file = running.use(await log.catch(wrong('--audit-log-path')));
    sinks.push(options.auditLogTruncateEnabled ? truncatingSink(file, options.auditLogTruncateMaxEventSize, logger) : file);
  }
  if (webhook !== undefined) {
    const endpoint = await readWebhookKubeconfig(webhook).catch(wrong('initializing audit webhook'));
    const alone = options.auditWebhookMode !== 'batch';
    const called = { endpoint, batchMaxSize: alone ? 1 : batchMaxSize, batchMaxWait, initialBackoff: options.auditWebhookInitialBackoff };
    const hook = running.use(new AuditWebhook(called, clock, logger));
    sinks.push(options.auditWebhookTruncateEnabled ? truncatingSink(hook, options.auditWebhookTruncateMaxEventSize, logger) : hook);
  }
  if (sinks.length === 1) return sinks[0];
  return {
    write(line) {
      for (const sink of sinks) sink.write(line);
    },
  };
}

/** Where the API server stands in the simulated network, for Endpoints: an address of this machine alone would not be valid there. */
function simulatedHost({ serviceClusterIpRange }: UpOptions): string {
  return firstAddress(nodeNetworks[parseCIDR(serviceClusterIpRange[0]!)!.version]);
}

/** The names and addresses that the server's certificate is good for. */
function serverNames({ bindAddress, serviceClusterIpRange }: UpOptions): string[] {
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'];
  const names = [...service, hostname(), 'localhost', '127.0.0.1', '::1', firstAddress(serviceClusterIpRange[0]!), bindAddress];
  return [...new Set(names)].filter((name) => name !== '0.0.0.0' && name !== '::');
}

function isLocal(address: string): boolean {
  return address === '0.0.0.0' || address === '::' || address === '::1' || address.startsWith('127.');
}

/** The address at which a local client reaches a server that listens there. */
function reachable(bindAddress: string): string {
  if (bindAddress === '0.0.0.0') return '127.0.0.1';
  if (bindAddress === '::') return '[::1]';
  return bindAddress.includes(':') ? `[${bindAddress}]` : bindAddress;
}

function listenFailure({ port, bindAddress }: UpOptions, { code }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `port ${port} on ${bindAddress} is taken; choose another with --port, or --port 0 for a free one`;
  if (code === 'EACCES') return `port ${port} may not be used by this user; choose one above 1023 with --port`;
  return `cannot listen on ${bindAddress}:${port} (${code}); choose another with --bind-address or --port`;
}

/** Clients over HTTP as the administrator, who acts in the name of the components. */
async function remoteClients(kubeconfig: string, running: Disposables): Promise<ClientFor> {
  const { server, authority, certificate, key } = await readKubeconfig(kubeconfig);
  const clients = new Map<string, Client>();
  return (user, userAgent) => {
    const name = `${userAgent} ${user.username}`;
    let client = clients.get(name);
    if (!client) {
      client = running.use(
        createHttpClient({
          server,
          certificateAuthority: authority,
          clientCertificate: certificate,
          clientKey: key,
          impersonate: user,
          userAgent,
        }),
      );
      clients.set(name, client);
    }
    return client;
  };
}

function componentUser(name: string): UserInfo {
  return { username: `system:${name}`, groups: ['system:authenticated'] };
}

async function runControllers(
  { clusterCidr, loadBalancerCidr, horizontalPodAutoscalerSyncPeriod, nodes, controllers: chosen }: UpOptions,
  clientFor: ClientFor,
  served: ServedApi | undefined,
  identity: string,
  context: RuntimeContext,
  running: Disposables,
  onFailure: (error: Error) => void,
): Promise<void> {
  const controllers = running.use(
    startControllers({
      ...context,
      clientFor: (name) => clientFor(identityOf(name), 'kube-controller-manager'),
      catalog: served?.server.catalog ?? fixedCatalog(definitions),
      identity,
      controllers: chosen,
      settings: {
        clusterCIDRs: clusterCidr,
        furtherClusterCIDR,
        horizontalPodAutoscalerSyncPeriod,
        // Without nodes of our own, load balancers are somebody else's as well.
        ...(nodes > 0 ? { loadBalancerCIDR: loadBalancerCidr } : {}),
        readCertificateRequest,
        certificateEnd,
        ...served?.controllerSettings,
      },
    }),
  );
  controllers.lost.catch(onFailure);
  await controllers.ready;
}

/** @throws UserError where the file is not there or is no configuration */
async function schedulerConfigurationOf(file: string | undefined): Promise<SchedulerConfiguration> {
  if (file === undefined) return defaultConfiguration;
  return fileOfFlag(file).then(readConfiguration).catch(schedulerConfigurationFault);
}

function schedulerConfigurationFault(error: Error): never {
  throw new UserError(`--scheduler-config: ${error.message}`);
}

async function runScheduler(
  clientFor: ClientFor,
  configuration: SchedulerConfiguration,
  identity: string,
  context: RuntimeContext,
  running: Disposables,
  onFailure: (error: Error) => void,
): Promise<void> {
  const name = 'kube-scheduler';
  const client = clientFor(componentUser(name), name);
  const leadership = running.use(await acquireLeadership({ client, leases, namespace: 'kube-system', name, identity }, context));
  // Another scheduler acts from then on.
  leadership.lost.addEventListener('abort', () => {
    if (!context.signal.aborted) onFailure(leadership.lost.reason);
  });
  const leading = { ...context, signal: anySignal([context.signal, leadership.lost]) };
  try {
    running.use(startScheduler(client, leading, configuration));
  } catch (error) {
    schedulerConfigurationFault(error as Error);
  }
}

/** @param kubelets is given the fleet, whose streams the API server passes on */
async function runFleet(
  { nodes, clusterCidr, serviceClusterIpRange }: UpOptions,
  clientFor: ClientFor,
  context: RuntimeContext,
  running: Disposables,
  kubelets: { fleet?: Fleet },
): Promise<void> {
  const clients = new Map<string, Client>();
  // The nodes of our own have storage, as those of a small cluster do.
  if (nodes > 0) await ensureDefaultStorageClass(clientFor(fleetUser, 'orrery'));
  const fleet = new Fleet(
    {
      ...context,
      client: clientFor(fleetUser, 'kubelet'),
      clientFor(name) {
        let client = clients.get(name);
        if (!client)
          clients.set(
            name,
            (client = clientFor({ username: `system:node:${name}`, groups: ['system:nodes', 'system:authenticated'] }, 'kubelet')),
          );
        return client;
      },
    },
    {
      nodes: Array.from({ length: nodes }, (_, index) => `node-${index + 1}`),
      // Where those who set up clusters put the name service.
      clusterDns: serviceClusterIpRange.map((cidr) => addressAt(cidr, 10)),
      families: clusterCidr.map((cidr) => parseCIDR(cidr)!.version),
    },
  );
  kubelets.fleet = fleet;
  running.use(fleet);
  await fleet.start();
}

function readyText({ memory, dataDir, nodes, components }: UpOptions, { server, kubeconfig }: Cluster): string {
  const shown = components.includes('fleet') ? `, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}` : '';
  return [
    `Orrery is ready: ${server ? `the API server listens on ${server}` : components.join(', ')}${shown} (Kubernetes ${versionInfo.gitVersion})`,
    `  kubectl   export KUBECONFIG=${kubeconfig}`,
    ...(server ? [`  data      ${memory ? 'in memory, gone when it stops' : resolve(dataDir)}`] : []),
    '  stop      Ctrl-C',
  ].join('\n');
}

/** Prints what the scheduler thinks of a pod. */
async function why({ name, namespace, kubeconfig, schedulerConfig }: WhyOptions): Promise<void> {
  const configuration = await schedulerConfigurationOf(schedulerConfig);
  const { server, authority, certificate, key } = await readKubeconfig(kubeconfig);
  const client = createHttpClient({
    server,
    certificateAuthority: authority,
    clientCertificate: certificate,
    clientKey: key,
    userAgent: 'orrery',
  });
  const stopping = sharedAbortController();
  try {
    const context = { clock: systemClock, random: systemRandom, logger: createLogger('silent'), signal: stopping.signal };
    const explanation = await explainPod(client, context, configuration, namespace, name).catch((error) => {
      throw new UserError((error as Error).message);
    });
    if (!explanation) throw new UserError(`there is no pod ${namespace}/${name}`);
    console.log(whyText(explanation));
  } finally {
    stopping.abort();
    await client[Symbol.asyncDispose]();
  }
}

async function run(): Promise<void> {
  refuseFlagsKeptByNpm(process.env);
  const command = parseArguments(process.argv.slice(2), versionInfo.gitVersion);
  switch (command.name) {
    case 'why':
      return why(command.options);
    case 'envtest':
      return envtest(command.options);
    default:
      return up(command.options);
  }
}

async function envtest({ folder = defaultAssetsFolder(process.env) }: EnvtestOptions): Promise<void> {
  const scripts = { 'kube-apiserver': fileURLToPath(import.meta.url), etcd: fileURLToPath(new URL('etcd.js', import.meta.url)) };
  console.log(await writeAssets(folder, scripts, process.env.PATH));
}

async function up(options: UpOptions): Promise<void> {
  // On few cores the collector's helpers take them from the clients and the disk, and the main thread waits for all of them.
  if (availableParallelism() <= 2) setFlagsFromString('--no-parallel-scavenge');
  const ending = interruption();
  let failure: Error | undefined;
  const stop = (error: Error) => {
    if (ending.signal.aborted) return;
    failure = error;
    ending.abort(error);
  };
  const logger = createLogger(options.logLevel);
  const { signal } = ending;
  const starting = startCluster(options, { clock: systemClock, random: systemRandom, logger, onFailure: stop, signal });
  const cluster = await starting.catch((error) => {
    if (!signal.aborted) throw error;
  });
  if (cluster && !signal.aborted) {
    console.log(readyText(options, cluster));
    await once(signal, 'abort');
  }
  await cluster?.[Symbol.asyncDispose]();
  if (failure) throw failure;
}

/** What the user should know of errors that are no defects of ours. */
function lineOf(error: unknown): string | undefined {
  if (error instanceof DamagedKeysError || error instanceof LeadershipLostError) return error.message;
  return error instanceof StorageUnusableError ? `${error.message}. ${error.advice}` : undefined;
}

if (isMainThread) {
  run().catch((error) => {
    process.exitCode = explain(error, lineOf);
  });
} else {
  // The thread of `LargeRequestThread`, whose entry this module is.
  void serveLargeRequests(workerData);
}
