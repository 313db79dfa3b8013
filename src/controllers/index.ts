import type { Client } from '../client/client.ts';
import { sharedAbortController } from '../machinery/abort.ts';
import type { RuntimeContext } from '../runtime/context.ts';
import { createEventRecorder } from '../runtime/events.ts';
import { createInformers } from '../runtime/informers.ts';
import { acquireLeadership } from '../runtime/leader-election.ts';
import type { PendingWork } from '../runtime/work-queue.ts';
import { startControllerAccounts } from './accounts/index.ts';
import { startAttachDetachController } from './attachdetach/index.ts';
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

/** Every controller. */
const controllers: readonly StartController[] = [
  startNamespaceController,
  startServiceAccountController,
  startTokenController,
  startLegacyTokenCleaner,
  startRootCertificatePublisher,
  startDeploymentController,
  startReplicaSetController,
  startReplicationController,
  startStatefulSetController,
  startDaemonSetController,
  startJobController,
  startCronJobController,
  startTtlAfterFinishedController,
  startDisruptionController,
  startHorizontalPodAutoscaler,
  startEndpointsController,
  startEndpointSliceController,
  startNodeIpamController,
  startNodeLifecycleController,
  startNodeTtlController,
  startTaintEvictionController,
  startPodGarbageCollector,
  startGarbageCollector,
  startResourceQuotaController,
  startPersistentVolumeBinder,
  startPvcProtectionController,
  startPvProtectionController,
  startVacProtectionController,
  startEphemeralVolumeController,
  startExpandController,
  startAttachDetachController,
  startResourceClaimController,
  startClusterRoleAggregation,
  startEndpointSliceMirroring,
  startServiceController,
  startServiceCidrController,
  startDeviceTaintEviction,
  startCertificateApprover,
  startCertificateSigner,
  startCertificateCleaner,
  startPolicyStatusController,
];

export interface ControllersOptions extends RuntimeContext {
  /** A client in the identity that `identityOf(name)` gives, with kube-controller-manager as its user agent. */
  clientFor(name: string): Client;
  readonly catalog: ResourceCatalog;
  readonly settings?: Partial<ControllerSettings>;
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
  let running: RunningController[] = [];
  let giveUp: (reason: unknown) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  lost.catch(() => {});

  async function lead(): Promise<AsyncDisposable> {
    const recorder = createEventRecorder({ client, events, component: componentName, context: base });
    const election = { client, leases, namespace: 'kube-system', name: componentName, identity, events: recorder };
    const leadership = await acquireLeadership(election, base);
    leadership.lost.addEventListener('abort', () => {
      if (!stopping.signal.aborted) giveUp(leadership.lost.reason);
      stopping.abort(leadership.lost.reason);
    });
    if (stopping.signal.aborted) return leadership;
    running = controllers.map((start) => start(context));
    running.push(startControllerAccounts(context, names));
    informers.start();
    await informers.synced();
    return leadership;
  }
  const leading = lead();
  const ready = leading.then(() => {});
  ready.catch(() => {});

  return {
    ready,
    lost,
    pending: () => Object.fromEntries(running.flatMap(({ queues }) => queues.map((queue) => [queue.name, queue.pending()]))),
    async [Symbol.asyncDispose]() {
      options.signal.removeEventListener('abort', stop);
      stopping.abort();
      await Promise.all(running.map((controller) => controller[Symbol.asyncDispose]()));
      await informers[Symbol.asyncDispose]();
      const leadership = await leading.catch(() => undefined);
      await leadership?.[Symbol.asyncDispose]();
    },
  };
}
