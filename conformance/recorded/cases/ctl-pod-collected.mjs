// Pods that nobody runs: of nodes that never were, deleted before they had a node, ended ones with finalizers, with deadlines, and what an ended pod still may change.
import { post, patch, strategic, get, del, until, gone, quiet, settle, P, nodes, nodePath, nodeName, cleanup, on, loose, pod, cond, condsFull, running, events, READY, report, ended, managers, status } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods, apps } = P(ns);
  const any = { tolerations: [{ operator: 'Exists' }] };
  const collected = (x) => ({ ...until(`${x} is collected`, `${pods}/${x}`, (b) => b.metadata.deletionTimestamp && b.status.phase === 'Failed', (b) => ({ grace: b.metadata.deletionGracePeriodSeconds, phase: b.status.phase, conditions: condsFull(b), by: managers(b) })), within: 120_000 });
  const steps = [
    ...nodes(ns, { fake: false }),
    post('without a node', pods, pod('lost', loose({ terminationGracePeriodSeconds: 60 }))), del('deleted at once', `${pods}/lost`, undefined, { pick: (b) => ({ kind: b.kind, grace: b.metadata?.deletionGracePeriodSeconds }) }), gone('gone', `${pods}/lost`),
    post('on a node', pods, pod('p', { nodeName: nodeName(ns, 1), containers: [{ name: 'a', image: 'x' }], ...any })), report('runs', ns, 'p', READY), del('gracefully', `${pods}/p`, undefined, { pick: (b) => ({ grace: b.metadata.deletionGracePeriodSeconds, generation: b.metadata.generation }) }), settle(500), get('waits for its kubelet', `${pods}/p`, (b) => ({ going: Boolean(b.metadata.deletionTimestamp), phase: b.status.phase })), del('sooner', `${pods}/p?gracePeriodSeconds=5`, undefined, { pick: (b) => b.metadata.deletionGracePeriodSeconds }), del('later', `${pods}/p?gracePeriodSeconds=50`, undefined, { pick: (b) => b.metadata.deletionGracePeriodSeconds }), del('now', `${pods}/p?gracePeriodSeconds=0`), gone('gone', `${pods}/p`),
    post('an ended one', pods, pod('end', { nodeName: nodeName(ns, 1), restartPolicy: 'Never', containers: [{ name: 'a', image: 'x' }], ...any })), report('ended', ns, 'end', () => ended(3)), get('is failed', `${pods}/end`, (b) => b.status.phase), report('runs again', ns, 'end', READY), del('goes at once', `${pods}/end?gracePeriodSeconds=0`, undefined, { pick: (b) => ({ kind: b.kind, grace: b.metadata?.deletionGracePeriodSeconds }) }), gone('gone', `${pods}/end`),
    // What the collector does, who looks every 20 s and lets a node be gone for 40 s: all of it at once.
    post('of a node that never was', pods, pod('ghost', { nodeName: `${ns}-never`, containers: [{ name: 'a', image: 'x' }], ...any }, {}, { finalizers: ['example.com/hold'] }), (b) => b.kind),
    post('without a node but held', pods, pod('held', loose({ terminationGracePeriodSeconds: 60 }), {}, { finalizers: ['example.com/hold'] })), del('deleted', `${pods}/held`, undefined, { pick: (b) => ({ kind: b.kind, grace: b.metadata?.deletionGracePeriodSeconds, conditions: b.status?.conditions }) }),
    ...['before', 'kept'].flatMap((x) => [post(`${x} the node goes`, pods, pod(x, { nodeName: nodeName(ns, 1), containers: [{ name: 'a', image: 'x' }], ...any }, {}, x === 'kept' ? { finalizers: ['example.com/hold'] } : {})), report('runs', ns, x, READY)]),
    post('a set of pods', `${apps}/replicasets`, { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'rs' }, spec: { replicas: 1, selector: { matchLabels: { app: 'rs' } }, template: { metadata: { labels: { app: 'rs' } }, spec: { nodeName: nodeName(ns, 1), containers: [{ name: 'a', image: 'x' }], ...any } } } }, (b) => b.kind), until('has one', `${apps}/replicasets/rs`, (b) => b.status.replicas === 1, status),
    patch('its set makes none', `${apps}/replicasets/rs`, { spec: { template: { spec: { nodeName: null, schedulerName: 'none' } } } }, (b) => b.kind), del('the node goes', nodePath(ns, 1)), gone('gone', nodePath(ns, 1)),
    collected('held'), collected('ghost'), { ...gone('before is collected', `${pods}/before`), within: 120_000 }, collected('kept'),
    ...['held', 'ghost', 'kept'].flatMap((x) => [patch('let go', `${pods}/${x}`, { metadata: { finalizers: null } }, (b) => b.kind), gone('gone', `${pods}/${x}`)]),
    { ...until('the set makes another', pods, (b) => b.items.length === 1 && !b.items[0].spec.nodeName, (b) => b.items.map((p) => p.status.phase)), within: 60_000 },
  ];
  steps.cleanup = cleanup(ns, 1);
  return steps;
};
