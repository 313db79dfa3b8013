// Indexed Jobs: indexes of pods, completed and failed ones, limits for each index, success policies, and one that takes too long.
import { post, patch, get, until, P, cleanup, loose, ended, report, condsFull, cond, count, counts, events, quiet, tidy } from './lib/ctl.mjs';

export default ({ ns }) => {
  const { batch, pods } = P(ns);
  const job = (name, spec, more) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, ...more }, spec: { completionMode: 'Indexed', template: { metadata: { labels: { app: name } }, spec: loose({ restartPolicy: 'Never' }) }, ...spec } });
  const J = (name) => `${batch}/jobs/${name}`;
  const of = (app) => ({ query: { labelSelector: `app=${app}` } });
  const pick = (app, index) => quiet(until(`the pod ${index} of ${app}`, pods, (b) => b.items.some((p) => p.metadata.annotations['batch.kubernetes.io/job-completion-index'] === String(index) && p.status.phase === 'Pending' && !p.metadata.deletionTimestamp), null, { ...of(app), save: (b, v) => { v.pod = b.items.find((p) => p.metadata.annotations['batch.kubernetes.io/job-completion-index'] === String(index) && p.status.phase === 'Pending' && !p.metadata.deletionTimestamp).metadata.name; } }));
  const ends = (app, index, code) => [pick(app, index), report(`${app} ${index} ends with ${code}`, ns, (v) => v.pod, () => ended(code))];
  const status = (b) => ({ ...counts(b), startTime: typeof b.status.startTime, completionTime: typeof b.status.completionTime });
  const steps = [
    post('three indexes', `${batch}/jobs`, job('sum', { completions: 3, parallelism: 3 })),
    until('are active', J('sum'), (b) => b.status.active === 3, status),
    get('their pods', pods, (b) => b.items.map((p) => ({ name: tidy(p.metadata.name), generateName: p.metadata.generateName, host: p.spec.hostname, annotations: p.metadata.annotations, labels: Object.fromEntries(Object.entries(p.metadata.labels).map(([k, v]) => [k, /uid/.test(k) ? '<uid>' : v])), env: p.spec.containers[0].env, finalizers: p.metadata.finalizers })).sort((a, b) => a.host.localeCompare(b.host)), of('sum')),
    ...ends('sum', 0, 0), ...ends('sum', 2, 0),
    until('two are done', J('sum'), (b) => b.status.completedIndexes === '0,2', status),
    ...ends('sum', 1, 0),
    until('complete', J('sum'), (b) => cond(b, 'Complete')?.status === 'True', (b) => ({ status: status(b), conditions: condsFull(b) })),
    patch('completions of an indexed one change with parallelism', J('sum'), { spec: { completions: 4, parallelism: 4 } }, (b) => ({ message: b.message, code: b.code })),
    post('a limit for each index', `${batch}/jobs`, job('each', { completions: 2, parallelism: 2, backoffLimitPerIndex: 0, maxFailedIndexes: 1 }), (b) => ({ limit: b.spec.backoffLimit, each: b.spec.backoffLimitPerIndex, policy: b.spec.podReplacementPolicy })),
    until('both active', J('each'), (b) => b.status.active === 2, status),
    ...ends('each', 1, 1),
    until('one index has failed', J('each'), (b) => b.status.failedIndexes === '1', (b) => b.status.failedIndexes),
    ...ends('each', 0, 0),
    until('so has the Job', J('each'), (b) => cond(b, 'Failed')?.status === 'True', (b) => ({ status: status(b), conditions: condsFull(b) })),
    post('one index is enough', `${batch}/jobs`, job('enough', { completions: 3, parallelism: 3, successPolicy: { rules: [{ succeededIndexes: '1' }] } })),
    until('all are active', J('enough'), (b) => b.status.active === 3, status),
    ...ends('enough', 1, 0),
    until('the criteria are met', J('enough'), (b) => cond(b, 'SuccessCriteriaMet')?.status === 'True', (b) => condsFull(b).filter((c) => c.type === 'SuccessCriteriaMet')),
    until('and it is complete', J('enough'), (b) => cond(b, 'Complete')?.status === 'True', (b) => ({ succeeded: b.status.succeeded, completed: b.status.completedIndexes, conditions: condsFull(b) })),
    post('too long', `${batch}/jobs`, job('late', { completions: 1, activeDeadlineSeconds: 2 })),
    until('fails', J('late'), (b) => cond(b, 'Failed')?.status === 'True', (b) => ({ status: status(b), conditions: condsFull(b) })),
    post('gone when it is finished', `${batch}/jobs`, job('brief', { completions: 0, ttlSecondsAfterFinished: 1 })),
    until('is gone', J('brief'), (b, r) => r.status === 404, (b) => b.reason),
    post('managed by another', `${batch}/jobs`, job('other', { completions: 1, managedBy: 'example.com/mine' }), (b) => [b.spec.managedBy, b.status]),
    events('events', ns, 'each', ['SuccessfulCreate', 'FailedIndexes'], (e) => e.reason === 'FailedIndexes'),
  ];
  const at = steps.findIndex((s) => s.name === 'events'); steps.splice(at, 1);
  steps.push(events('its events', ns, 'late', ['DeadlineExceeded']), events('of the one with a policy', ns, 'enough', ['SuccessCriteriaMet', 'Completed'].slice(1)));
  steps.cleanup = cleanup(ns);
  return steps;
};
