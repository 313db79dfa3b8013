import { pod as pods } from '../../../api/core/v1/pod.ts';
import { secretNames } from '../../../api/core/v1/pod-references.ts';
import { serviceAccount as serviceAccounts } from '../../../api/core/v1/serviceaccount.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { nameIsPathSegment } from '../../../api/meta/names.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Container, Pod, PodSpec, ServiceAccount, Volume } from '../../../openapi/types.ts';
import { mountedTokenSeconds } from '../../auth/service-account-tokens.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { Random } from '../../machinery/random.ts';
import { isFor, type Lookup } from '../lookup.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';
import { foreignSecret, foreignSecretOfEphemeral, limitsSecrets } from './mountable-secrets.ts';

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const volumePrefix = 'kube-api-access-';
/** How often the `default` account of a new namespace is looked for: its controller may be about to make it. */
const defaultAccountAttempts = 10;
const attemptInterval = 100;

/** Gives each pod a service account, its token as a projected volume, and its image pull secrets. */
export function serviceAccountPlugin(lookup: Lookup, clock: Clock, random: Random): AdmissionPlugin {
  async function accountOf(attributes: AdmissionAttributes, name: string): Promise<ServiceAccount> {
    const fail = (why: string) => refuse(attributes, `error looking up service account ${attributes.namespace}/${name}: ${why}`);
    const impossible = nameIsPathSegment(name, false);
    if (impossible.length > 0) throw fail(`invalid resource name ${goQuote(name)}: [${impossible.join(' ')}]`);
    const attempts = name === 'default' ? defaultAccountAttempts : 1;
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await clock.sleep(random.next() * attemptInterval);
      const account = await lookup.get(serviceAccounts, attributes.namespace, name);
      if (account) return account as ServiceAccount;
    }
    throw fail(`serviceaccount ${goQuote(name)} not found`);
  }

  return {
    name: 'ServiceAccount',
    concerns: applies,
    async mutate(attributes) {
      if (addsContainers(attributes)) return;
      const pod = attributes.object as Pod;
      if (isMirror(pod)) return checkMirror(attributes, pod);
      const spec = pod.spec as PodSpec;
      spec.serviceAccountName ||= 'default';
      // The deprecated name of the same field is kept equal to it.
      spec.serviceAccount = spec.serviceAccountName;
      const account = await accountOf(attributes, spec.serviceAccountName);
      if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(spec, random);
      if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
        spec.imagePullSecrets = account.imagePullSecrets.map(({ name }) => ({ name }));
      }
    },
    async validate(attributes) {
      const pod = attributes.object as Pod;
      if (isMirror(pod) && !addsContainers(attributes)) return checkMirror(attributes, pod);
      const account = await accountOf(attributes, pod.spec?.serviceAccountName ?? '');
      if (!limitsSecrets(account)) return;
      const foreign = addsContainers(attributes) ? foreignSecretOfEphemeral(pod, account) : foreignSecret(pod, account);
      if (foreign) throw refuse(attributes, foreign);
    },
  };
}

function applies(attributes: AdmissionAttributes): boolean {
  if (addsContainers(attributes)) return true;
  return attributes.operation === 'CREATE' && isFor(attributes, pods) && attributes.object !== undefined;
}

function addsContainers({ definition, operation, subresource }: AdmissionAttributes): boolean {
  return operation === 'UPDATE' && subresource === 'ephemeralcontainers' && isFor({ definition, subresource: '' }, pods);
}

// The API's image of a pod that a kubelet runs from a file.
function isMirror(pod: KubeObject): boolean {
  return pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined;
}

function checkMirror(attributes: AdmissionAttributes, pod: Pod): void {
  const spec = pod.spec as PodSpec;
  if (spec.serviceAccountName) throw refuse(attributes, 'a mirror pod may not reference service accounts');
  if (secretNames(pod).size > 0) throw refuse(attributes, 'a mirror pod may not reference secrets');
  if (spec.volumes?.some((volume) => volume.projected?.sources?.some((source) => source.serviceAccountToken))) {
    throw refuse(attributes, 'a mirror pod may not use ServiceAccountToken volume projections');
  }
}

function mountToken(spec: PodSpec, random: Random): void {
  const containers: Container[] = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  const lacking = containers.filter((container) => !container.volumeMounts?.some((mount) => mount.mountPath === mountPath));
  const present = spec.volumes?.find((volume) => volume.name?.startsWith(volumePrefix));
  const name = present?.name ?? `${volumePrefix}${random.suffix(5)}`;
  for (const container of lacking) {
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath }];
  }
  if (!present && lacking.length > 0) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: mountedTokenSeconds, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
      defaultMode: 0o644,
    },
  };
}
