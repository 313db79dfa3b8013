import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A cluster that runs as users run it: the built command in a process of its own, on a free port. */
export interface RunningCluster extends AsyncDisposable {
  readonly kubeconfig: string;
  /** The line that said it is ready, and what was printed before and with it. */
  readonly output: readonly string[];
  readonly folder: string;
  readonly process: ChildProcess;
  /** Sends a signal and resolves to the exit code (or the signal's name). */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
}

export interface ClusterOptions {
  readonly flags?: readonly string[];
  /** Kept when the cluster ends, for another one to be started on it; default: a new one that is removed. */
  readonly folder?: string;
}

/** Starts `orrery up` on a free port and waits until it is ready. @throws Error with what it printed if it ends before */
export async function startCluster({ flags = [], folder: given }: ClusterOptions = {}): Promise<RunningCluster> {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'orrery-test-')));
  const kubeconfig = join(folder, 'kubeconfig');
  const child = spawn(
    process.execPath,
    [join(root, 'dist/orrery.js'), 'up', '--port', '0', '--data-dir', join(folder, 'data'), '--kubeconfig', kubeconfig, ...flags],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const exited = once(child, 'exit').then(([code, signal]) => code ?? signal);
  const output: string[] = [];
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output.push(line);
      if (line.startsWith('Orrery is ready')) resolve();
    });
  });
  const early = exited.then((code) => {
    throw new Error(`the cluster ended with ${code}: ${errors}`);
  });
  early.catch(() => {}); // Only the race below cares.
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return exited;
  };
  try {
    await Promise.race([ready, early]);
  } catch (error) {
    if (!given) await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    kubeconfig,
    output,
    folder,
    process: child,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      if (!given) await rm(folder, { recursive: true, force: true });
    },
  };
}
