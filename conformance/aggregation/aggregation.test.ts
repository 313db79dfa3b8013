import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type { KubeObject } from '../../api/meta/object.ts';
import { type ClusterKeys, loadClusterKeys } from '../../src/auth/pki.ts';
import { readKubeconfig } from '../../src/cli/kubeconfig.ts';
import { createHttpClient } from '../../src/client/http.ts';
import { systemClock } from '../../src/machinery/clock.ts';
import { systemRandom } from '../../src/machinery/random.ts';
import { type RunningCluster, startCluster } from '../harness/cluster.ts';
import { authority, startExtensionServer } from '../recorded/extension-server.mjs';

const group = 'things.example.com';
const aggregatedForm = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const things = `/apis/${group}/v1/namespaces/default/things`;
const reference = (apiGroup: string, plural: string, kind: string, scope: 'Namespaced' | 'Cluster' = 'Namespaced') => ({
  group: apiGroup,
  version: 'v1',
  plural,
  kind,
  scope,
});

/** An extension API server on this machine, behind a Service whose EndpointSlice names it, and front proxies of an authority of their own. */
describe('aggregation', { timeout: 600_000 }, () => {
  let folder: string;
  let proxies: ClusterKeys['frontProxy'];
  let cluster: RunningCluster;
  let client: ReturnType<typeof createHttpClient>;
  let connection: { server: string; authority: string; certificate: string; key: string };
  const watched: ServerResponse[] = [];
  const server = startExtensionServer(
    {
      [things]: (_request, response) => {
        response.flushHeaders();
        watched.push(response);
        return undefined;
      },
      [`/apis/${group}/v1`]: () => ({ body: { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${group}/v1`, resources: [] } }),
    },
    {
      upgrade(request, socket) {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\nX-From: there\r\n\r\n');
        socket.write(`${request.headers['x-remote-user']}:`);
        socket.pipe(socket);
      },
    },
  );
  before(async () => {
    ({ frontProxy: proxies } = await loadClusterKeys({ serverNames: [], clock: systemClock, random: systemRandom }));
    folder = await mkdtemp(join(tmpdir(), 'orrery-aggregation-'));
    const flags = await proxyFlags(folder, proxies);
    cluster = await startCluster({ flags: ['--memory', '--nodes', '0', '--components', 'apiserver,controllers', ...flags] });
    connection = await readKubeconfig(cluster.kubeconfig);
    const { server: address, authority: certificateAuthority, certificate: clientCertificate, key: clientKey } = connection;
    client = createHttpClient({ server: address, certificateAuthority, clientCertificate, clientKey, userAgent: 'test' });
  });
  after(async () => {
    server.close();
    await client[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  /** Sends a request over a connection of its own, as the administrator or with another certificate. */
  const send = (path: string, options: https.RequestOptions = {}, body?: object) => {
    const { certificate: cert, key, authority: ca } = connection;
    const request = https.request(new URL(path, connection.server), { cert, key, ca, agent: false, ...options });
    // Behind a text, Node would write the headers as UTF-8 as well.
    request.end(body && Buffer.from(JSON.stringify(body)));
    return request;
  };
  const answer = async (request: ReturnType<typeof send>): Promise<{ status: number; body: string }> => {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { status: response.statusCode!, body: await text(response) };
  };
  const until = async (
    resource: ReturnType<typeof reference>,
    namespace: string,
    name: string,
    satisfies: (object: KubeObject) => boolean,
  ) => {
    const watching = new AbortController();
    const api = client.resource(resource);
    for await (const { type, object } of api.watch(namespace, { fieldSelector: `metadata.name=${name}` }, watching.signal)) {
      if (type === 'DELETED' || !satisfies(object)) continue;
      watching.abort();
      return object;
    }
    throw new Error(`the watch of ${name} ended`);
  };
  const whoAmI = async (headers: Record<string, string | string[]>) => {
    const { certificate: cert, key } = proxies.client;
    const options = { method: 'POST', cert, key, headers: { 'content-type': 'application/json', ...headers } };
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const { status, body } = await answer(send('/apis/authentication.k8s.io/v1/selfsubjectreviews', options, review));
    return status === 201 ? JSON.parse(body).status.userInfo : status;
  };

  test('a front proxy names the user in headers', async () => {
    equal((await whoAmI({ 'x-who': 'eve' })).username, 'eve');
    deepEqual(await whoAmI({ 'x-remote-user': Buffer.from('böb').toString('latin1') }), {
      username: 'böb',
      groups: ['system:authenticated'],
    });
    const headers = {
      'x-remote-user': 'bob',
      'x-remote-uid': '7',
      'x-remote-group': ['a', 'b'],
      'x-remote-extra-acme.com%2fscope': ['x', 'y'],
    };
    deepEqual(await whoAmI(headers), {
      username: 'bob',
      uid: '7',
      groups: ['a', 'b', 'system:authenticated'],
      extra: { 'acme.com/scope': ['x', 'y'] },
    });
    equal(await whoAmI({}), 401);
    equal(await whoAmI({ 'x-remote-user': 'bob', authorization: 'Bearer none' }).then(({ username }) => username), 'bob');
    // The administrator's certificate is none of a proxy: who bob is does not count.
    const { status } = await answer(send('/api/v1/secrets', { headers: { 'x-remote-user': 'bob' } }));
    equal(status, 200);
  });

  test('extension servers can read whom to trust, and it is written again', async () => {
    const configMaps = client.resource(reference('', 'configmaps', 'ConfigMap'));
    const name = 'extension-apiserver-authentication';
    const written = await until(reference('', 'configmaps', 'ConfigMap'), 'kube-system', name, () => true);
    const wanted = {
      'client-ca-file': connection.authority,
      'requestheader-allowed-names': '["front-proxy-client"]',
      'requestheader-client-ca-file': proxies.authority.certificate,
      'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
      'requestheader-group-headers': '["X-Remote-Group"]',
      'requestheader-uid-headers': '["X-Remote-Uid"]',
      'requestheader-username-headers': '["X-Remote-User","X-Who"]',
    };
    deepEqual(written['data'], wanted);
    await configMaps.update('kube-system', { ...written, data: { 'requestheader-allowed-names': '["another"]' } });
    const whole = await until(
      reference('', 'configmaps', 'ConfigMap'),
      'kube-system',
      name,
      ({ data }) => data['client-ca-file'] !== undefined,
    );
    deepEqual(whole['data'], { ...wanted, 'requestheader-allowed-names': '["another","front-proxy-client"]' });
    await configMaps.delete('kube-system', name);
    const again = await until(
      reference('', 'configmaps', 'ConfigMap'),
      'kube-system',
      name,
      ({ metadata }) => metadata!.uid !== written.metadata!.uid,
    );
    deepEqual(again['data'], wanted);
  });

  test('an upgrade reaches the server of a group as the connection it is', async () => {
    const objects: [ReturnType<typeof reference>, string, KubeObject][] = [
      [reference('', 'namespaces', 'Namespace', 'Cluster'), '', { metadata: { name: 'extension' } }],
      [reference('', 'services', 'Service'), 'extension', { metadata: { name: 'ext' }, spec: { ports: [{ port: 443 }] } }],
      [
        reference('discovery.k8s.io', 'endpointslices', 'EndpointSlice'),
        'extension',
        {
          metadata: { name: 'ext', labels: { 'kubernetes.io/service-name': 'ext' } },
          addressType: 'FQDN',
          ports: [{ port: server.port(), name: '' }],
          endpoints: [{ addresses: ['extension.localhost'] }],
        },
      ],
      [
        reference('apiregistration.k8s.io', 'apiservices', 'APIService', 'Cluster'),
        '',
        {
          metadata: { name: `v1.${group}` },
          spec: {
            group,
            version: 'v1',
            service: { namespace: 'extension', name: 'ext' },
            caBundle: authority,
            groupPriorityMinimum: 1000,
            versionPriority: 15,
          },
        },
      ],
    ];
    for (const [resource, namespace, object] of objects) await client.resource(resource).create(namespace, object);
    const services = reference('apiregistration.k8s.io', 'apiservices', 'APIService', 'Cluster');
    const { status } = await until(services, '', `v1.${group}`, ({ status: of }) => of?.conditions?.[0]?.status === 'True');
    equal(status.conditions[0].message, 'all checks passed');
    const offered = { 'sec-websocket-protocol': 'v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.c2VjcmV0' };
    const headers = {
      connection: 'Upgrade',
      upgrade: 'echo',
      'x-remote-user': 'evil',
      'x-who': 'evil',
      authorization: 'Bearer secret',
      ...offered,
    };
    const request = send(`${things}/a/attach?x=1`, { headers });
    const [response, socket] = (await once(request, 'upgrade')) as [IncomingMessage, Duplex];
    deepEqual([response.statusCode, response.headers['x-from']], [101, 'there']);
    socket.write('hello');
    let echoed = '';
    for await (const bytes of socket) {
      echoed += bytes;
      if (echoed.endsWith('hello')) break;
    }
    equal(echoed, 'kubernetes-admin:hello');
    const reached = server.seen.filter(({ url }) => url.includes('attach'));
    deepEqual(
      reached.map(({ url, client: shown, headers: sent }) => [
        url,
        shown,
        sent['authorization'],
        sent['x-who'],
        sent['sec-websocket-protocol'],
      ]),
      [[`${things}/a/attach?x=1`, 'front-proxy-client', undefined, undefined, 'v5.channel.k8s.io']],
    );
    // An answer without an upgrade is an answer.
    equal((await answer(send(`${things}/a`))).status, 404);
  });

  test('what is under way outlives a change of the authority', async () => {
    const services = reference('apiregistration.k8s.io', 'apiservices', 'APIService', 'Cluster');
    const [response] = (await once(send(`${things}?watch=1`), 'response')) as [IncomingMessage];
    const api = client.resource(services);
    const setAuthority = async (caBundle: string | null, status: string) => {
      await api.patch('', `v1.${group}`, 'application/merge-patch+json', { spec: { caBundle } });
      await until(services, '', `v1.${group}`, (object) => object['status']?.conditions?.[0]?.status === status);
    };
    await setAuthority(null, 'False');
    equal((await answer(send(`${things}/a`))).body, 'service unavailable\n');
    const { body: metrics } = await answer(send('/metrics'));
    deepEqual(
      metrics.split('\n').filter((line) => line.includes(group)),
      [
        `aggregator_unavailable_apiservice{name="v1.${group}"} 1`,
        `aggregator_unavailable_apiservice_total{name="v1.${group}",reason="FailedDiscoveryCheck"} 1`,
      ],
    );
    await setAuthority(authority, 'True');
    equal((await answer(send(`${things}/a`))).status, 404);
    watched[0]!.end('still here\n');
    equal(await text(response), 'still here\n');
  });

  test('a namespace goes only when all servers have told what may be in it', async () => {
    const namespaces = reference('', 'namespaces', 'Namespace', 'Cluster');
    const services = client.resource(reference('apiregistration.k8s.io', 'apiservices', 'APIService', 'Cluster'));
    const broken = 'v1.broken.example.com';
    const service = { namespace: 'default', name: 'none' };
    const priorities = { groupPriorityMinimum: 1000, versionPriority: 15 };
    const spec = { group: 'broken.example.com', version: 'v1', service, insecureSkipTLSVerify: true, ...priorities };
    await services.create('', { metadata: { name: broken }, spec });
    const staleIn = async () => (await answer(send('/apis', { headers: { accept: aggregatedForm } }))).body.includes('"Stale"');
    await until(
      reference('apiregistration.k8s.io', 'apiservices', 'APIService', 'Cluster'),
      '',
      broken,
      ({ status }) => status?.conditions?.length > 0,
    );
    while (!(await staleIn()));
    await client.resource(namespaces).create('', { metadata: { name: 'waits' } });
    await client.resource(namespaces).delete('', 'waits');
    const failure = ({ type }: { type: string }) => type === 'NamespaceDeletionDiscoveryFailure';
    const waiting = await until(namespaces, '', 'waits', ({ status }) => status?.conditions?.some(failure));
    const { lastTransitionTime: _, ...condition } = waiting['status'].conditions.find(failure);
    deepEqual(condition, {
      type: 'NamespaceDeletionDiscoveryFailure',
      status: 'True',
      reason: 'DiscoveryFailed',
      message:
        'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: broken.example.com/v1: stale GroupVersion discovery: broken.example.com/v1',
    });
    await services.delete('', broken);
    const fieldSelector = 'metadata.name=waits';
    const { items, metadata } = await client.resource(namespaces).list('', { fieldSelector });
    if (items.length === 0) return;
    const watching = new AbortController();
    const { resourceVersion } = metadata;
    for await (const { type } of client.resource(namespaces).watch('', { fieldSelector, resourceVersion }, watching.signal)) {
      if (type === 'DELETED') watching.abort();
    }
  });
});

/** Flags for an authority of front proxies and our certificate of it. */
async function proxyFlags(folder: string, { authority: ca, client: own }: ClusterKeys['frontProxy']): Promise<string[]> {
  const files = {
    'requestheader-client-ca-file': ca.certificate,
    'proxy-client-cert-file': own.certificate,
    'proxy-client-key-file': own.key,
  };
  const flags = [
    '--requestheader-allowed-names',
    'front-proxy-client',
    '--requestheader-uid-headers',
    'X-Remote-Uid',
    '--requestheader-username-headers',
    'X-Remote-User,X-Who',
  ];
  for (const [flag, content] of Object.entries(files)) {
    const file = join(folder, `${flag}.pem`);
    await writeFile(file, content);
    flags.push(`--${flag}`, file);
  }
  return flags;
}
