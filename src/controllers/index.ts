import type { Client } from '../client/client.ts';
import { sharedAbortController } from '../machinery/abort.ts';
import type { RuntimeContext } from '../runtime/context.ts';
import { createEventRecorder } from '../runtime/events.ts';
import { createInformers, resourceName } from '../runtime/informers.ts';
import { acquireLeadership, type Leadership } from '../runtime/leader-election.ts';
import type { PendingWork } from '../runtime/work-queue.ts';
import { startControllerAccounts } from './accounts/index.ts';
import { startAttachDetachController } from './attachdetach/index.ts';
import { startBootstrapSigner } from './bootstrap/signer.ts';
import { startTokenCleaner } from './bootstrap/token-cleaner.ts';
import { startCertificateApprover } from './certificates/approver.ts';
import { startCertificateCleaner } from './certificates/cleaner.ts';
import { startCertificateSigner } from './certificates/signer.ts';
import { startClusterRoleAggregation } from './clusterroleaggregation/index.ts';
import {
  type ControllerContext,
  type ControllerSettings,
  defaultSettings,
  type ResourceCatalog,
  type RunningController,
  type StartController,
} from './context.ts';
import { startCronJobController } from './cronjob/index.ts';
import { startDaemonSetController } from './daemon/index.ts';
import { startDeploymentController } from './deployment/index.ts';
import { startDeviceTaintEviction } from './devicetainteviction/index.ts';
import { startDisruptionController } from './disruption/index.ts';
import { startEndpointsController } from './endpoints/index.ts';
import { startEndpointSliceController } from './endpointslice/index.ts';
import { startEndpointSliceMirroring } from './endpointslicemirroring/index.ts';
import { startEphemeralVolumeController } from './ephemeral/index.ts';
import { startExpandController } from './expand/index.ts';
import { startGarbageCollector } from './garbagecollector/index.ts';
import { componentName } from './identities.ts';
import { startJobController } from './job/index.ts';
import { keptOf } from './kept.ts';
import { startNamespaceController } from './namespace/index.ts';
import { startNodeIpamController } from './nodeipam/index.ts';
import { startNodeLifecycleController } from './nodelifecycle/index.ts';
import { startNodeTtlController } from './nodettl/index.ts';
import { startPersistentVolumeBinder } from './persistentvolume/index.ts';
import { startHorizontalPodAutoscaler } from './podautoscaler/index.ts';
import { startPodGarbageCollector } from './podgc/index.ts';
import { startPvcProtectionController } from './pvcprotection/index.ts';
import { startPvProtectionController } from './pvprotection/index.ts';
import { startReplicaSetController, startReplicationController } from './replicaset/index.ts';
import { startResourceClaimController } from './resourceclaim/index.ts';
import { startResourceQuotaController } from './resourcequota/index.ts';
import { events, leases } from './resources.ts';
import { startRootCertificatePublisher } from './rootca/index.ts';
import { startServiceController } from './service/index.ts';
import { startServiceAccountController } from './serviceaccount/index.ts';
import { startLegacyTokenCleaner } from './serviceaccount/legacy-tokens.ts';
import { startTokenController } from './serviceaccount/tokens.ts';
import { startServiceCidrController } from './servicecidrs/index.ts';
import { startStatefulSetController } from './statefulset/index.ts';
import { startTaintEvictionController } from './tainteviction/index.ts';
import { startTtlAfterFinishedController } from './ttlafterfinished/index.ts';
import { startVacProtectionController } from './vacprotection/index.ts';
import { startPolicyStatusController } from './validatingadmissionpolicystatus/index.ts';

export type { ControllerSettings, ResourceCatalog, SecretTokenClaims, ServedResource } from './context.ts';
export { identityOf } from './identities.ts';

