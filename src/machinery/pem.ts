import { X509Certificate } from 'node:crypto';

/** The certificates of a PEM bundle, in order; texts around them are left out. @throws Error for a block that is no certificate */
export function certificatesOf(bundle: string): X509Certificate[] {
  const blocks = bundle.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}
