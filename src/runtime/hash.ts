import { canonicalJson } from '../../api/meta/go-json.ts';

/** FNV-1a of 32 bits. */
export function fnv32a(data: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of data) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** FNV-1 of 32 bits. */
export function fnv32(data: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of data) hash = Math.imul(hash, 0x01000193) ^ byte;
  return hash >>> 0;
}

/** FNV-1a of 128 bits. */
export function fnv128a(data: Uint8Array): bigint {
  let hash = 0x6c62272e07bb014262b821756295c58dn;
  for (const byte of data) hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * 0x1000000000000000000013bn);
  return hash;
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Text in the alphabet of generated names (no vowels, no look-alikes), each character mapped by its code. */
export function safeEncode(text: string): string {
  let encoded = '';
  for (let i = 0; i < text.length; i++) encoded += alphabet[text.charCodeAt(i) % alphabet.length];
  return encoded;
}

/** The hash in a ControllerRevision's name, equal to upstream's for the same data. */
export function revisionHash(data: unknown, collisionCount: number | undefined): string {
  const text = canonicalJson(data) + (collisionCount === undefined ? '' : String(collisionCount));
  return safeEncode(String(fnv32(Buffer.from(text))));
}
