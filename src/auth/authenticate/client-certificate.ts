import { X509Certificate } from 'node:crypto';
import type { Authenticator, UserInfo } from '../types.ts';
import { subjectOf } from './subject.ts';

/** The user of a verified client certificate: its common name, its organizations as groups, and its uid. */
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
  const { commonName, organizations, uids } = subjectOf(certificate);
  if (!commonName) throw new Error('the client certificate has no common name');
  if (uids.length > 1) throw new Error(`expected 1 UID, but found multiple: [${uids.join(' ')}]`);
  if (uids[0] === '') throw new Error('UID cannot be an empty string');
  const digest = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  return {
    username: commonName,
    ...(uids.length === 1 ? { uid: uids[0]! } : {}),
    groups: organizations,
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${digest}`] },
  };
}
