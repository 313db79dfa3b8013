// podFailurePolicy in detail: operators, containers, init containers, conditions with a status, counting, order of rules, several pods at once, and restarts in place.
import { post, until, settle, P, cleanup, loose, report, status, told, live } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { batch, pods } = P(ns); const J = (x) => `${batch}/jobs/${x}`;
  const two = { initContainers: [{ name: 'i', image: 'x' }], containers: [{ name: 'a', image: 'x' }, { name: 'b', image: 'x' }] };
  // As many pods at once as are to fail, so that nobody waits for the back-off before new ones; how many are active depends on it, and is not compared.
  const job = (name, rules, spec = {}, podSpec = {}) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { backoffLimit: 2, completions: 4, parallelism: 4, ...spec, podFailurePolicy: { rules }, template: { metadata: { labels: { app: name } }, spec: loose({ restartPolicy: 'Never', terminationGracePeriodSeconds: 0, ...two, ...podSpec }) } } });
  const make = (name, rules, spec) => [post(`job ${name}`, `${batch}/jobs`, job(name, rules, spec), (b) => (b.kind === 'Status' ? b.message : b.spec.podFailurePolicy)), until(`${name}: its pods`, pods, (b) => live(b).length === 4, (b) => b.items.map((p) => p.status.phase), { query: { labelSelector: `app=${name}` }, save: (b, v) => { v[name] = b.items.map((p) => p.metadata.name); } })];
  const t = () => new Date().toISOString().replace(/\.\d+/, '');
  const cs = (name, exitCode) => ({ name, image: 'x', imageID: '', ready: false, restartCount: 0, state: { terminated: { exitCode, reason: 'Error', startedAt: t(), finishedAt: t() } } });
  const fails = (x, i, a, b, init, more = {}) => report(`${x}: pod ${i} ends with ${a}, ${b}${init === undefined ? '' : `, init ${init}`}`, ns, (v) => v[x][i], () => ({ phase: 'Failed', containerStatuses: [cs('a', a), cs('b', b)], ...(init === undefined ? {} : { initContainerStatuses: [cs('i', init)] }), ...more }));
  const st = (x, test) => until(`${x}: status`, J(x), (b) => test(b.status), (b) => { const { active, ready, terminating, ...s } = status(b); return s; });
  const settled = (x, test) => until(`${x}: status`, J(x), (b) => test(b.status) && !b.status.terminating, status);
  const failed = (s) => s.conditions?.some((c) => c.type === 'Failed' && c.status === 'True');
  const code = (action, operator, values, containerName) => ({ action, onExitCodes: { operator, values, ...(containerName ? { containerName } : {}) } });
  const on = (action, type, status) => ({ action, onPodConditions: [{ type, ...(status ? { status } : {}) }] });
  // Side by side, as each answer takes a second: all that is asked first, then all that is asked next.
  const inTurns = (...jobs) => [0, 1, 2, 3, 4].flatMap((i) => jobs.flatMap((steps) => steps[i] ?? []));
  const steps = [
    ...inTurns(
      [[...make('any', [code('FailJob', 'In', [3, 7])])], [fails('any', 0, 0, 7)], [settled('any', failed)]],
      [[...make('init', [code('FailJob', 'NotIn', [1, 5], 'i')])], [fails('init', 0, 1, 0, 1)], [st('init', (s) => s.failed === 1), fails('init', 1, 0, 0, 9)], [settled('init', failed)]],
      [[...make('order', [code('Count', 'In', [4]), code('FailJob', 'In', [4, 5])])], [fails('order', 0, 4, 0)], [st('order', (s) => s.failed === 1), fails('order', 1, 5, 4)], [st('order', (s) => s.failed === 2 || failed(s)), fails('order', 2, 5, 0)], [settled('order', failed)]],
      [[...make('conds', [on('Ignore', 'DisruptionTarget'), on('FailJob', 'Config', 'False'), on('Count', 'Other', 'Unknown')])], [fails('conds', 0, 1, 0, undefined, { conditions: [{ type: 'DisruptionTarget', status: 'True' }, { type: 'Config', status: 'True' }] })], [fails('conds', 1, 1, 0, undefined, { conditions: [{ type: 'DisruptionTarget', status: 'False' }] })], [st('conds', (s) => s.failed === 1), fails('conds', 2, 1, 0, undefined, { conditions: [{ type: 'Config', status: 'False', reason: 'Bad', message: 'no' }] })], [settled('conds', failed)]],
      [[...make('none', [code('Ignore', 'In', [1, 2, 3])], { backoffLimit: 0 })], [fails('none', 0, 1, 0)], [fails('none', 1, 0, 3)], [settle(500), st('none', (s) => !s.failed), fails('none', 2, 8, 0)], [settled('none', failed)]],
      [[...make('zero', [code('FailJob', 'NotIn', [9])])], [report('zero: no codes at all', ns, (v) => v.zero[0], () => ({ phase: 'Failed', reason: 'Evicted', message: 'gone' }))], [st('zero', (s) => s.failed === 1), fails('zero', 1, 0, 0)], [st('zero', (s) => s.failed === 2 || failed(s)), settle(800), st('zero', () => true)]],
    ),
    post('wrong rules', `${batch}/jobs`, job('bad', [{ action: 'Nope' }, { action: 'FailJob' }, code('FailJob', 'In', []), code('FailJob', 'In', [1, 1]), code('FailJob', 'In', [2, 1]), code('Count', 'Within', [1]), code('FailIndex', 'In', [1]), { ...code('FailJob', 'In', [1]), ...on('FailJob', 'X') }, on('Ignore', 'bad type', 'Maybe')])),
    post('restarts', `${batch}/jobs`, job('bad', [code('FailJob', 'In', [1])], {}, { restartPolicy: 'OnFailure' })),
    told('events', ns, ['PodFailurePolicy', 'SuccessfulCreate']),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
