import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { parseTyped } from '../machinery/typed-object.ts';
import type { WebhookCredentials, WebhookEndpoint } from '../machinery/webhook-endpoint.ts';
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

function named(list: { name: string }[] | undefined, name: string): any {
  return list?.find((entry) => entry.name === name);
}

function currentContext(config: any): { readonly cluster: any; readonly credentials: any } {
  const chosen = named(config?.contexts, config?.['current-context'])?.context;
  return { cluster: named(config?.clusters, chosen?.cluster)?.cluster, credentials: named(config?.users, chosen?.user)?.user };
}

/** What a field of a kubeconfig holds: inline in base64, or in a file beside it. */
async function contentsOf(from: any, name: string, file: string): Promise<string | undefined> {
  const inline = from?.[`${name}-data`];
  if (inline) return Buffer.from(inline, 'base64').toString();
  return from?.[name] ? readFile(resolve(dirname(file), from[name]), 'utf8') : undefined;
}

async function credentialsIn(user: any, file: string): Promise<WebhookCredentials> {
  const token = user?.token ?? (user?.tokenFile && (await readFile(resolve(dirname(file), user.tokenFile), 'utf8')).trim());
  const { username, password = '' } = user ?? {};
  const authorization = token ? `Bearer ${token}` : username && `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const [certificate, key] = await Promise.all([contentsOf(user, 'client-certificate', file), contentsOf(user, 'client-key', file)]);
  return { ...(certificate ? { certificate } : {}), ...(key ? { key } : {}), ...(authorization ? { authorization } : {}) };
}

async function parsedKubeconfig(file: string): Promise<any> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Error(`stat ${file}: no such file or directory`) : error;
  });
  try {
    return parseTyped(text);
  } catch (error) {
    throw new Error(`error loading config file ${JSON.stringify(file)}: ${(error as Error).message}`);
  }
}

/**
 * The webhook that a kubeconfig names, with its credentials, which may be inline or in files beside it.
 * @throws Error if a file cannot be read, or there is no server in the current context
 */
export async function readWebhookKubeconfig(file: string): Promise<WebhookEndpoint> {
  const { cluster, credentials } = currentContext(await parsedKubeconfig(file));
  if (typeof cluster?.server !== 'string' || !/^https?:\/\//.test(cluster.server))
    throw new Error(`${file} names no server in its current context`);
  const authority = await contentsOf(cluster, 'certificate-authority', file);
  return {
    server: cluster.server,
    insecure: cluster['insecure-skip-tls-verify'] === true,
    ...(authority ? { authority } : {}),
    ...(await credentialsIn(credentials, file)),
  };
}

/**
 * The credentials of a kubeconfig whose users are named after those whom they are for: `host:port`, `*.` and the end of that, the same without the
 * port if it is 443, `*` for all others. Where none fits, those of the current context.
 * @throws Error if a file cannot be read
 */
export async function readCredentials(file: string): Promise<(hostAndPort: string) => WebhookCredentials | undefined> {
  const config = await parsedKubeconfig(file);
  const users = new Map<string, WebhookCredentials>();
  for (const { name, user } of config.users ?? []) users.set(name, await credentialsIn(user, file));
  const fallback = users.get('*') ?? users.get(named(config.contexts, config['current-context'])?.context?.user);
  return (hostAndPort) => {
    const names = namesFor(hostAndPort);
    if (hostAndPort.endsWith(':443')) names.push(...namesFor(hostAndPort.slice(0, -':443'.length)));
    const name = names.find((candidate) => users.has(candidate));
    return name === undefined ? fallback : users.get(name);
  };
}

function namesFor(host: string): string[] {
  const steps = host.split('.');
  return [host, ...steps.slice(1).map((_, i) => `*.${steps.slice(i + 1).join('.')}`)];
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
