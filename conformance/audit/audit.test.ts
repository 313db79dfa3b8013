import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, startCluster } from '../harness/cluster.ts';
import { normalized, play } from './play.mjs';

const here = join(root, 'conformance/audit');

/** Managers stand in the order of the seconds in which they wrote. */
function byManager(object?: { metadata?: { managedFields?: { manager: string }[] } }): void {
  object?.metadata?.managedFields?.sort((a, b) => (a.manager < b.manager ? -1 : 1));
}

/** Events with their own fields in their order, while that of the fields of the objects in them does not matter. */
function parsed(events: Record<string, string[]>) {
  const parse = (line: string) => {
    const event = JSON.parse(line);
    const { requestObject, responseObject, ...rest } = event;
    byManager(requestObject);
    byManager(responseObject);
    return { fields: Object.keys(event), text: JSON.stringify(rest), requestObject, responseObject };
  };
  return Object.fromEntries(Object.entries(events).map(([name, lines]) => [name, lines.map(parse)]));
}

test('requests leave the events in the audit log that they leave in that of kube-apiserver', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-audit-'));
  try {
    const log = join(folder, 'audit.log');
    const cluster = await startCluster({
      flags: [
        ...['--memory', '--nodes', '0', '--components', 'apiserver'],
        ...['--token-auth-file', join(root, 'conformance/recorded/tokens.csv')],
        ...['--audit-policy-file', join(here, 'policy.yaml'), '--audit-log-path', log],
      ],
    });
    try {
      const server = /server: (\S+)/.exec(await readFile(cluster.kubeconfig, 'utf8'))![1]!;
      await play(server);
    } finally {
      await cluster[Symbol.asyncDispose]();
    }
    assert.equal((await stat(log)).mode & 0o777, 0o600);
    const recorded = JSON.parse(await readFile(join(here, 'events.json'), 'utf8'));
    assert.deepStrictEqual(parsed(normalized(await readFile(log, 'utf8'))), parsed(recorded));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
