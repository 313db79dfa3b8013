import type { KubeObject } from '../../api/meta/object.ts';
import type { Client, ResourceReference } from '../client/client.ts';
import { anySignal } from '../machinery/abort.ts';
import { formatMicroTime } from '../machinery/clock.ts';
import type { RuntimeContext } from './context.ts';
import { isConflict, isNotFound, messageOf } from './errors.ts';
import type { EventRecorder } from './events.ts';

export interface LeaderElectionOptions {
  readonly client: Client;
  readonly leases: ResourceReference;
  readonly namespace: string;
  /** The lease's name, such as kube-controller-manager. */
  readonly name: string;
  /** Who we are; the same identity takes its own lease back at once. */
  readonly identity: string;
  readonly events?: EventRecorder;
  readonly leaseDurationSeconds?: number;
  readonly renewDeadlineSeconds?: number;
  readonly retryPeriodSeconds?: number;
}

/** The lease could not be renewed in time: another one may lead now. */
export class LeadershipLostError extends Error {}

export interface Leadership extends AsyncDisposable {
  /** Aborted when the lease was lost or given up: stop at once. */
  readonly lost: AbortSignal;
}

/**
 * Waits until the lease is ours and keeps it: one timer renews it. Disposing gives it back, so that the next one need not wait.
 * @throws the signal's reason when it is aborted before
 */
export async function acquireLeadership(options: LeaderElectionOptions, context: RuntimeContext): Promise<Leadership> {
  const { client, leases, namespace, name, identity, events } = options;
  const { leaseDurationSeconds = 15, renewDeadlineSeconds = 10, retryPeriodSeconds = 2 } = options;
  const { clock, random, logger, signal } = context;
  const api = client.resource(leases);
  let observed: KubeObject | undefined;
  let observedAt = 0;
  /** Whether `observed` is the lease as far as a watch tells: who stands by need not read it once more before the update, which is refused if it is not. */
  let isFollowed = false;

  function observe(lease: KubeObject): void {
    const before = observed?.spec;
    if (!before || before.renewTime !== lease.spec?.renewTime || before.holderIdentity !== lease.spec?.holderIdentity)
      observedAt = clock.monotonic();
    observed = lease;
  }

  async function tryAcquireOrRenew(): Promise<boolean> {
    const now = formatMicroTime(clock.now());
    const ours = { holderIdentity: identity, leaseDurationSeconds, acquireTime: now, renewTime: now, leaseTransitions: 0 };
    let current: KubeObject;
    try {
      // While we hold it, the copy that our last write returned is the newest unless the update says otherwise.
      const isNewest = isFollowed || observed?.spec?.holderIdentity === identity;
      current = isNewest ? observed! : await api.get(namespace, name);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      observe(
        await api.create(namespace, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace }, spec: ours }),
      );
      return true;
    }
    observe(current);
    const { spec = {} } = current;
    const held = spec.holderIdentity === identity;
    const valid = observedAt + (spec.leaseDurationSeconds ?? 0) * 1000 > clock.monotonic();
    if (!held && spec.holderIdentity && valid) return false;
    const transitions = spec.leaseTransitions ?? 0;
    const next = held
      ? { ...ours, acquireTime: spec.acquireTime ?? now, leaseTransitions: transitions }
      : { ...ours, leaseTransitions: transitions + 1 };
    try {
      observe(await api.update(namespace, { ...current, spec: { ...spec, ...next } }));
    } catch (error) {
      observed = undefined;
      isFollowed = false;
      if (isConflict(error)) return tryAcquireOrRenew();
      throw error;
    }
    return true;
  }

  async function attempt(): Promise<boolean> {
    try {
      return await tryAcquireOrRenew();
    } catch (error) {
      logger.debug({ lease: name, error: messageOf(error) }, 'could not take or renew the lease');
      return false;
    }
  }

  const isHeldByOther = () => Boolean(observed?.spec?.holderIdentity) && observed!.spec.holderIdentity !== identity;

  /** Follows the lease. @returns whether its holder has given it up; false if the watch ended, and nobody knows */
  async function isVacated(ending: AbortSignal): Promise<boolean> {
    const options = { fieldSelector: `metadata.name=${name}`, resourceVersion: observed!.metadata!.resourceVersion! };
    for await (const { type, object } of api.watch(namespace, options, ending)) {
      if (type === 'ERROR') return false;
      if (type === 'DELETED') {
        observed = undefined;
        return true;
      }
      observe(object);
      if (!isHeldByOther()) return true;
    }
    return false;
  }

  async function hasRunOut(ending: AbortSignal): Promise<boolean> {
    for (;;) {
      const left = observedAt + (observed?.spec?.leaseDurationSeconds ?? 0) * 1000 - clock.monotonic();
      if (left < 0) return true;
      await clock.sleep(left + 1, ending);
    }
  }

  /** Stands by until the lease may be free. Who cannot follow it looks again after the retry period. */
  async function vacancy(): Promise<void> {
    isFollowed = false;
    const over = new AbortController();
    const ending = anySignal([signal, over.signal]);
    try {
      if (isHeldByOther() && (await Promise.race([isVacated(ending).catch(() => false), hasRunOut(ending)]))) {
        isFollowed = observed !== undefined;
        return;
      }
      await clock.sleep(retryPeriodSeconds * 1000 * (1 + 1.2 * random.next()), signal);
    } finally {
      over.abort();
    }
  }

  while (!(await attempt())) await vacancy();
  const resource = leases;
  if (observed) events?.event({ object: observed, resource }, 'Normal', 'LeaderElection', `${identity} became leader`);

  const lost = new AbortController();
  const stop = () => lost.abort(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });

  async function renew(): Promise<void> {
    let renewedAt = clock.monotonic();
    while (!lost.signal.aborted) {
      await clock.sleep(retryPeriodSeconds * 1000, lost.signal).catch(() => {});
      if (lost.signal.aborted) return;
      if (await attempt()) renewedAt = clock.monotonic();
      else if (clock.monotonic() - renewedAt >= renewDeadlineSeconds * 1000) {
        logger.error({ lease: name }, 'leadership was lost');
        lost.abort(
          new LeadershipLostError(`lost the lease ${namespace}/${name}, which could not be renewed within ${renewDeadlineSeconds} s`),
        );
      }
    }
  }
  const renewing = renew();

  async function release(): Promise<void> {
    const held = observed?.spec?.holderIdentity === identity;
    if (!held) return;
    const now = formatMicroTime(clock.now());
    const { leaseTransitions } = observed!.spec;
    const spec = { holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now, leaseTransitions };
    await api
      .update(namespace, { ...observed!, spec })
      .catch((error) => logger.debug({ lease: name, error: messageOf(error) }, 'lease was not released'));
  }

  return {
    lost: lost.signal,
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', stop);
      lost.abort();
      await renewing;
      await release();
    },
  };
}
