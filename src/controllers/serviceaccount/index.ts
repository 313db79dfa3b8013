import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { isAlreadyExists, isNamespaceTerminating } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { serviceAccounts as accountResource, namespaces as namespaceResource } from '../resources.ts';

const name = 'default';

/** Gives each namespace its default service account, and a new one when it is deleted. */
export function startServiceAccountController(context: ControllerContext): RunningController {
  const api = context.clientFor('service-account-controller').resource(accountResource);
  const namespaces = context.informers.for(namespaceResource);
  const accounts = context.informers.for(accountResource);
  const controller = createController({ name: 'serviceaccount', workers: 1, reconcile, informers: [namespaces, accounts] }, context);
  const enqueue = (namespace: KubeObject) => controller.enqueue(keyOf(namespace));
  namespaces.addHandler({ added: enqueue, updated: enqueue });
  accounts.addHandler({
    deleted(account) {
      if (account.metadata!.name === name) controller.enqueue(account.metadata!.namespace!);
    },
  });

  async function reconcile(key: string): Promise<void> {
    const namespace = namespaces.getByKey(key);
    if (namespace?.status?.phase === 'Terminating' || !namespace || accounts.get(key, name)) return;
    try {
      await api.create(key, { apiVersion: 'v1', kind: accountResource.kind, metadata: { name, namespace: key } });
    } catch (error) {
      if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
    }
  }

  return run('serviceaccount', [controller]);
}
