import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, startCluster } from '../harness/cluster.ts';
import { cache, folder, go } from './module.ts';

/**
 * Runs tests of the upstream end-to-end suite against a cluster of its own and writes what came of each to results.tsv.
 *
 *     npm run conformance -- [--levels A,C] [--only TEXT] [--workers 3] [--limit SECONDS] [--kubeconfig FILE]
 *
 * The suite is built once from its Go module (`go.mod` beside this file), outside the tree. Each test is a process of its own, ended after the limit.
 */
/** What the kept results are about. */
const usualLevels = 'A,C';
const { values } = parseArgs({
  options: {
    levels: { type: 'string', default: usualLevels },
    only: { type: 'string', default: '' },
    workers: { type: 'string', default: '3' },
    limit: { type: 'string', default: '90' },
    kubeconfig: { type: 'string' },
    output: { type: 'string', default: join(folder, 'results.tsv') },
    verbose: { type: 'boolean', default: false },
  },
});

interface Case {
  readonly name: string;
  readonly area: string;
  readonly level: string;
}

interface Outcome extends Case {
  readonly result: 'passed' | 'failed' | 'timeout';
  readonly seconds: number;
  readonly reason: string;
}

/** How long the suite may clear up after a test that took too long, in milliseconds. */
const clearingTime = 20_000;

const levels = values.levels.split(',');
const cases: Case[] = ['tests.tsv', 'further.tsv']
  .flatMap((file) => rowsOf(file))
  .map(([name, area, level]) => ({ name: name!, area: area!, level: level! }))
  .filter(({ name, level }) => levels.includes(level) && name.includes(values.only));

/** What tests wait for by themselves, where that is longer than the usual limit. */
const long = new Map(rowsOf('long.tsv').map(([name, seconds, why]) => [name!, { seconds: Number(seconds), why: why! }]));

const suite = buildSuite();
if (values.kubeconfig) await runAll(values.kubeconfig);
else {
  await using cluster = await startCluster({ flags: ['--memory', '--nodes', '3', '--compaction-interval', '20s'] });
  await runAll(cluster.kubeconfig);
}

/** The lines of a table beside this file, without its head. */
function rowsOf(file: string): string[][] {
  const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n');
  return lines.slice(1).map((line) => line.split('\t'));
}

/** The suite's test binary, built into a cache folder if it is not there yet. */
function buildSuite(): string {
  const file = process.env.ORRERY_E2E_TEST ?? join(cache, 'e2e-v1.36.3.test');
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  console.error('building the upstream suite (about ten minutes)');
  go('test', '-c', '-o', file, 'k8s.io/kubernetes/test/e2e');
  return file;
}

async function runAll(kubeconfig: string): Promise<void> {
  // Tests marked [Serial] count on having the cluster for themselves.
  const serial = cases.filter(({ name }) => name.includes('[Serial]'));
  const queue = cases.filter((test) => !serial.includes(test));
  const outcomes: Outcome[] = [];
  const work = async (list: Case[]) => {
    for (let test = list.shift(); test; test = list.shift()) {
      const outcome = await runOne(test, kubeconfig);
      outcomes.push(outcome);
      console.log(`${outcome.result.padEnd(7)} ${String(outcome.seconds).padStart(3)} s  ${test.name}`);
      if (outcome.reason && values.verbose) console.log(`        ${outcome.reason}`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.workers) }, () => work(queue)));
  await work(serial);
  report(outcomes);
}

async function runOne(test: Case, kubeconfig: string): Promise<Outcome> {
  const began = performance.now();
  const focus = `${test.name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`;
  const child = spawn(
    suite,
    ['--provider=skeleton', `--kubeconfig=${kubeconfig}`, `--ginkgo.focus=${focus}`, '--ginkgo.no-color', '--ginkgo.silence-skips'],
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, KUBECONFIG: kubeconfig } },
  );
  const output = await outputOf(child, Number(values.limit) * 1000);
  const seconds = Math.round((performance.now() - began) / 1000);
  const passed = output.code === 0 && /Ran 1 of \d+ Specs/.test(output.text);
  const result = passed ? 'passed' : output.timedOut ? 'timeout' : 'failed';
  const own = long.get(test.name);
  const takesLonger = result === 'timeout' && own && own.seconds > Number(values.limit);
  const reason = takesLonger ? `takes about ${own.seconds} s wherever it runs: ${own.why}` : reasonOf(output.text);
  return { ...test, result, seconds, reason: passed ? '' : reason };
}

async function outputOf(child: ChildProcess, limit: number): Promise<{ code: number | null; text: string; timedOut: boolean }> {
  let text = '';
  let timedOut = false;
  child.stdout!.on('data', (chunk) => (text += chunk));
  child.stderr!.on('data', (chunk) => (text += chunk));
  const timers = [
    // Interrupted, the suite clears away what the test has made.
    setTimeout(() => {
      timedOut = true;
      process.kill(child.pid!, 'SIGINT');
    }, limit),
    setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), limit + clearingTime),
  ];
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  for (const timer of timers) clearTimeout(timer);
  return { code, text, timedOut };
}

/** The failure that the suite tells of at its end, in one line. */
function reasonOf(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const at = lines.findLastIndex((line) => line.startsWith('[FAILED]') && !/^\[FAILED\] (in )?\[/.test(line));
  const found = at < 0 ? lines.filter((line) => line !== '').slice(-3) : lines.slice(at, at + 8);
  return found.join(' ').replace(/\s+/g, ' ').slice(0, 400);
}

function report(outcomes: readonly Outcome[]): void {
  const sorted = [...outcomes].sort((a, b) => (a.level + a.name < b.level + b.name ? -1 : 1));
  const commit = spawnSync('git', ['log', '-1', '--format=%h %cs'], { cwd: root, encoding: 'utf8' }).stdout.trim();
  const passed = sorted.filter(({ result }) => result === 'passed').length;
  const quick = sorted.filter(({ result, seconds }) => result === 'passed' && seconds <= 90).length;
  const head = `# ${passed} of ${sorted.length} passed (${quick} within 90 s), levels ${levels.join(' and ')}, at most ${values.limit} s a test; commit ${commit}`;
  const rows = sorted.map(({ level, area, result, seconds, name, reason }) => [level, area, result, seconds, name, reason].join('\t'));
  if (values.only === '' && values.levels === usualLevels)
    writeFileSync(values.output, `${[head, 'level\tarea\tresult\tseconds\ttest\treason', ...rows].join('\n')}\n`);
  const areas = new Map<string, [passed: number, all: number]>();
  for (const { level, area, result } of sorted) {
    for (const key of [`${level} ${area}`, level]) {
      const count = areas.get(key) ?? [0, 0];
      areas.set(key, [count[0] + (result === 'passed' ? 1 : 0), count[1] + 1]);
    }
  }
  for (const [key, [good, all]] of [...areas].sort()) console.log(`${key.padEnd(24)} ${good} of ${all}`);
  console.log(`${passed} passed, ${sorted.length - passed} failed`);
}
