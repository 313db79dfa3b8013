import { createController } from '../../runtime/controller.ts';
import { isConflict, unlessNotFound } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { secrets as secretResource } from '../resources.ts';
import { expiryOf, isBootstrapToken } from './tokens.ts';

/** Deletes bootstrap tokens when they become invalid. */
export function startTokenCleaner(context: ControllerContext): RunningController {
  const { clock, informers } = context;
  const api = context.clientFor('token-cleaner').resource(secretResource);
  const secrets = informers.for(secretResource);
  const controller = createController({ name: 'token-cleaner', workers: 1, reconcile, informers: [secrets] }, context);
  const look = (secret: Parameters<typeof isBootstrapToken>[0]) => {
    if (isBootstrapToken(secret)) controller.enqueue(keyOf(secret));
  };
  secrets.addHandler({ added: look, updated: look });

  async function reconcile(key: string): Promise<number | undefined> {
    const secret = secrets.getByKey(key);
    if (!secret || !isBootstrapToken(secret)) return undefined;
    const left = expiryOf(secret) - clock.now();
    if (left > 0) return left === Number.POSITIVE_INFINITY ? undefined : left;
    const { namespace, name, uid } = secret.metadata!;
    await unlessNotFound(api.delete(namespace!, name!, { preconditions: { uid: uid! } })).catch((error) => {
      // Another one of the same name is not ours to delete.
      if (!isConflict(error)) throw error;
    });
    return undefined;
  }

  return run('token-cleaner', [controller]);
}
