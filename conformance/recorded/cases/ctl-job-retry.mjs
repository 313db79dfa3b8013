// Jobs that go on after failures: containers that restart, counts, replacement of pods that have ended, a queue without completions, deadlines and suspension, adoption.
import { post, patch, get, del, until, gone, settle, P, cleanup, loose, pod, ended, report, READY, cond, conds, condsFull, count, counts, owners, events, quiet, live } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { batch, pods } = P(ns); const J = (x) => `${batch}/jobs/${x}`;
  const job = (name, spec = {}, podSpec = {}) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { template: { metadata: { labels: { app: name } }, spec: loose({ restartPolicy: 'Never', terminationGracePeriodSeconds: 0, ...podSpec }) }, ...spec } });
  const of = (app) => ({ query: { labelSelector: `app=${app}` } });
  const take = (app, n = 1) => quiet(until(`pods of ${app}`, pods, (b) => live(b).filter((p) => p.status.phase !== 'Failed' && p.status.phase !== 'Succeeded').length >= n, null, { ...of(app), save: (b, v) => { v.pods = live(b).filter((p) => p.status.phase !== 'Failed' && p.status.phase !== 'Succeeded').map((p) => p.metadata.name).sort(); v.pod = v.pods[0]; } }));
  const status = (b) => ({ ...counts(b), startTime: typeof b.status.startTime, completionTime: typeof b.status.completionTime });
  const restarted = (n) => ({ phase: 'Running', containerStatuses: [{ name: 'a', image: 'x', imageID: '', ready: true, restartCount: n, state: { running: {} } }], conditions: [{ type: 'Ready', status: 'True' }] });
  const steps = [
    post('restarts in place', `${batch}/jobs`, job('onfailure', { backoffLimit: 2 }, { restartPolicy: 'OnFailure' })),
    until('is active', J('onfailure'), (b) => b.status.active === 1, status), take('onfailure'),
    report('restarted once', ns, (v) => v.pod, restarted(1)), until('is ready', J('onfailure'), (b) => b.status.ready === 1, status),
    report('restarted too often', ns, (v) => v.pod, restarted(3)),
    until('fails', J('onfailure'), (b) => cond(b, 'Failed'), (b) => ({ status: status(b), conditions: condsFull(b), order: b.status.conditions.map((c) => c.type) })),
    events('its events', ns, 'onfailure', ['BackoffLimitExceeded', 'SuccessfulDelete']),
    post('a queue', `${batch}/jobs`, job('queue', { parallelism: 2 }), (b) => ({ completions: b.spec.completions, parallelism: b.spec.parallelism })),
    until('two', J('queue'), (b) => b.status.active === 2, status), take('queue', 2),
    report('one says that all is done', ns, (v) => v.pods[0], () => ended(0)),
    until('the other goes on', J('queue'), (b) => b.status.succeeded === 1 && b.status.active === 1, status),
    patch('more of them are not made', J('queue'), { spec: { parallelism: 4 } }, (b) => b.spec?.parallelism),
    settle(800), get('still one', J('queue'), status),
    report('so does the other', ns, (v) => v.pods[1], () => ended(0)),
    until('complete', J('queue'), (b) => cond(b, 'Complete'), (b) => ({ status: status(b), conditions: condsFull(b), order: b.status.conditions.map((c) => c.type) })),
    post('replaced when it has ended', `${batch}/jobs`, job('ended', { podReplacementPolicy: 'Failed', backoffLimit: 3 }), (b) => b.spec.podReplacementPolicy),
    until('is active too', J('ended'), (b) => b.status.active === 1, status), take('ended'),
    (v) => patch('hold its pod', `${pods}/${v.pod}`, { metadata: { finalizers: ['batch.kubernetes.io/job-tracking', 'example.com/hold'] } }, (b) => b.metadata.finalizers),
    (v) => del('delete its pod', `${pods}/${v.pod}`),
    settle(700), (v) => until('it terminates', J('ended'), (b) => b.status.terminating === 1, status),
    (v) => get('no other', pods, (b) => b.items.length, of('ended')),
    report('it has failed', ns, (v) => v.pod, () => ended(1)),
    until('another', J('ended'), (b) => b.status.active === 1 && b.status.failed === 1, status),
    (v) => patch('let it go', `${pods}/${v.pod}`, { metadata: { finalizers: ['example.com/hold'] } }, (b) => b.kind),
    (v) => patch('let it really go', `${pods}/${v.pod}`, { metadata: { finalizers: null } }, (b) => b.kind),
    post('a deadline while it is suspended', `${batch}/jobs`, job('paused', { suspend: true, activeDeadlineSeconds: 2 })),
    until('is suspended', J('paused'), (b) => cond(b, 'Suspended'), (b) => ({ status: status(b), conditions: condsFull(b) })),
    settle(2500), get('nothing happens', J('paused'), (b) => conds(b)),
    patch('resume it', J('paused'), { spec: { suspend: false } }, (b) => b.spec.suspend),
    until('the deadline counts from now', J('paused'), (b) => cond(b, 'Failed'), (b) => ({ status: status(b), conditions: condsFull(b), order: b.status.conditions.map((c) => c.type) })),
    events('events of that', ns, 'paused', ['Suspended', 'Resumed', 'DeadlineExceeded']),
    post('a job of labels that are taken', `${batch}/jobs`, job('taker', { manualSelector: true, selector: { matchLabels: { app: 'taker' } }, parallelism: 1, completions: 2 })),
    until('has a pod', J('taker'), (b) => b.status.active === 1, status),
    post('a pod of nobody', pods, pod('orphan', loose({ restartPolicy: 'Never', terminationGracePeriodSeconds: 0 }), { app: 'taker' })),
    until('one of two is removed', pods, (b) => b.items.length === 1, (b) => b.items.map(owners), of('taker')),
    del('delete it and leave its pods', J('taker'), 'Orphan'), gone('it is gone', J('taker')),
    until('its pod is free', pods, (b) => b.items.length === 1 && !b.items[0].metadata.finalizers, (b) => b.items.map((p) => [owners(p), p.metadata.finalizers ?? 'none']), of('taker')),
    del('delete another and its pods', J('ended'), 'Foreground'), gone('gone', J('ended')), until('no pods', pods, (b) => b.items.length === 0, count, of('ended')),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
