import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { startCluster } from '../harness/cluster.ts';
import { bundledTool } from '../harness/tools.ts';
import { authority, startWebhookServer } from '../recorded/webhook-server.mjs';

const namespace = 'rp-ext-webhooks-service';

/** The webhook of an operator that runs on this machine, behind a Service whose EndpointSlice names its address. */
test('a webhook behind a service of the cluster is called', { timeout: 60_000 }, async () => {
  const kubectl = await bundledTool('kubectl');
  await using cluster = await startCluster({ flags: ['--memory', '--nodes', '0', '--components', 'apiserver'] });
  const server = startWebhookServer({ '/judge': ({ name }: { name: string }) => ({ allowed: name !== 'bad' }) });
  const run = (args: string[], objects?: object[]) => {
    const input = objects && JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    return play(kubectl, ['--kubeconfig', cluster.kubeconfig, '-n', namespace, ...args], input);
  };
  const labels = { 'kubernetes.io/service-name': 'hook' };
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'hook', namespace }, spec: { ports: [{ port: 443 }] } },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'judge' },
      webhooks: [
        {
          name: 'judge.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          clientConfig: { service: { name: 'hook', namespace, path: '/judge' }, caBundle: authority },
          rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
        },
      ],
    },
  ];
  deepEqual((await run(['apply', '-f', '-'], objects)).code, 0);
  const alone = await run(['create', 'configmap', 'early']);
  match(
    alone.errors,
    /failed calling webhook "judge.example.com": failed to call webhook: Post "https:\/\/hook\.rp-ext-webhooks-service\.svc:443\/judge\?timeout=10s": dial tcp 10\.96\.\d+\.\d+:443: connect: connection refused/,
  );
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'hook-here', namespace, labels },
    // Loopback addresses are refused in any cluster; a name of this machine is not.
    addressType: 'FQDN',
    ports: [{ port: server.port() }],
    endpoints: [{ addresses: ['operator.localhost'] }],
  };
  deepEqual((await run(['apply', '-f', '-'], [slice])).code, 0);
  match((await run(['create', 'configmap', 'bad'])).errors, /admission webhook "judge.example.com" denied the request without explanation/);
  deepEqual(await run(['create', 'configmap', 'good']), { code: 0, output: 'configmap/good created\n', errors: '' });

  const external = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'hook', namespace },
    spec: { type: 'ExternalName', externalName: 'localhost' },
  };
  const port = [{ op: 'add', path: '/webhooks/0/clientConfig/service/port', value: server.port() }];
  await run(['delete', 'service', 'hook']);
  equal((await run(['apply', '-f', '-'], [external])).code, 0);
  equal((await run(['patch', 'validatingwebhookconfiguration', 'judge', '--type=json', '-p', JSON.stringify(port)])).code, 0);
  match((await run(['create', 'configmap', 'bad'])).errors, /denied the request/);
  equal(server.seen.length, 3);
});

interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

async function play(file: string, args: string[], input = ''): Promise<Outcome> {
  const child = spawn(file, args, { stdio: 'pipe' });
  child.stdin.end(input);
  const [[code], output, errors] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  return { code, output, errors };
}
