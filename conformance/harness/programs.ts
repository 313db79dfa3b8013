import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface Outcome {
  readonly code: number | null;
  /** What it printed, on both streams. */
  readonly output: string;
}

/** Where a suite keeps what it has built, outside the tree. */
export function cacheFolder(suite: string): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'orrery', suite);
}

/**
 * Builds a program outside the tree, once for each state of its sources.
 * @param suite names the folder of the cache @param commands make it ready, run in a copy of its folder
 * @returns that copy @throws Error with what the build printed
 */
export async function buildOnce(suite: string, source: string, commands: readonly (readonly string[])[]): Promise<string> {
  return makeOnce(join(cacheFolder(suite), `${basename(source)}-${hashOf(source)}`), async (making) => {
    cpSync(source, making, { recursive: true });
    for (const command of commands) await outputOf(command, making);
  });
}

/** Makes a folder once: what was made by half is never taken for it. @param make fills a folder that is not there yet @returns the folder */
export async function makeOnce(folder: string, make: (making: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  const making = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    await make(making);
    renameSync(making, folder);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true }).map(String).sort()) {
    const file = join(folder, name);
    if (!/\.\w+$/.test(name)) continue;
    hash.update(name).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 12);
}

/** Runs a command to its end. @param input what it reads */
export async function runCommand(
  [file, ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  input?: string,
): Promise<Outcome> {
  const child = spawn(file!, args, { cwd, env, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
  let output = '';
  child.stdout!.on('data', (chunk) => (output += chunk));
  child.stderr!.on('data', (chunk) => (output += chunk));
  child.stdin?.end(input);
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { code, output };
}

/** @returns what a command printed @throws Error with that if it ends with another code than 0 */
export async function outputOf(command: readonly string[], cwd: string): Promise<string> {
  const { code, output } = await runCommand(command, cwd, process.env);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${output}`);
  return output;
}
