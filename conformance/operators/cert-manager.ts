import { equal, match, ok } from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { KubeObject } from '../../api/meta/object.ts';
import { runCommand } from '../harness/programs.ts';
import { bundledTool } from '../harness/tools.ts';
import { buildModule, freePort, objectsOf, type Session, sourcesOf } from './session.ts';

const module = 'github.com/cert-manager/cert-manager';
const namespace = 'cert-manager';
const certManager = (kind: string, metadata: KubeObject['metadata'], spec: object) => ({
  apiVersion: 'cert-manager.io/v1',
  kind,
  metadata,
  spec,
});

/**
 * cert-manager's controller, webhook and cainjector, each under the service account and the rights of its chart, issue a self-signed certificate and one of
 * that authority; the webhooks, whose own authority the cainjector writes, refuse and complete what they should.
 */
export async function run(session: Session): Promise<void> {
  const programs = await buildModule('cert-manager', './cmd/...');
  const chart = join(await sourcesOf('cert-manager', module), 'deploy/charts/cert-manager');
  const values = ['--set', 'crds.enabled=true', '--set', 'startupapicheck.enabled=false'];
  const template = [await bundledTool('helm'), 'template', 'cert-manager', chart, '--namespace', namespace, ...values];
  const { code, output } = await runCommand(template, session.folder, { ...process.env, HELM_CACHE_HOME: session.folder });
  equal(code, 0, output);
  await session.kubectl(['create', 'namespace', namespace]);
  await session.apply(objectsOf(output), '--server-side');
  await session.wait(
    'condition=Established',
    ...['certificates', 'certificaterequests', 'issuers', 'clusterissuers'].map((name) => `crd/${name}.cert-manager.io`),
  );

  const port = await freePort();
  await session.reach(namespace, 'cert-manager-webhook', port, 'https');
  const flags = {
    'secure-port': port,
    'healthz-port': await freePort(),
    'metrics-listen-address': 0,
    'dynamic-serving-ca-secret-namespace': namespace,
  };
  const own = {
    ...flags,
    'dynamic-serving-ca-secret-name': 'cert-manager-webhook-ca',
    'dynamic-serving-dns-names': `cert-manager-webhook.${namespace}.svc`,
  };
  const kubeconfigs = { webhook: 'cert-manager-webhook', cainjector: 'cert-manager-cainjector', controller: 'cert-manager' };
  const start = async (name: keyof typeof kubeconfigs, further: Record<string, unknown>, ready: RegExp) => {
    const kubeconfig = await session.kubeconfigOf(namespace, kubeconfigs[name]);
    const all = Object.entries({ kubeconfig, ...further }).map(([flag, value]) => `--${flag}=${value}`);
    await session.start(name, [join(programs, name), ...all], ready);
  };
  await start('webhook', own, /Serving webhook server/);
  await start('cainjector', { 'leader-election-namespace': 'kube-system' }, /Starting workers/);
  for (const kind of ['validating', 'mutating']) {
    await session.wait('jsonpath={.webhooks[0].clientConfig.caBundle}', `${kind}webhookconfiguration/cert-manager-webhook`);
  }
  await start('controller', {}, /controllers started/);

  await session.apply([
    certManager('ClusterIssuer', { name: 'self-signed' }, { selfSigned: {} }),
    certManager(
      'Certificate',
      { name: 'authority', namespace },
      {
        isCA: true,
        commonName: 'an authority',
        secretName: 'authority',
        privateKey: { algorithm: 'ECDSA' },
        issuerRef: { name: 'self-signed', kind: 'ClusterIssuer' },
      },
    ),
    certManager('Issuer', { name: 'authority', namespace }, { ca: { secretName: 'authority' } }),
    certManager(
      'Certificate',
      { name: 'leaf', namespace },
      {
        dnsNames: ['leaf.example.com'],
        secretName: 'leaf',
        privateKey: { algorithm: 'ECDSA', rotationPolicy: 'Always' },
        issuerRef: { name: 'authority' },
      },
    ),
  ]);
  await session.wait('condition=Ready', '-n', namespace, 'certificate/authority', 'issuer/authority', 'certificate/leaf');
  const authority = await certificateOf(session, 'authority');
  const leaf = await certificateOf(session, 'leaf');
  ok(authority.verify(authority.publicKey) && authority.ca && leaf.verify(authority.publicKey), 'the chain holds');
  equal(leaf.subjectAltName, 'DNS:leaf.example.com');

  // The mutating webhook writes down who asks, the validating one reads it.
  const { items: requests } = await session.get('certificaterequests', '-n', namespace);
  for (const { spec } of requests) equal(spec.username, `system:serviceaccount:${namespace}:cert-manager`);
  const nameless = certManager(
    'Certificate',
    { name: 'nameless', namespace },
    { secretName: 'nameless', issuerRef: { name: 'authority' } },
  );
  match(
    await session.refusal([nameless]),
    /admission webhook "webhook\.cert-manager\.io" denied the request: spec: Invalid value: "": at least one of commonName/,
  );
  match(
    (
      await session.tryKubectl([
        'patch',
        requests[0].kind,
        requests[0].metadata.name,
        '-n',
        namespace,
        '--type=merge',
        '-p',
        '{"spec":{"uid":"1"}}',
      ])
    ).output,
    /denied the request/,
  );

  // A Secret that is lost is issued again, with a new key.
  await session.kubectl(['delete', 'secret', 'leaf', '-n', namespace]);
  await session.wait('jsonpath={.status.revision}=2', '-n', namespace, 'certificate/leaf');
  const again = await certificateOf(session, 'leaf');
  ok(again.verify(authority.publicKey) && again.serialNumber !== leaf.serialNumber, 'it was issued again');
  match(await session.kubectl(['get', 'certificates', '-n', namespace]), /^leaf +True +leaf +\d+s$/m);
}

async function certificateOf(session: Session, secret: string): Promise<X509Certificate> {
  const { data } = await session.get('secret', secret, '-n', namespace);
  const read = (key: string) => Buffer.from(data[key], 'base64');
  const certificate = new X509Certificate(read('tls.crt'));
  ok(certificate.checkPrivateKey(createPrivateKey(read('tls.key'))), `the key of ${secret} is its own`);
  return certificate;
}
