import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import type { WebhookEndpoint } from '../machinery/webhook-endpoint.ts';
import { UserError } from './errors.ts';

/** What a kubeconfig says, all of it inline. */
export interface KubeconfigContents {
  readonly server: string;
  /** PEM. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const context = 'orrery';
const user = 'kubernetes-admin';

/** The YAML text of a kubeconfig with one context, `orrery`. */
export function kubeconfigText({ server, authority, certificate, key }: KubeconfigContents): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: context, cluster: { server, 'certificate-authority-data': base64(authority) } }],
      users: [{ name: user, user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) } }],
      contexts: [{ name: context, context: { cluster: context, user } }],
      'current-context': context,
      preferences: {},
    },
    { lineWidth: 0 },
  );
}

function currentContext(config: any): { readonly cluster: any; readonly credentials: any } {
  const named = (list: { name: string }[] | undefined, name: string): any => list?.find((entry) => entry.name === name);
  const chosen = named(config?.contexts, config?.['current-context'])?.context;
  return { cluster: named(config?.clusters, chosen?.cluster)?.cluster, credentials: named(config?.users, chosen?.user)?.user };
}

/**
 * The webhook that a kubeconfig names, with its credentials, which may be inline or in files beside it.
 * @throws Error if a file cannot be read, or there is no server in the current context
 */
export async function readWebhookKubeconfig(file: string): Promise<WebhookEndpoint> {
  const { cluster, credentials } = currentContext(parse(await readFile(file, 'utf8')));
  if (typeof cluster?.server !== 'string' || !/^https?:\/\//.test(cluster.server))
    throw new Error(`${file} names no server in its current context`);
  const contents = async (from: any, name: string): Promise<string | undefined> => {
    const inline = from?.[`${name}-data`];
    if (inline) return Buffer.from(inline, 'base64').toString();
    return from?.[name] ? readFile(resolve(dirname(file), from[name]), 'utf8') : undefined;
  };
  const token =
    credentials?.token ?? (credentials?.tokenFile && (await readFile(resolve(dirname(file), credentials.tokenFile), 'utf8')).trim());
  const { username, password = '' } = credentials ?? {};
  const authorization = token ? `Bearer ${token}` : username && `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const [authority, certificate, key] = await Promise.all([
    contents(cluster, 'certificate-authority'),
    contents(credentials, 'client-certificate'),
    contents(credentials, 'client-key'),
  ]);
  return {
    server: cluster.server,
    insecure: cluster['insecure-skip-tls-verify'] === true,
    ...(authority ? { authority } : {}),
    ...(certificate ? { certificate } : {}),
    ...(key ? { key } : {}),
    ...(authorization ? { authorization } : {}),
  };
}

/** Server and credentials of a kubeconfig's current context, all of them inline. @throws UserError if the file has none */
export async function readKubeconfig(file: string): Promise<KubeconfigContents> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw new UserError(`cannot read the kubeconfig ${file} (${error.code}); name one with --kubeconfig`);
  });
  const { cluster, credentials } = currentContext(parse(text));
  const decode = (key: string, from: any): string => {
    if (typeof from?.[key] !== 'string') throw new UserError(`the kubeconfig ${file} has no ${key} in its current context`);
    return Buffer.from(from[key], 'base64').toString();
  };
  if (typeof cluster?.server !== 'string') throw new UserError(`the kubeconfig ${file} names no server in its current context`);
  return {
    server: cluster.server,
    authority: decode('certificate-authority-data', cluster),
    certificate: decode('client-certificate-data', credentials),
    key: decode('client-key-data', credentials),
  };
}
