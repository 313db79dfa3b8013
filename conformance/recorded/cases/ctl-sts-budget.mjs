// How many pods of a StatefulSet an update takes at once: one after the other whatever maxUnavailable says, which nobody reads by default; a third template in the middle, partitions with old pods that are made again, minReadySeconds.
import { post, patch, strategic, get, del, until, gone, settle, P, nodes, cleanup, on, loose, status, each, report, READY, tidy } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, pods } = P(ns); const S = (x) => `${apps}/statefulsets/${x}`;
  const s = (name, replicas, more = {}) => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name }, spec: { replicas, serviceName: name, podManagementPolicy: 'Parallel', ...more, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: loose({ terminationGracePeriodSeconds: 0 }) } } });
  const upd = (more) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: more } });
  const image = (x, v) => strategic(`${x}: ${v}`, S(x), { spec: { template: { spec: { containers: [{ name: 'a', image: v }] } } } });
  const seen = (x, test) => until(`${x}: its pods`, pods, (b) => test(b.items), each((p) => ({ name: p.metadata.name, image: p.spec.containers[0].image, ready: p.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false })), { query: { labelSelector: `app=${x}` } });
  const up = (x, ...is) => is.map((i) => report(`${x}-${i} is ready`, ns, `${x}-${i}`, READY));
  const has = (v, n) => (items) => items.filter((p) => p.spec.containers[0].image === v && !p.metadata.deletionTimestamp).length === n;
  const st = (x, test = () => true) => until(`${x}: its status`, S(x), (b) => b.status.observedGeneration === b.metadata.generation && test(b.status), status);
  const five = [0, 1, 2, 3, 4];
  const steps = [
    post('two at a time', `${apps}/statefulsets`, s('two', 5, upd({ maxUnavailable: 2 })), (b) => b.spec.updateStrategy), seen('two', (i) => i.length === 5), ...up('two', ...five), st('two', (x) => x.availableReplicas === 5 && x.readyReplicas === 5 && x.currentReplicas === 5),
    image('two', 'v2'), seen('two', has('v2', 1)), settle(), seen('two', has('v2', 1)), st('two', (x) => x.updatedReplicas === 1 && x.availableReplicas === 4),
    ...up('two', 4), seen('two', has('v2', 2)), st('two', (x) => x.updatedReplicas === 2 && x.availableReplicas === 4), image('two', 'v3'), settle(1500), seen('two', () => true), ...up('two', 3), seen('two', has('v3', 1)), ...up('two', 4), seen('two', has('v3', 2)), ...up('two', 3), seen('two', has('v3', 3)), ...up('two', 2), seen('two', has('v3', 4)), ...up('two', 1), seen('two', has('v3', 5)), ...up('two', 0), st('two', (x) => x.updatedReplicas === 5 && x.availableReplicas === 5 && x.currentRevision === x.updateRevision),
    post('from the third on', `${apps}/statefulsets`, s('half', 4, upd({ partition: 2 })), (b) => b.spec.updateStrategy), seen('half', (i) => i.length === 4), ...up('half', 0, 1, 2, 3), st('half', (x) => x.availableReplicas === 4),
    image('half', 'v2'), seen('half', has('v2', 1)), ...up('half', 3), seen('half', has('v2', 2)), ...up('half', 2), settle(800), seen('half', has('v2', 2)), st('half', (x) => x.updatedReplicas === 2 && x.availableReplicas === 4),
    del('one of the old', `${pods}/half-0`), seen('half', (i) => i.length === 4 && i.every((p) => !p.metadata.deletionTimestamp)), ...up('half', 0), del('one of the new', `${pods}/half-3`), seen('half', (i) => i.length === 4 && i.every((p) => !p.metadata.deletionTimestamp)), ...up('half', 3), st('half', (x) => x.availableReplicas === 4),
    patch('half: six', S('half'), { spec: { replicas: 6 } }), seen('half', (i) => i.length === 6), ...up('half', 4, 5), st('half', (x) => x.availableReplicas === 6), patch('half: no partition', S('half'), { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } }), seen('half', has('v2', 5)), ...up('half', 1), seen('half', has('v2', 6)), ...up('half', 0), st('half', (x) => x.availableReplicas === 6 && x.updatedReplicas === 6 && x.currentRevision === x.updateRevision),
    post('one is down already', `${apps}/statefulsets`, s('down', 4)), seen('down', (i) => i.length === 4), ...up('down', 0, 2, 3), st('down', (x) => x.availableReplicas === 3), image('down', 'v2'), settle(1500), seen('down', () => true), st('down'), ...up('down', 3), settle(1000), seen('down', () => true), st('down'),
    post('available late', `${apps}/statefulsets`, s('late', 3, { minReadySeconds: 3600 })), seen('late', (i) => i.length === 3), ...up('late', 0, 1, 2), st('late', (x) => x.readyReplicas === 3), image('late', 'v2'), settle(1500), seen('late', () => true), patch('at once', S('late'), { spec: { minReadySeconds: 0 } }), seen('late', has('v2', 1)), st('late', (x) => x.updatedReplicas === 1),
    post('too many', `${apps}/statefulsets`, s('bad', 3, upd({ maxUnavailable: 0 })), (b) => b.message ?? b.spec.updateStrategy), post('per cent of too many', `${apps}/statefulsets`, s('bad2', 3, upd({ maxUnavailable: '120%' })), (b) => b.message ?? b.spec.updateStrategy),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
