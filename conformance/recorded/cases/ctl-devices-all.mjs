// All devices of a sort, and what stands in their way: those in use, taints, counters, limits, constraints; administrators, prioritized lists, classes with several selectors, shared capacity, and pools whose devices are for different nodes.
import { post, patch, get, until, P, nodes, nodeName, cleanup, on, pod, cond, why, whole } from './lib/ctl.mjs';
const T = (b) => (b.kind === 'Status' ? b.message : b.kind);
export default ({ ns }) => {
  const { pods } = P(ns); const dra = '/apis/resource.k8s.io/v1'; const claims = `${dra}/namespaces/${ns}/resourceclaims`;
  const all = []; const steps = [];
  const cel = (...expressions) => ({ selectors: expressions.map((expression) => ({ cel: { expression } })) });
  const cls = (k, more = {}) => { all.push(`${dra}/deviceclasses/${ns}-${k}`); steps.push(post(`class ${k}`, `${dra}/deviceclasses`, { apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: `${ns}-${k}` }, spec: { selectors: [{ cel: { expression: `device.driver == "${k}.example.com"` } }], ...more } }, T)); };
  const slice = (k, x, devices, more = {}, poolMore = {}) => { all.push(`${dra}/resourceslices/${ns}-${x}`); steps.push(post(`slice ${x}`, `${dra}/resourceslices`, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceSlice', metadata: { name: `${ns}-${x}` }, spec: { driver: `${k}.example.com`, pool: { name: k, generation: 1, resourceSliceCount: 1, ...poolMore }, nodeName: nodeName(ns, 1), ...more, ...(devices ? { devices } : {}) } }, T)); };
  const claim = (name, devices) => steps.push(post(`claim ${name}`, claims, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata: { name }, spec: { devices } }, T));
  const uses = (name, refs = [name], more = {}) => {
    steps.push(post(`pod ${name}`, pods, pod(name, on(ns, { terminationGracePeriodSeconds: 0, restartPolicy: 'Never', resourceClaims: refs.map((r, i) => ({ name: `c${i}`, resourceClaimName: r })), containers: [{ name: 'a', image: 'x', resources: { claims: refs.map((_, i) => ({ name: `c${i}` })) } }], ...more }))));
    state(name, refs);
  };
  const state = (name, refs = [name]) => {
    steps.push(until(`${name} stands`, `${pods}/${name}`, (b) => b.spec.nodeName || cond(b, 'PodScheduled')?.status === 'False', (b) => ({ node: b.spec.nodeName, reason: cond(b, 'PodScheduled')?.reason, message: why(cond(b, 'PodScheduled')?.message) })));
    for (const r of refs) steps.push(get(`claim ${r} is`, `${claims}/${r}`, (b) => whole(b).status && { ...whole(b).status, finalizers: b.metadata.finalizers }, { ignore: ['reservedFor.*.uid', 'allocation.allocationTimestamp', 'allocation.devices.results.*.shareID'] }));
  };
  const req = (k, name, more = {}) => ({ name, exactly: { deviceClassName: `${ns}-${k}`, ...more } });
  const A = { allocationMode: 'All' };
  const dev = (name, attributes, more = {}) => ({ name, ...(attributes ? { attributes } : {}), ...more });
  steps.push(...nodes(ns, { labels: { zone: 'z1' } }, { labels: { zone: 'z2' } }), patch('ns', `/api/v1/namespaces/${ns}`, { metadata: { labels: { 'resource.kubernetes.io/admin-access': 'true' } } }));
  // All, one taken.
  cls('k1'); slice('k1', 's1', [dev('d1', { i: { int: 1 } }), dev('d2', { i: { int: 2 } }), dev('d3', { i: { int: 3 } })]);
  claim('one', { requests: [req('k1', 'r')] }); uses('one');
  claim('all', { requests: [req('k1', 'r', A)] }); uses('all');
  claim('alladmin', { requests: [req('k1', 'r', { ...A, adminAccess: true })] }); uses('alladmin');
  claim('none', { requests: [req('k1', 'r', { ...A, ...cel('device.attributes["k1.example.com"].i > 10') })] }); uses('none');
  claim('rest', { requests: [req('k1', 'r', { ...A, ...cel('device.attributes["k1.example.com"].i > 1') })] }); uses('rest');
  claim('admin2', { requests: [req('k1', 'r', { adminAccess: true, count: 2 }), req('k1', 'q', { adminAccess: true })] }); uses('admin2');
  claim('admin4', { requests: [req('k1', 'r', { adminAccess: true, count: 4 })] }); uses('admin4');
  // First available with all.
  cls('k2'); slice('k2', 's2', [dev('d1', { i: { int: 1 } }), dev('d2', { i: { int: 2 } })]);
  const sub = (k, name, more = {}) => ({ name, deviceClassName: `${ns}-${k}`, ...more });
  claim('fa', { requests: [{ name: 'r', firstAvailable: [sub('k2', 'a', { ...A, ...cel('false') }), sub('k2', 'b', { count: 3 }), sub('k2', 'c', A)] }], config: [{ requests: ['r/c'], opaque: { driver: 'k2.example.com', parameters: { c: 1 } } }, { requests: ['r/b'], opaque: { driver: 'k2.example.com', parameters: { b: 1 } } }, { requests: ['r'], opaque: { driver: 'k2.example.com', parameters: { r: 1 } } }] }); uses('fa');
  claim('fb', { requests: [{ name: 'r', firstAvailable: [sub('k2', 'a'), sub('k2', 'b', { count: 2 })] }] }); uses('fb');
  // Taints.
  cls('k3'); slice('k3', 's3', [dev('d1', undefined, { taints: [{ key: 't', value: 'v', effect: 'NoSchedule' }] }), dev('d2'), dev('d3', undefined, { taints: [{ key: 't', effect: 'NoExecute' }] }), dev('d4', undefined, { taints: [{ key: 't', effect: 'None' }] })]);
  claim('t1', { requests: [req('k3', 'r', A)] }); uses('t1');
  claim('t2', { requests: [req('k3', 'r', { count: 3 })] }); uses('t2');
  claim('t3', { requests: [req('k3', 'r', { ...A, tolerations: [{ key: 't', value: 'v', effect: 'NoSchedule' }] })] }); uses('t3');
  // Counters.
  cls('k4'); slice('k4', 's4c', undefined, { sharedCounters: [{ name: 'cs', counters: { mem: { value: '10Gi' }, cores: { value: '4' } } }] }, { resourceSliceCount: 2 });
  const cc = (mem, cores) => ({ consumesCounters: [{ counterSet: 'cs', counters: { mem: { value: mem }, cores: { value: cores } } }] });
  slice('k4', 's4', [dev('full', { s: { string: 'f' } }, cc('10Gi', '4')), dev('h1', { s: { string: 'h' } }, cc('5Gi', '2')), dev('h2', { s: { string: 'h' } }, cc('5Gi', '2')), dev('q1', { s: { string: 'q' } }, cc('2Gi', '1'))], {}, { resourceSliceCount: 2 });
  claim('pall', { requests: [req('k4', 'r', A)] }); uses('pall');
  claim('ph', { requests: [req('k4', 'r', cel('device.attributes["k4.example.com"].s == "h"'))] }); uses('ph');
  claim('pf', { requests: [req('k4', 'r', cel('device.attributes["k4.example.com"].s == "f"'))] }); uses('pf');
  claim('pq', { requests: [req('k4', 'r', cel('device.attributes["k4.example.com"].s == "q"'))] }); uses('pq');
  claim('ph2', { requests: [req('k4', 'r', { ...A, ...cel('device.attributes["k4.example.com"].s == "h"') })] }); uses('ph2');
  claim('pfa', { requests: [req('k4', 'r', { adminAccess: true, ...cel('device.attributes["k4.example.com"].s == "f"') })] }); uses('pfa');
  // Many.
  cls('k5'); slice('k5', 's5', Array.from({ length: 40 }, (_, i) => dev(`d${i}`, { i: { int: i } })));
  claim('m1', { requests: [req('k5', 'r', A)] }); uses('m1');
  claim('m2', { requests: [req('k5', 'r', { ...A, ...cel('device.attributes["k5.example.com"].i < 20') }), req('k5', 'q', { count: 20 })] }); uses('m2');
  claim('m3', { requests: [req('k5', 'r', { count: 32 })] }); uses('m3');
  claim('m4', { requests: [{ name: 'r', firstAvailable: [sub('k5', 'a', { count: 20 }), sub('k5', 'b', { count: 4 })] }, req('k5', 'q', { count: 4 })] }); uses('m4');
  // Constraints.
  cls('k6'); slice('k6', 's6', [dev('d1', { v: { version: '1.0.0' }, b: { bool: true }, s: { string: 'x' }, 'dom.io/n': { int: 1 } }), dev('d2', { v: { version: '1.0.0' }, b: { bool: false }, s: { string: 'x' }, 'dom.io/n': { int: 2 } }), dev('d3', { v: { version: '2.0.0' }, b: { bool: false }, s: { int: 3 }, 'dom.io/n': { int: 1 } })]);
  claim('ca', { requests: [req('k6', 'r', A)], constraints: [{ matchAttribute: 'k6.example.com/v' }] }); uses('ca');
  claim('cb', { requests: [req('k6', 'r'), req('k6', 'q')], constraints: [{ requests: ['r', 'q'], matchAttribute: 'k6.example.com/b' }] }); uses('cb');
  claim('cc', { requests: [req('k6', 'r', { adminAccess: true, count: 2 })], constraints: [{ matchAttribute: 'dom.io/n' }] }); uses('cc');
  claim('cd', { requests: [req('k6', 'r', { adminAccess: true, count: 2 })], constraints: [{ distinctAttribute: 'k6.example.com/v' }] }); uses('cd');
  claim('ce', { requests: [req('k6', 'r', { adminAccess: true, count: 2 })], constraints: [{ matchAttribute: 'k6.example.com/none' }] }); uses('ce');
  claim('cf', { requests: [req('k6', 'r', { adminAccess: true, count: 3 })], constraints: [{ distinctAttribute: 'k6.example.com/b' }] }); uses('cf');
  claim('cg', { requests: [{ name: 'r', firstAvailable: [sub('k6', 'a', { count: 3 }), sub('k6', 'b', { count: 1 })] }, req('k6', 'q', { adminAccess: true })], constraints: [{ requests: ['r', 'q'], matchAttribute: 'k6.example.com/s' }] }); uses('cg');
  // Class selectors.
  cls('k7', { selectors: [{ cel: { expression: 'device.driver == "k7.example.com"' } }, { cel: { expression: 'device.attributes["k7.example.com"].i > 1' } }] });
  slice('k7', 's7', [dev('d1', { i: { int: 1 } }), dev('d2', { i: { int: 2 } }), dev('d3')]);
  claim('sa', { requests: [req('k7', 'r', cel('true', '"i" in device.attributes["k7.example.com"]'))] }); uses('sa');
  claim('sb', { requests: [req('k7', 'r')] }); uses('sb');
  claim('sc', { requests: [req('k7', 'r', A)] }); uses('sc');
  // Shared capacity.
  cls('k8'); slice('k8', 's8', [dev('d1', undefined, { allowMultipleAllocations: true, capacity: { mem: { value: '10Gi', requestPolicy: { default: '1Gi', validRange: { min: '1Gi', max: '8Gi', step: '1Gi' } } }, plain: { value: '7' } } }), dev('d2', undefined, { capacity: { mem: { value: '4Gi' } } })]);
  claim('a1', { requests: [req('k8', 'r', cel('device.allowMultipleAllocations == true'))] }); uses('a1');
  claim('a2', { requests: [req('k8', 'r', { ...cel('device.allowMultipleAllocations'), capacity: { requests: { mem: '1500Mi' } } })] }); uses('a2');
  claim('a3', { requests: [req('k8', 'r', A)] }); uses('a3');
  // Which node.
  cls('k9'); slice('k9', 's9', [dev('d1', undefined, { nodeName: nodeName(ns, 2) }), dev('d2', undefined, { allNodes: true }), dev('d3', undefined, { nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['z2'] }] }] } })], { nodeName: undefined, perDeviceNodeSelection: true });
  claim('n1', { requests: [req('k9', 'r', { count: 2 })] }); uses('n1');
  claim('n2', { requests: [req('k9', 'r')] }); uses('n2');
  claim('n3', { requests: [req('k9', 'r')] }); uses('n3');
  uses('n4', ['n1', 'one']);
  steps.cleanup = cleanup(ns, 2, all);
  return steps;
};
