// A namespace on its way out: its conditions while objects with finalizers of several kinds are left, what is refused in it, its own finalizers, and its end.
import { post, patch, get, del, until, gone, P, cleanup, loose, pod, condsFull, cond, quiet } from './lib/ctl.mjs';
export default ({ ns }) => {
  const other = `${ns}-b`; const N = `/api/v1/namespaces/${other}`; const core = N; const apps = `/apis/apps/v1/namespaces/${other}`;
  const hold = { finalizers: ['example.com/hold'] };
  const state = (b) => ({ phase: b.status.phase, spec: b.spec, order: b.status.conditions?.map((c) => c.type), conditions: condsFull(b) });
  const free = (path) => patch(`let ${path.split('/').at(-1)} go`, path, { metadata: { finalizers: null } }, (b) => b.kind);
  const steps = [
    quiet(del('none from before', N)), quiet(gone('gone', N)),
    post('a namespace', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: other, labels: { a: 'b' } } }, (b) => ({ labels: b.metadata.labels, spec: b.spec, status: b.status })),
    quiet(until('its account', `${core}/serviceaccounts/default`, (b) => b.kind === 'ServiceAccount')),
    post('a map', `${core}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm1', ...hold } }), post('another', `${core}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm2', finalizers: ['example.com/hold', 'example.com/more'] } }),
    post('a secret', `${core}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', ...hold } }),
    post('a set', `${apps}/replicasets`, { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'r', ...hold }, spec: { replicas: 0, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: loose() } } }),
    post('a pod', `${core}/pods`, pod('p', loose({ terminationGracePeriodSeconds: 0 }), {}, hold)),
    del('it goes', N, undefined, { pick: (b) => ({ kind: b.kind, phase: b.status?.phase, spec: b.spec }) }),
    until('waits for the pod first', N, (b) => cond(b, 'NamespaceContentRemaining'), state),
    get('and leaves the rest', `${core}/configmaps/m1`, (b) => Boolean(b.metadata.deletionTimestamp)),
    post('nothing new', `${core}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new' } }),
    patch('old ones may change', `${core}/configmaps/m1`, { data: { a: 'b' } }, (b) => b.data),
    del('again', N, undefined, { pick: (b) => ({ kind: b.kind, reason: b.reason, message: b.message, phase: b.status?.phase }) }),
    post('a namespace of its name', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: other } }),
    free(`${core}/pods/p`), until('says what is left', N, (b) => /configmaps/.test(cond(b, 'NamespaceContentRemaining')?.message) && /secrets/.test(cond(b, 'NamespaceContentRemaining').message) && /replicasets/.test(cond(b, 'NamespaceContentRemaining').message), state),
    free(`${core}/secrets/s`), free(`${apps}/replicasets/r`), free(`${core}/configmaps/m1`),
    until('less is left', N, (b) => cond(b, 'NamespaceContentRemaining')?.message === 'Some resources are remaining: configmaps. has 1 resource instances', state),
    { name: 'a finalizer by hand', method: 'PUT', path: `${N}/finalize`, body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: other }, spec: { finalizers: ['kubernetes', 'example.com/ns'] } }, pick: (b) => b.spec },
    free(`${core}/configmaps/m2`),
    until('only that is left', N, (b) => (b.spec.finalizers ?? []).join() === 'example.com/ns', state),
    { name: 'none', method: 'PUT', path: `${N}/finalize`, body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: other }, spec: { finalizers: [] } }, pick: (b) => ({ kind: b.kind, status: b.status?.phase ?? b.status }) },
    gone('is gone', N),
    post('again', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: other } }, (b) => b.status),
    until('with its account', `${core}/serviceaccounts/default`, (b) => b.kind === 'ServiceAccount', (b) => b.metadata.name),
    patch('a finalizer in its metadata', N, { metadata: { finalizers: ['example.com/meta'] } }, (b) => b.metadata.finalizers),
    del('goes again', N), until('empty but there', N, (b) => !b.spec.finalizers && b.metadata.deletionTimestamp && cond(b, 'NamespaceContentRemaining')?.status === 'False', state),
    patch('let it go at last', N, { metadata: { finalizers: null } }, (b) => b.kind), gone('it is gone', N),
  ];
  steps.cleanup = cleanup(ns, 0, [N]);
  return steps;
};
