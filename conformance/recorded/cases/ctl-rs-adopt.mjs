// ReplicaSets: adoption of pods that match, pods of other owners, pods that end, minReadySeconds, terminating pods, selectors that overlap.
import { post, patch, get, del, until, gone, settle, P, cleanup, loose, pod, READY, readyNow, report, owners, names, count, counts, condsFull, events, live, ended } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, pods, core } = P(ns); const R = `${apps}/replicasets`;
  const rs = (name, spec, app = name) => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name }, spec: { selector: { matchLabels: { app } }, template: { metadata: { labels: { app } }, spec: loose({ terminationGracePeriodSeconds: 0 }) }, ...spec } });
  const of = (app) => ({ query: { labelSelector: `app=${app}` } });
  const p = (name, app, more) => post(`pod ${name}`, pods, pod(name, loose({ terminationGracePeriodSeconds: 0 }), { app }, more));
  const steps = [
    p('one', 'web'), p('two', 'web'), p('three', 'web'),
    post('a map', `${core}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } }, undefined, { save: (b, v) => { v.uid = b.metadata.uid; } }),
    (v) => p('taken', 'web', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'm', uid: v.uid, controller: true }] }),
    (v) => p('shared', 'web', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'm', uid: v.uid }], finalizers: ['example.com/hold'] }),
    report('the first is ready', ns, 'one', READY),
    post('a set of two', R, rs('web', { replicas: 2 })),
    until('two are left and the one that is taken', pods, (b) => count(b) === 3, (b) => live(b).map((x) => x.metadata.name).filter((n) => n === 'one' || n === 'taken').sort(), of('web')),
    until('its status', `${R}/web`, (b) => b.status.replicas === 2 && b.status.readyReplicas === 1, (b) => ({ ...counts(b), terminatingReplicas: undefined })),
    get('owners of the first', `${pods}/one`, owners), get('of the one that is taken', `${pods}/taken`, owners),
    patch('let it go', `${pods}/shared`, { metadata: { finalizers: null } }, (b) => b.kind),
    post('slow', R, rs('slow', { replicas: 1, minReadySeconds: 2 })), until('its pod', `${R}/slow`, (b) => b.status.replicas === 1, counts),
    get('remember it', pods, count, { ...of('slow'), save: (b, v) => { v.pod = b.items[0].metadata.name; } }),
    report('is ready', ns, (v) => v.pod, readyNow),
    until('ready', `${R}/slow`, (b) => b.status.readyReplicas === 1, (b) => b.status.readyReplicas), until('then available', `${R}/slow`, (b) => b.status.availableReplicas === 1, counts),
    post('held ones', R, rs('held', { replicas: 1, template: { metadata: { labels: { app: 'held' }, finalizers: ['example.com/hold'] }, spec: loose({ terminationGracePeriodSeconds: 0 }) } })), until('its pod too', `${R}/held`, (b) => b.status.replicas === 1, counts),
    get('remember that', pods, (b) => b.items.map((x) => x.metadata.finalizers), { ...of('held'), save: (b, v) => { v.pod = b.items[0].metadata.name; } }),
    (v) => del('delete it', `${pods}/${v.pod}`),
    until('another comes while it terminates', `${R}/held`, (b) => b.status.terminatingReplicas === 1 && b.status.replicas === 1, counts),
    (v) => patch('it goes', `${pods}/${v.pod}`, { metadata: { finalizers: null } }, (b) => b.kind),
    until('none terminates', `${R}/held`, (b) => b.status.terminatingReplicas === 0, counts),
    get('the other', pods, (b) => b.items.length, { ...of('held'), save: (b, v) => { v.pod = b.items[0].metadata.name; } }),
    report('ends well', ns, (v) => v.pod, () => ended(0)),
    until('another again', `${R}/held`, (b) => b.status.replicas === 1, (b) => b.status.replicas),
    until('two pods', pods, (b) => b.items.length === 2, (b) => b.items.map((x) => x.status.phase).sort(), of('held')),
    post('another of the same selector', R, rs('rival', { replicas: 1 }, 'web')), until('makes its own', `${R}/rival`, (b) => b.status.replicas === 1, (b) => ({ replicas: b.status.replicas, labelled: b.status.fullyLabeledReplicas })),
    patch('a template changes', `${R}/web`, { spec: { template: { metadata: { labels: { app: 'web', extra: 'x' } } } } }, (b) => b.spec.template.metadata.labels),
    until('labels are counted', `${R}/web`, (b) => b.status.observedGeneration === 2, (b) => ({ ...counts(b), terminatingReplicas: undefined })),
    patch('a selector cannot', `${R}/web`, { spec: { selector: { matchLabels: { extra: 'x' } } } }),
    (v) => get('held ones', pods, (b) => b.items.length, { ...of('held'), save: (b, w) => { w.held = b.items.map((x) => x.metadata.name); } }),
    (v) => patch('one may go', `${pods}/${v.held[0]}`, { metadata: { finalizers: null } }, (b) => b.kind), (v) => patch('the other may', `${pods}/${v.held[1]}`, { metadata: { finalizers: null } }, (b) => b.kind),
    events('its events', ns, 'web', ['SuccessfulDelete'], (e) => !/: (two|three|shared)$/.test(e.message)),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
