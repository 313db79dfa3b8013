import type { X509Certificate } from 'node:crypto';

/** What a certificate says of whom it was made for. */
export interface Subject {
  /** The last of several; '' for none. */
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly uids: readonly string[];
}

/** Kubernetes' own attribute for the uid of a user. */
const uidAttribute = '1.3.6.1.4.1.57683.2';

/** The attributes of the subject, in their order and as they stand: several may share a part of the name, and a value may hold any character. */
export function subjectOf(certificate: X509Certificate): Subject {
  // The text form escapes characters and joins attributes, so that a value can look like another attribute.
  const subject = certificate.toLegacyObject().subject as unknown as Readonly<Record<string, string | string[]>>;
  const values = (name: string) => (subject[name] === undefined ? [] : [subject[name]].flat());
  return { commonName: values('CN').at(-1) ?? '', organizations: values('O'), uids: values(uidAttribute) };
}
