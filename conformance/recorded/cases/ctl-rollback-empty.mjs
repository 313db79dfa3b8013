// The annotation that asks for a rollback, empty: it is not stored, but each write that has it counts as a change; who owns it.
import { post, patch, strategic, get, until, settle, P, cleanup, loose } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps } = P(ns); const D = `${apps}/deployments/d`; const key = 'deprecated.deployment.rollback.to';
  const seen = (b) => b.message ?? [b.metadata.generation, Object.keys(b.metadata.annotations ?? {}).filter((k) => !k.startsWith('deployment.')).sort(), (b.metadata.managedFields ?? []).filter((m) => m.manager !== 'kube-controller-manager').map((m) => `${m.manager} ${m.operation} ${m.subresource ?? ''} ${JSON.stringify(m.fieldsV1['f:metadata'] ?? {})}`).sort()];
  const body = (annotations) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', annotations }, spec: { paused: true, replicas: 0, selector: { matchLabels: { app: 'd' } }, template: { metadata: { labels: { app: 'd' } }, spec: loose() } } });
  const apply = (title, annotations, manager = 'one', path = D) => ({ name: title, method: 'PATCH', path, query: { fieldManager: manager, force: 'true' }, type: 'application/apply-patch+yaml', body: path === D ? body(annotations) : { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', annotations } }, pick: seen });
  const put = (title, change, path = D) => (v) => ({ name: title, method: 'PUT', path, body: { ...v.d, metadata: { name: 'd', annotations: change } }, pick: seen });
  const steps = [
    post('created with it', `${apps}/deployments`, body({ [key]: '', note: 'x' }), seen), get('as it is', D, seen, { save: (b, v) => { v.d = { apiVersion: 'apps/v1', kind: 'Deployment', spec: b.spec }; } }),
    patch('merged', D, { metadata: { annotations: { [key]: '' } } }, seen), patch('again', D, { metadata: { annotations: { [key]: '' } } }, seen), strategic('strategically', D, { metadata: { annotations: { [key]: '' } } }, seen),
    patch('by its path', D, [{ op: 'add', path: `/metadata/annotations/${key}`, value: '' }], seen, { type: 'application/json-patch+json' }), patch('and gone within', D, [{ op: 'add', path: `/metadata/annotations/${key}`, value: '' }, { op: 'remove', path: `/metadata/annotations/${key}` }], seen, { type: 'application/json-patch+json' }),
    put('put', { [key]: '', note: 'x' }), put('put without', { note: 'x' }), put('put alone', { [key]: '' }), put('put with none', {}), patch('in its status', `${D}/status`, { metadata: { annotations: { [key]: '' } } }, seen), patch('in its scale', `${apps}/deployments/d/scale`, { metadata: { annotations: { [key]: '' } } }, (b) => b.message ?? [b.kind, b.metadata.annotations ?? 'none']), get('after both', D, seen),
    patch('a dry run', D, { metadata: { annotations: { [key]: '' } } }, seen, { query: { dryRun: 'All' } }),
    apply('applied', { [key]: '' }), apply('applied again', { [key]: '' }), apply('applied to the status', { [key]: '' }, 'two', `${D}/status`), apply('applied without', {}), apply('with a number', { [key]: '3' }), apply('and empty', { [key]: '' }), get('in the end', D, seen),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