/** Every controller, by kube-controller-manager's names. */
const controllers: readonly NamedController[] = [
  { name: 'namespace-controller', alias: 'namespace', start: startNamespaceController },
  { name: 'serviceaccount-controller', alias: 'serviceaccount', start: startServiceAccountController },
  { name: 'serviceaccount-token-controller', alias: 'serviceaccount-token', start: startTokenController },
  { name: 'legacy-serviceaccount-token-cleaner-controller', alias: 'legacy-service-account-token-cleaner', start: startLegacyTokenCleaner },
  { name: 'root-ca-certificate-publisher-controller', alias: 'root-ca-cert-publisher', start: startRootCertificatePublisher },
  { name: 'deployment-controller', alias: 'deployment', start: startDeploymentController },
  { name: 'replicaset-controller', alias: 'replicaset', start: startReplicaSetController },
  { name: 'replicationcontroller-controller', alias: 'replicationcontroller', start: startReplicationController },
  { name: 'statefulset-controller', alias: 'statefulset', start: startStatefulSetController },
  { name: 'daemonset-controller', alias: 'daemonset', start: startDaemonSetController },
  { name: 'job-controller', alias: 'job', start: startJobController },
  { name: 'cronjob-controller', alias: 'cronjob', start: startCronJobController },
  { name: 'ttl-after-finished-controller', alias: 'ttl-after-finished', start: startTtlAfterFinishedController },
  { name: 'disruption-controller', alias: 'disruption', start: startDisruptionController },
  { name: 'horizontal-pod-autoscaler-controller', alias: 'horizontalpodautoscaling', start: startHorizontalPodAutoscaler },
  { name: 'endpoints-controller', alias: 'endpoint', start: startEndpointsController },
  { name: 'endpointslice-controller', alias: 'endpointslice', start: startEndpointSliceController },
  { name: 'node-ipam-controller', alias: 'nodeipam', start: startNodeIpamController },
  { name: 'node-lifecycle-controller', alias: 'nodelifecycle', start: startNodeLifecycleController },
  { name: 'ttl-controller', alias: 'ttl', start: startNodeTtlController },
  { name: 'taint-eviction-controller', start: startTaintEvictionController },
  { name: 'pod-garbage-collector-controller', alias: 'podgc', start: startPodGarbageCollector },
  { name: 'garbage-collector-controller', alias: 'garbagecollector', start: startGarbageCollector },
  { name: 'resourcequota-controller', alias: 'resourcequota', start: startResourceQuotaController },
  { name: 'persistentvolume-binder-controller', alias: 'persistentvolume-binder', start: startPersistentVolumeBinder },
  { name: 'persistentvolumeclaim-protection-controller', alias: 'pvc-protection', start: startPvcProtectionController },
  { name: 'persistentvolume-protection-controller', alias: 'pv-protection', start: startPvProtectionController },
  { name: 'volumeattributesclass-protection-controller', start: startVacProtectionController },
  { name: 'ephemeral-volume-controller', alias: 'ephemeral-volume', start: startEphemeralVolumeController },
  { name: 'persistentvolume-expander-controller', alias: 'persistentvolume-expander', start: startExpandController },
  { name: 'persistentvolume-attach-detach-controller', alias: 'attachdetach', start: startAttachDetachController },
  { name: 'resourceclaim-controller', alias: 'resource-claim-controller', start: startResourceClaimController },
  { name: 'clusterrole-aggregation-controller', alias: 'clusterrole-aggregation', start: startClusterRoleAggregation },
  { name: 'endpointslice-mirroring-controller', alias: 'endpointslicemirroring', start: startEndpointSliceMirroring },
  { name: 'service-lb-controller', alias: 'service', start: startServiceController },
  { name: 'service-cidr-controller', start: startServiceCidrController },
  { name: 'device-taint-eviction-controller', start: startDeviceTaintEviction },
  { name: 'certificatesigningrequest-approving-controller', alias: 'csrapproving', start: startCertificateApprover },
  { name: 'certificatesigningrequest-signing-controller', alias: 'csrsigning', start: startCertificateSigner },
  { name: 'certificatesigningrequest-cleaner-controller', alias: 'csrcleaner', start: startCertificateCleaner },
  { name: 'validatingadmissionpolicy-status-controller', start: startPolicyStatusController },
  { name: 'bootstrap-signer-controller', alias: 'bootstrapsigner', start: startBootstrapSigner, onlyByName: true },
  { name: 'token-cleaner-controller', alias: 'tokencleaner', start: startTokenCleaner, onlyByName: true },
];

/** A controller that can be switched on and off. */
interface NamedController {
  readonly name: string;
  /** What it was called before v1.28. */
  readonly alias?: string;
  readonly start: StartController;
  /** It is not among those that `*` stands for. */
  readonly onlyByName?: boolean;
}

/**
 * The controllers that a list names: `*` for all that are on by default, `NAME`, and `-NAME` for one that is not to run. The first mention of one counts.
 * @throws Error for a name that is none
 */
