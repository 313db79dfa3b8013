// PodDisruptionBudgets: what is counted, percentages, pods that nobody manages, unhealthy pods and their eviction, and the events.
import { post, patch, get, del, until, settle, P, cleanup, loose, pod, READY, report, cond, condsFull, counts, events, brief, tidy, ended, gone } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, pods, policy } = P(ns); const B = `${policy}/poddisruptionbudgets`;
  const pdb = (name, spec, app = name) => ({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name }, spec: { selector: { matchLabels: { app } }, ...spec } });
  const rs = (name, replicas) => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name }, spec: { replicas, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: loose({ terminationGracePeriodSeconds: 0 }) } } });
  const state = (b) => ({ status: { ...counts(b), disruptedPods: b.status.disruptedPods ? Object.keys(b.status.disruptedPods).length : undefined }, conditions: condsFull(b) });
  const seen = (name, x, test) => until(name, `${B}/${x}`, test, state);
  const evict = (name, p, more) => (v) => post(name, `${pods}/${typeof p === 'function' ? p(v) : p}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: typeof p === 'function' ? p(v) : p }, ...more }, (b) => ({ status: b.status, code: b.code, reason: b.reason, message: tidy(b.message), causes: b.details?.causes?.map((c) => ({ ...c, message: tidy(c.message) })) }));
  const list = (app) => get(`pods of ${app}`, pods, (b) => b.items.length, { query: { labelSelector: `app=${app}` }, save: (b, v) => { v[app] = b.items.map((p) => p.metadata.name).sort(); } });
  const steps = [
    post('a set', `${apps}/replicasets`, rs('web', 3)), until('has its pods', `${apps}/replicasets/web`, (b) => b.status.replicas === 3, (b) => b.status.replicas), list('web'),
    post('at most one', B, pdb('web', { maxUnavailable: 1 }), (b) => b.spec),
    seen('none is ready', 'web', (b) => b.status.expectedPods === 3),
    ...[0, 1, 2].map((i) => report(`runs ${i}`, ns, (v) => v.web[i], { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] })),
    evict('one that is not ready', (v) => v.web[0]),
    report('one is ready', ns, (v) => v.web[1], READY), report('another', ns, (v) => v.web[2], READY),
    seen('two are ready', 'web', (b) => b.status.currentHealthy === 2),
    evict('one that is ready', (v) => v.web[1]),
    patch('unhealthy ones may always go', `${B}/web`, { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } }, (b) => b.spec.unhealthyPodEvictionPolicy),
    seen('is seen', 'web', (b) => b.status.observedGeneration === 2),
    evict('the one that is not ready', (v) => v.web[0]),
    until('another comes', pods, (b) => b.items.length === 3 && b.items.every((p) => !p.metadata.deletionTimestamp), (b) => b.items.length, { query: { labelSelector: 'app=web' } }), list('web'),
    ...[0, 1, 2].map((i) => report(`ready ${i}`, ns, (v) => v.web[i], READY)),
    seen('all are ready', 'web', (b) => b.status.currentHealthy === 3 && b.status.disruptionsAllowed === 1),
    evict('one may go', (v) => v.web[0]),
    patch('half of them', `${B}/web`, { spec: { maxUnavailable: '50%' } }, (b) => b.spec.maxUnavailable),
    seen('is rounded up', 'web', (b) => b.status.observedGeneration === 3 && b.status.desiredHealthy === 1),
    patch('both limits', `${B}/web`, { spec: { minAvailable: 1 } }),
    post('pods of nobody', pods, pod('lone', loose(), { app: 'lone' })),
    report('it runs', ns, 'lone', READY),
    post('with a share', B, pdb('lone', { maxUnavailable: 1 })),
    seen('cannot be counted', 'lone', (b) => cond(b, 'DisruptionAllowed')?.reason === 'SyncFailed' || b.status.observedGeneration === 1),
    events('it is told', ns, 'lone', ['UnmanagedPods']),
    post('with a number', B, pdb('number', { minAvailable: 1 }, 'lone')),
    seen('can', 'number', (b) => b.status.expectedPods === 1),
    evict('two budgets for a pod', 'lone'),
    del('the first goes', `${B}/lone`), del('the second too', `${B}/number`),
    post('of no pods', B, pdb('nothing', { minAvailable: 1 })),
    seen('has none', 'nothing', (b) => b.status.observedGeneration === 1), events('and says so', ns, 'nothing', ['NoPods']),
    post('of all pods', B, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'all' }, spec: { minAvailable: '100%', selector: {} } }, (b) => b.spec),
    post('of none', B, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'none' }, spec: { minAvailable: 1 } }, (b) => b.spec),
    seen('none', 'none', (b) => b.status.observedGeneration === 1),
    del('not all', `${B}/all`),
    report('it has ended', ns, 'lone', () => ended(0)),
    post('a budget for what has ended', B, pdb('done', { minAvailable: 1 }, 'lone')), seen('does not count it', 'done', (b) => b.status.observedGeneration === 1),
    evict('what has ended may go', 'lone'), gone('it is gone', `${pods}/lone`),
    post('one that is named otherwise', `${pods}/x/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'y' } }),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
