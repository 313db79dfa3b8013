import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCluster } from '../harness/cluster.ts';
import { authority, startWebhookServer } from '../recorded/webhook-server.mjs';
import { connectTo } from './play.ts';

/** Never seen where it does not belong, as itself or in base64. */
const secret = 'correct-horse-battery-staple';
const shapes = [secret, Buffer.from(secret).toString('base64')];
const holdsSecret = (text: string) => shapes.some((shape) => text.includes(shape));

/** Secrets at the level that hides them; everything else with its bodies. */
const policy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  rules: [{ level: 'Metadata', resources: [{ group: '', resources: ['secrets', 'serviceaccounts/token'] }] }, { level: 'RequestResponse' }],
};

test('secrets and tokens are in no log, event, audit record or error', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-secrets-'));
  const [policyFile, auditLog] = [join(folder, 'policy.json'), join(folder, 'audit.log')];
  await writeFile(policyFile, JSON.stringify(policy));
  const audit = ['--audit-policy-file', policyFile, '--audit-log-path', auditLog];
  const cluster = await startCluster({ flags: ['--memory', '--nodes', '1', '--log-level', 'trace', ...audit] });
  let log = '';
  cluster.process.stderr!.on('data', (chunk) => (log += chunk));
  const webhooks = startWebhookServer({ '/fails': () => ({ status: 500, body: 'no' }) });
  const connection = await connectTo(cluster.kubeconfig);
  const nobody = await connectTo(cluster.kubeconfig, { anonymous: true });
  const core = '/api/v1/namespaces/default';
  const leaks: string[] = [];
  /** Whatever is answered with an error may be logged and shown by the client. */
  const send = async (method: string, path: string, body?: object | string, type?: string) => {
    const answer = await connection.ask(method, path, typeof body === 'object' ? JSON.stringify(body) : body, type);
    if (answer.status >= 400 && holdsSecret(answer.text)) leaks.push(`${method} ${path}: ${answer.text}`);
    return answer;
  };
  const merge = 'application/merge-patch+json';
  try {
    const data = { password: Buffer.from(secret).toString('base64') };
    equal((await send('POST', `${core}/secrets`, { metadata: { name: 'kept' }, stringData: { password: secret } })).status, 201);
    equal((await send('POST', `${core}/secrets`, { metadata: { name: 'kept' }, data })).status, 409);
    equal((await send('POST', `${core}/secrets`, { metadata: { name: 'Wrong_Name' }, data })).status, 422);
    equal(
      (await send('POST', `${core}/secrets?fieldValidation=Strict`, { metadata: { name: 'b' }, data, unknown: secret.length })).status,
      400,
    );
    const docker = {
      metadata: { name: 'docker' },
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': `{${secret}` },
    };
    const redacted = await send('POST', `${core}/secrets`, docker);
    match(redacted.text, /secret contents redacted/);
    equal((await send('PATCH', `${core}/secrets/kept`, { type: 'Other', data }, merge)).status, 422);
    equal((await send('PUT', `${core}/secrets/kept`, { metadata: { name: 'kept', resourceVersion: '1' }, data })).status, 409);
    const apply = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'kept' }, data };
    const other = { ...apply, data: { password: Buffer.from('other').toString('base64') } };
    equal((await send('PATCH', `${core}/secrets/kept?fieldManager=b`, other, 'application/apply-patch+yaml')).status, 409);
    const large = { metadata: { name: 'large' }, data, immutable: true, stringData: { padding: 'x'.repeat(100_000) } };
    equal((await send('POST', `${core}/secrets`, large)).status, 201);
    equal((await send('PATCH', `${core}/secrets/large`, { data: { more: data.password } }, merge)).status, 422);

    // A token in use, and one that somebody has changed.
    const reviewed = await send('POST', `${core}/serviceaccounts/default/token`, { spec: {} });
    const { token } = JSON.parse(reviewed.text).status as { token: string };
    for (const [given, status] of [
      [token, 403],
      [`${token.slice(0, -4)}AAAA`, 401],
    ] as const) {
      const answer = await nobody.ask('GET', `${core}/secrets`, undefined, undefined, { authorization: `Bearer ${given}` });
      equal(answer.status, status);
      ok(!answer.text.includes(given));
    }
    equal((await send('GET', '/api/v1/namespaces/default/secrets?limit=x')).status, 400);

    // A webhook that fails while it sees the Secret, and a pod that cannot use it.
    const hook = {
      name: 'fails.example.com',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      objectSelector: { matchLabels: { judged: 'yes' } },
      clientConfig: { url: webhooks.url('/fails'), caBundle: authority },
      rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['secrets'] }],
    };
    const configurations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    equal((await send('POST', configurations, { metadata: { name: 'fails' }, webhooks: [hook] })).status, 201);
    const judged = (i: number) => ({ metadata: { name: `judged${i}`, labels: { judged: 'yes' } }, data });
    for (let i = 0; (await send('POST', `${core}/secrets`, judged(i))).status !== 500; i++) {}
    const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'kept', key: 'absent' } } }];
    const pod = { metadata: { name: 'curious' }, spec: { containers: [{ name: 'a', image: 'nginx', env }] } };
    equal((await send('POST', `${core}/pods`, pod)).status, 201);
    const events = `${core}/events?fieldSelector=involvedObject.name%3Dcurious`;
    let told = '';
    while (!told.includes("couldn't find key absent")) told = (await send('GET', events)).text;

    equal(await cluster.stop(), 0);
    deepEqual(leaks, []);
    const records = await readFile(auditLog, 'utf8');
    match(records, /"name":"kept"/);
    match(log, /"msg"/);
    for (const [place, text] of [
      ['log', log],
      ['audit log', records],
      ['events', told],
    ] as const) {
      deepEqual(
        text.split('\n').filter((line) => holdsSecret(line) || line.includes(token.slice(-40))),
        [],
        place,
      );
    }
  } finally {
    connection.close();
    nobody.close();
    await cluster[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  }
});
