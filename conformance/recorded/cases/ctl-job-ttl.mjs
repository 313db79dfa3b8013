// Jobs after their end: a time to live, changed and withdrawn, finalizers that hold them, Jobs that others manage, tracking finalizers of pods, deletion with its policies, and pods deleted by force.
import { post, patch, get, del, until, gone, settle, P, cleanup, loose, report, ended, READY, status, each, told, live, managers, whole } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { batch, pods } = P(ns); const J = (x) => `${batch}/jobs/${x}`;
  const job = (name, spec, meta = {}) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, ...meta }, spec: { ...spec, template: { metadata: { labels: { app: name } }, spec: loose({ restartPolicy: 'Never', terminationGracePeriodSeconds: 0 }) } } });
  const its = (x, n = 1) => until(`${x}: pods`, pods, (b) => live(b).length === n, (b) => live(b).map((p) => p.metadata.finalizers), { query: { labelSelector: `app=${x}` }, save: (b, v) => { v[x] = live(b)[0].metadata.name; } });
  const ends = (x, code = 0) => report(`${x} ends with ${code}`, ns, (v) => v[x], () => ended(code));
  const done = (x) => until(`${x}: status`, J(x), (b) => b.status.conditions?.some((c) => ['Complete', 'Failed'].includes(c.type)), status);
  const steps = [
    post('at once', `${batch}/jobs`, job('now', { ttlSecondsAfterFinished: 0 })), its('now'), ends('now'), gone('is gone', J('now')), until('with its pod', pods, (b) => b.items.length === 0, (b) => b.items.length, { query: { labelSelector: 'app=now' } }),
    post('after failing', `${batch}/jobs`, job('fail', { ttlSecondsAfterFinished: 1, backoffLimit: 0 })), its('fail'), ends('fail', 1), gone('is gone too', J('fail')),
    post('held', `${batch}/jobs`, job('held', { ttlSecondsAfterFinished: 0 }, { finalizers: ['example.com/hold'] })), its('held'), ends('held'), until('is on its way', J('held'), (b) => b.metadata.deletionTimestamp && b.metadata.finalizers.length === 1, (b) => ({ finalizers: b.metadata.finalizers, grace: b.metadata.deletionGracePeriodSeconds, ...status(b) })), patch('let go', J('held'), { metadata: { finalizers: null } }, (b) => b.kind), gone('gone', J('held')),
    post('without', `${batch}/jobs`, job('stay', {})), its('stay'), ends('stay'), done('stay'), get('its pod is free', pods, (b) => b.items.map((p) => [p.metadata.finalizers ?? 'none', p.metadata.labels['batch.kubernetes.io/job-name']]), { query: { labelSelector: 'app=stay' } }), get('who wrote it', J('stay'), managers),
    patch('in a day', J('stay'), { spec: { ttlSecondsAfterFinished: 86400 } }, (b) => b.metadata.generation), settle(800), get('is there', J('stay'), whole), patch('no: now', J('stay'), { spec: { ttlSecondsAfterFinished: 0 } }, (b) => b.spec.ttlSecondsAfterFinished), gone('gone then', J('stay')),
    post('another manages it', `${batch}/jobs`, job('other', { managedBy: 'example.com/x', ttlSecondsAfterFinished: 0 })), settle(1000), get('nothing happens', J('other'), (b) => ({ ...status(b), start: b.status.startTime ?? 'none' })), get('no pods', pods, (b) => b.items.length, { query: { labelSelector: 'app=other' } }),
    patch('may not change', J('other'), { spec: { managedBy: null } }),
    patch('the other says it is done', `${J('other')}/status`, { status: { startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T00:01:00Z', succeeded: 1, conditions: [{ type: 'SuccessCriteriaMet', status: 'True' }, { type: 'Complete', status: 'True', lastTransitionTime: '2026-01-01T00:01:00Z' }] } }, (b) => (b.kind === 'Status' ? b.message : status(b))),
    gone('is cleaned all the same', J('other')),
    post('a default manager', `${batch}/jobs`, job('own', { managedBy: 'kubernetes.io/job-controller', completions: 2, parallelism: 2 })), its('own', 2),
    (v) => del('a pod is deleted by force', `${pods}/${v.own}?gracePeriodSeconds=0`), its('own', 2), until('has failed', J('own'), (b) => b.status.failed === 1 && b.status.active === 2, status),
    (v) => patch('a finalizer of another', `${pods}/${v.own}`, { metadata: { finalizers: ['example.com/keep', 'batch.kubernetes.io/job-tracking'] } }, (b) => b.metadata.finalizers), ends('own'), until('counts', J('own'), (b) => b.status.succeeded === 1 && !b.status.uncountedTerminatedPods?.succeeded, status), (v) => until('the other stays', `${pods}/${v.own}`, (b) => b.metadata.finalizers.length === 1, (b) => b.metadata.finalizers),
    (v) => patch('let go', `${pods}/${v.own}`, { metadata: { finalizers: null } }, (b) => b.kind),
    del('deleted as orphans', J('own'), 'Orphan'), gone('gone', J('own')), until('its pods are free', pods, (b) => b.items.every((p) => !p.metadata.finalizers && !p.metadata.ownerReferences), (b) => b.items.length, { query: { labelSelector: 'app=own' } }),
    told('events', ns, ['Completed', 'SuccessfulCreate']),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
