import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
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

/** The one of the name in a list of a kubeconfig. */
export function named(list: { name: string }[] | undefined, name: string): any {
  return list?.find((entry) => entry.name === name);
}

function currentContext(config: any): { readonly cluster: any; readonly credentials: any } {
  const chosen = named(config?.contexts, config?.['current-context'])?.context;
  return { cluster: named(config?.clusters, chosen?.cluster)?.cluster, credentials: named(config?.users, chosen?.user)?.user };
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
