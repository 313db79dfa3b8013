import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { KeyPair } from '../auth/pki.ts';
import { UserError } from '../cli/errors.ts';

/** The text of a file that a flag names. @throws UserError in Go's words */
export async function fileOfFlag(file: string, prefix = ''): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EISDIR') throw new UserError(`${prefix}read ${file}: is a directory`);
    throw new UserError(`${prefix}open ${file}: ${error.code === 'ENOENT' ? 'no such file or directory' : error.message}`);
  });
}

/** Makes what a user gave wrong a line for that user. */
export async function orUserError<T>(made: () => Promise<T> | T, prefix = ''): Promise<T> {
  try {
    return await made();
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`${prefix}${(error as Error).message}`);
  }
}

/** A flag, and the file that it names. */
type FileFlag = readonly [flag: string, file: string | undefined];

/**
 * The certificate and key that two flags name.
 * @returns undefined where neither does
 * @throws UserError where one does, or they do not fit
 */
export async function keyPairOfFlags([certFlag, certFile]: FileFlag, [keyFlag, keyFile]: FileFlag): Promise<KeyPair | undefined> {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) throw new UserError(`${certFlag} and ${keyFlag} go together`);
  const certificate = await fileOfFlag(certFile, `${certFlag}: `);
  const key = await fileOfFlag(keyFile, `${keyFlag}: `);
  await orUserError(() => createSecureContext({ cert: certificate, key }), `${certFlag} and ${keyFlag}: `);
  return { certificate, key };
}
