import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../harness/cluster.ts';
import { normalize } from './normalize.ts';
import type { CommandStep, Step, WaitStep, WatchStep } from './script.ts';
import { titleOf } from './script.ts';
import { type Entry, numbering } from './transcript.ts';

/** The cluster that a script runs against, and the programs that it runs with. */
export interface Target {
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly helm: string;
  /** Minor version of that kubectl: 36 for 1.36. */
  readonly minor: number;
  /** Ends the cluster and starts it again on its data; absent where that cannot be done. */
  restart?(): Promise<void>;
  /** Called after every line. */
  afterwards?(line: string): Promise<void>;
}

const watchSeconds = 30;
const commandSeconds = 60;

/**
 * Runs a script and hands on what each compared step printed, normalized.
 * @throws Error if something that is waited for does not come to pass in time
 */
export async function runScript(steps: readonly Step[], target: Target, printed: (entry: Entry) => unknown): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'orrery-kubectl-'));
  try {
    const environment = await prepare(home, target);
    const number = numbering();
    for (const step of steps) {
      if ('restart' in step) {
        await target.restart?.();
      } else if ('wait' in step) {
        await waitFor(step, environment);
      } else if (!('run' in step) || (step.since ?? 0) <= target.minor) {
        await printed({ title: number(titleOf(step)), output: await outputOf(step, environment) });
        await target.afterwards?.(titleOf(step));
      }
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function prepare(home: string, { kubectl, helm, kubeconfig }: Target): Promise<NodeJS.ProcessEnv> {
  const programs = join(home, 'bin');
  await mkdir(programs);
  await symlink(kubectl, join(programs, 'kubectl'));
  await symlink(helm, join(programs, 'helm'));
  // kubectl edit leaves what could not be saved among the temporary files: here it goes with the session.
  const fixed = { LANG: 'C', TZ: 'UTC', TERM: 'dumb' };
  return { PATH: `${programs}${delimiter}${process.env.PATH}`, HOME: home, TMPDIR: home, KUBECONFIG: kubeconfig, ...fixed };
}

function shell(line: string, env: NodeJS.ProcessEnv) {
  // In a process group of its own, so that what the line starts ends with it.
  return spawn('/bin/sh', ['-c', line], {
    cwd: join(root, 'conformance/kubectl/files'),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
}

/** @returns what the line printed on both streams, and how it ended if not with 0 */
async function run(line: string, env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  const child = shell(line, env);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk) => out.push(chunk));
  child.stderr.on('data', (chunk) => err.push(chunk));
  const deadline = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), commandSeconds * 1000);
  const [code, signal] = await once(child, 'close');
  clearTimeout(deadline);
  const end = code === 0 ? '' : `[${signal ?? `exit ${code}`}]\n`;
  const errors = Buffer.concat(err)
    .toString()
    .replace(/^(?=.)/gm, '! ');
  return { code: code ?? 1, output: [Buffer.concat(out).toString(), errors, end].filter((part) => part !== '').join('') };
}

async function waitFor({ wait, within = 30 }: WaitStep, env: NodeJS.ProcessEnv): Promise<void> {
  const deadline = performance.now() + within * 1000;
  for (;;) {
    const { code, output } = await run(wait, env);
    if (code === 0) return;
    if (performance.now() > deadline) throw new Error(`did not come to pass within ${within} s: ${wait}\n${output}`);
    await sleep(200);
  }
}

async function outputOf(step: CommandStep | WatchStep, env: NodeJS.ProcessEnv): Promise<string> {
  const text = ('run' in step ? (await run(step.run, env)).output : await watch(step, env)).replaceAll(`${env['TMPDIR']}/`, '/tmp/');
  const { omit } = step;
  const kept = omit
    ? text
        .split('\n')
        .filter((line) => !omit.lines.test(line))
        .join('\n')
    : text;
  const normal = normalize(kept, { unordered: 'run' in step && step.unordered });
  return 'run' in step ? normal : withoutRepetitions(normal);
}

async function watch({ watch: line, from, meanwhile, until }: WatchStep, env: NodeJS.ProcessEnv): Promise<string> {
  const child = shell(`exec ${line}`, env);
  let output = '';
  let other: Promise<unknown> | undefined;
  const seen = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (!other && from.test(output)) other = run(meanwhile, env);
      // A line may come in pieces.
      if (until.test(output.slice(0, output.lastIndexOf('\n')))) resolve();
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('close', () => reject(new Error(`the watch ended by itself: ${line}\n${output}`)));
    setTimeout(() => reject(new Error(`not seen within ${watchSeconds} s: ${until}\n${output}`)), watchSeconds * 1000).unref();
  });
  try {
    await seen;
  } finally {
    child.kill('SIGINT');
  }
  await other;
  return output;
}

/** A status that is written twice gives the same line twice; how often is a kubelet's own affair. */
function withoutRepetitions(text: string): string {
  return text
    .split('\n')
    .filter((line, i, lines) => line !== lines[i - 1])
    .join('\n');
}
