// Revisions of a StatefulSet: history beyond its limit, labels and annotations, adoption of revisions and pods after an orphaning deletion, a partition beyond the replicas.
import { post, patch, strategic, get, del, until, gone, P, cleanup, loose, READY, report, owners, live, counts, tidy, names, settle } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, pods } = P(ns); const S = `${apps}/statefulsets/db`; const R = `${apps}/controllerrevisions`;
  const sts = (spec) => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', labels: { tier: 'back' } }, spec: { serviceName: 'db', replicas: 2, revisionHistoryLimit: 1, podManagementPolicy: 'Parallel', updateStrategy: { type: 'OnDelete' }, selector: { matchLabels: { app: 'db' } }, template: { metadata: { labels: { app: 'db' }, annotations: { a: 'b' } }, spec: loose({ terminationGracePeriodSeconds: 0 }) }, ...spec } });
  const image = (n) => ({ spec: { template: { spec: { containers: [{ name: 'a', image: `nginx:${n}` }] } } } });
  const state = (b) => ({ ...Object.fromEntries(Object.entries(counts(b)).map(([k, v]) => [k, /Revision$/.test(k) ? tidy(v) : v])), same: b.status.currentRevision === b.status.updateRevision });
  const revs = (b) => b.items.map((r) => ({ name: tidy(r.metadata.name), revision: r.revision, labels: Object.keys(r.metadata.labels).sort(), annotations: r.metadata.annotations, owners: owners(r), image: r.data.spec.template.spec.containers[0].image })).sort((x, y) => x.revision - y.revision);
  const steps = [
    post('create', `${apps}/statefulsets`, sts()),
    until('two pods', S, (b) => b.status.replicas === 2, state),
    until('a revision', R, (b) => b.items.length === 1, revs),
    strategic('a second image', S, image(2)), until('is seen', S, (b) => b.status.observedGeneration === 2, state),
    strategic('a third image', S, image(3)), until('is seen too', S, (b) => b.status.observedGeneration === 3, state),
    strategic('a fourth image', S, image(4)), until('and this', S, (b) => b.status.observedGeneration === 4, state),
    until('live ones and one old', R, (b) => b.items.length === 3, revs),
    patch('annotations make none', S, { metadata: { annotations: { x: 'y' }, labels: { tier: 'front' } } }, (b) => b.metadata.generation),
    patch('nor do replicas', S, { spec: { replicas: 3 } }, (b) => b.metadata.generation),
    until('a third pod', S, (b) => b.status.replicas === 3, state),
    get('of the new revision or the old', pods, (b) => Object.fromEntries(b.items.map((p) => [p.metadata.name, p.spec.containers[0].image]))),
    patch('no history', S, { spec: { revisionHistoryLimit: 0 } }, (b) => b.metadata.generation),
    until('only live ones', R, (b) => b.items.length === 2, revs),
    del('leave the pods', S, 'Orphan'), gone('the set is gone', S),
    until('revisions have no owner', R, (b) => b.items.every((r) => owners(r).length === 0), revs),
    get('nor have pods', pods, (b) => b.items.map(owners)),
    post('again, with the fourth image', `${apps}/statefulsets`, sts({ replicas: 2, template: { metadata: { labels: { app: 'db' }, annotations: { a: 'b' } }, spec: loose({ terminationGracePeriodSeconds: 0, containers: [{ name: 'a', image: 'nginx:4' }] }) } })),
    until('two of three pods stay', pods, (b) => names(b).length === 2 && live(b).every((p) => owners(p).length === 1), names),
    until('revisions are adopted', R, (b) => b.items.every((r) => owners(r).length === 1), (b) => revs(b).map((r) => [r.revision, r.image])),
    until('the status', S, (b) => b.status.replicas === 2 && b.status.observedGeneration === 1, state),
    patch('a partition beyond the replicas', S, { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 5 } } } }, (b) => b.spec.updateStrategy),
    strategic('a fifth image', S, image(5)),
    until('is seen only', S, (b) => b.status.observedGeneration === 3, state),
    settle(700), get('pods as before', pods, (b) => Object.fromEntries(b.items.map((p) => [p.metadata.name, p.spec.containers[0].image]))),
    patch('a pod loses its label', `${pods}/db-1`, { metadata: { labels: { app: 'free' } } }, (b) => b.kind),
    until('is released', `${pods}/db-1`, (b) => owners(b).length === 0, (b) => ({ owners: owners(b) })),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
