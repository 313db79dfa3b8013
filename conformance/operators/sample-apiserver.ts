import { deepEqual, equal, match } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildModule, freePort, objectsOf, type Session, sourcesOf } from './session.ts';

const module = 'k8s.io/sample-apiserver';
const versions = ['v1alpha1', 'v1beta1'];
const manifests = ['ns', 'sa', 'auth-delegator', 'auth-reader', 'rbac', 'rbac-bind', 'service'];

/** Upstream's sample extension API server, with an etcd of its own, serves Flunders through aggregation under its own manifests and service account. */
export async function run(session: Session): Promise<void> {
  const etcd = join(await buildModule('etcd', '.'), 'etcd');
  const server = join(await buildModule('sample-apiserver', module), 'sample-apiserver');
  const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
  const example = join(await sourcesOf('sample-apiserver', module), 'artifacts/example');
  for (const name of manifests) await session.apply(objectsOf(await readFile(join(example, `${name}.yaml`), 'utf8')));
  // Its admission waits for these as well, which the role of v0.36 does not name.
  const policies = ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'].map((name) => `${name}.admissionregistration.k8s.io`);
  await session.kubectl(['create', 'clusterrole', 'mutating-policies', '--verb=get,list,watch', `--resource=${policies}`]);
  await session.kubectl([
    'create',
    'clusterrolebinding',
    'mutating-policies',
    '--clusterrole=mutating-policies',
    '--serviceaccount=wardle:apiserver',
  ]);
  await session.start(
    'etcd',
    [
      ...[etcd, '--data-dir', join(session.folder, 'etcd'), '--unsafe-no-fsync', '--listen-client-urls', `http://127.0.0.1:${client}`],
      ...['--advertise-client-urls', `http://127.0.0.1:${client}`, '--listen-peer-urls', `http://127.0.0.1:${peer}`],
      ...['--initial-advertise-peer-urls', `http://127.0.0.1:${peer}`, '--initial-cluster', `default=http://127.0.0.1:${peer}`],
    ],
    /ready to serve client requests/,
  );
  const kubeconfig = await session.kubeconfigOf('wardle', 'apiserver');
  const access = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].flatMap((flag) => [`--${flag}`, kubeconfig]);
  await session.start(
    'sample-apiserver',
    [
      ...[server, ...access, '--etcd-servers', `http://127.0.0.1:${client}`, '--bind-address', '127.0.0.1', '--secure-port', String(port)],
      ...['--cert-dir', join(session.folder, 'certificates')],
    ],
    /Serving securely/,
  );
  await session.reach('wardle', 'api', port);
  const [apiService] = objectsOf(await readFile(join(example, 'apiservice.yaml'), 'utf8'));
  await session.apply(
    versions.map((version) => ({
      ...apiService,
      metadata: { name: `${version}.wardle.example.com` },
      spec: { ...apiService!['spec'], version },
    })),
  );
  await session.wait('condition=Available', ...versions.map((version) => `apiservice/${version}.wardle.example.com`));

  const flunder = { apiVersion: 'wardle.example.com/v1alpha1', kind: 'Flunder', metadata: { name: 'first' }, spec: { reference: 'other' } };
  match(await session.kubectl(['api-resources', '--api-group', 'wardle.example.com', '-o', 'name']), /^flunders\.wardle\.example\.com$/m);
  await session.apply([flunder], '--server-side');
  const converted = await session.get('flunders.v1beta1.wardle.example.com', 'first');
  deepEqual(converted['spec'], { flunderReference: 'other', referenceType: 'Flunder' });
  match(await session.kubectl(['explain', 'flunder.spec.referenceType']), /The reference type\./);
  match(await session.refusal([{ ...flunder, metadata: { name: 'second' }, spec: { nonsense: 1 } }]), /unknown field "spec\.nonsense"/);

  const { items } = await session.get('flunders');
  const watching = session.kubectl([
    ...[
      'get',
      '--raw',
      `/apis/wardle.example.com/v1beta1/namespaces/default/flunders?watch=1&timeoutSeconds=5&resourceVersion=${items[0].metadata.resourceVersion}`,
    ],
  ]);
  await session.kubectl(['label', 'flunder', 'first', 'seen=yes']);
  await session.kubectl(['delete', 'flunder', 'first']);
  const events = (await watching)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  deepEqual(events, ['MODIFIED', 'DELETED']);

  // It asks this cluster who somebody is and what they may do.
  match(
    (await session.tryKubectl(['get', 'flunders', '--as', 'bob'])).output,
    /User "bob" cannot list resource "flunders" in API group "wardle\.example\.com"/,
  );
  await session.kubectl(['create', 'clusterrole', 'flunder-reader', '--verb=get,list', '--resource=flunders.wardle.example.com']);
  await session.kubectl(['create', 'clusterrolebinding', 'bob-reads-flunders', '--clusterrole=flunder-reader', '--user=bob']);
  equal((await session.kubectl(['auth', 'can-i', 'list', 'flunders.wardle.example.com', '--as', 'bob'])).trim(), 'yes');
  await session.kubectl(['get', 'flunders', '--as', 'bob']);

  // What is kept there goes with its owner and its namespace like everything else.
  await session.kubectl(['create', 'namespace', 'short-lived']);
  await session.kubectl(['create', 'configmap', 'owner', '-n', 'short-lived']);
  const { metadata: owner } = await session.get('configmap', 'owner', '-n', 'short-lived');
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner!.uid }];
  await session.apply([
    { ...flunder, metadata: { name: 'owned', namespace: 'short-lived', ownerReferences } },
    { ...flunder, metadata: { name: 'left', namespace: 'short-lived' } },
  ]);
  await session.kubectl(['delete', 'configmap', 'owner', '-n', 'short-lived']);
  await session.wait('delete', '-n', 'short-lived', 'flunder/owned');
  await session.get('flunder', 'left', '-n', 'short-lived');
  await session.kubectl(['delete', 'namespace', 'short-lived']);
  equal((await session.get('flunders', '-A')).items.length, 0);

  await session.kubectl(['delete', 'apiservice', ...versions.map((version) => `${version}.wardle.example.com`)]);
  match((await session.tryKubectl(['get', 'flunders.wardle.example.com'])).output, /the server doesn't have a resource type "flunders"/);
}
