// A back-off for each index: counts on the pods, retries, indexes that failed for good, too many of them, and success policies with counts.
import { post, patch, get, until, P, cleanup, loose, ended, report, condsFull, cond, counts, events, quiet, tidy, live, count } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { batch, pods } = P(ns); const J = (x) => `${batch}/jobs/${x}`;
  const job = (name, spec) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { completionMode: 'Indexed', template: { metadata: { labels: { app: name } }, spec: loose({ restartPolicy: 'Never', terminationGracePeriodSeconds: 0 }) }, ...spec } });
  const of = (app) => ({ query: { labelSelector: `app=${app}` } });
  const index = (p) => p.metadata.annotations['batch.kubernetes.io/job-completion-index'];
  const busy = (b, i) => live(b).find((p) => index(p) === String(i) && p.status.phase === 'Pending');
  const ends = (app, i, code) => [quiet(until(`pod ${i} of ${app}`, pods, (b) => busy(b, i), null, { ...of(app), save: (b, v) => { v.pod = busy(b, i).metadata.name; } })), report(`${app} ${i} ends with ${code}`, ns, (v) => v.pod, () => ended(code))];
  const status = (b) => ({ ...counts(b), startTime: typeof b.status.startTime, completionTime: typeof b.status.completionTime });
  const end = (b) => ({ status: status(b), conditions: condsFull(b), order: b.status.conditions.map((c) => c.type) });
  const steps = [
    post('one retry each', `${batch}/jobs`, job('each', { completions: 3, parallelism: 3, backoffLimitPerIndex: 1 }), (b) => ({ limit: b.spec.backoffLimit, each: b.spec.backoffLimitPerIndex, max: b.spec.maxFailedIndexes, policy: b.spec.podReplacementPolicy })),
    until('three', J('each'), (b) => b.status.active === 3, status),
    get('their counts', pods, (b) => b.items.map((p) => p.metadata.annotations).sort((x, y) => JSON.stringify(x).localeCompare(JSON.stringify(y))), of('each')),
    ...ends('each', 0, 1),
    until('is tried again', pods, (b) => live(b).some((p) => index(p) === '0' && p.status.phase === 'Pending'), (b) => b.items.filter((p) => index(p) === '0').map((p) => [p.status.phase, p.metadata.annotations]).sort(), of('each')),
    until('counted', J('each'), (b) => b.status.failed === 1 && b.status.active === 3, status),
    ...ends('each', 0, 1),
    until('has failed', J('each'), (b) => b.status.failedIndexes === '0' && b.status.failed === 2, status),
    ...ends('each', 1, 0), ...ends('each', 2, 0),
    until('the Job fails in the end', J('each'), (b) => cond(b, 'Failed'), end),
    events('its events', ns, 'each', ['FailedIndexes']),
    post('one failed index is too many', `${batch}/jobs`, job('max', { completions: 3, parallelism: 3, backoffLimitPerIndex: 0, maxFailedIndexes: 0 })),
    until('three too', J('max'), (b) => b.status.active === 3, status),
    ...ends('max', 1, 1),
    until('fails', J('max'), (b) => cond(b, 'Failed'), end),
    until('its pods go', pods, (b) => count(b) === 1, (b) => live(b).map((p) => [index(p), p.status.phase]), of('max')),
    events('its events too', ns, 'max', ['MaxFailedIndexesExceeded']),
    post('two of the first three are enough', `${batch}/jobs`, job('some', { completions: 4, parallelism: 4, successPolicy: { rules: [{ succeededIndexes: '0-2', succeededCount: 2 }] } }), (b) => b.spec.successPolicy),
    until('four', J('some'), (b) => b.status.active === 4, status),
    ...ends('some', 3, 0), ...ends('some', 0, 0),
    until('two have succeeded', J('some'), (b) => b.status.succeeded === 2 && b.status.active === 2, status),
    ...ends('some', 2, 0),
    until('enough', J('some'), (b) => cond(b, 'Complete'), end),
    until('the rest goes', pods, (b) => live(b).every((p) => p.status.phase === 'Succeeded'), (b) => live(b).map((p) => index(p)).sort(), of('some')),
    events('its events as well', ns, 'some', ['Completed']),
    post('any two', `${batch}/jobs`, job('any', { completions: 3, parallelism: 1, successPolicy: { rules: [{ succeededCount: 2 }] } })),
    ...ends('any', 0, 0), ...ends('any', 1, 0),
    until('is done', J('any'), (b) => cond(b, 'Complete'), end),
    post('a policy without an index', `${batch}/jobs`, job('bad', { completions: 3, completionMode: 'NonIndexed', successPolicy: { rules: [{ succeededCount: 2 }] } })),
    post('a policy that asks for too much', `${batch}/jobs`, job('bad', { completions: 3, successPolicy: { rules: [{ succeededCount: 4 }, { succeededIndexes: '0-5' }, {}] } })),
    post('limits that do not go together', `${batch}/jobs`, job('bad', { completions: 3, completionMode: 'NonIndexed', backoffLimitPerIndex: 1, maxFailedIndexes: 4 })),
    post('elastic', `${batch}/jobs`, job('elastic', { completions: 3, parallelism: 3 })), until('three as well', J('elastic'), (b) => b.status.active === 3, status),
    patch('fewer', J('elastic'), { spec: { completions: 1, parallelism: 1 } }, (b) => b.spec.completions),
    until('one is left', J('elastic'), (b) => b.status.active === 1 && !b.status.terminating, status),
    until('the first', pods, (b) => count(b) === 1, (b) => live(b).map((p) => index(p)), of('elastic')),
    patch('more', J('elastic'), { spec: { completions: 2, parallelism: 2 } }, (b) => b.spec.completions),
    until('two', J('elastic'), (b) => b.status.active === 2, status),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
