// Many events of one sort about one object: from the tenth message on one event stands for them, which nobody reports.
import { post, until, P, cleanup, loose, count } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, core, pods } = P(ns);
  const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'many' }, spec: { replicas: 14, selector: { matchLabels: { app: 'many' } }, template: { metadata: { labels: { app: 'many' } }, spec: loose() } } };
  const kind = ({ reason, type, source, reportingComponent, reportingInstance, involvedObject, message }) => ({ reason, type, source, reportingComponent, reportingInstance, about: involvedObject.kind, message: message.replace(/many-.*/, '<pod>') });
  const steps = [
    post('create', `${apps}/replicasets`, set),
    until('all pods are there', pods, (b) => b.items.length === 14, count),
    until('its events', `${core}/events`, (b) => b.items.some((e) => e.count === 5), (b) => b.items.map((e) => ({ ...kind(e), count: e.count })).sort((a, b) => a.count - b.count), { query: { fieldSelector: 'involvedObject.name=many' } }),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
