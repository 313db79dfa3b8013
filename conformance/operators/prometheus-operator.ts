import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readKubeconfig } from '../../src/cli/kubeconfig.ts';
import { buildModule, freePort, objectsOf, type Session, sourcesOf } from './session.ts';

const module = 'github.com/prometheus-operator/prometheus-operator';
const monitoring = (kind: string, name: string, spec: object) => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind,
  metadata: { name, labels: { team: 'a' } },
  spec,
});

/**
 * The Prometheus operator, as the service account of its bundle, turns a Prometheus and a ServiceMonitor into a StatefulSet and its configuration, follows
 * changes, and reports what became of the pods.
 */
export async function run(session: Session): Promise<void> {
  const program = join(await buildModule('prometheus-operator', `${module}/cmd/operator`), 'operator');
  const bundle = objectsOf(await readFile(join(await sourcesOf('prometheus-operator', module), 'bundle.yaml'), 'utf8'));
  await session.apply(bundle, '--server-side');
  const definitions = bundle.filter(({ kind }) => kind === 'CustomResourceDefinition').map(({ metadata }) => `crd/${metadata!.name}`);
  await session.wait('condition=Established', ...definitions);
  const { server, authority, certificate, key } = await readKubeconfig(session.kubeconfig);
  const files: [string, string][] = [
    ['ca-file', authority],
    ['cert-file', certificate],
    ['key-file', key],
  ];
  const flags = ['--apiserver', server, '--as', 'system:serviceaccount:default:prometheus-operator'];
  for (const [flag, content] of files) {
    const file = join(session.folder, `${flag}.pem`);
    await writeFile(file, content, { mode: 0o600 });
    flags.push(`--${flag}`, file);
  }
  const listening = ['--web.listen-address', `127.0.0.1:${await freePort()}`];
  await session.start('prometheus-operator', [program, ...flags, ...listening], /successfully synced all caches/);

  await session.apply([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'prometheus' } },
    monitoring('ServiceMonitor', 'app', { selector: { matchLabels: { app: 'app' } }, endpoints: [{ port: 'web', interval: '30s' }] }),
    monitoring('Prometheus', 'main', {
      replicas: 2,
      serviceAccountName: 'prometheus',
      serviceMonitorSelector: { matchLabels: { team: 'a' } },
    }),
  ]);
  await session.wait('condition=Available', 'prometheus/main');
  const { status, metadata } = await session.get('prometheus', 'main');
  deepEqual([status.replicas, status.availableReplicas, status.paused], [2, 2, false]);
  const set = await session.get('statefulset', 'prometheus-main');
  deepEqual(
    set.metadata!.ownerReferences!.map(({ kind, uid }) => [kind, uid]),
    [['Prometheus', metadata!.uid]],
  );
  match(await configuration(session), /job_name: serviceMonitor\/default\/app\/0/);

  // Its scale is the number of shards, a StatefulSet each.
  await session.kubectl(['scale', 'prometheus/main', '--replicas=2']);
  await session.wait('jsonpath={.status.availableReplicas}=4', 'prometheus/main');
  await session.get('statefulset', 'prometheus-main-shard-1');
  const refused = monitoring('Prometheus', 'other', { replicas: 'two' });
  match(await session.refusal([refused]), /spec\.replicas: Invalid value: "string": spec\.replicas in body must be of type integer/);
  await session.kubectl(['delete', 'servicemonitor', 'app']);
  await session.changed('secret', 'prometheus-main', async () => !(await configuration(session)).includes('serviceMonitor/default/app'));

  await session.kubectl(['delete', 'prometheus', 'main']);
  await session.wait('delete', 'statefulset/prometheus-main', 'pod/prometheus-main-0');
  equal((await session.get('pods')).items.length, 0);
}

/** What Prometheus would read. */
async function configuration(session: Session): Promise<string> {
  const { data } = await session.get('secret', 'prometheus-main');
  ok(data['prometheus.yaml.gz'], 'the Secret has a configuration');
  return gunzipSync(Buffer.from(data['prometheus.yaml.gz'], 'base64')).toString();
}
