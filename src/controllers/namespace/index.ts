import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { typed } from '../../runtime/objects.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { namespaces as namespaceResource } from '../resources.ts';
import { deletionConditions } from './conditions.ts';
import { deleteContent, isEmpty } from './content.ts';

const finalizer = 'kubernetes';

/** Empties namespaces that are being deleted, and lets them go when nothing is left. */
export function startNamespaceController(context: ControllerContext): RunningController {
  const client = context.clientFor('namespace-controller');
  const api = client.resource(namespaceResource);
  const namespaces = context.informers.for(namespaceResource);
  // What is left is looked at again soon at first, then less often: pods end in a moment or in their grace period.
  const options = { name: 'namespace', workers: 10, reconcile, informers: [namespaces], initialBackoff: 25, maximumBackoff: 8000 };
  const controller = createController(options, context);
  const enqueue = (namespace: KubeObject) => {
    if (namespace.metadata!.deletionTimestamp && namespace.spec?.finalizers?.includes(finalizer)) controller.enqueue(keyOf(namespace));
  };
  namespaces.addHandler({
    added: enqueue,
    updated(namespace, old) {
      // Our own notes on what is left are no reason to look again at once.
      if (!old.metadata!.deletionTimestamp || !semanticEqual(namespace.spec?.finalizers, old.spec?.finalizers)) enqueue(namespace);
    },
  });

  async function reconcile(name: string): Promise<void> {
    if (!namespaces.getByKey(name)) return;
    const namespace = await unlessNotFound(api.get('', name));
    if (!namespace?.metadata?.deletionTimestamp || !namespace.spec?.finalizers?.includes(finalizer)) return;
    const remaining = await deleteContent(client, context.catalog, name);
    const current = await writeConditions(namespace, deletionConditions(namespace.status?.conditions, remaining, context.clock.now()));
    if (!isEmpty(remaining)) throw new Error(`namespace ${name} still has content`);
    const finalizers = current.spec.finalizers.filter((other: string) => other !== finalizer);
    await unlessNotFound(
      api.update('', typed(namespaceResource, { ...current, spec: { ...current.spec, finalizers } }), { subresource: 'finalize' }),
    );
  }

  async function writeConditions(namespace: KubeObject, conditions: readonly unknown[]): Promise<KubeObject> {
    if (conditions === namespace.status?.conditions && namespace.status?.phase === 'Terminating') return namespace;
    const status = { ...namespace.status, phase: 'Terminating', conditions };
    return api.update('', typed(namespaceResource, { ...namespace, status }), { subresource: 'status' });
  }

  return run('namespace', [controller]);
}
