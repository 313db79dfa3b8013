// Tolerations for a time: taints that go in time, several taints with times of their own, changes of tolerations, and the events.
import { post, patch, get, del, until, gone, settle, P, nodeName, nodePath, nodes, cleanup, pod, running, events, brief } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods } = P(ns); const n = nodePath(ns, 1);
  const base = { key: 'rp-case', operator: 'Exists' };
  const tol = (key, tolerationSeconds, more) => ({ key, operator: 'Exists', effect: 'NoExecute', ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }), ...more });
  const p = (name, ...tolerations) => post(name, pods, pod(name, { nodeName: nodeName(ns, 1), terminationGracePeriodSeconds: 0, containers: [{ name: 'a', image: 'nginx' }], tolerations: [base, ...tolerations] }), brief);
  const taint = (name, ...list) => patch(name, n, { spec: { taints: [{ key: 'rp-case', value: ns, effect: 'NoSchedule' }, ...list.map(([key, effect = 'NoExecute', value]) => ({ key, effect, value }))] } }, (b) => b.spec.taints.map((t) => [t.key, t.value ?? 'none', t.effect, typeof t.timeAdded]));
  const steps = [
    ...nodes(ns, {}),
    p('long', tol('bad', 600)), p('both', tol('bad', 600), tol('worse', 2)), p('value', tol('bad', undefined, { operator: 'Equal', value: 'x' })), p('everything', { operator: 'Exists' }), p('soft', tol('bad', 600)),
    running('it runs', ns, 'long'), running('this too', ns, 'both'), running('and this', ns, 'value'), running('and that', ns, 'everything'),
    taint('a taint', ['bad', 'NoExecute', 'x']),
    settle(1200), get('all stay', pods, (b) => b.items.filter((x) => !x.metadata.deletionTimestamp).map((x) => x.metadata.name).sort()),
    taint('it goes'),
    events('the eviction is called off', ns, 'long', ['TaintManagerEviction']),
    taint('another value', ['bad', 'NoExecute', 'y']),
    gone('the one of the value goes', `${pods}/value`), events('it is told', ns, 'value', ['TaintManagerEviction']),
    taint('two taints', ['bad', 'NoExecute', 'y'], ['worse']),
    gone('the one that tolerates one only', `${pods}/long`), gone('as all but one', `${pods}/soft`),
    settle(2500), get('a time that was set stands', pods, (b) => b.items.map((x) => x.metadata.name)),
    taint('soft ones', ['bad', 'PreferNoSchedule'], ['worse', 'NoSchedule']),
    p('late', tol('bad', 600)), running('stays', ns, 'late'),
    taint('a taint again', ['bad']), settle(500),
    patch('a toleration for the same time', `${pods}/late`, { spec: { tolerations: [base, tol('bad', 1), { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }, { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }] } }),
    patch('one more', `${pods}/late`, { spec: { tolerations: [base, tol('bad', 600), { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }, { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }, tol('worse', 1)] } }, (b) => ({ kind: b.kind, message: b.message, tolerations: b.spec?.tolerations.length })),
    taint('the other taint too', ['bad'], ['worse']), settle(1500),
    get('its time stands too', `${pods}/late`, (b) => ({ going: Boolean(b.metadata.deletionTimestamp) })),
    taint('none any more'), events('the rest is called off', ns, 'late', ['TaintManagerEviction']),
    p('zero', tol('bad', 0)), p('negative', tol('bad', -5)), running('zero runs', ns, 'zero'), running('negative runs', ns, 'negative'),
    taint('bad', ['bad']), gone('at once', `${pods}/zero`), gone('as well', `${pods}/negative`),
  ];
  steps.cleanup = cleanup(ns, 1);
  return steps;
};
