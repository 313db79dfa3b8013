import type { ConfigMap } from '../../../openapi/types.ts';
import type { RequestHeaderOptions } from '../../auth/authenticate/request-header.ts';
import type { Client, ResourceReference } from '../../client/client.ts';
import { parseTime } from '../../machinery/clock.ts';
import { certificatesOf } from '../../machinery/pem.ts';
import { undefinedIfNotFound } from '../../registry/errors.ts';
import type { RuntimeContext } from '../../runtime/context.ts';
import { createController } from '../../runtime/controller.ts';

/** What extension API servers must know to trust this one, and its users. */
export interface AuthenticationTrust {
  /** PEM of the authorities that sign client certificates. */
  readonly clientAuthority: string;
  /** Absent: no proxy is believed. */
  readonly requestHeader: (RequestHeaderOptions & { readonly authority: string }) | undefined;
}

const configMap: ResourceReference = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', scope: 'Namespaced' };
const namespace = 'kube-system';
const name = 'extension-apiserver-authentication';
const recheckMs = 60_000;
const watchRetryMs = 1000;
/** A certificate is kept so long after its end, for clocks that are behind. */
const slackMs = 5 * 60_000;

/**
 * Keeps the ConfigMap `kube-system/extension-apiserver-authentication`: what other API servers of the cluster have written stays, authorities that have
 * ended go.
 */
export function keepAuthenticationTrust(trust: AuthenticationTrust, client: Client, context: RuntimeContext): AsyncDisposable {
  const resource = client.resource<ConfigMap>(configMap);
  const controller = createController(
    {
      name: 'cluster-authentication-trust',
      workers: 1,
      async reconcile() {
        await write(resource, trust, context.clock.now());
        return recheckMs;
      },
    },
    context,
  );
  void followOne(resource, context, () => controller.enqueue(name));
  controller.enqueue(name);
  return controller.start();
}

async function followOne(
  resource: ReturnType<Client['resource']>,
  { clock, logger, signal }: RuntimeContext,
  changed: () => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const { type } of resource.watch(namespace, { fieldSelector: `metadata.name=${name}` }, signal))
        if (type !== 'BOOKMARK') changed();
    } catch (error) {
      if (!signal.aborted) logger.warn({ error }, `the ConfigMap ${name} cannot be followed for now`);
    }
    await clock.sleep(watchRetryMs, signal).catch(() => {});
  }
}

async function write(resource: ReturnType<Client['resource']>, trust: AuthenticationTrust, now: number): Promise<void> {
  const present = (await resource.get(namespace, name).catch(undefinedIfNotFound)) as ConfigMap | undefined;
  const data = trustData(present?.data ?? {}, trust, now);
  if (!present) {
    await resource.create(namespace, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data });
    return;
  }
  const keys = new Set([...Object.keys(present.data ?? {}), ...Object.keys(data)]);
  if ([...keys].every((key) => present.data?.[key] === data[key])) return;
  await resource.update(namespace, { ...present, data });
}

/** What the ConfigMap should say, after what it says. @throws Error if that cannot be read */
export function trustData(
  present: Readonly<Record<string, string>>,
  { clientAuthority, requestHeader }: AuthenticationTrust,
  now: number,
): Record<string, string> {
  const data: Record<string, string> = {};
  const set = (key: string, value: string) => {
    if (value !== '') data[key] = value;
  };
  const list = (key: string, own: readonly string[]) =>
    JSON.stringify([...new Set([...(JSON.parse(present[key] || '[]') as string[]), ...own])]);
  set('client-ca-file', bundleOf([present['client-ca-file'], clientAuthority], now));
  const authorities = bundleOf([present['requestheader-client-ca-file'], requestHeader?.authority], now);
  if (authorities === '') return data;
  data['requestheader-allowed-names'] = list('requestheader-allowed-names', requestHeader?.allowedNames ?? []);
  data['requestheader-client-ca-file'] = authorities;
  data['requestheader-extra-headers-prefix'] = list('requestheader-extra-headers-prefix', requestHeader?.extraHeaderPrefixes ?? []);
  data['requestheader-group-headers'] = list('requestheader-group-headers', requestHeader?.groupHeaders ?? []);
  const uidHeaders = list('requestheader-uid-headers', requestHeader?.uidHeaders ?? []);
  if (uidHeaders !== '[]') data['requestheader-uid-headers'] = uidHeaders;
  data['requestheader-username-headers'] = list('requestheader-username-headers', requestHeader?.usernameHeaders ?? []);
  return data;
}

/** The certificates of all bundles, each once. */
function bundleOf(bundles: readonly (string | undefined)[], now: number): string {
  const texts = bundles
    .flatMap((bundle) => certificatesOf(bundle ?? ''))
    .filter(({ validTo }) => parseTime(validTo) > now - slackMs)
    .map((certificate) => certificate.toString());
  return [...new Set(texts)].join('');
}
