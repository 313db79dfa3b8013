// StatefulSets that stand still: a pod that never comes up when the template is put right, pods that failed or ended, deletion in the middle, orphans that are taken over, and scaling down with an unready pod.
import { post, patch, strategic, get, del, until, gone, settle, P, cleanup, loose, status, each, report, READY, ended, owners, told, live } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, pods } = P(ns); const S = (x) => `${apps}/statefulsets/${x}`;
  const s = (name, replicas, more = {}) => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name }, spec: { replicas, serviceName: 'x', ...more, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: loose({ terminationGracePeriodSeconds: 0 }) } } });
  const image = (x, v) => strategic(`${x}: ${v}`, S(x), { spec: { template: { spec: { containers: [{ name: 'a', image: v }] } } } });
  const seen = (x, test = () => true) => until(`${x}: its pods`, pods, (b) => test(b.items), each((p) => ({ name: p.metadata.name, image: p.spec.containers[0].image, phase: p.status.phase, owned: owners(p).length })), { query: { labelSelector: `app=${x}` } });
  const up = (x, ...is) => is.map((i) => report(`${x}-${i} is ready`, ns, `${x}-${i}`, READY));
  const st = (x, test = () => true) => until(`${x}: its status`, S(x), (b) => b.status.observedGeneration === b.metadata.generation && test(b.status), status);
  const steps = [
    post('in order', `${apps}/statefulsets`, s('a', 3)), seen('a', (i) => i.length === 1), ...up('a', 0), seen('a', (i) => i.length === 2), ...up('a', 1), seen('a', (i) => i.length === 3), ...up('a', 2), st('a', (x) => x.readyReplicas === 3),
    image('a', 'bad'), seen('a', (i) => i.some((p) => p.spec.containers[0].image === 'bad')), st('a', (x) => x.updatedReplicas === 1 && x.readyReplicas === 2),
    image('a', 'nginx:1.27'), settle(1500), seen('a'), st('a'), ...up('a', 2), settle(1500), seen('a'), st('a'),
    report('a-1 fails', ns, 'a-1', () => ended(1)), seen('a', (i) => i.length === 3 && i.every((p) => p.status.phase !== 'Failed')), ...up('a', 1), report('a-0 ends', ns, 'a-0', () => ended(0)), settle(2000), seen('a'),
    patch('a: one', S('a'), { spec: { replicas: 1 } }), settle(1500), seen('a'), st('a'), ...up('a', 0), seen('a', (i) => i.length === 1), st('a', (x) => x.replicas === 1),
    post('in parallel', `${apps}/statefulsets`, s('b', 3, { podManagementPolicy: 'Parallel' })), seen('b', (i) => i.length === 3), ...up('b', 1), st('b', (x) => x.readyReplicas === 1),
    del('b-1 goes', `${pods}/b-1`), seen('b', (i) => i.length === 3 && i.every((p) => p.status.phase === 'Pending')),
    patch('b: one', S('b'), { spec: { replicas: 1 } }), seen('b', (i) => i.length === 1),
    del('orphans', S('b'), 'Orphan'), gone('gone', S('b')), seen('b'), post('once more', `${apps}/statefulsets`, s('b', 2, { podManagementPolicy: 'Parallel' })), seen('b', (i) => i.length === 2 && i.every((p) => p.metadata.ownerReferences)), st('b', (x) => x.replicas === 2),
    strategic('a label goes', `${pods}/b-0`, { metadata: { labels: { app: null } } }), settle(1500), get('the pod', `${pods}/b-0`, (b) => ({ labels: b.metadata.labels, owners: owners(b).length })), st('b'),
    del('in the foreground', S('b'), 'Foreground'), gone('gone', S('b')), until('all', pods, (b) => live(b).length <= 2, each((p) => p.metadata.name)),
    told('events', ns, ['SuccessfulCreate']),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
