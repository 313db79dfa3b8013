// Who has to go: the fewest and lowest, budgets that are spared, several nodes, pods that wait for victims, the words of preemption, priorities of the whole.
import { post, patch, get, del, until, gone, quiet, P, nodes, nodeName, cleanup, on, pod, cond, condsFull, unschedulable, running, bound, events, live, names, tidy } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods, core, policy, apps } = P(ns); const pcs = '/apis/scheduling.k8s.io/v1/priorityclasses';
  const pc = (x, value, more = {}) => post(`class ${x}`, pcs, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: `${ns}-${x}` }, value, ...more });
  const all = ['a', 'b', 'c', 'd', 'e'].map((x) => `${pcs}/${ns}-${x}`);
  const at = (i) => ({ nodeSelector: { 'rp-case': ns, 'kubernetes.io/hostname': nodeName(ns, i) } });
  const want = (name, cpu, x, more, labels) => post(`pod ${name}`, pods, pod(name, on(ns, { priorityClassName: `${ns}-${x}`, terminationGracePeriodSeconds: 0, containers: [{ name: 'a', image: 'x', resources: { requests: { cpu } } }], ...more }), labels ?? { app: name }));
  const steps = [
    ...nodes(ns, { cpu: '2' }, { cpu: '2' }, { cpu: '2' }),
    ...all.map((p) => quiet(del('none from before', p))), pc('a', 10), pc('b', 20), pc('c', 30), pc('d', 1000), pc('e', 2000, { preemptionPolicy: 'Never' }),
    want('a1', '900m', 'a', at(1)), want('b1', '900m', 'b', at(1)), want('b2', '1900m', 'b', at(2)), want('c3', '1900m', 'c', at(3)),
    ...['a1', 'b1', 'b2', 'c3'].map((x) => running(`${x} runs`, ns, x)),
    want('first', '900m', 'd'), bound('first is placed', ns, 'first'),
    until('one of the lowest is gone', pods, (b) => live(b).length === 4 && b.items.length === 4, (b) => names(b)),
    get('the first', `${pods}/first`, (b) => [b.spec.nodeName, b.spec.priority]), running('the first runs', ns, 'first'),
    post('a budget', `${policy}/poddisruptionbudgets`, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'keep' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'b2' } } } }),
    until('is counted', `${policy}/poddisruptionbudgets/keep`, (b) => b.status.currentHealthy === 1, (b) => [b.status.disruptionsAllowed ?? 0, b.status.expectedPods]),
    want('second', '1900m', 'd'), bound('second is placed', ns, 'second'),
    get('not where the budget is', `${pods}/second`, (b) => b.spec.nodeName),
    until('victims are gone', pods, (b) => live(b).length === b.items.length && !live(b).some((p) => p.metadata.name === 'c3'), names),
    running('the second runs', ns, 'second'),
    want('third', '1900m', 'c', at(3)), unschedulable('third is too low', ns, 'third', undefined, /./),
    want('huge', '5', 'd'), unschedulable('huge does not fit anywhere', ns, 'huge', undefined, /./),
    want('shy', '1900m', 'e', at(2)), unschedulable('shy waits', ns, 'shy', undefined, /./),
    quiet(del('shy goes', `${pods}/shy`)), quiet(gone('shy is gone', `${pods}/shy`)),
    patch('it is held', `${pods}/b2`, { metadata: { finalizers: ['example.com/hold'] } }, (b) => b.kind),
    want('last', '1900m', 'd', at(2)), until('last is nominated', `${pods}/last`, (b) => b.status.nominatedNodeName, (b) => [b.status.nominatedNodeName, cond(b, 'PodScheduled').reason]),
    until('the budget does not save it', `${pods}/b2`, (b) => b.metadata.deletionTimestamp, (b) => condsFull(b).filter((c) => c.type === 'DisruptionTarget')),
    events('it is told', ns, 'b2', ['Preempted']),
    patch('it goes', `${pods}/b2`, { metadata: { finalizers: null } }, (b) => b.kind), running('the last runs', ns, 'last'),
    get('is nominated no more', `${pods}/last`, (b) => b.status.nominatedNodeName ?? 'none'),
    post('a value that is too high', pcs, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: `${ns}-f` }, value: 2000000001 }),
    patch('a value changes', `${pcs}/${ns}-a`, { value: 11 }),
    get('priorities', pods, (b) => Object.fromEntries(b.items.map((p) => [p.metadata.name, [p.spec.priority, p.spec.preemptionPolicy]]).sort())),
  ];
  steps.cleanup = cleanup(ns, 3, all);
  return steps;
};
