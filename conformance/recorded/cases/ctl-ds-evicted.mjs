// Pods of DaemonSets on a node that gets a NoExecute taint: whoever deletes them, the eviction of each is told of.
import { post, patch, until, P, nodes, nodePath, cleanup, on, tidy } from './lib/ctl.mjs';

const names = ['a', 'b', 'c', 'd', 'e'];
export default ({ ns }) => {
  const { apps, core, pods } = P(ns);
  const set = (name) => ({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name }, spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: on(ns, { terminationGracePeriodSeconds: 0 }) } } });
  const runs = (n, app) => until(`${app}: ${n} pods`, pods, (b) => b.items.length === n && b.items.every((p) => p.status.phase === 'Running' && !p.metadata.deletionTimestamp), (b) => b.items.length, { query: { labelSelector: `app=${app}` } });
  const own = { key: 'rp-case', value: ns, effect: 'NoSchedule' };
  const steps = [
    ...nodes(ns, {}, {}),
    ...names.map((name) => post(name, `${apps}/daemonsets`, set(name), (b) => b.kind)),
    ...names.map((name) => runs(2, name)),
    patch('a taint', nodePath(ns, 1), { spec: { taints: [own, { key: 'own', effect: 'NoExecute' }] } }, (b) => b.spec.taints.length),
    ...names.map((name) => runs(1, name)),
    until('all were told of', `${core}/events`, (b) => b.items.length >= names.length, (b) => b.items.map((e) => `${e.type} ${tidy(e.involvedObject.name)} ${tidy(e.message)} ${e.source.component}`).sort(), { query: { fieldSelector: 'reason=TaintManagerEviction' } }),
  ];
  steps.cleanup = cleanup(ns, 2);
  return steps;
};
