import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

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
  const cache = cacheFolder(suite);
  const folder = join(cache, `${basename(source)}-${hashOf(source)}`);
  if (existsSync(folder)) return folder;
  const making = `${folder}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  cpSync(source, making, { recursive: true });
  try {
    for (const command of commands) {
      const { code, output } = await runCommand(command, making, process.env);
      if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${output}`);
    }
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
