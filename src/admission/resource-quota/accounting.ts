import type { KubeObject } from '../../../api/meta/object.ts';
import { parseResources } from '../../../api/meta/resources.ts';
import type { Clock } from '../../machinery/clock.ts';
import { sameAmounts } from '../../machinery/quota/amounts.ts';
import { ApiError } from '../../registry/errors.ts';
import { type Charge, chargeQuotas } from './check.ts';

/** How the plugin reads and writes quotas beyond what the caches know. */
export interface QuotaStore {
  /** As storage has it now; undefined where it is gone. */
  read(namespace: string, name: string): Promise<KubeObject | undefined>;
  /** Replaces the status where nobody changed the quota meanwhile. @throws ApiError 409 */
  updateStatus(quota: KubeObject): Promise<KubeObject>;
}

interface Waiting {
  readonly charge: Charge;
  /** As the caches had them when the request came. */
  readonly quotas: readonly KubeObject[];
  readonly pass: () => void;
  readonly fail: (error: unknown) => void;
}

const retries = 3;

/**
 * Books requests into quotas, one batch at a time in each namespace: all requests that wait are checked one after the other against what those before them
 * leave, and each quota is then written once, by compare-and-set. Other API servers may do the same: a batch that loses is checked again.
 */
export class QuotaAccounting {
  private readonly store: QuotaStore;
  private readonly clock: Clock;
  private readonly waiting = new Map<string, Waiting[]>();
  /** What we wrote last, by namespace and name, until the caches have it. */
  private readonly written = new Map<string, KubeObject>();

  constructor(store: QuotaStore, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Resolves when the request is booked (or needs no booking). @throws ApiError 403, or 409 after too many lost races */
  charge(namespace: string, quotas: readonly KubeObject[], charge: Charge): Promise<void> {
    return new Promise((pass, fail) => {
      const entry = { charge, quotas, pass, fail };
      const queue = this.waiting.get(namespace);
      if (queue) queue.push(entry);
      else {
        this.waiting.set(namespace, [entry]);
        void this.work(namespace);
      }
    });
  }

  private async work(namespace: string): Promise<void> {
    for (;;) {
      const batch = this.waiting.get(namespace)!;
      if (batch.length === 0) break;
      this.waiting.set(namespace, []);
      try {
        await this.book(
          batch.at(-1)!.quotas.map((quota) => this.newest(quota)),
          batch,
        );
      } catch (error) {
        for (const { fail } of batch) fail(error);
      }
    }
    this.waiting.delete(namespace);
  }

  private newest(cached: KubeObject): KubeObject {
    const key = keyOf(cached);
    const written = this.written.get(key);
    if (!written) return cached;
    if (versionOf(written) > versionOf(cached) && written.metadata!.uid === cached.metadata!.uid) return written;
    this.written.delete(key);
    return cached;
  }

  private async book(quotas: readonly KubeObject[], batch: readonly Waiting[]): Promise<void> {
    let current = quotas;
    let open = batch;
    for (let attempt = 0; ; attempt++) {
      const { after, booked } = this.check(current, open);
      if (booked.length === 0) return;
      const failures = await this.write(current, after);
      if (failures.length === 0) {
        for (const { pass } of booked) pass();
        return;
      }
      const lost = failures.every(({ error }) => error instanceof ApiError && error.code === 409);
      if (!lost || attempt === retries) throw failures.at(-1)!.error;
      // Those that could be written hold what is booked already: only the others are checked anew.
      const reread = await Promise.all(failures.map(({ quota }) => this.store.read(quota.metadata!.namespace!, quota.metadata!.name!)));
      current = reread.flatMap((quota) => quota ?? []);
      open = booked;
    }
  }

  /** Lets each request pass or fail that needs no booking; the others are in `booked`, and in the usage of `after`. */
  private check(quotas: readonly KubeObject[], batch: readonly Waiting[]): { after: readonly KubeObject[]; booked: Waiting[] } {
    let after = quotas;
    const booked: Waiting[] = [];
    for (const entry of batch) {
      let next: readonly KubeObject[];
      try {
        next = chargeQuotas(after, entry.charge, this.clock.now());
      } catch (error) {
        entry.fail(error);
        continue;
      }
      if (entry.charge.attributes.dryRun || next.every((quota, i) => sameUsage(quota, after[i]!))) {
        entry.pass();
        continue;
      }
      booked.push(entry);
      after = next;
    }
    return { after, booked };
  }

  private async write(before: readonly KubeObject[], after: readonly KubeObject[]): Promise<{ quota: KubeObject; error: unknown }[]> {
    const failures: { quota: KubeObject; error: unknown }[] = [];
    for (const [i, quota] of after.entries()) {
      if (sameUsage(quota, before[i]!)) continue;
      try {
        this.written.set(keyOf(quota), await this.store.updateStatus(quota));
      } catch (error) {
        failures.push({ quota, error });
      }
    }
    return failures;
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata!.namespace}/${metadata!.name}`;
}

function versionOf({ metadata }: KubeObject): number {
  return Number(metadata!.resourceVersion);
}

function sameUsage(a: KubeObject, b: KubeObject): boolean {
  return a === b || sameAmounts(parseResources(a.status?.used), parseResources(b.status?.used));
}
