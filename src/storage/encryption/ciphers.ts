import { type CipherGCMTypes, createCipheriv, createDecipheriv } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import type { Random } from '../../machinery/random.ts';
import type { Cipher } from './provider.ts';

const blockLength = 16;
const gcmNonceLength = 12;
const tagLength = 16;
const secretboxNonceLength = 24;

/** AES-CBC with PKCS #7 padding: `IV | ciphertext`. Nothing authenticates it. */
export function aesCbc(random: Random): Cipher {
  const algorithm = (key: Buffer) => `aes-${key.length * 8}-cbc`;
  return {
    encrypt(key, value) {
      const iv = random.bytes(blockLength);
      const cipher = createCipheriv(algorithm(key), key, iv);
      return Buffer.concat([iv, cipher.update(value), cipher.final()]);
    },
    decrypt(key, stored) {
      if (stored.length < blockLength) throw new Error('the stored data was shorter than the required size');
      if (stored.length % blockLength !== 0) throw new Error('the stored data is not a multiple of the block size');
      const decipher = createDecipheriv(algorithm(key), key, stored.subarray(0, blockLength));
      try {
        return Buffer.concat([decipher.update(stored.subarray(blockLength)), decipher.final()]);
      } catch {
        throw new Error('invalid padding on input');
      }
    },
  };
}

/** AES-GCM, the entry's key being authenticated with the value: `nonce | ciphertext | tag`. */
export function aesGcm(random: Random): Cipher {
  return {
    encrypt: (key, value, context) => sealGcm(key, random.bytes(gcmNonceLength), value, context),
    decrypt: (key, stored, context) => openGcm(key, stored, context),
  };
}

export function sealGcm(key: Buffer, nonce: Buffer, value: Uint8Array, context: string): Buffer {
  const cipher = createCipheriv(`aes-${key.length * 8}-gcm` as CipherGCMTypes, key, nonce);
  cipher.setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error */
export function openGcm(key: Buffer, stored: Uint8Array, context: string): Buffer {
  if (stored.length < gcmNonceLength + tagLength) throw new Error('the stored data was shorter than the required size');
  const end = stored.length - tagLength;
  const decipher = createDecipheriv(`aes-${key.length * 8}-gcm` as CipherGCMTypes, key, stored.subarray(0, gcmNonceLength));
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(stored.subarray(end));
  try {
    return Buffer.concat([decipher.update(stored.subarray(gcmNonceLength, end)), decipher.final()]);
  } catch {
    throw new Error('cipher: message authentication failed');
  }
}

/** NaCl's secretbox (XSalsa20 and Poly1305): `nonce | box`. */
export function secretbox(random: Random): Cipher {
  return {
    encrypt(key, value) {
      const nonce = random.bytes(secretboxNonceLength);
      return Buffer.concat([nonce, xsalsa20poly1305(key, nonce).encrypt(value)]);
    },
    decrypt(key, stored) {
      if (stored.length < secretboxNonceLength) throw new Error('the stored data was shorter than the required size');
      try {
        const nonce = stored.subarray(0, secretboxNonceLength);
        return xsalsa20poly1305(key, nonce).decrypt(stored.subarray(secretboxNonceLength));
      } catch {
        throw new Error('output array was not large enough for encryption');
      }
    },
  };
}
