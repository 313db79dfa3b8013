import { deepEqual, notEqual } from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KubeObject } from '../api/meta/object.ts';
import { bootstrapObjects } from '../src/auth/bootstrap/index.ts';
import { nameOf } from '../src/server/first-objects.ts';
import { startCluster } from './harness/cluster.ts';
import { connectTo } from './robustness/play.ts';

const kinds = [
  'rbac.authorization.k8s.io/v1/clusterroles',
  'rbac.authorization.k8s.io/v1/clusterrolebindings',
  'rbac.authorization.k8s.io/v1/roles',
  'rbac.authorization.k8s.io/v1/rolebindings',
  'flowcontrol.apiserver.k8s.io/v1/flowschemas',
  'flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations',
  'scheduling.k8s.io/v1/priorityclasses',
];

/** The bootstrap objects of a cluster as it gives them, but for what differs between two clusters; and their uids. */
async function objectsOf(flags: readonly string[]): Promise<{ readonly texts: readonly string[]; readonly uids: ReadonlySet<string> }> {
  await using cluster = await startCluster({ flags: ['--memory', '--nodes', '0', ...flags] });
  const connection = await connectTo(cluster.kubeconfig);
  const wanted = new Set(bootstrapObjects(true).map(nameOf));
  const texts: string[] = [];
  const uids = new Set<string>();
  for (const kind of kinds) {
    const list: { kind: string; items: KubeObject[] } = JSON.parse((await connection.ask('GET', `/apis/${kind}`)).text);
    for (const item of list.items) {
      if (!wanted.has(nameOf({ ...item, kind: list.kind.replace(/List$/, '') }))) continue;
      uids.add(item.metadata!.uid!);
      // Their status is written later, by whoever looks after them.
      const { status: _, ...object } = item;
      object.metadata!.managedFields = object.metadata!.managedFields!.filter(({ subresource }) => subresource === undefined);
      texts.push(JSON.stringify(object).replaceAll(/"(uid|resourceVersion|creationTimestamp|time)":"[^"]+"/g, '"$1":"…"'));
    }
  }
  connection.close();
  return { texts, uids };
}

test('a cluster begins with the same objects whether the build has made them or the API server makes them one by one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-first-'));
  try {
    const policy = join(folder, 'policy.yaml');
    await writeFile(policy, 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: None }]\n');
    const made = await objectsOf([]);
    // Where an audit log is kept, each is made in a request of its own.
    const oneByOne = await objectsOf(['--audit-policy-file', policy, '--audit-log-path', join(folder, 'audit.log')]);
    deepEqual(made.texts, oneByOne.texts);
    deepEqual([made.texts.length, made.uids.size], [bootstrapObjects(true).length, bootstrapObjects(true).length]);
    notEqual([...made.uids][0], [...oneByOne.uids][0]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
