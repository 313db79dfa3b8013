import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from '../harness/cluster.ts';

/** A program that others' client library is exercised by. It gets the cluster as $KUBECONFIG and ends with 0 if nothing surprised it. */
export interface ClientProgram {
  readonly name: string;
  /** What must be installed to build and run it. */
  readonly needs: string;
  /** Commands that make it ready, run in a copy of its folder. */
  readonly build: readonly (readonly string[])[];
  readonly run: readonly string[];
}

/** To add one: a folder with the program, and its line here. */
export const programs: readonly ClientProgram[] = [
  { name: 'client-node', needs: 'npm', build: [['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error']], run: ['node', 'main.mjs'] },
  { name: 'client-go', needs: 'go', build: [['go', 'build', '-o', 'program', '.']], run: ['./program'] },
];

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'orrery/clients');

/** Builds a program outside the tree, once for each state of its sources; returns its folder. @throws Error with what the build printed */
export async function buildProgram({ name, build }: ClientProgram): Promise<string> {
  const source = join(root, 'conformance/clients', name);
  const folder = join(cache, `${name}-${hashOf(source)}`);
  if (existsSync(folder)) return folder;
  const making = `${folder}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  cpSync(source, making, { recursive: true });
  try {
    for (const command of build) {
      const { code, output } = await runCommand(command, making, process.env);
      if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${output}`);
    }
    renameSync(making, folder);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}

/** Runs a program against a cluster. */
export async function runProgram(program: ClientProgram, kubeconfig: string): Promise<{ code: number | null; output: string }> {
  const folder = await buildProgram(program);
  return runCommand(program.run, folder, { ...process.env, KUBECONFIG: kubeconfig });
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

async function runCommand(
  [file, ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(file!, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { code, output };
}
