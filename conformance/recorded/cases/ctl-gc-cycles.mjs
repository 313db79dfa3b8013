// Garbage collection: cycles of owners, several owners of which one goes, owners of the whole cluster, uids that do not fit, finalizers set by hand, pods in the foreground.
import { post, patch, get, del, until, gone, settle, P, cleanup, names, owners, events, quiet, loose, pod } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, pods } = P(ns); const C = `${core}/configmaps`; const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
  const cm = (name, refs = [], meta) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...(refs.length ? { ownerReferences: refs } : {}), ...meta } });
  const ref = (v, name, more) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid: v[name], ...more });
  const make = (title, name, refs = () => [], meta) => (v) => post(title, C, cm(name, refs(v), meta), undefined, { save: (b, vars) => { vars[name] = b.metadata.uid; } });
  const all = [`${roles}/${ns}`, `${roles}/${ns}-child`];
  const shown = (b) => ({ deleting: Boolean(b.metadata?.deletionTimestamp), finalizers: b.metadata?.finalizers, owners: owners(b) });
  const steps = [
    ...all.map((p) => quiet(del('none from before', p))),
    make('a', 'a'), make('b of a', 'b', (v) => [ref(v, 'a')]),
    (v) => patch('a of b', `${C}/a`, { metadata: { ownerReferences: [ref(v, 'b')] } }, shown),
    settle(500), get('nobody goes', C, (b) => names(b).filter((n) => n.length === 1)),
    del('one of the circle goes', `${C}/a`), gone('and the other', `${C}/b`),
    make('x', 'x'), make('y of x, that blocks', 'y', (v) => [ref(v, 'x', { blockOwnerDeletion: true })]),
    (v) => patch('x of y, that blocks', `${C}/x`, { metadata: { ownerReferences: [ref(v, 'y', { blockOwnerDeletion: true })] } }, shown),
    del('in the foreground', `${C}/x`, 'Foreground'), gone('x is gone', `${C}/x`), gone('y is gone', `${C}/y`),
    make('first', 'first'), make('second', 'second'), make('of both', 'both', (v) => [ref(v, 'first', { controller: true }), ref(v, 'second')]),
    del('one goes', `${C}/first`), until('the other stays its owner', `${C}/both`, (b) => owners(b).length === 1, shown),
    make('third', 'third'),
    (v) => patch('two again', `${C}/both`, { metadata: { ownerReferences: [ref(v, 'second', { blockOwnerDeletion: true }), ref(v, 'third')] } }, (b) => owners(b).length),
    del('in the foreground too', `${C}/second`, 'Foreground'), gone('it is gone', `${C}/second`), until('of the third alone', `${C}/both`, (b) => owners(b).length === 1, shown),
    make('with a uid that is not its owner\'s', 'odd', () => [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'third', uid: '00000000-0000-0000-0000-000000000000' }]), gone('goes', `${C}/odd`),
    make('of a kind under another version', 'version', (v) => [{ apiVersion: 'v2', kind: 'ConfigMap', name: 'third', uid: v.third }]), settle(800), get('stays', `${C}/version`, shown),
    post('a role of the cluster', roles, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: ns }, rules: [] }, (b) => b.kind, { save: (b, v) => { v.role = b.metadata.uid; } }),
    (v) => post('a map of the role', C, cm('ofrole', [{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: ns, uid: v.role }])),
    (v) => post('a role of a map', roles, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: `${ns}-child`, ownerReferences: [ref(v, 'third')] }, rules: [] }, (b) => b.kind),
    until('the child of the cluster is told of', '/api/v1/namespaces/default/events', (b) => b.items.some((e) => e.reason === 'OwnerRefInvalidNamespace'), (b) => [...new Set(b.items.map((e) => `${e.type} ${e.reason} ${e.message}`))].map((m) => m.replace(/[0-9a-f-]{36}/g, '<uid>')).slice(0, 1), { query: { fieldSelector: `involvedObject.name=${ns}-child` } }),
    del('the role goes', `${roles}/${ns}`), gone('and its map', `${C}/ofrole`),
    get('the child stays', `${roles}/${ns}-child`, (b) => b.kind),
    make('orphaning by hand', 'hand', () => [], { finalizers: ['orphan'] }), make('its child', 'handchild', (v) => [ref(v, 'hand', { blockOwnerDeletion: true, controller: true })]),
    settle(400), del('deleted without a word', `${C}/hand`), gone('is gone', `${C}/hand`), until('its child has no owner', `${C}/handchild`, (b) => owners(b).length === 0, shown),
    make('foreground by hand', 'fore', () => [], { finalizers: ['foregroundDeletion'] }), make('its child too', 'forechild', (v) => [ref(v, 'fore', { blockOwnerDeletion: true })], { finalizers: ['example.com/hold'] }),
    del('deleted', `${C}/fore`), until('the child goes first', `${C}/forechild`, (b) => b.metadata.deletionTimestamp, shown), get('it waits', `${C}/fore`, shown),
    patch('the child does not block', `${C}/forechild`, { metadata: { ownerReferences: null } }, (b) => owners(b)), gone('the owner goes', `${C}/fore`),
    patch('let the child go', `${C}/forechild`, { metadata: { finalizers: null } }, (b) => b.kind),
    make('changes its mind', 'mind', () => [], { finalizers: ['example.com/hold'] }), make('a child of it', 'mindchild', (v) => [ref(v, 'mind')]),
    del('orphans at first', `${C}/mind`, 'Orphan', { pick: (b) => b.metadata?.finalizers }), until('has orphaned', `${C}/mind`, (b) => b.metadata.finalizers.length === 1, (b) => b.metadata.finalizers),
    del('then in the foreground', `${C}/mind`, 'Foreground', { pick: (b) => b.metadata?.finalizers }), get('its child is free', `${C}/mindchild`, shown),
    patch('let it go', `${C}/mind`, { metadata: { finalizers: null } }, (b) => b.kind),
    make('dry', 'dry'), { name: 'a dry run', method: 'DELETE', path: `${C}/dry`, body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Foreground', dryRun: ['All'] }, pick: (b) => ({ kind: b.kind, finalizers: b.metadata?.finalizers ?? 'none' }) }, get('is there', `${C}/dry`, shown),
    make('a pod\'s owner', 'keeper'),
    (v) => post('a pod of it', pods, pod('kept', loose({ terminationGracePeriodSeconds: 0 }), {}, { ownerReferences: [ref(v, 'keeper', { blockOwnerDeletion: true })] })),
    settle(400), del('the keeper goes in the foreground', `${C}/keeper`, 'Foreground'), gone('pod gone', `${pods}/kept`), gone('keeper gone', `${C}/keeper`),
  ];
  steps.cleanup = cleanup(ns, 0, all);
  return steps;
};
