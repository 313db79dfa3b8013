// What does not fit and why: each resource, init containers and overhead, pods on a node, and how reasons are joined for several nodes.
import { post, patch, get, del, until, P, nodes, nodeName, nodePath, cleanup, on, pod, unschedulable, bound, events, cond, quiet, gone, tidy } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods, core } = P(ns); const extra = { 'example.com/gpu': '2', 'hugepages-2Mi': '4Mi', 'hugepages-1Gi': '0' };
  const c = (requests, more = {}, name = 'a') => ({ name, image: 'x', resources: { requests, ...more } });
  const make = (name, spec) => post(`make ${name}`, pods, pod(name, on(ns, { terminationGracePeriodSeconds: 0, ...spec })));
  const wait = (name, test) => unschedulable(`${name} waits`, ns, name, test, /./);
  const both = (r) => c(r, { limits: r });
  const steps = [
    ...nodes(ns, { cpu: '2', memory: '1Gi', pods: 4, extra }, { cpu: '1', memory: '4Gi', pods: 1, extra: { 'ephemeral-storage': '1Gi' } }),
    make('cpu', { containers: [c({ cpu: '1500m' }), c({ cpu: '600m' }, {}, 'b')] }), wait('cpu'),
    make('memory', { containers: [c({ memory: '5Gi' })] }), wait('memory'),
    make('both', { containers: [c({ cpu: '3', memory: '5Gi', 'ephemeral-storage': '60Gi' })] }), wait('both'),
    make('mixed', { containers: [c({ cpu: '1500m', memory: '2Gi' })] }), wait('mixed'),
    make('storage', { containers: [c({ 'ephemeral-storage': '51Gi' })] }), wait('storage'),
    make('init', { initContainers: [c({ cpu: '3' }, {}, 'i')], containers: [c({ cpu: '100m' })] }), wait('init'),
    make('sidecar', { initContainers: [{ ...c({ cpu: '1' }, {}, 's'), restartPolicy: 'Always' }, c({ cpu: '1500m' }, {}, 'i')], containers: [c({ cpu: '500m' })] }), wait('sidecar'),
    make('gpu', { containers: [both({ 'example.com/gpu': '3' })] }), wait('gpu'),
    make('huge', { containers: [{ name: 'a', image: 'x', resources: { requests: { cpu: '1m', 'hugepages-2Mi': '6Mi' }, limits: { 'hugepages-2Mi': '6Mi' } } }] }), wait('huge'),
    make('unknown', { containers: [both({ 'example.com/none': '1' })] }), wait('unknown'),
    post('a pod with requests of its own', pods, pod('podlevel', on(ns, { resources: { requests: { cpu: '5' }, limits: { cpu: '5' } }, containers: [{ name: 'a', image: 'x' }] })), (b) => ({ kind: b.kind, message: b.message, resources: b.spec?.resources })),
    wait('podlevel'),
    make('one', { nodeSelector: { 'rp-case': ns, 'kubernetes.io/hostname': nodeName(ns, 2) }, containers: [c({ cpu: '100m' })] }), bound('has its place', ns, 'one'),
    make('two', { nodeSelector: { 'rp-case': ns, 'kubernetes.io/hostname': nodeName(ns, 2) }, containers: [c({ cpu: '1500m' })] }), wait('two'),
    make('named', { nodeSelector: { 'rp-case': ns }, affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName(ns, 2)] }] }] } } } }), wait('named'),
    make('nowhere', { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [`${ns}-none`] }] }] } } } }), until('no such node', `${pods}/nowhere`, (b) => cond(b, 'PodScheduled')?.message, (b) => cond(b, 'PodScheduled').message.replace(/\d+\/\d+/g, 'N/N').replace(/\b\d+ Pre/, 'N Pre').replace(/available: \d+ /, 'available: N ')),
    make('conflict', { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['x'] }, { key: 'metadata.name', operator: 'In', values: ['y'] }] }] } } } }), until('terms that exclude each other', `${pods}/conflict`, (b) => cond(b, 'PodScheduled')?.message, (b) => cond(b, 'PodScheduled').message.replace(/\d+\/\d+/, 'N/N')),
    patch('the first node grows', `${nodePath(ns, 1)}/status`, { status: { allocatable: { 'example.com/gpu': '3', 'example.com/none': '1' }, capacity: { 'example.com/gpu': '3', 'example.com/none': '1' } } }, (b) => b.status.allocatable['example.com/gpu']),
    bound('gpu fits', ns, 'gpu'), bound('unknown is known', ns, 'unknown'),
    until('the events of one', `${core}/events`, (b) => b.items.some((e) => e.reason === 'Scheduled'), (b) => [...new Set(b.items.filter((e) => e.reportingComponent === 'default-scheduler').map((e) => `${e.type} ${e.reason} ${e.action} ${e.reportingComponent} ${JSON.stringify(e.source)} ${e.reason === 'Scheduled' ? e.message : ''}`))].sort(), { query: { fieldSelector: 'involvedObject.name=gpu' } }),
    get('conditions of one that waits', `${pods}/memory`, (b) => ({ conditions: b.status.conditions.map(({ type, status, reason, observedGeneration }) => ({ type, status, reason, observedGeneration })), phase: b.status.phase, qos: b.status.qosClass, nominated: b.status.nominatedNodeName ?? 'none' })),
  ];
  steps.cleanup = cleanup(ns, 2);
  return steps;
};
