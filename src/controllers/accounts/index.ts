import { createController } from '../../runtime/controller.ts';
import { isAlreadyExists } from '../../runtime/errors.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { componentName, isServiceAccount } from '../identities.ts';
import { serviceAccounts as accountResource } from '../resources.ts';

const namespace = 'kube-system';

/** Makes the service accounts whose identities the controllers act in, as far as they are not there. */
export function startControllerAccounts(context: ControllerContext, names: Iterable<string>): RunningController {
  const api = context.clientFor(componentName).resource(accountResource);
  const accounts = context.informers.for(accountResource);
  const controller = createController({ name: 'controller-accounts', workers: 4, reconcile, informers: [accounts] }, context);
  for (const name of names) if (isServiceAccount(name)) controller.enqueue(name);

  async function reconcile(name: string): Promise<void> {
    if (accounts.get(namespace, name)) return;
    const account = { apiVersion: 'v1', kind: accountResource.kind, metadata: { name, namespace } };
    await api.create(namespace, account).catch((error) => {
      if (!isAlreadyExists(error)) throw error;
    });
  }

  return run('controller-accounts', [controller]);
}
