// scratch (removed before the end)
import { readFileSync, writeFileSync } from 'node:fs';
import { defineResource } from '../api/define.ts';
import { createSchemaSource } from '../openapi/source.ts';
import { systemClock } from './machinery/clock.ts';
import { createLogger } from './machinery/logger.ts';
import { ProtobufCodec } from './machinery/protobuf/codec.ts';
import { systemRandom } from './machinery/random.ts';
import { openMemoryStorage } from './storage/memory/memory-storage.ts';
import { ApiServer } from './server/api-server.ts';
import { bootstrap } from './server/bootstrap.ts';
import { bootstrapObjects } from './auth/bootstrap/index.ts';
import { loadClusterKeys } from './auth/pki.ts';
import { RbacAuthorizer } from './auth/authorize/rbac.ts';
import { followRbac } from './auth/authorize/rbac-source.ts';
import { superuserAuthorizer, unionAuthorizer } from './auth/authorize/union.ts';
import { unionAuthenticator } from './auth/authenticate/union.ts';
import { clientCertificateAuthenticator } from './auth/authenticate/client-certificate.ts';
import { readTokenFile } from './auth/authenticate/token-file.ts';
import { ServiceAccountTokens } from './auth/service-account-tokens.ts';
import { apiServerUser } from './registry/own-user.ts';
import { startCompactor } from './storage/compactor.ts';

const port = 17443;
async function realDefinitions() {
  try { return (await import('../api/index.ts' as string)).definitions; } catch (e) { console.error('no api/index:', (e as Error).message); return []; }
}
const facts = JSON.parse(readFileSync('/work/shared/facts/discovery.json', 'utf8'));
const schemasJson = JSON.parse(readFileSync('/work/shared/facts/schemas.json', 'utf8'));
const byGvk = new Map<string, string>();
for (const [n, s] of Object.entries<any>(schemasJson.schemas ?? schemasJson)) for (const g of s['x-kubernetes-group-version-kind'] ?? []) if (!byGvk.has(`${g.group}/${g.version}/${g.kind}`)) byGvk.set(`${g.group}/${g.version}/${g.kind}`, n);
const real: any[] = await realDefinitions();
const definitions: any[] = [...real];
for (const list of [facts.api, facts.apis]) for (const g of list.items) for (const v of g.versions) for (const r of v.resources) {
  const group = g.metadata.name ?? '';
  if (definitions.some((d) => d.group === group && d.version === v.version && d.plural === r.resource)) continue;
  const schema = byGvk.get(`${group}/${v.version}/${r.responseKind.kind}`);
  if (!schema) { console.error('no schema', group, r.resource); continue; }
  definitions.push(defineResource({ group, version: v.version, kind: r.responseKind.kind, plural: r.resource, scope: r.scope, schema, verbs: r.verbs, ...(group.startsWith('rbac') || group === '' ? { validateName: (await import('../api/meta/names.ts')).nameIsPathSegment } : {}),
    ...(['podtemplates','pods','services','serviceaccounts','resourcequotas','namespaces','persistentvolumes','persistentvolumeclaims'].includes(r.resource) ? { returnsDeletedObject: true } : {}),
    ...(r.resource === 'services' ? { allocations: ['clusterIP', 'nodePort'], allowCreateOnUpdate: true } : {}),
    ...(r.resource === 'pods' ? { selectableFields: { 'spec.nodeName': (o: any) => o.spec?.nodeName ?? '', 'status.phase': (o: any) => o.status?.phase ?? '' }, gracePeriodSeconds: (o: any, q: any) => o.spec?.nodeName ? q ?? o.spec?.terminationGracePeriodSeconds ?? 30 : 0, prepareForCreate: (o: any) => { o.status = { phase: 'Pending' }; o.metadata.generation = 1; } } : {}),
    ...(r.resource === 'namespaces' ? { prepareForCreate: (o: any) => { o.metadata.labels = { ...o.metadata.labels, 'kubernetes.io/metadata.name': o.metadata.name }; o.spec = { finalizers: [] }; o.status = { phase: 'Active' }; }, staged: { mark: (o: any) => { o.status = { phase: 'Terminating' }; }, holds: (o: any) => (o.spec?.finalizers?.length ?? 0) > 0 } } : {}), shortNames: r.shortNames,
    subresources: (r.subresources ?? []).filter((s: any) => ['status','finalize','approval','resize','ephemeralcontainers'].includes(s.subresource)).map((s: any) => ({ type: 'part', name: s.subresource, verbs: s.verbs, strategy: {} })) } as any));
}
console.error(`${real.length} real of ${definitions.length} definitions`);
const storage = openMemoryStorage({ clock: systemClock });
const keys = await loadClusterKeys({ clock: systemClock, random: systemRandom, serverNames: ['127.0.0.1', 'localhost'] });
const logger = createLogger('warn');
const tokens = new ServiceAccountTokens({ issuer: 'https://kubernetes.default.svc', keys: keys.serviceAccount, clock: systemClock, random: systemRandom, read: async () => undefined });
writeFileSync('/tmp/verbs/tokens.csv', 'admintoken,admin,1,"system:masters"\nalicetoken,alice,2,"dev"\n');
const rbac = new RbacAuthorizer();
let plugins: any = () => [];
try { const m: any = await import('./admission/plugins.ts' as string); plugins = (lookup: any) => m.defaultAdmissionPlugins(lookup, systemClock, systemRandom).filter((p: any) => p.name !== 'ServiceAccount'); } catch (e) { console.error('no plugins', (e as Error).message); }
const server = new ApiServer({
  storage, definitions, schemas: createSchemaSource(), clock: systemClock, random: systemRandom, logger,
  settings: { serviceClusterIPRanges: ['10.96.0.0/16'], nodePortRange: [30000, 32767] },
  authenticator: unionAuthenticator([clientCertificateAuthenticator(), await readTokenFile('/tmp/verbs/tokens.csv'), tokens]),
  authorizer: unionAuthorizer([superuserAuthorizer, rbac]),
  tokens, protobuf: new ProtobufCodec(), admissionPlugins: plugins, versionInfo: { major: '1', minor: '36', gitVersion: 'v1.36.3' } as any,
  serverAddress: () => `127.0.0.1:${port}`,
  tls: { key: (keys as any).server?.key ?? (keys as any).serving.key, cert: (keys as any).server?.certificate ?? (keys as any).serving.certificate, clientCa: (keys as any).ca?.certificate ?? (keys as any).authority.certificate },
});
await followRbac(storage, rbac, new AbortController().signal, (e) => console.error(e));
await bootstrap({ client: server.client(apiServerUser), registry: server.registry, serviceClusterIPRanges: ['10.96.0.0/16'], advertiseAddress: '192.0.2.1', port, objects: bootstrapObjects() });
await startCompactor(storage, systemClock, 20_000, (e) => console.error(e));
await server.http!.listen(port, '127.0.0.1');
const ca = (keys as any).ca?.certificate ?? (keys as any).authority.certificate;
const admin = (keys as any).admin;
const b64 = (s: string) => Buffer.from(s).toString('base64');
writeFileSync('/tmp/verbs/kubeconfig', `apiVersion: v1\nkind: Config\nclusters:\n- name: orrery\n  cluster:\n    server: https://127.0.0.1:${port}\n    certificate-authority-data: ${b64(ca)}\nusers:\n- name: user\n  user:\n    client-certificate-data: ${b64(admin.certificate)}\n    client-key-data: ${b64(admin.key)}\ncontexts:\n- name: orrery\n  context: {cluster: orrery, user: user}\ncurrent-context: orrery\n`);
console.error('up');
