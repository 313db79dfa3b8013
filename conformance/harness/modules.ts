import { tmpdir } from 'node:os';
import { outputOf } from './programs.ts';

/** Where the sources of a module lie in Go's own cache, into which they come the first time. @throws Error if they cannot be had */
export async function moduleFolder(module: string, version: string): Promise<string> {
  const output = await outputOf(['go', 'mod', 'download', '-json', `${module}@${version}`], tmpdir());
  const folder = /"Dir": "(.*)"/.exec(output)?.[1];
  if (folder === undefined) throw new Error(`${module} ${version} cannot be had: ${output}`);
  return folder;
}
