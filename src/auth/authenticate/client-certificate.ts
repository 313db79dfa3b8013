import { X509Certificate } from 'node:crypto';
import type { Authenticator, UserInfo } from '../types.ts';

/** The user of a verified client certificate: its common name, and its organizations as groups. */
export function clientCertificateAuthenticator(): Authenticator {
  // A connection shows the same certificate for each of its requests.
  const users = new WeakMap<Buffer, UserInfo>();
  return {
    authenticate({ clientCertificate, certificateError }) {
      if (certificateError !== undefined) throw new Error(certificateError);
      if (!clientCertificate) return undefined;
      let user = users.get(clientCertificate);
      if (!user) {
        user = userOf(clientCertificate);
        users.set(clientCertificate, user);
      }
      return user;
    },
  };
}

function userOf(der: Buffer): UserInfo {
  const certificate = new X509Certificate(der);
  const values = (key: string) =>
    certificate.subject
      .split('\n')
      .filter((line) => line.startsWith(`${key}=`))
      .map((line) => line.slice(key.length + 1));
  const username = values('CN')[0];
  if (!username) throw new Error('the client certificate has no common name');
  const digest = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  return { username, groups: values('O'), extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${digest}`] } };
}
