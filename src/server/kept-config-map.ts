import type { ConfigMap } from '../../openapi/types.ts';
import type { Client, ResourceClient, ResourceReference } from '../client/client.ts';
import { undefinedIfNotFound } from '../registry/errors.ts';
import type { RuntimeContext } from '../runtime/context.ts';
import { createController } from '../runtime/controller.ts';

const configMaps: ResourceReference = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', scope: 'Namespaced' };
export const systemNamespace = 'kube-system';
const watchRetryMs = 1000;

/** What the API server keeps in a ConfigMap of kube-system. */
export interface KeptConfigMap {
  readonly name: string;
  /** For logs and metrics. */
  readonly controller: string;
  /**
   * Looks at what is there, and writes what should be.
   * @returns milliseconds until it is to be looked at again; undefined: once it changes @throws Error to be called again later
   */
  look(present: ConfigMap | undefined, api: ResourceClient<ConfigMap>): Promise<number | undefined>;
}

/** Has one ConfigMap looked at whenever somebody changes it, until it is disposed of or the context's signal is aborted. */
export function keepConfigMap({ name, controller: label, look }: KeptConfigMap, client: Client, context: RuntimeContext): AsyncDisposable {
  const api = client.resource<ConfigMap>(configMaps);
  const reconcile = async () => look(await api.get(systemNamespace, name).catch(undefinedIfNotFound), api);
  const controller = createController({ name: label, workers: 1, reconcile }, context);
  void follow(api, name, context, () => controller.enqueue(name));
  controller.enqueue(name);
  return controller.start();
}

async function follow(
  api: ResourceClient<ConfigMap>,
  name: string,
  { clock, logger, signal }: RuntimeContext,
  changed: () => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const { type } of api.watch(systemNamespace, { fieldSelector: `metadata.name=${name}` }, signal))
        if (type !== 'BOOKMARK') changed();
    } catch (error) {
      if (!signal.aborted) logger.warn({ error }, `the ConfigMap ${name} cannot be followed for now`);
    }
    await clock.sleep(watchRetryMs, signal).catch(() => {});
  }
}
