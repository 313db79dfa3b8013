// DaemonSets: a revision that somebody else makes of the same data is left alone until the set is looked at; then the older of the two goes, and pods have the label of the newer.
import { post, patch, until, settle, quiet, P, nodes, cleanup, on, status } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, pods } = P(ns); const set = `${apps}/daemonsets/d`; const revisions = `${apps}/controllerrevisions`;
  const hash = 'controller-revision-hash';
  const list = (name, count) => until(name, revisions, (b) => b.items.length === count, (b) => b.items.map((r) => ({ revision: r.revision, twin: r.metadata.name === 'd-twin' })).sort((a, b) => a.revision - b.revision));
  const labels = (name, twins) => until(name, pods, (b) => b.items.filter((p) => p.metadata.labels[hash] === 'twin').length === twins, (b) => b.items.map((p) => p.metadata.labels[hash] === 'twin'));
  const steps = [
    ...nodes(ns, {}, {}),
    post('a set', `${apps}/daemonsets`, { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'd' }, spec: { selector: { matchLabels: { app: 'd' } }, template: { metadata: { labels: { app: 'd' } }, spec: on(ns, { terminationGracePeriodSeconds: 0 }) } } }, (b) => b.metadata.generation),
    until('runs', set, (b) => b.status.numberAvailable === 2, status), settle(500),
    quiet(until('its revision', revisions, (b) => b.items.length === 1, null, { save: (b, v) => { v.revision = b.items[0]; } })),
    (v) => post('a twin', revisions, { ...v.revision, metadata: { name: 'd-twin', labels: { ...v.revision.metadata.labels, [hash]: 'twin' }, ownerReferences: v.revision.metadata.ownerReferences }, revision: 2 }, (b) => b.message ?? b.revision),
    settle(1500), list('both are there', 2), labels('pods are as they were', 0),
    patch('the set is looked at', set, { metadata: { annotations: { a: '1' } } }, (b) => b.metadata.annotations), list('the older went', 1), labels('pods have the newer', 2),
  ];
  steps.cleanup = cleanup(ns, 2);
  return steps;
};
