import { readFile } from 'node:fs/promises';
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
