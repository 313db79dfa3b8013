// Success policies: which indexes suffice, how many, what becomes of the rest, and what the conditions and events say.
import { post, patch, get, until, settle, P, cleanup, loose, ended, report, READY, status, each, told, live } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { batch, pods } = P(ns); const J = (x) => `${batch}/jobs/${x}`; const I = 'batch.kubernetes.io/job-completion-index';
  const job = (name, spec) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { completionMode: 'Indexed', completions: 4, parallelism: 4, backoffLimit: 3, ...spec, template: { metadata: { labels: { app: name } }, spec: loose({ restartPolicy: 'Never', terminationGracePeriodSeconds: 0 }) } } });
  const make = (name, spec) => [post(`job ${name}`, `${batch}/jobs`, job(name, spec), (b) => (b.kind === 'Status' ? b.message : b.spec.successPolicy)), until(`${name}: its pods`, pods, (b) => b.items.length === (spec.parallelism ?? 4), (b) => b.items.length, { query: { labelSelector: `app=${name}` }, save: (b, v) => { for (const p of b.items) v[`${name}${p.metadata.annotations[I]}`] = p.metadata.name; } })];
  const ends = (x, i, code) => report(`${x}: index ${i} ends with ${code}`, ns, (v) => v[`${x}${i}`], () => ended(code));
  const st = (x, test) => until(`${x}: status`, J(x), (b) => test(b.status), status);
  const has = (type) => (s) => s.conditions?.some((c) => c.type === type && c.status === 'True');
  const steps = [
    ...make('some', { successPolicy: { rules: [{ succeededIndexes: '0,2-3', succeededCount: 2 }] } }), ends('some', 1, 0), st('some', (s) => s.succeeded === 1), ends('some', 3, 0), st('some', (s) => s.succeeded === 2), ends('some', 2, 0), st('some', has('Complete')),
    until('some: pods', pods, (b) => live(b).every((p) => p.status.phase === 'Succeeded'), (b) => live(b).map((p) => [p.metadata.annotations[I], p.status.phase]).sort(), { query: { labelSelector: 'app=some' } }),
    ...make('two', { successPolicy: { rules: [{ succeededCount: 3 }, { succeededIndexes: '1' }] } }), ends('two', 0, 1), st('two', (s) => s.failed === 1), ends('two', 1, 0), st('two', has('Complete')),
    ...make('all', { completions: 2, parallelism: 2, successPolicy: { rules: [{ succeededIndexes: '0' }] } }), ends('all', 1, 0), st('all', (s) => s.succeeded === 1), ends('all', 0, 0), st('all', has('Complete')),
    ...make('fails', { completions: 2, parallelism: 2, backoffLimit: 0, successPolicy: { rules: [{ succeededIndexes: '0' }] } }), ends('fails', 1, 1), st('fails', has('Failed')),
    ...make('each', { completions: 3, parallelism: 3, backoffLimit: undefined, backoffLimitPerIndex: 0, successPolicy: { rules: [{ succeededIndexes: '2' }] } }), ends('each', 0, 1), st('each', (s) => s.failedIndexes === '0' && s.failed === 1), ends('each', 2, 0), st('each', has('Complete')),
    post('not for others', `${batch}/jobs`, job('bad', { completionMode: 'NonIndexed', successPolicy: { rules: [{ succeededCount: 1 }] } })),
    post('wrong rules', `${batch}/jobs`, job('bad', { successPolicy: { rules: [{}, { succeededCount: 9 }, { succeededIndexes: '3-1' }, { succeededIndexes: '0,7' }, { succeededIndexes: '1', succeededCount: 2 }, { succeededIndexes: '' }] } })),
    patch('may not change', J('some'), { spec: { successPolicy: { rules: [{ succeededCount: 1 }] } } }),
    told('events', ns, ['Completed', 'BackoffLimitExceeded']),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
