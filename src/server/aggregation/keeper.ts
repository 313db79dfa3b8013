import type { RuntimeContext } from '../../runtime/context.ts';
import { createController } from '../../runtime/controller.ts';
import type { ApiServiceSet } from './api-service-set.ts';

/** What other servers have said is asked for again after this time. */
export const refreshMs = 60_000;

export interface KeeperOptions {
  readonly name: string;
  readonly services: ApiServiceSet;
  /** What is kept, by the name of its APIService. */
  readonly kept: ReadonlyMap<string, unknown>;
  readonly initialBackoff: number;
  /** @returns milliseconds until it is wanted again @throws Error to be called again after a growing time */
  readonly reconcile: (name: string) => Promise<number | undefined>;
}

/** Looks after what is kept of other servers, whenever an APIService for one, or of which something is kept, has come, changed or gone. */
export function startKeeper({ name, services, kept, initialBackoff, reconcile }: KeeperOptions, context: RuntimeContext): AsyncDisposable {
  const controller = createController({ name, workers: 2, initialBackoff, maximumBackoff: refreshMs, reconcile }, context);
  services.subscribe((changed) => {
    if (services.remoteNamed(changed) || kept.has(changed)) controller.enqueue(changed);
  });
  return controller.start();
}
