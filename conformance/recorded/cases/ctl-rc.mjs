// ReplicationControllers: pods, adoption and release, scaling, what cannot be made, deletion as orphans.
import { post, patch, get, del, until, gone, P, cleanup, loose, pod, readyNow, report, owners, names, count, counts, condsFull, cond, events, live, ended } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, pods } = P(ns); const R = `${core}/replicationcontrollers`;
  const rc = (name, spec) => ({ apiVersion: 'v1', kind: 'ReplicationController', metadata: { name }, spec: { template: { metadata: { labels: { app: name }, annotations: { x: 'y' } }, spec: loose({ terminationGracePeriodSeconds: 0 }) }, ...spec } });
  const of = (app) => ({ query: { labelSelector: `app=${app}` } });
  const steps = [
    post('a pod of nobody', pods, pod('first', loose({ terminationGracePeriodSeconds: 0 }), { app: 'web' })),
    post('create', R, rc('web', { replicas: 3, minReadySeconds: 1 }), (b) => ({ selector: b.spec.selector, labels: b.metadata.labels, spec: { replicas: b.spec.replicas, min: b.spec.minReadySeconds } })),
    until('three pods', `${R}/web`, (b) => b.status.replicas === 3, counts),
    until('the first is adopted', `${pods}/first`, (b) => owners(b).length === 1, owners),
    get('the others', pods, (b) => b.items.map((p) => ({ name: p.metadata.name.replace(/-[a-z0-9]{5}$/, '-x'), generateName: p.metadata.generateName, labels: p.metadata.labels, annotations: p.metadata.annotations, owners: owners(p) })).sort((x, y) => (x.name < y.name ? -1 : 1)), of('web')),
    report('one is ready', ns, 'first', readyNow),
    until('then available', `${R}/web`, (b) => b.status.availableReplicas === 1, counts),
    patch('scale down', `${R}/web/scale`, { spec: { replicas: 1 } }, (b) => ({ kind: b.kind, api: b.apiVersion, spec: b.spec, selector: b.status.selector })),
    until('the ready one stays', pods, (b) => count(b) === 1, names, of('web')),
    patch('it is released', `${pods}/first`, { metadata: { labels: { app: 'free' } } }, (b) => b.kind),
    until('has no owner', `${pods}/first`, (b) => owners(b).length === 0, owners),
    until('another is made', `${R}/web`, (b) => b.status.replicas === 1 && b.status.readyReplicas === undefined, counts),
    get('remember it', pods, count, { ...of('web'), save: (b, v) => { v.pod = live(b)[0].metadata.name; } }),
    report('it fails', ns, (v) => v.pod, () => ended(1)),
    until('and is replaced', pods, (b) => b.items.some((p) => p.status.phase === 'Pending'), (b) => b.items.map((p) => p.status.phase).sort(), of('web')),
    events('its events', ns, 'web', ['SuccessfulCreate', 'SuccessfulDelete']),
    post('a quota', `${core}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { 'count/pods': '0' } } }, (b) => b.spec),
    until('is there', `${core}/resourcequotas/q`, (b) => b.status.hard && b.status.used, (b) => b.status.hard),
    post('one that cannot', R, rc('full', { replicas: 2 })),
    until('says why', `${R}/full`, (b) => cond(b, 'ReplicaFailure'), (b) => ({ status: counts(b), conditions: condsFull(b).map((c) => ({ ...c, message: c.message.replace(/used: count\/pods=\d+/, 'used: N') })) })),
    patch('it wants none', `${R}/full`, { spec: { replicas: 0 } }, (b) => b.spec.replicas),
    until('no failure', `${R}/full`, (b) => b.status.observedGeneration === 2 && !cond(b, 'ReplicaFailure'), counts),
    del('leave its pods', `${R}/web`, 'Orphan'), gone('it is gone', `${R}/web`), get('they stay', pods, (b) => b.items.map(owners), of('web')),
    post('a selector that does not match', R, rc('bad', { selector: { app: 'other' } })),
    post('no template', R, { apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'bad' }, spec: { selector: { a: 'b' } } }),
    del('delete without a word', `${R}/full`), get('gone or orphaning', `${R}/full`, (b) => b.kind),
  ];
  steps.pop();
  steps.cleanup = cleanup(ns);
  return steps;
};
