// Pods that wait: gates one after the other, schedulers that are not there, names of nodes, bindings by hand, and what makes a pod be tried again.
import { post, patch, strategic, get, del, until, gone, settle, quiet, P, nodes, nodeName, nodePath, cleanup, on, pod, unschedulable, bound, cond, events, running, scheduled } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods, core } = P(ns);
  const make = (name, spec, more) => post(`make ${name}`, pods, pod(name, on(ns, { terminationGracePeriodSeconds: 0, ...spec }), { app: name }, more));
  const wait = (name, test) => unschedulable(`${name} waits`, ns, name, test, /./);
  const gates = (...names) => names.map((name) => ({ name: `example.com/${name}` }));
  const host = (i) => ({ nodeSelector: { 'rp-case': ns, 'kubernetes.io/hostname': nodeName(ns, i) } });
  const near = (app, anti) => ({ affinity: { [anti ? 'podAntiAffinity' : 'podAffinity']: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } }] } } });
  const gated = (name, test = () => true) => until(name, `${pods}/gated`, (b) => cond(b, 'PodScheduled')?.reason === 'SchedulingGated' && test(cond(b, 'PodScheduled')), (b) => ({ phase: b.status.phase, conditions: b.status.conditions.map(({ type, status, reason, message, observedGeneration }) => ({ type, status, reason, message, observedGeneration })) }));
  const steps = [
    ...nodes(ns, { labels: { disk: 'hdd' } }, { taints: [{ key: 'special', effect: 'NoSchedule' }] }),
    make('gated', { schedulingGates: gates('a', 'b') }), gated('waits for both', (c) => /b/.test(c.message)),
    patch('one opens', `${pods}/gated`, { spec: { schedulingGates: gates('b') } }, (b) => b.spec.schedulingGates), settle(300), gated('waits still'),
    patch('another is not added', `${pods}/gated`, { spec: { schedulingGates: gates('b', 'c') } }),
    patch('its selector may become narrower', `${pods}/gated`, { spec: { nodeSelector: { 'rp-case': ns, disk: 'ssd' } } }, (b) => b.spec?.nodeSelector ?? b.message),
    patch('but not wider', `${pods}/gated`, { spec: { nodeSelector: { 'rp-case': null } } }),
    patch('nor its node', `${pods}/gated`, { spec: { nodeName: nodeName(ns, 1) } }),
    get('no events', `${core}/events`, (b) => b.items.map((e) => e.reason), { query: { fieldSelector: 'involvedObject.name=gated' } }),
    patch('the last opens', `${pods}/gated`, { spec: { schedulingGates: null } }, (b) => b.spec.schedulingGates ?? 'none'), until('has no place', `${pods}/gated`, (b) => cond(b, 'PodScheduled')?.reason === 'Unschedulable', (b) => scheduled(b, /affinity\/selector/)),
    patch('the node gets the label', nodePath(ns, 1), { metadata: { labels: { disk: 'ssd' } } }, (b) => b.kind), bound('gated goes there', ns, 'gated'),
    events('its events now', ns, 'gated', ['Scheduled']),
    make('other', { schedulerName: 'nobody' }), settle(700), get('nobody looks', `${pods}/other`, (b) => ({ status: b.status, node: b.spec.nodeName ?? 'none' })),
    post('a binding by hand', `${pods}/other/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'other' }, target: { kind: 'Node', name: nodeName(ns, 1) } }, (b) => ({ kind: b.kind, status: b.status })),
    running('it runs', ns, 'other'), get('its conditions', `${pods}/other`, (b) => b.status.conditions.filter((c) => c.type === 'PodScheduled' || c.type === 'Ready').map((c) => [c.type, c.status, c.reason ?? 'none'])),
    post('a second binding', `${pods}/other/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'other' }, target: { kind: 'Node', name: nodeName(ns, 2) } }),
    make('named', { nodeName: nodeName(ns, 2) }), running('to a node by its name, whatever its taints', ns, 'named'),
    post('by a name and gated', pods, pod('bad', on(ns, { nodeName: nodeName(ns, 1), schedulingGates: gates('a') }))),
    make('special', host(2)), wait('special'),
    patch('the taint goes', nodePath(ns, 2), { spec: { taints: [{ key: 'rp-case', value: ns, effect: 'NoSchedule' }] } }, (b) => b.kind), bound('special fits', ns, 'special'),
    make('lonely', near('friend')), wait('lonely'), make('friend', host(1)), bound('friend is there', ns, 'friend'), bound('and lonely with it', ns, 'lonely'),
    make('apart', { ...near('friend', true), ...host(1) }), wait('apart'), quiet(del('friend goes', `${pods}/friend`)), bound('apart takes its place', ns, 'apart'),
    make('back', { ...host(1) }), bound('is where it was', ns, 'back'), make('avoids', { ...host(1), ...near('back', true) }), wait('avoids'), patch('a label changes', `${pods}/back`, { metadata: { labels: { app: 'x' } } }, (b) => b.kind), bound('avoids nothing', ns, 'avoids'),
    make('port', { ...host(1), containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 80, hostPort: 8080, hostIP: '127.0.0.1' }] }] }), bound('has the port', ns, 'port'),
    make('ports', { ...host(1), containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 80, hostPort: 8080, hostIP: '127.0.0.2' }] }] }), bound('another address', ns, 'ports'),
    make('all', { ...host(1), containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 80, hostPort: 8080 }] }] }), wait('all'),
    make('udp', { ...host(1), containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 80, hostPort: 8080, protocol: 'UDP' }] }] }), bound('another protocol', ns, 'udp'),
    make('tolerant', { ...host(1), tolerations: [{ key: 'special', operator: 'Exists' }] }), unschedulable('tolerant waits', ns, 'tolerant', undefined, /untolerated taint/),
    patch('it tolerates more', `${pods}/tolerant`, { spec: { tolerations: [{ key: 'special', operator: 'Exists' }, { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }, { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }, { key: 'rp-case', operator: 'Exists' }] } }, (b) => b.spec?.tolerations.length ?? b.message), bound('and fits', ns, 'tolerant'),
    patch('cordoned', nodePath(ns, 1), { spec: { unschedulable: true } }, (b) => b.spec.unschedulable), make('cordon', host(1)), unschedulable('cordon waits', ns, 'cordon', undefined, /unschedulable/),
    patch('uncordoned', nodePath(ns, 1), { spec: { unschedulable: false } }, (b) => b.spec.unschedulable ?? false), bound('cordon fits', ns, 'cordon'),
  ];
  steps.cleanup = cleanup(ns, 2);
  return steps;
};
