// Pods that a Job did not make: adopted, too many of them, ended before, released again; selectors by hand; a Job that is deleted in each way; labels and finalizers that somebody takes away.
import { post, patch, get, del, until, gone, settle, quiet, P, cleanup, loose, pod, report, ended, status, each, told, live, owners, whole } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { batch, pods } = P(ns); const J = (x) => `${batch}/jobs/${x}`;
  const job = (name, spec, labels = { app: name }) => post(`job ${name}`, `${batch}/jobs`, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { manualSelector: true, selector: { matchLabels: { app: name } }, ...spec, template: { metadata: { labels }, spec: loose({ restartPolicy: 'Never', terminationGracePeriodSeconds: 0 }) } } }, (b) => b.message ?? { selector: b.spec.selector, labels: b.metadata.labels, template: b.spec.template.metadata.labels });
  const own = (name, x, meta = {}) => post(`pod ${name}`, pods, pod(name, loose({ restartPolicy: 'Never', terminationGracePeriodSeconds: 0 }), { app: x }, meta));
  const of = (x) => ({ query: { labelSelector: `app=${x}` } });
  const gen = (n) => (/-[a-z0-9]{5}$/.test(n) ? 'made' : n);
  const its = (x, test, title = 'its pods', named = gen) => until(`${x}: ${title}`, pods, (b) => test(b.items), each((p) => ({ name: named(p.metadata.name), phase: p.status.phase, owners: owners(p), finalizers: p.metadata.finalizers, labels: Object.keys(p.metadata.labels).sort(), going: Boolean(p.metadata.deletionTimestamp) })), { ...of(x), save: (b, v) => { v[x] = b.items.filter((p) => p.status.phase === 'Pending').map((p) => p.metadata.name).sort(); } });
  const owned = (l) => l.every((p) => p.metadata.ownerReferences?.length);
  const st = (x, test = () => true, title = 'status') => until(`${x}: ${title}`, J(x), (b) => test(b.status), status);
  const is = (type) => (s) => s.conditions?.some((c) => c.type === type && c.status === 'True');
  const end = (x, code = 0) => report(`${x} ends with ${code}`, ns, x, () => ended(code));
  const steps = [
    own('one', 'adopt'), own('two', 'adopt'), own('three', 'adopt'), job('adopt', { completions: 5, parallelism: 2 }), its('adopt', (l) => l.length === 2 && owned(l), 'two of them', () => 'one of them'), st('adopt', (s) => s.active === 2),
    own('done', 'ended'), end('done'), own('lost', 'ended'), end('lost', 1), job('ended', { completions: 2, parallelism: 1 }), settle(800), its('ended', (l) => l.some((p) => p.status.phase === 'Pending')), st('ended', (s) => s.active === 1),
    own('s1', 'many'), own('s2', 'many'), own('s3', 'many'), end('s1'), end('s2'), end('s3'), job('many', { completions: 1, parallelism: 1 }), settle(1500), its('many', () => true), st('many'),
    job('free', { completions: 2, parallelism: 2 }), its('free', (l) => l.length === 2), (v) => patch('one leaves', `${pods}/${v.free[0]}`, { metadata: { labels: { app: 'freed' } } }, (b) => b.metadata.finalizers), its('freed', (l) => l.length === 1 && !l[0].metadata.ownerReferences && !l[0].metadata.finalizers), its('free', (l) => l.length === 2), st('free', (s) => s.active === 2 && !s.terminating),
    (v) => patch('one comes back', `${pods}/${v.freed[0]}`, { metadata: { labels: { app: 'free' } } }, (b) => b.metadata.finalizers ?? 'none'), its('free', (l) => l.length === 2 && owned(l), 'again'), st('free', (s) => s.active === 2 && !s.terminating),
    (v) => patch('its finalizer is taken', `${pods}/${v.free[0]}`, { metadata: { finalizers: null } }, (b) => b.kind), settle(500), its('free', () => true, 'without it'), report('and it ends', ns, (v) => v.free[0], () => ended(0)), settle(700), its('free', () => true, 'what follows'), st('free'),
    job('orphans', { completions: 2, parallelism: 2 }), its('orphans', (l) => l.length === 2), del('left alone', J('orphans'), 'Orphan'), gone('gone', J('orphans')), its('orphans', (l) => l.every((p) => !p.metadata.ownerReferences && !p.metadata.finalizers)),
    job('again', {}, { app: 'orphans' }), { ...job('orphans', { completions: 2, parallelism: 2 }), name: 'of the same name' }, its('orphans', (l) => l.length === 2 && owned(l), 'taken over'), st('orphans', (s) => s.active === 2),
    job('bg', { parallelism: 1 }), its('bg', (l) => l.length === 1), del('in the background', J('bg'), 'Background'), gone('gone', J('bg')), its('bg', (l) => l.length === 0),
    job('fg', { parallelism: 1 }), its('fg', (l) => l.length === 1), (v) => patch('its pod is held', `${pods}/${v.fg[0]}`, { metadata: { finalizers: ['batch.kubernetes.io/job-tracking', 'example.com/hold'] } }, (b) => b.kind), del('in the foreground', J('fg'), 'Foreground'), until('waits', J('fg'), (b) => b.metadata.deletionTimestamp, (b) => b.metadata.finalizers), its('fg', (l) => l[0].metadata.deletionTimestamp && l[0].metadata.finalizers.length === 1), (v) => patch('let go', `${pods}/${v.fg[0]}`, { metadata: { finalizers: null } }, (b) => b.kind), gone('gone', J('fg')),
    job('two', { parallelism: 1, selector: { matchLabels: { app: 'two' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] } }), job('two', { parallelism: 1, selector: { matchLabels: { app: 'two' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] } }, { app: 'two', tier: 'x' }), its('two', (l) => l.length === 1),
    job('auto', { manualSelector: false }), job('none', { selector: null }), patch('its selector', J('two'), { spec: { selector: { matchLabels: { app: 'x' } } } }, (b) => b.message.slice(0, 90)),
    told('events', ns, ['SuccessfulCreate'], { pick: (b) => [...new Set(b.items.filter((e) => e.involvedObject.kind === 'Job' && e.reason !== 'SuccessfulCreate').map((e) => `${e.involvedObject.name} ${e.type} ${e.reason} ${e.message.replace(/: .*-[a-z0-9]{5}$/, ': -x').replace(/: (one|two|three)$/, ': one of them')}`))].sort() }),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
