// Preemption between nodes: which node is chosen, graceful victims, nominations that are kept and given up, a higher pod that takes a nomination, budgets, gates, and what cannot help.
import { post, patch, get, del, until, gone, quiet, settle, P, nodes, nodeName, cleanup, on, pod, cond, unschedulable, running, bound, condsFull, told, why, managers } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods, policy } = P(ns); const pcs = '/apis/scheduling.k8s.io/v1/priorityclasses';
  const all = ['p10', 'p20', 'p30', 'never'].map((x) => `${pcs}/${ns}-${x}`);
  const pc = (x, value, more) => post(`class ${x}`, pcs, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: `${ns}-${x}` }, value, ...more });
  const want = (name, cls, cpu, more = {}, meta = {}) => post(`pod ${name} of ${cls}`, pods, pod(name, on(ns, { terminationGracePeriodSeconds: 0, priorityClassName: `${ns}-${cls}`, containers: [{ name: 'a', image: 'x', resources: { requests: { cpu } } }], ...more }), { app: name }, meta));
  const at = (i) => ({ nodeSelector: { 'rp-case': ns, 'kubernetes.io/hostname': nodeName(ns, i) } });
  const hold = { finalizers: ['example.com/hold'] };
  const free = (x) => patch(`let ${x} go`, `${pods}/${x}`, { metadata: { finalizers: null } }, (b) => b.kind);
  const going = (x) => until(`${x} has to go`, `${pods}/${x}`, (b) => b.metadata.deletionTimestamp, (b) => ({ conditions: condsFull(b).filter((c) => c.type === 'DisruptionTarget'), grace: b.metadata.deletionGracePeriodSeconds }));
  const nominated = (x) => until(`${x} is nominated`, `${pods}/${x}`, (b) => b.status.nominatedNodeName, (b) => ({ node: b.status.nominatedNodeName, reason: cond(b, 'PodScheduled')?.reason }));
  const steps = [
    ...nodes(ns, { cpu: '2' }, { cpu: '2' }, { cpu: '2' }),
    ...all.map((p) => quiet(del('none', p))), pc('p10', 10), pc('p20', 20), pc('p30', 30), pc('never', 40, { preemptionPolicy: 'Never' }),
    want('a1', 'p20', '2', at(1), hold), want('b1', 'p10', '1', at(2), hold), want('b2', 'p10', '1', at(2), hold), want('c1', 'p10', '2', at(3), hold),
    ...['a1', 'b1', 'b2', 'c1'].map((x) => running(`${x} runs`, ns, x)),
    want('x', 'p30', '1500m'), nominated('x'), going('c1'), settle(500), get('others stay', pods, (b) => b.items.map((p) => [p.metadata.name, Boolean(p.metadata.deletionTimestamp)]).sort()),
    want('same', 'p30', '1500m', at(3)), unschedulable('same waits', ns, 'same', (c) => /preemption/.test(c.message)),
    want('lower', 'p20', '1', at(3)), unschedulable('lower waits', ns, 'lower'),
    free('c1'), running('x runs', ns, 'x'), get('its status', `${pods}/x`, (b) => ({ nominated: b.status.nominatedNodeName ?? 'none', node: b.spec.nodeName })),
    del('same goes', `${pods}/same`), del('lower goes', `${pods}/lower`),
    post('a budget', `${policy}/poddisruptionbudgets`, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'b' }, spec: { minAvailable: 1, selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['b1'] }] } } }), until('counts', `${policy}/poddisruptionbudgets/b`, (b) => b.status.currentHealthy === 1, (b) => b.status.disruptionsAllowed),
    want('y', 'p20', '1', at(2)), nominated('y'), going('b2'), get('the guarded one stays', `${pods}/b1`, (b) => Boolean(b.metadata.deletionTimestamp)),
    want('z', 'p30', '2', at(2)), nominated('z'), going('b1'), until('y is nominated no more', `${pods}/y`, (b) => !b.status.nominatedNodeName, (b) => b.status.nominatedNodeName ?? 'none'),
    free('b1'), free('b2'), running('z runs', ns, 'z'), unschedulable('y waits', ns, 'y'), get('who wrote it', `${pods}/y`, managers),
    want('shy', 'never', '1', at(1)), unschedulable('shy waits', ns, 'shy', (c) => /preemption/.test(c.message)),
    want('big', 'p30', '5', at(1)), unschedulable('too big', ns, 'big', (c) => /preemption/.test(c.message)), get('a1 stays', `${pods}/a1`, (b) => Boolean(b.metadata.deletionTimestamp)),
    want('gated', 'p30', '2', { ...at(1), schedulingGates: [{ name: 'example.com/g' }] }), settle(500), get('gated does nothing', `${pods}/gated`, condsFull), patch('no gate', `${pods}/gated`, { spec: { schedulingGates: [] } }, (b) => b.kind), nominated('gated'), going('a1'), del('it is given up', `${pods}/gated`), free('a1'), running('shy comes in', ns, 'shy'),
    told('events', ns, ['Preempted', 'FailedScheduling', 'Scheduled'], { pick: (b) => [...new Set(b.items.filter((e) => e.reason === 'Preempted').map((e) => `${e.regarding?.name ?? e.involvedObject.name} ${e.type} ${e.reason} ${e.message} ${e.action} ${e.reportingComponent} ${e.related?.kind ?? ''}`.replace(/by pod \S+/, 'by pod <uid>')))].sort() }),
  ];
  steps.cleanup = cleanup(ns, 3, all);
  return steps;
};
