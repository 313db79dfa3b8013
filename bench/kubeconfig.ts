import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** Server and credentials of a kubeconfig that Orrery wrote. */
export function readKubeconfig(file: string) {
  const config = parse(readFileSync(file, 'utf8'));
  const text = (base64: string) => Buffer.from(base64, 'base64').toString();
  const { server, ...cluster } = config.clusters[0].cluster;
  const { user } = config.users[0];
  return {
    server: server as string,
    certificateAuthority: text(cluster['certificate-authority-data']),
    clientCertificate: text(user['client-certificate-data']),
    clientKey: text(user['client-key-data']),
  };
}
