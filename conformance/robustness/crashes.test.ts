import { deepEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, startCluster } from '../harness/cluster.ts';
import { serverOf } from './bad-input.ts';
import { runCrashes } from './crashes.ts';
import { Http2Sender, request } from './wire.ts';

const kills = Number(process.env.ORRERY_KILLS ?? 10);
const seed = Number(process.env.ORRERY_SEED ?? 1);

test(`nothing that was answered is lost when the process is killed ${kills} times`, { timeout: 60_000 + kills * 6_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-crashes-'));
  try {
    const { problems, writes, unanswered, events } = await runCrashes({ kills, seed, folder });
    deepEqual(problems, []);
    console.log(`${writes} answered writes, ${unanswered} cut off, ${events} events`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Who holds the leases of the control plane. */
async function holders(kubeconfig: string): Promise<object[]> {
  const sender = new Http2Sender(await serverOf(kubeconfig));
  const leases = ['kube-controller-manager', 'kube-scheduler'].map(async (name) => {
    const target = `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${name}`;
    const { body } = await request(sender, 'GET', target);
    const { holderIdentity, acquireTime, leaseTransitions } = JSON.parse(body.toString()).spec;
    return { name, holderIdentity, acquireTime, leaseTransitions };
  });
  const found = await Promise.all(leases);
  sender.close();
  return found;
}

test('a control plane that was killed takes its own leases back at once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-crashes-'));
  try {
    const first = await startCluster({ folder, flags: ['--nodes', '0'] });
    const before = await holders(first.kubeconfig);
    await first.stop('SIGKILL');
    const second = await startCluster({ folder, flags: ['--nodes', '0'] });
    // Ready means that both lead: another identity would have waited for the leases to run out, and would have counted a transition.
    deepEqual(await holders(second.kubeconfig), before);
    await second.stop();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

// The store is open; the API server serves, and the other parts begin.
for (const file of ['data/identity', 'kubeconfig']) {
  test(`a process that is asked to end while it starts does so (${file} is there)`, { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'orrery-crashes-'));
    const args = ['up', '--port', '0', '--data-dir', join(folder, 'data'), '--kubeconfig', join(folder, 'kubeconfig')];
    const child = spawn(process.execPath, [join(root, 'dist/orrery.js'), ...args], { stdio: 'ignore' });
    try {
      const exited = once(child, 'exit');
      while (!existsSync(join(folder, file)) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 1));
      child.kill('SIGTERM');
      deepEqual(await exited, [0, null]);
      const again = await startCluster({ folder });
      deepEqual(await again.stop(), 0);
    } finally {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  });
}
