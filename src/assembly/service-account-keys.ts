import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { ServiceAccountKeys } from '../auth/pki.ts';
import { tokenAlgorithm } from '../auth/service-account-tokens.ts';
import { UserError } from '../cli/errors.ts';
import type { UpOptions } from '../cli/options.ts';
import { fileOfFlag } from './files.ts';

/**
 * The keys of service-account tokens that the flags name; where they name none, the cluster's own.
 * @throws UserError where a file has no key of a usable kind
 */
export async function serviceAccountKeysOf(
  { serviceAccountSigningKeyFile: signing, serviceAccountKeyFile: checking = [] }: UpOptions,
  own: ServiceAccountKeys,
): Promise<ServiceAccountKeys> {
  if (signing === undefined && checking.length === 0) return own;
  const privateKey =
    signing === undefined
      ? own.privateKey
      : usable(createPrivateKey, await fileOfFlag(signing, 'failed to parse service-account-signing-key-file: '), signing);
  const files = await Promise.all(checking.map(async (file) => publicKeys(await fileOfFlag(file), file)));
  return {
    privateKey,
    publicKeys: checking.length === 0 || signing === undefined ? [createPublicKey(privateKey), ...files.flat()] : files.flat(),
  };
}

const pemBlock = /-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g;

/** The keys in a file, of certificates and private keys the public part. */
function publicKeys(text: string, file: string): KeyObject[] {
  // openssl writes a curve's name before its key.
  const blocks = text.match(pemBlock)?.filter((block) => !block.includes('EC PARAMETERS')) ?? [''];
  return blocks.map((block) => usable(createPublicKey, block, file));
}

function usable(read: (pem: string) => KeyObject, pem: string, file: string): KeyObject {
  const key = ((): KeyObject | undefined => {
    try {
      return read(pem);
    } catch {
      return undefined; // Of what it is none, the user is told below.
    }
  })();
  if (!key || tokenAlgorithm(key) === undefined) throw new UserError(`${file} does not contain a valid RSA or ECDSA key`);
  return key;
}