export function chosenControllers(list: readonly string[]): readonly StartController[] {
  const knownAs = (word: string) => controllers.find(({ name, alias }) => name === word || alias === word);
  for (const word of list) {
    const name = word.replace(/^-/, '');
    if (word !== '*' && !knownAs(name)) throw new Error(`${JSON.stringify(name)} is not in the list of known controllers`);
  }
  return controllers
    .filter((controller) => {
      const mention = list.find((word) => word !== '*' && knownAs(word.replace(/^-/, '')) === controller);
      return mention === undefined ? list.includes('*') && !controller.onlyByName : !mention.startsWith('-');
    })
    .map(({ start }) => start);
}

export interface ControllersOptions extends RuntimeContext {
  /** A client in the identity that `identityOf(name)` gives, with kube-controller-manager as its user agent. */
  clientFor(name: string): Client;
  readonly catalog: ResourceCatalog;
  readonly settings?: Partial<ControllerSettings>;
  /** Which controllers run, as `chosenControllers` reads it; default: all that are on by default. */
  readonly controllers?: readonly string[];
  /** Who we are in the lease. One that survives a restart (of a data directory that only one process can use) takes its own lease back at once. */
  readonly identity: string;
}

export interface RunningControllers extends AsyncDisposable {
  /** Resolves when the lease is ours and the informers know the cluster; rejects when stopped before. */
  readonly ready: Promise<void>;
  /** Rejects when the lease is lost: the process should then end or start anew. */
  readonly lost: Promise<never>;
  /** What each controller still has to do. */
  pending(): Readonly<Record<string, PendingWork>>;
}

/** Starts all controllers: informers at once, the controllers' work when the lease `kube-controller-manager` is ours. */
export function startControllers(options: ControllersOptions): RunningControllers {
  const { clientFor, catalog, identity, clock, random, logger } = options;
  const chosen = chosenControllers(options.controllers ?? ['*']);
  const stopping = sharedAbortController();
  const stop = () => stopping.abort(options.signal.reason);
  if (options.signal.aborted) stop();
  else options.signal.addEventListener('abort', stop, { once: true });
  const base: RuntimeContext = { clock, random, logger, signal: stopping.signal };
  const client = clientFor(componentName);
  const informers = createInformers(client, base, keptOf);
  const settings = { ...defaultSettings, ...options.settings };
  const names = new Set<string>();
  const noted = (name: string) => {
    names.add(name);
    return clientFor(name);
  };
  const context: ControllerContext = { ...base, clientFor: noted, informers, catalog, settings };
  // Before any controller looks at what is served now. A resource that comes again would be waited for as long as it has been gone.
  const unsubscribe = dropUnserved(context);
  let running: RunningController[] = [];
  let giveUp: (reason: unknown) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  lost.catch(() => {});

  let leadership: Leadership | undefined;

  async function lead(): Promise<void> {
    const recorder = createEventRecorder({ client, events, component: componentName, context: base });
    const election = { client, leases, namespace: 'kube-system', name: componentName, identity, events: recorder };
    leadership = await acquireLeadership(election, base);
    const { lost } = leadership;
    lost.addEventListener('abort', () => {
      if (!stopping.signal.aborted) giveUp(lost.reason);
      stopping.abort(lost.reason);
    });
    if (stopping.signal.aborted) return;
    running = chosen.map((start) => start(context));
    running.push(startControllerAccounts(context, names));
    informers.start();
    await informers.synced();
  }
  const ready = lead();
  ready.catch(() => {});

  return {
    ready,
    lost,
    pending: () => Object.fromEntries(running.flatMap(({ queues }) => queues.map((queue) => [queue.name, queue.pending()]))),
    async [Symbol.asyncDispose]() {
      options.signal.removeEventListener('abort', stop);
      stopping.abort();
      unsubscribe();
      await Promise.all(running.map((controller) => controller[Symbol.asyncDispose]()));
      await informers[Symbol.asyncDispose]();
      await ready.catch(() => {});
      await leadership?.[Symbol.asyncDispose]();
    },
  };
}

/** Ends the informers of resources that are served no more. @returns a function that ends it */
function dropUnserved({ catalog, informers, logger }: ControllerContext): () => void {
  const current = () => new Map(catalog.resources().map((resource) => [resourceName(resource), resource]));
  let served = current();
  return catalog.subscribe(() => {
    const before = served;
    served = current();
    for (const [name, reference] of before) {
      if (served.has(name)) continue;
      informers.drop(reference).catch((error) => logger.error({ error, resource: name }, 'an informer could not be ended'));
    }
  });
}
