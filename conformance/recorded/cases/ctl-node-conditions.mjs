// Conditions of nodes and what follows: taints for each, pods that are not ready any more, events, an unknown kubelet's node, out of service.
import { post, patch, get, del, until, gone, settle, P, nodes, nodePath, nodeName, cleanup, on, pod, cond, condsFull, running, events, quiet, ready, READY, report } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods } = P(ns); const n = nodePath(ns, 1);
  const t = () => new Date().toISOString().replace(/\.\d+/, '');
  const says = (name, ...list) => () => ({ name, method: 'PATCH', path: `${n}/status`, type: 'application/strategic-merge-patch+json', body: { status: { conditions: list.map(([type, status]) => ({ type, status, reason: `R${type}`, message: 'm', lastHeartbeatTime: t(), lastTransitionTime: t() })) } }, pick: (b) => b.status.conditions.filter((c) => list.some(([type]) => type === c.type)).map((c) => [c.type, c.status]) });
  const taints = (b) => (b.spec.taints ?? []).map((x) => `${x.key}${x.value ? `=${x.value}` : ''}:${x.effect}${x.timeAdded ? ' timed' : ''}`).sort();
  const tainted = (name, ...keys) => until(name, n, (b) => { const has = (b.spec.taints ?? []).map((x) => x.key); return keys.every((k) => has.includes(k)) && has.filter((k) => k !== 'rp-case' && x(k)).length === keys.length; }, (b) => taints(b).filter((s) => x(s)));
  const x = (k) => !/^node\.kubernetes\.io\/(not-ready|unreachable):NoExecute/.test(k);
  const k = (s) => `node.kubernetes.io/${s}`;
  const steps = [
    ...nodes(ns, { fake: false }),
    post('a pod on it', pods, pod('p', { nodeName: nodeName(ns, 1), containers: [{ name: 'a', image: 'x' }], tolerations: [{ operator: 'Exists' }] })),
    report('is ready', ns, 'p', READY),
    says('the disk is full', ['DiskPressure', 'True']), tainted('its taint', k('disk-pressure')),
    says('and the memory', ['MemoryPressure', 'True'], ['PIDPressure', 'True']), tainted('their taints', k('disk-pressure'), k('memory-pressure'), k('pid-pressure')),
    says('no network', ['NetworkUnavailable', 'True']), tainted('its taint too', k('disk-pressure'), k('memory-pressure'), k('pid-pressure'), k('network-unavailable')),
    patch('cordoned', n, { spec: { unschedulable: true } }, (b) => b.spec.unschedulable), tainted('five', k('disk-pressure'), k('memory-pressure'), k('pid-pressure'), k('network-unavailable'), k('unschedulable')),
    says('all is well', ['DiskPressure', 'False'], ['MemoryPressure', 'False'], ['PIDPressure', 'Unknown'], ['NetworkUnavailable', 'False']), tainted('one is left', k('unschedulable')),
    patch('uncordoned', n, { spec: { unschedulable: null } }, (b) => b.spec.unschedulable ?? false), tainted('none'),
    post('a pod that tolerates pressure', pods, pod('burst', on(ns, { containers: [{ name: 'a', image: 'x', resources: { requests: { memory: '1Mi' } } }] })), (b) => b.spec.tolerations.map((y) => [y.key, y.operator, y.effect, y.tolerationSeconds ?? 'none'])),
    says('not ready', ['Ready', 'False']),
    until('its taint comes', n, (b) => taints(b).some((y) => y.startsWith(`${k('not-ready')}:NoSchedule`)), (b) => taints(b).filter((s) => x(s))),
    settle(1000), get('its pods are the kubelet\'s business', `${pods}/p`, (b) => b.status.conditions.map((c) => [c.type, c.status])),
    says('unknown', ['Ready', 'Unknown']),
    until('it is unreachable', n, (b) => taints(b).some((y) => y.startsWith(`${k('unreachable')}:NoSchedule`)) && !taints(b).some((y) => y.startsWith(`${k('not-ready')}:NoSchedule`)), (b) => taints(b).filter((s) => x(s))),
    says('ready again', ['Ready', 'True']), tainted('none any more'),
    until('its events', '/api/v1/namespaces/default/events', (b) => b.items.some((e) => e.reason === 'RegisteredNode'), (b) => [...new Set(b.items.filter((e) => e.reason === 'RegisteredNode' || e.reason === 'NodeNotReady').map((e) => `${e.type} ${e.reason} ${e.message}`))].sort(), { query: { fieldSelector: `involvedObject.name=${nodeName(ns, 1)}` } }),
    get('their source', '/api/v1/namespaces/default/events', (b) => [...new Set(b.items.filter((e) => e.reason === 'RegisteredNode').map((e) => JSON.stringify([e.source, e.involvedObject.kind, e.involvedObject.uid === e.involvedObject.name, e.involvedObject.apiVersion, e.reportingComponent])))].sort(), { query: { fieldSelector: `involvedObject.name=${nodeName(ns, 1)}` } }),
    patch('out of service', n, { spec: { taints: [{ key: 'rp-case', value: ns, effect: 'NoSchedule' }, { key: k('out-of-service'), effect: 'NoExecute', value: 'shutdown' }] } }, (b) => b.spec.taints.map((y) => [y.key, y.value, y.effect, typeof y.timeAdded])),
    get('the pod tolerates it', `${pods}/p`, (b) => b.metadata.deletionTimestamp ?? 'stays'),
    del('the node goes', n), gone('is gone', n),
    until('it is told of', '/api/v1/namespaces/default/events', (b) => b.items.some((e) => e.reason === 'RemovingNode'), (b) => [...new Set(b.items.filter((e) => e.reason === 'RemovingNode').map((e) => `${e.type} ${e.reason} ${e.message}`))], { query: { fieldSelector: `involvedObject.name=${nodeName(ns, 1)}` } }),
  ];
  steps.cleanup = cleanup(ns, 1);
  return steps;
};
