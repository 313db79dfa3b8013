import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { goQuote } from '../../api/meta/go-quote.ts';
import { aggregate } from '../../api/meta/text.ts';
import { notRegistered } from '../machinery/expected-kind.ts';
import { convertBase64 } from '../machinery/schema/scalars.ts';
import { parseTyped } from '../machinery/typed-object.ts';
import type { WebhookCredentials, WebhookEndpoint } from '../machinery/webhook-endpoint.ts';
import { named } from './kubeconfig.ts';

/* The kubeconfigs that say where a webhook is and as whom it is called, with what client-go says of wrong ones. */

async function parsedKubeconfig(file: string): Promise<any> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Error(`stat ${file}: no such file or directory`) : error;
  });
  try {
    const config = parseTyped(text);
    const { apiVersion = 'v1', kind = 'Config' } = config;
    if (apiVersion === 'v1' && kind === 'Config') return config;
    throw new Error(notRegistered(apiVersion, kind));
  } catch (error) {
    throw unloadable(file, error);
  }
}

function unloadable(file: string, error: unknown): Error {
  return new Error(`error loading config file ${goQuote(file)}: ${(error as Error).message}`);
}

/** What is wrong with the fields of a kubeconfig, so that all of it can be told at once. */
class Fields {
  readonly problems: string[] = [];
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /**
   * What a field holds: inline in base64, or in a file beside the kubeconfig.
   * @param called how client-go names the field, and `owner` whose it is
   */
  async contents(from: any, name: string, called: string, owner: string): Promise<string | undefined> {
    const inline = from?.[`${name}-data`];
    const given = from?.[name];
    if (inline) return Buffer.from(this.base64(inline), 'base64').toString();
    if (!given) return undefined;
    const path = resolve(dirname(this.file), given);
    return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? `open ${path}: no such file or directory` : error.message;
      this.problems.push(`unable to read ${called} ${path} for ${owner} due to ${why}`);
      return undefined;
    });
  }

  private base64(text: string): string {
    try {
      return convertBase64(text);
    } catch (error) {
      throw unloadable(this.file, error);
    }
  }

  /** @throws Error of all that was wrong so far */
  check(): void {
    if (this.problems.length > 0) throw new Error(`invalid configuration: ${aggregate(this.problems)}`);
  }
}

const noConfiguration = 'no configuration has been provided, try setting KUBERNETES_MASTER environment variable';
const noServer = 'cluster has no server defined';

async function credentialsIn(user: any, name: string, file: string, fields: Fields): Promise<WebhookCredentials> {
  const token = user?.token || (user?.tokenFile && (await readFile(resolve(dirname(file), user.tokenFile), 'utf8')).trim());
  const { username, password = '' } = user ?? {};
  if (user?.token && (username || password)) {
    fields.problems.push(`more than one authentication method found for ${name}; found [token basicAuth], only one is allowed`);
  }
  const authorization = token ? `Bearer ${token}` : username && `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const has = (field: string) => Boolean(user?.[field] || user?.[`${field}-data`]);
  if (has('client-certificate') && !has('client-key')) {
    fields.problems.push(`client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`);
  }
  const certificate = await fields.contents(user, 'client-certificate', 'client-cert', name);
  const key = await fields.contents(user, 'client-key', 'client-key', name);
  return { ...(certificate ? { certificate } : {}), ...(key ? { key } : {}), ...(authorization ? { authorization } : {}) };
}

/**
 * The webhook that a kubeconfig names, with its credentials, which may be inline or in files beside it.
 * @throws Error in client-go's words if a file cannot be read, or there is no server in the current context
 */
export async function readWebhookKubeconfig(file: string): Promise<WebhookEndpoint> {
  const config = await parsedKubeconfig(file);
  const chosen = config['current-context'];
  const context = named(config.contexts, chosen)?.context;
  if (chosen && !context) {
    throw new Error(`invalid configuration: ${aggregate([`context was not found for specified context: ${chosen}`, noServer])}`);
  }
  const fields = new Fields(file);
  const credentials = await credentialsIn(named(config.users, context?.user)?.user, context?.user, file, fields);
  const cluster = named(config.clusters, context?.cluster)?.cluster;
  if (!cluster && fields.problems.length === 0) throw new Error(`invalid configuration: ${noConfiguration}`);
  if (!cluster?.server) fields.problems.push(cluster ? `no server found for cluster ${goQuote(context.cluster)}` : noServer);
  const authority = await fields.contents(cluster, 'certificate-authority', 'certificate-authority', context?.cluster);
  fields.check();
  // Of a query nothing is sent.
  const server: string = cluster.server.replace(/[?#].*$/s, '');
  const hasScheme = /^https?:\/\//.test(server);
  // Credentials are for connections that are secret, and what names no scheme is reached without TLS.
  if (!server.startsWith('https://')) return { server: hasScheme ? server : `http://${server}` };
  const insecure = cluster['insecure-skip-tls-verify'] === true;
  if (authority && insecure) throw new Error('specifying a root certificates file with the insecure flag is not allowed');
  if (authority && !/-----BEGIN CERTIFICATE-----/.test(authority)) {
    throw new Error('unable to load root certificates: unable to parse bytes as PEM block');
  }
  return { server, insecure, ...(authority ? { authority } : {}), ...credentials };
}

/**
 * The credentials of a kubeconfig whose users are named after those whom they are for: `host:port`, `*.` and the end of that, the same without the
 * port if it is 443, `*` for all others. Where none fits, those of the current context.
 * @throws Error if a file cannot be read
 */
export async function readCredentials(file: string): Promise<(hostAndPort: string) => WebhookCredentials | undefined> {
  const config = await parsedKubeconfig(file);
  const users = new Map<string, WebhookCredentials>();
  const fields = new Fields(file);
  for (const { name, user } of config.users ?? []) users.set(name, await credentialsIn(user, name, file, fields));
  fields.check();
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
