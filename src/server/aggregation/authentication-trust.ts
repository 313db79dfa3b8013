import type { RequestHeaderOptions } from '../../auth/authenticate/request-header.ts';
import type { Client } from '../../client/client.ts';
import { parseTime } from '../../machinery/clock.ts';
import { certificatesOf } from '../../machinery/pem.ts';
import type { RuntimeContext } from '../../runtime/context.ts';
import { type KeptConfigMap, keepConfigMap, systemNamespace } from '../kept-config-map.ts';

/** What extension API servers must know to trust this one, and its users. */
export interface AuthenticationTrust {
  /** PEM of the authorities that sign client certificates. */
  readonly clientAuthority: string;
  /** Absent: no proxy is believed. */
  readonly requestHeader: (RequestHeaderOptions & { readonly authority: string }) | undefined;
}

const name = 'extension-apiserver-authentication';
const recheckMs = 60_000;
/** A certificate is kept so long after its end, for clocks that are behind. */
const slackMs = 5 * 60_000;

/**
 * Keeps the ConfigMap `kube-system/extension-apiserver-authentication`: what other API servers of the cluster have written stays, authorities that have
 * ended go.
 */
export function keepAuthenticationTrust(trust: AuthenticationTrust, client: Client, context: RuntimeContext): AsyncDisposable {
  const look: KeptConfigMap['look'] = async (present, api) => {
    const data = trustData(present?.data ?? {}, trust, context.clock.now());
    const keys = new Set([...Object.keys(present?.data ?? {}), ...Object.keys(data)]);
    const metadata = { namespace: systemNamespace, name };
    if (!present) await api.create(systemNamespace, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    else if ([...keys].some((key) => present.data?.[key] !== data[key])) await api.update(systemNamespace, { ...present, data });
    return recheckMs;
  };
  return keepConfigMap({ name, controller: 'cluster-authentication-trust', look }, client, context);
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
  const list = (key: string, own: readonly string[]) => JSON.stringify([...new Set([...listIn(present[key]), ...own])]);
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

/** @throws Error for what is no list of texts */
function listIn(text: string | undefined): readonly string[] {
  const list: unknown = JSON.parse(text || '[]') ?? [];
  if (!Array.isArray(list) || list.some((item) => typeof item !== 'string')) throw new Error(`no list of texts: ${text}`);
  return list;
}

/** The certificates of all bundles, each once. @throws Error for a bundle without any, which stays as it is */
function bundleOf(bundles: readonly (string | undefined)[], now: number): string {
  const texts = bundles
    .filter((bundle) => bundle !== undefined && bundle !== '')
    .flatMap((bundle) => {
      const certificates = certificatesOf(bundle!);
      if (certificates.length === 0) throw new Error('the bundle has no certificates');
      return certificates;
    })
    .filter(({ validTo }) => parseTime(validTo) > now - slackMs)
    .map((certificate) => certificate.toString());
  return [...new Set(texts)].join('');
}
