import { hostname } from 'node:os';
import type { Client } from '../client/client.ts';
import type { RuntimeContext } from '../runtime/context.ts';
import { createInformers } from '../runtime/informers.ts';
import type { SchedulerConfiguration } from './config/configuration.ts';
import { defaultConfiguration } from './config/defaults.ts';
import { Scheduler } from './scheduler.ts';

export type { SchedulerConfiguration } from './config/configuration.ts';
export { defaultConfiguration } from './config/defaults.ts';
export { readConfiguration } from './config/read.ts';
export { explainPod } from './explain.ts';
export { Scheduler } from './scheduler.ts';

/** Starts a scheduler over a client of `system:kube-scheduler`. Leadership is the caller's: the context's signal ends with it. */
export function startScheduler(
  client: Client,
  context: RuntimeContext,
  configuration: SchedulerConfiguration = defaultConfiguration,
): AsyncDisposable & { readonly scheduler: Scheduler } {
  const informers = createInformers(client, context);
  const scheduler = new Scheduler(client, informers, context, hostname(), configuration);
  informers.start();
  return {
    scheduler,
    async [Symbol.asyncDispose]() {
      await scheduler[Symbol.asyncDispose]();
      await informers[Symbol.asyncDispose]();
    },
  };
}
