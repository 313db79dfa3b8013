import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { isConflict, unlessNotFound } from '../../runtime/errors.ts';
import { keyOf, keyOfParts, splitKey } from '../../runtime/keys.ts';
import { typed } from '../../runtime/objects.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { serviceAccounts as accountResource, secrets as secretResource } from '../resources.ts';

const tokenType = 'kubernetes.io/service-account-token';
const nameAnnotation = 'kubernetes.io/service-account.name';
const uidAnnotation = 'kubernetes.io/service-account.uid';
const byAccount = 'token of account';

/** Fills Secrets that ask for a token of a service account, and removes those whose account is not there. */
export function startTokenController(context: ControllerContext): RunningController {
  const { signSecretToken, rootCertificate } = context.settings;
  const client = context.clientFor('tokens-controller');
  const api = client.resource(secretResource);
  const accountsApi = client.resource(accountResource);
  const accounts = context.informers.for(accountResource);
  const secrets = context.informers.for(secretResource);
  const accountOf = (secret: KubeObject): string | undefined =>
    secret.type === tokenType ? secret.metadata!.annotations?.[nameAnnotation] : undefined;
  secrets.addIndex(byAccount, (secret) => {
    const account = accountOf(secret);
    return account ? [keyOfParts(secret.metadata!.namespace!, account)] : [];
  });
  const controller = createController({ name: 'serviceaccount-token', workers: 5, reconcile, informers: [accounts, secrets] }, context);
  const enqueue = (secret: KubeObject) => {
    if (accountOf(secret)) controller.enqueue(keyOf(secret));
  };
  const enqueueOfAccount = (account: KubeObject) => {
    for (const secret of secrets.byIndex(byAccount, keyOf(account))) controller.enqueue(keyOf(secret));
  };
  secrets.addHandler({ added: enqueue, updated: enqueue });
  accounts.addHandler({ added: enqueueOfAccount, deleted: enqueueOfAccount });

  async function reconcile(key: string): Promise<void> {
    const secret = secrets.getByKey(key);
    const name = secret && accountOf(secret);
    if (!secret || !name) return;
    const account = accounts.get(splitKey(key)[0], name) ?? (await unlessNotFound(accountsApi.get(splitKey(key)[0], name)));
    const { uid } = secret.metadata!;
    const expected = secret.metadata!.annotations?.[uidAnnotation];
    if (!account || (expected !== undefined && expected !== account.metadata!.uid)) await remove(secret, uid!);
    else await fill(secret, account);
  }

  async function remove(secret: KubeObject, uid: string): Promise<void> {
    try {
      await unlessNotFound(api.delete(secret.metadata!.namespace!, secret.metadata!.name!, { preconditions: { uid } }));
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }

  async function fill(secret: KubeObject, account: KubeObject): Promise<void> {
    if (!signSecretToken) return;
    const { namespace, name } = secret.metadata!;
    const { name: accountName, uid } = account.metadata!;
    const encode = (text: string) => Buffer.from(text).toString('base64');
    const data: Record<string, string> = { ...secret.data };
    if (rootCertificate) data['ca.crt'] = encode(rootCertificate);
    data.namespace ||= encode(namespace!);
    if (!data.token) {
      const claims = { namespace: namespace!, serviceAccount: { name: accountName!, uid: uid! }, secretName: name! };
      data.token = encode(await signSecretToken(claims));
    }
    const annotations = { ...secret.metadata!.annotations, [nameAnnotation]: accountName!, [uidAnnotation]: uid! };
    const complete =
      secret.metadata!.annotations?.[uidAnnotation] === uid && Object.keys(data).every((field) => secret.data?.[field] === data[field]);
    if (complete) return;
    await api.update(namespace!, typed(secretResource, { ...secret, metadata: { ...secret.metadata, annotations }, data }));
  }

  return run('serviceaccount-token', [controller]);
}
