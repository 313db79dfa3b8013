// podFailurePolicy in detail: operators, containers, init containers, conditions with a status, counting, order of rules, several pods at once, and restarts in place.
import { post, patch, get, until, settle, P, cleanup, loose, report, ended, READY, status, each, told, live } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { batch, pods } = P(ns); const J = (x) => `${batch}/jobs/${x}`;
  const two = { initContainers: [{ name: 'i', image: 'x' }], containers: [{ name: 'a', image: 'x' }, { name: 'b', image: 'x' }] };
  const job = (name, rules, spec = {}, podSpec = {}) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { backoffLimit: 2, completions: 2, parallelism: 2, ...spec, podFailurePolicy: { rules }, template: { metadata: { labels: { app: name } }, spec: loose({ restartPolicy: 'Never', terminationGracePeriodSeconds: 0, ...two, ...podSpec }) } } });
  const make = (name, rules, spec) => [post(`job ${name}`, `${batch}/jobs`, job(name, rules, spec), (b) => (b.kind === 'Status' ? b.message : b.spec.podFailurePolicy)), pending(name, 2)];
  const pending = (name, n) => until(`${name}: ${n} pods`, pods, (b) => live(b).filter((p) => p.status.phase === 'Pending').length === n, (b) => b.items.map((p) => p.status.phase).sort(), { query: { labelSelector: `app=${name}` }, save: (b, v) => { v[name] = live(b).filter((p) => p.status.phase === 'Pending').map((p) => p.metadata.name); } });
  const t = () => new Date().toISOString().replace(/\.\d+/, '');
  const cs = (name, exitCode) => ({ name, image: 'x', imageID: '', ready: false, restartCount: 0, state: { terminated: { exitCode, reason: 'Error', startedAt: t(), finishedAt: t() } } });
  const fails = (x, i, a, b, init, more = {}) => report(`${x}: pod ${i} ends with ${a}, ${b}${init === undefined ? '' : `, init ${init}`}`, ns, (v) => v[x][i], () => ({ phase: 'Failed', containerStatuses: [cs('a', a), cs('b', b)], ...(init === undefined ? {} : { initContainerStatuses: [cs('i', init)] }), ...more }));
  const st = (x, test) => until(`${x}: status`, J(x), (b) => test(b.status), status);
  const failed = (s) => s.conditions?.some((c) => c.type === 'Failed' && c.status === 'True');
  const code = (action, operator, values, containerName) => ({ action, onExitCodes: { operator, values, ...(containerName ? { containerName } : {}) } });
  const on = (action, type, status) => ({ action, onPodConditions: [{ type, ...(status ? { status } : {}) }] });
  const steps = [
    ...make('any', [code('FailJob', 'In', [3, 7])]), fails('any', 0, 0, 7), st('any', failed),
    ...make('init', [code('FailJob', 'NotIn', [1, 5], 'i')]), fails('init', 0, 1, 0, 1), st('init', (s) => s.failed === 1), pending('init', 2), fails('init', 0, 0, 0, 9), st('init', failed),
    ...make('order', [code('Count', 'In', [4]), code('FailJob', 'In', [4, 5])]), fails('order', 0, 4, 0), st('order', (s) => s.failed === 1), pending('order', 2), fails('order', 1, 5, 4), settle(1000), st('order', (s) => s.failed === 2 || failed(s)), pending('order', 2), fails('order', 0, 5, 0), st('order', failed),
    ...make('conds', [on('Ignore', 'DisruptionTarget'), on('FailJob', 'Config', 'False'), on('Count', 'Other', 'Unknown')]), fails('conds', 0, 1, 0, undefined, { conditions: [{ type: 'DisruptionTarget', status: 'True' }, { type: 'Config', status: 'True' }] }), pending('conds', 2), st('conds', (s) => s.active === 2), fails('conds', 0, 1, 0, undefined, { conditions: [{ type: 'DisruptionTarget', status: 'False' }] }), pending('conds', 2), st('conds', (s) => s.failed === 1 && s.active === 2), fails('conds', 0, 1, 0, undefined, { conditions: [{ type: 'Config', status: 'False', reason: 'Bad', message: 'no' }] }), st('conds', failed),
    ...make('none', [code('Ignore', 'In', [1, 2, 3])], { backoffLimit: 0 }), fails('none', 0, 1, 0), pending('none', 2), fails('none', 0, 0, 3), pending('none', 2), st('none', (s) => s.active === 2), fails('none', 0, 8, 0), st('none', failed),
    ...make('zero', [code('FailJob', 'NotIn', [0])].slice(1).concat(code('FailJob', 'NotIn', [9]))), report('zero: no codes at all', ns, (v) => v.zero[0], () => ({ phase: 'Failed', reason: 'Evicted', message: 'gone' })), st('zero', (s) => s.failed === 1), pending('zero', 2), fails('zero', 0, 0, 0), st('zero', (s) => s.failed === 2 || failed(s)), settle(800), st('zero', () => true),
    post('wrong rules', `${batch}/jobs`, job('bad', [{ action: 'Nope' }, { action: 'FailJob' }, code('FailJob', 'In', []), code('FailJob', 'In', [1, 1]), code('FailJob', 'In', [2, 1]), code('Count', 'Within', [1]), code('FailIndex', 'In', [1]), { ...code('FailJob', 'In', [1]), ...on('FailJob', 'X') }, on('Ignore', 'bad type', 'Maybe')])),
    post('restarts', `${batch}/jobs`, job('bad', [code('FailJob', 'In', [1])], {}, { restartPolicy: 'OnFailure' })),
    told('events', ns, ['PodFailurePolicy', 'SuccessfulCreate']),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
