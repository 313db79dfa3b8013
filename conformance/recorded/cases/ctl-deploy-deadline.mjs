// Deployments that do not get on: the deadline, quotas, failure conditions and their end, minReadySeconds, surges in per cent, scaling in the middle of a rollout.
import { post, patch, strategic, get, del, until, gone, P, cleanup, loose, readyNow, report, counts, condsFull, cond, revisions, quiet, live, events, tidy } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, pods, core } = P(ns); const D = (x) => `${apps}/deployments/${x}`;
  const d = (name, spec) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: loose({ terminationGracePeriodSeconds: 0 }) }, ...spec } });
  const image = (n) => ({ spec: { template: { spec: { containers: [{ name: 'a', image: `nginx:${n}` }] } } } });
  const full = (b) => ({ status: counts(b), order: b.status.conditions?.map((c) => c.type), conditions: condsFull(b) });
  const of = (app) => ({ query: { labelSelector: `app=${app}` } });
  const ready = (app, n, name) => Array.from({ length: n }, (_, i) => [quiet(get(`pods of ${app}`, pods, null, { ...of(app), save: (b, v) => { v.pod = live(b).filter((p) => p.status.phase === 'Pending').map((p) => p.metadata.name).sort()[0]; } })), report(`${name} ${i}`, ns, (v) => v.pod, readyNow)]).flat();
  const sets = (name, app, test) => until(name, `${apps}/replicasets`, test, revisions, of(app));
  const steps = [
    post('with a deadline', `${apps}/deployments`, d('slow', { progressDeadlineSeconds: 2 })),
    until('goes by', D('slow'), (b) => cond(b, 'Progressing')?.reason === 'ProgressDeadlineExceeded', full),
    ...ready('slow', 1, 'ready'), until('some progress', D('slow'), (b) => b.status.readyReplicas === 1, (b) => counts(b)),
    ...ready('slow', 1, 'ready too'), until('is complete', D('slow'), (b) => b.status.availableReplicas === 2 && cond(b, 'Progressing')?.reason === 'NewReplicaSetAvailable', full),
    post('a quota', `${core}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { pods: '3' } } }), until('is counted', `${core}/resourcequotas/q`, (b) => b.status.used?.pods === '2', (b) => b.status),
    post('more than the quota has', `${apps}/deployments`, d('full', { replicas: 3, progressDeadlineSeconds: 600 })),
    until('fails', D('full'), (b) => cond(b, 'ReplicaFailure') && b.status.replicas === 1, (b) => ({ status: counts(b), order: b.status.conditions.map((c) => c.type), conditions: condsFull(b).map((c) => ({ ...c, message: c.message.replace(/"full-[^"]*"/g, '"full-x"') })) })),
    patch('a larger quota', `${core}/resourcequotas/q`, { spec: { hard: { pods: '50' } } }, (b) => b.spec.hard), until('says so', `${core}/resourcequotas/q`, (b) => b.status.hard.pods === '50', (b) => b.status.hard),
    patch('it grows', D('full'), { spec: { replicas: 4 } }, (b) => b.spec.replicas),
    until('no failure', D('full'), (b) => b.status.replicas === 4 && !cond(b, 'ReplicaFailure'), full, { within: 90_000 }),
    post('in per cent', `${apps}/deployments`, d('wide', { replicas: 5, strategy: { rollingUpdate: { maxSurge: '50%', maxUnavailable: '30%' } } })), until('its pods', D('wide'), (b) => b.status.replicas === 5, counts),
    ...ready('wide', 5, 'wide is ready'), until('is available', D('wide'), (b) => b.status.availableReplicas === 5 && cond(b, 'Progressing')?.reason === 'NewReplicaSetAvailable', full),
    strategic('a new image', D('wide'), image(2), (b) => b.metadata.generation), sets('three more and one less', 'wide', (b) => b.items.length === 2 && b.items.some((r) => r.status.replicas === 4) && b.items.some((r) => r.metadata.annotations['deployment.kubernetes.io/revision'] === '2' && r.status.replicas === 4)),
    patch('scaled meanwhile', D('wide'), { spec: { replicas: 10 } }, (b) => b.spec.replicas),
    sets('in proportion', 'wide', (b) => b.items.reduce((n, r) => n + r.spec.replicas, 0) === 15),
    patch('scaled down meanwhile', D('wide'), { spec: { replicas: 3 } }, (b) => b.spec.replicas),
    sets('in proportion as well', 'wide', (b) => b.items.reduce((n, r) => n + r.spec.replicas, 0) <= 5 && b.items.every((r) => r.status.replicas === r.spec.replicas)),
    get('its events', `${core}/events`, (b) => [...new Set(b.items.map((e) => `${e.type} ${e.reason} ${tidy(e.message)}`))].filter((m) => / from 0 to /.test(m)).sort(), { query: { fieldSelector: 'involvedObject.name=wide' } }),
    post('by minReadySeconds', `${apps}/deployments`, d('min', { replicas: 1, minReadySeconds: 2 })), until('its pod', D('min'), (b) => b.status.replicas === 1, counts), ...ready('min', 1, 'min is ready'),
    until('ready', D('min'), (b) => b.status.readyReplicas === 1, (b) => b.status.readyReplicas), until('then available', D('min'), (b) => b.status.availableReplicas === 1 && cond(b, 'Progressing')?.reason === 'NewReplicaSetAvailable', full),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
