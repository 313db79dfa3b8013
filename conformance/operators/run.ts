import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '../harness/cluster.ts';
import { run as certManager } from './cert-manager.ts';
import { run as prometheusOperator } from './prometheus-operator.ts';
import { run as sampleApiserver } from './sample-apiserver.ts';
import { Session } from './session.ts';

/** To add one: a module in a folder, a scenario beside it, and its line here. */
const operators: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  'sample-apiserver': sampleApiserver,
  'cert-manager': certManager,
  'prometheus-operator': prometheusOperator,
};

// npm run conformance:operators [-- NAME…]: programs that others wrote, as processes of this machine, each with a cluster of its own.
const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in operators));
if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: the operators are ${Object.keys(operators).join(', ')}`);
for (const [name, run] of Object.entries(operators)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const began = performance.now();
  const failure = await play(run);
  console.log(`${failure === undefined ? 'passed' : 'failed'} ${name} (${Math.round((performance.now() - began) / 1000)} s)`);
  if (failure === undefined) continue;
  console.log(failure.replace(/^/gm, '    '));
  process.exitCode = 1;
}

/** @returns what went wrong, with what the processes printed last */
async function play(run: (session: Session) => Promise<void>): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-operator-'));
  try {
    await using cluster = await startCluster({ flags: ['--memory', '--nodes', '2'] });
    await using session = new Session(cluster.kubeconfig, folder);
    try {
      await run(session);
    } catch (error) {
      return `${(error as Error).stack}\n${session.printed()}`;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return undefined;
}
