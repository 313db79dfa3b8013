import type { RequestHeaderOptions } from '../auth/authenticate/request-header.ts';
import { type ClusterKeys, frontProxyName, type KeyPair } from '../auth/pki.ts';
import { UserError } from '../cli/errors.ts';
import type { UpOptions } from '../cli/options.ts';
import { certificatesOf } from '../machinery/pem.ts';
import { fileOfFlag, keyPairOfFlags, orUserError } from './files.ts';

export interface FrontProxy {
  /** Whom to believe the user's name in headers. */
  readonly trust: RequestHeaderOptions & { readonly authority: string };
  /** With which this server names users to extension API servers. */
  readonly client: KeyPair | undefined;
}

/** What the flags say of front proxies; by default a cluster has an authority for them, and a certificate of its own. @throws UserError */
export async function frontProxyOf(options: UpOptions, { frontProxy }: ClusterKeys): Promise<FrontProxy> {
  const { requestheaderClientCaFile: caFile, proxyClientCertFile: certFile, proxyClientKeyFile: keyFile } = options;
  const authority = caFile === undefined ? frontProxy.authority.certificate : await fileOfFlag(caFile, '--requestheader-client-ca-file: ');
  const found = await orUserError(() => certificatesOf(authority), '--requestheader-client-ca-file: ');
  if (found.length === 0) throw new UserError('--requestheader-client-ca-file: it holds no certificate');
  const given = await keyPairOfFlags(['--proxy-client-cert-file', certFile], ['--proxy-client-key-file', keyFile]);
  const client = given ?? (caFile === undefined ? frontProxy.client : undefined);
  return {
    trust: {
      authority,
      allowedNames: options.requestheaderAllowedNames ?? (caFile === undefined ? [frontProxyName] : []),
      usernameHeaders: options.requestheaderUsernameHeaders,
      uidHeaders: options.requestheaderUidHeaders,
      groupHeaders: options.requestheaderGroupHeaders,
      extraHeaderPrefixes: options.requestheaderExtraHeadersPrefix,
    },
    client,
  };
}
