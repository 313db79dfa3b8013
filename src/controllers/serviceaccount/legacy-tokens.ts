import type { KubeObject } from '../../../api/meta/object.ts';
import { formatTime, parseTime } from '../../machinery/clock.ts';
import { createController } from '../../runtime/controller.ts';
import { Delays } from '../../runtime/delays.ts';
import { isConflict, unlessNotFound } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { podSecretNames } from '../../runtime/pod-secrets.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import {
  serviceAccounts as accountResource,
  configMaps as configMapResource,
  pods as podResource,
  secrets as secretResource,
} from '../resources.ts';

const tokenType = 'kubernetes.io/service-account-token';
const nameAnnotation = 'kubernetes.io/service-account.name';
const uidAnnotation = 'kubernetes.io/service-account.uid';
const lastUsedLabel = 'kubernetes.io/legacy-token-last-used';
const invalidSinceLabel = 'kubernetes.io/legacy-token-invalid-since';
const tracking = { namespace: 'kube-system', name: 'kube-apiserver-legacy-service-account-token-tracking' };
const day = 24 * 3_600_000;
/** Tokens that nobody used for so long become invalid, and are deleted after the same time again. */
const unusedFor = 365 * day;
const datePattern = /^\d{4}-\d\d-\d\d$/;

/** Makes tokens invalid that were generated for service accounts, kept in secrets and not used for a year, and deletes them a year later (KEP-2799). */
export function startLegacyTokenCleaner(context: ControllerContext): RunningController {
  const { clock, informers } = context;
  const client = context.clientFor('legacy-service-account-token-cleaner');
  const api = client.resource(secretResource);
  const configMaps = client.resource(configMapResource);
  const accounts = informers.for(accountResource);
  const secrets = informers.for(secretResource);
  const pods = informers.for(podResource);
  const controller = createController(
    { name: 'legacy-serviceaccount-token-cleaner', workers: 1, reconcile, informers: [accounts, secrets, pods] },
    context,
  );
  const timer = new Delays(clock, lookAtAll);
  timer.set('all', day);

  function lookAtAll(): void {
    for (const secret of secrets.list()) if (secret['type'] === tokenType) controller.enqueue(keyOf(secret));
    timer.set('all', day);
  }

  async function reconcile(key: string): Promise<void> {
    const secret = secrets.getByKey(key);
    const before = formatTime(clock.now() - unusedFor);
    if (!secret || !isUnused(secret, before) || !isGenerated(secret) || isMounted(secret)) return;
    const { namespace, name, uid, resourceVersion, labels } = secret.metadata!;
    const since = labels?.[invalidSinceLabel] ?? '';
    if (!datePattern.test(since)) {
      if (!(await isTrackedLongEnough())) return;
      const today = { [invalidSinceLabel]: dateOf(formatTime(clock.now())) };
      await unlessNotFound(api.patch(namespace!, name!, 'application/merge-patch+json', { metadata: { uid, labels: today } }));
    } else if (since < dateOf(before)) {
      await unlessNotFound(api.delete(namespace!, name!, { preconditions: { resourceVersion: resourceVersion! } })).catch((error) => {
        if (!isConflict(error)) throw error;
      });
    }
  }

  async function isTrackedLongEnough(): Promise<boolean> {
    const map = await unlessNotFound(configMaps.get(tracking.namespace, tracking.name));
    const since: string | undefined = map?.['data']?.since;
    return since !== undefined && datePattern.test(since) && parseTime(`${since}T00:00:00Z`) + unusedFor <= clock.now();
  }

  /** Its account names it: that is how generated ones are known. */
  function isGenerated({ metadata }: KubeObject): boolean {
    const { [nameAnnotation]: name, [uidAnnotation]: uid } = metadata!.annotations ?? {};
    const account = name ? accounts.get(metadata!.namespace!, name) : undefined;
    if (!account || (uid && uid !== account.metadata!.uid)) return false;
    return (account['secrets'] ?? []).some((reference: { name?: string }) => reference.name === metadata!.name);
  }

  function isMounted({ metadata }: KubeObject): boolean {
    for (const pod of pods.list(metadata!.namespace)) if (podSecretNames(pod).includes(metadata!.name!)) return true;
    return false;
  }

  return run('legacy-serviceaccount-token-cleaner', [controller], () => timer.clear());
}

function isUnused({ metadata }: KubeObject, before: string): boolean {
  if (metadata!.deletionTimestamp || metadata!.creationTimestamp! >= before) return false;
  const used = metadata!.labels?.[lastUsedLabel];
  return used === undefined || (datePattern.test(used) && used < dateOf(before));
}

function dateOf(time: string): string {
  return time.slice(0, '2026-01-01'.length);
}
