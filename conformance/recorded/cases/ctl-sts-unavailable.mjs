// StatefulSets whose update stands still: a pod that does not come up, minReadySeconds, maxUnavailable, failed pods, and a pod of another owner in the way.
import { post, patch, strategic, get, del, until, settle, P, cleanup, loose, pod, READY, readyNow, report, ended, live, counts, events, owners, tidy } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, pods } = P(ns);
  const S = (x) => `${apps}/statefulsets/${x}`;
  const sts = (name, spec) => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name }, spec: { serviceName: name, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: loose({ terminationGracePeriodSeconds: 0 }) }, ...spec } });
  const of = (app) => ({ query: { labelSelector: `app=${app}` } });
  const image = (n) => ({ spec: { template: { spec: { containers: [{ name: 'a', image: `nginx:${n}` }] } } } });
  const images = (b) => Object.fromEntries(live(b).map((p) => [p.metadata.name, p.spec.containers[0].image]).sort());
  const state = (b) => ({ ...Object.fromEntries(Object.entries(counts(b)).map(([k, v]) => [k, /Revision$/.test(k) ? tidy(v) : v])), same: b.status.currentRevision === b.status.updateRevision });
  const steps = [
    post('one that is slow to be available', `${apps}/statefulsets`, sts('slow', { replicas: 2, minReadySeconds: 3 }), (b) => b.spec.minReadySeconds),
    until('its first pod', S('slow'), (b) => b.status.replicas === 1, state),
    report('is ready', ns, 'slow-0', readyNow),
    until('ready but not available', S('slow'), (b) => b.status.readyReplicas === 1, (b) => b.status.readyReplicas),
    until('the second comes when it is available', S('slow'), (b) => b.status.replicas === 2 && b.status.availableReplicas === 1, state),
    post('two at a time', `${apps}/statefulsets`, sts('wide', { replicas: 4, podManagementPolicy: 'Parallel', updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } } }), (b) => b.spec.updateStrategy),
    until('all at once', S('wide'), (b) => b.status.replicas === 4, state),
    ...[0, 1, 2, 3].map((i) => report(`wide-${i} is ready`, ns, `wide-${i}`, READY)),
    until('available', S('wide'), (b) => b.status.availableReplicas === 4, state),
    strategic('a new image', S('wide'), image(2)),
    until('one is new, as the gate of the field is closed', S('wide'), (b) => b.status.updatedReplicas === 1 && b.status.observedGeneration === 2 && b.status.replicas === 4 && b.status.readyReplicas === 3, state),
    settle(500), get('the last', pods, images, of('wide')),
    report('it is ready', ns, 'wide-3', READY),
    until('then the one before', S('wide'), (b) => b.status.updatedReplicas === 2 && b.status.replicas === 4 && b.status.readyReplicas === 3, state),
    get('which', pods, images, of('wide')),
    post('in order', `${apps}/statefulsets`, sts('stuck', { replicas: 2 })),
    until('its first', S('stuck'), (b) => b.status.replicas === 1, state), report('stuck-0 is ready', ns, 'stuck-0', READY),
    until('its second', S('stuck'), (b) => b.status.replicas === 2, state), report('stuck-1 is ready', ns, 'stuck-1', READY),
    until('both ready', S('stuck'), (b) => b.status.readyReplicas === 2, state),
    strategic('an image that does not come up', S('stuck'), image('bad')),
    until('the last is new', pods, (b) => images(b)['stuck-1'] === 'nginx:bad', images, of('stuck')),
    strategic('back to the old one', S('stuck'), image('1.27')),
    until('the status goes back', S('stuck'), (b) => b.status.observedGeneration === 3, state),
    settle(1000),
    get('the broken pod', pods, images, of('stuck')),
    post('a pod of nobody that takes a name', pods, pod('late-0', loose(), { app: 'other' })),
    post('a set that wants it', `${apps}/statefulsets`, sts('late', { replicas: 1 })),
    until('its status', S('late'), (b) => b.status.observedGeneration === 1, state), settle(500),
    get('its events', `${P(ns).core}/events`, (b) => b.items.map((e) => `${e.reason} ${e.message}`), { query: { fieldSelector: 'involvedObject.name=late' } }),
    post('a pod that can be adopted', pods, pod('mine-0', loose(), { app: 'mine' })),
    post('its set', `${apps}/statefulsets`, sts('mine', { replicas: 1 })),
    until('adopts it', `${pods}/mine-0`, (b) => owners(b).length === 1, (b) => ({ owners: owners(b), labels: Object.keys(b.metadata.labels).sort() })),
    post('one that fails', `${apps}/statefulsets`, sts('fails', { replicas: 1 })),
    until('its pod', S('fails'), (b) => b.status.replicas === 1, state, { save: (b, v) => {} }),
    get('remember it', `${pods}/fails-0`, (b) => b.status.phase, { save: (b, v) => { v.uid = b.metadata.uid; } }),
    report('fails', ns, 'fails-0', () => ended(1)),
    (v) => until('is made again', `${pods}/fails-0`, (b) => b.kind === 'Pod' && b.metadata.uid !== v.uid, (b) => b.status.phase),
    get('its events now', `${P(ns).core}/events`, (b) => [...new Set(b.items.map((e) => `${e.type} ${e.reason} ${e.message}`))].sort(), { query: { fieldSelector: 'involvedObject.name=fails' } }),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
