import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSecret } from '../machinery/files.ts';
import { UserError } from './errors.ts';

const marker = 'orrery.json';
const format = 1;

/**
 * Makes the data directory, or sees that it is one of ours and not of a newer release.
 * @throws UserError that says what to do otherwise
 */
export async function openDataDirectory(directory: string): Promise<void> {
  const names: string[] = await readdir(directory).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw new UserError(`cannot use the data directory ${directory} (${error.code}); choose another with --data-dir`);
  });
  if (names.includes(marker)) {
    const found = await readMarker(join(directory, marker));
    if (found > format) {
      throw new UserError(
        `the data directory ${directory} was written by a newer Orrery (format ${found}); update Orrery or choose another with --data-dir`,
      );
    }
    return;
  }
  // A cluster in memory leaves its kubeconfig there, and nothing else.
  if (names.some((name) => name !== 'kubeconfig')) {
    throw new UserError(`${directory} holds files that are not Orrery's; choose an empty folder with --data-dir`);
  }
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(join(directory, marker), `${JSON.stringify({ format })}\n`, { mode: 0o600 });
  } catch (error) {
    throw new UserError(
      `cannot write to the data directory ${directory} (${(error as NodeJS.ErrnoException).code}); choose another with --data-dir`,
    );
  }
}

async function readMarker(file: string): Promise<number> {
  try {
    const { format } = JSON.parse(await readFile(file, 'utf8'));
    if (Number.isInteger(format)) return format;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UserError(`${file} is damaged; move the data directory away, or choose another with --data-dir`);
}

/**
 * Who the control plane of this data directory is when it holds a lease. It outlives the process, so that the next one takes its own leases back at once
 * after a crash. Only for the process that has the directory locked: two of the same identity would both believe that they lead.
 */
export async function controlPlaneIdentity(directory: string, make: () => string): Promise<string> {
  const file = join(directory, 'identity');
  const present = await readFile(file, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (present.trim() !== '') return present.trim();
  const identity = make();
  await writeSecret(file, `${identity}\n`);
  return identity;
}
