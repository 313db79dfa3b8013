import { deepStrictEqual } from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { pluginNamesProblem } from '../../src/admission/plugins.ts';
import { loadClusterKeys } from '../../src/auth/pki.ts';
import { systemClock } from '../../src/machinery/clock.ts';
import { systemRandom } from '../../src/machinery/random.ts';
import { requester } from '../access/requester.ts';
import { root, startCluster } from '../harness/cluster.ts';
import { enabled, play } from './play.mjs';
import { certificateRequest } from './requests.mjs';

const here = join(root, 'conformance/admission');

test('the plugins that users switch on and configure judge as those of kube-apiserver do', async () => {
  await using cluster = await startCluster({
    flags: [
      ...['--memory', '--nodes', '0', '--components', 'apiserver', '--enable-admission-plugins', enabled.join(',')],
      ...['--admission-control-config-file', join(here, 'config.yaml'), '--token-auth-file', join(root, 'conformance/recorded/tokens.csv')],
    ],
  });
  const server = /server: (\S+)/.exec(await readFile(cluster.kubeconfig, 'utf8'))![1]!;
  const [answers, recorded] = [
    await play(server, 'admintoken', 'alicetoken'),
    JSON.parse(await readFile(join(here, 'answers.json'), 'utf8')),
  ];
  deepStrictEqual(Object.keys(answers), Object.keys(recorded));
  const differing = Object.keys(recorded).filter((name) => !isDeepStrictEqual(answers[name], recorded[name]));
  const only = (from: Record<string, unknown>) => Object.fromEntries(differing.map((name) => [name, from[name]]));
  deepStrictEqual(only(answers), only(recorded));
});

test('a plugin that makes namespaces; kubelets ask for certificates of their own node; other authorities of clients', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-plugins-'));
  try {
    const further = await loadClusterKeys({ serverNames: [], clock: systemClock, random: systemRandom });
    await writeFile(join(folder, 'ca.crt'), further.authority.certificate);
    const flags = ['--memory', '--nodes', '0', '--components', 'apiserver', '--client-ca-file', join(folder, 'ca.crt')];
    await using cluster = await startCluster({ flags: [...flags, '--enable-admission-plugins', 'NamespaceAutoProvision'] });
    using client = await requester(cluster.kubeconfig);
    const { ask } = client;
    const map = { metadata: { name: 'm' } };
    deepStrictEqual((await ask('POST', '/api/v1/namespaces/ap-auto/configmaps?dryRun=All', { body: map })).status, 404);
    deepStrictEqual((await ask('POST', '/api/v1/namespaces/ap-auto/configmaps', { body: map })).status, 201);
    const { body: made } = await ask('GET', '/api/v1/namespaces/ap-auto');
    deepStrictEqual([made.status.phase, made.metadata.managedFields[0].manager], ['Active', 'kube-apiserver']);

    // The administrator of another cluster, whose authority this one trusts.
    const { certificate: cert, key } = further.admin;
    const reviews = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const who = await ask('POST', reviews, { body: review, certificate: { cert, key } });
    deepStrictEqual([who.status, who.body.status.userInfo.username], [201, 'kubernetes-admin']);
    const stranger = await loadClusterKeys({ serverNames: [], clock: systemClock, random: systemRandom });
    const unknown = await ask('POST', reviews, {
      body: review,
      certificate: { cert: stranger.admin.certificate, key: stranger.admin.key },
    });
    deepStrictEqual(unknown.status, 401);

    const headers = { 'impersonate-user': 'system:node:n1', 'impersonate-group': 'system:nodes' };
    const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
    const usages = ['client auth', 'digital signature'];
    const spec = { request: certificateRequest, signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages };
    const refused = await ask('POST', requests, { body: { metadata: { name: 'n' }, spec }, headers });
    const reason = 'can only create a node CSR with CN=system:node:n1';
    deepStrictEqual(refused.body.message, `certificatesigningrequests.certificates.k8s.io "n" is forbidden: ${reason}`);
    const other = { ...spec, signerName: 'example.com/x' };
    deepStrictEqual((await ask('POST', requests, { body: { metadata: { name: 'n' }, spec: other }, headers })).status, 201);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('wrong names of plugins are told in the words of kube-apiserver', () => {
  const both = '[AlwaysDeny] in enable-admission-plugins and disable-admission-plugins overlapped';
  const unknown = (flag: string, name: string) => `${flag}-admission-plugins plugin "${name}" is unknown`;
  deepStrictEqual(pluginNamesProblem(['Foo', 'Bar'], []), `[${unknown('enable', 'Foo')}, ${unknown('enable', 'Bar')}]`);
  deepStrictEqual(pluginNamesProblem([], ['Foo']), unknown('disable', 'Foo'));
  deepStrictEqual(pluginNamesProblem(['AlwaysDeny'], ['AlwaysDeny']), both);
  deepStrictEqual(pluginNamesProblem([...enabled], ['PodSecurity', 'ClusterTrustBundleAttest']), undefined);
});
