// Devices by their attributes: prioritized lists, counts, constraints, all of a pool, shared capacity, binding conditions, administrators, counters that partitions share, selectors of nodes, and slices that are incomplete.
import { post, patch, get, del, until, gone, quiet, settle, P, nodes, nodeName, cleanup, on, pod, running, unschedulable, cond, events, told, report, ended, why } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods } = P(ns); const dra = '/apis/resource.k8s.io/v1'; const claims = `${dra}/namespaces/${ns}/resourceclaims`; const driver = `${ns}.example.com`;
  const all = [`${dra}/deviceclasses/${ns}`, `${dra}/deviceclasses/${ns}-big`, ...['a', 'b', 'c', 'd'].map((x) => `${dra}/resourceslices/${ns}-${x}`)];
  const slice = (x, pool, more, devices) => post(`slice ${x}`, `${dra}/resourceslices`, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceSlice', metadata: { name: `${ns}-${x}` }, spec: { driver, pool: { name: pool, generation: 1, resourceSliceCount: 1 }, ...more, ...(devices ? { devices } : {}) } }, (b) => (b.kind === 'Status' ? b.message : b.kind));
  const dev = (name, size, model, more = {}) => ({ name, attributes: { size: { int: size }, model: { string: model } }, capacity: { memory: { value: `${size}Gi` } }, ...more });
  const claim = (name, devices) => post(`claim ${name}`, claims, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata: { name }, spec: { devices } }, (b) => (b.kind === 'Status' ? b.message : b.kind));
  const req = (name, more = {}, cls = ns) => ({ name, exactly: { deviceClassName: cls, ...more } });
  const cel = (expression) => ({ selectors: [{ cel: { expression } }] });
  const uses = (name, ...refs) => post(`pod ${name}`, pods, pod(name, on(ns, { terminationGracePeriodSeconds: 0, restartPolicy: 'Never', resourceClaims: refs.map((r, i) => ({ name: `c${i}`, resourceClaimName: r })), containers: [{ name: 'a', image: 'x', resources: { claims: refs.map((_, i) => ({ name: `c${i}` })) } }] })));
  const waits = (x, test) => unschedulable(`${x} waits`, ns, x, test, /./);
  const got = (x) => get(`${x} has`, `${claims}/${x}`, (b) => ({ finalizers: b.metadata.finalizers, results: b.status.allocation?.devices.results, config: b.status.allocation?.devices.config, selector: b.status.allocation?.nodeSelector, time: typeof b.status.allocation?.allocationTimestamp, reserved: b.status.reservedFor?.map((r) => r.name) }));
  const d = `device.attributes["${driver}"]`; const c = `device.capacity["${driver}"]`;
  const steps = [
    ...nodes(ns, {}, {}),
    ...all.flatMap((p) => [quiet(del('none', p)), quiet(gone('gone', p))]),
    post('a class', `${dra}/deviceclasses`, { apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: ns }, spec: { selectors: [{ cel: { expression: `device.driver == "${driver}"` } }], config: [{ opaque: { driver, parameters: { of: 'class' } } }] } }), post('a class of large ones', `${dra}/deviceclasses`, { apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: `${ns}-big` }, spec: { selectors: [{ cel: { expression: `device.driver == "${driver}" && ${d}.size >= 8` } }] } }),
    slice('a', 'pa', { nodeName: nodeName(ns, 1) }, [dev('s1', 1, 'x'), dev('s2', 2, 'x'), dev('s4', 4, 'y')]),
    slice('b', 'pb', { nodeName: nodeName(ns, 2) }, [dev('b8', 8, 'z'), dev('b9', 9, 'z')]),
    claim('big', { requests: [req('r', {}, `${ns}-big`)], config: [{ requests: ['r'], opaque: { driver, parameters: { of: 'claim' } } }] }), uses('big', 'big'), running('big runs', ns, 'big'), got('big'),
    claim('pair', { requests: [req('p', { count: 2 })], constraints: [{ requests: ['p'], matchAttribute: `${driver}/model` }] }), uses('pair', 'pair'), running('pair runs', ns, 'pair'), got('pair'),
    claim('cap', { requests: [req('r', cel(`${c}.memory.compareTo(quantity("4Gi")) >= 0 && ${d}.model == "y"`))] }), uses('cap', 'cap'), running('cap runs', ns, 'cap'), got('cap'),
    claim('first', { requests: [{ name: 'r', firstAvailable: [{ name: 'no', deviceClassName: ns, ...cel(`${d}.size > 100`) }, { name: 'two', deviceClassName: ns, count: 2 }, { name: 'one', deviceClassName: `${ns}-big` }] }] }), uses('first', 'first'), running('first runs', ns, 'first'), got('first'),
    claim('full', { requests: [req('r')] }), uses('full', 'full'), waits('full'), report('big is done', ns, 'big', () => ended(0)), running('full takes its', ns, 'full'), got('full'),
    claim('never', { requests: [req('a', cel(`${d}.size == 77`)), req('b', cel('device.driver == 1'))] }),
    claim('error', { requests: [req('r', cel(`${d}.missing == "x"`))] }), uses('error', 'error'), until('an error', `${pods}/error`, (b) => cond(b, 'PodScheduled'), (b) => ({ reason: cond(b, 'PodScheduled').reason, message: why(cond(b, 'PodScheduled').message, /./) })),
    slice('c', 'pc', { allNodes: true, sharedCounters: [{ name: 'cs', counters: { mem: { value: '10Gi' } } }] }), 
    slice('d', 'pd', { nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName(ns, 2)] }] }] } }, [dev('net', 3, 'n'), dev('bad', 3, 'n', { taints: [{ key: 'broken', effect: 'NoSchedule' }] })]),
    claim('net', { requests: [req('r', cel(`${d}.model == "n"`))] }), uses('net', 'net'), running('net runs', ns, 'net'), got('net'),
    claim('tainted', { requests: [req('r', cel(`${d}.model == "n"`))] }), uses('tainted', 'tainted'), waits('tainted'), claim('tolerates', { requests: [req('r', { ...cel(`${d}.model == "n"`), tolerations: [{ key: 'broken', operator: 'Exists', effect: 'NoSchedule' }] })] }), uses('tolerates', 'tolerates'), running('tolerates runs', ns, 'tolerates'), got('tolerates'),
    claim('every', { requests: [req('r', { allocationMode: 'All', ...cel(`${d}.model == "x"`) })] }), uses('every', 'every'), waits('every'), quiet(del('pair goes', `${pods}/pair`)), running('every runs', ns, 'every'), got('every'),
    claim('many', { requests: [req('r', { count: 33 })] }), claim('two', { requests: [req('x'), req('y')], constraints: [{ matchAttribute: `${driver}/model` }, { requests: ['x', 'y'], distinctAttribute: `${driver}/size` }] }),
    uses('shared', 'net', 'tolerates'), until('shared runs beside', `${pods}/shared`, (b) => b.spec.nodeName, (b) => b.spec.nodeName), get('for both', `${claims}/net`, (b) => b.status.reservedFor.map((r) => r.name).sort()),
    uses('apart', 'net', 'cap'), waits('apart'),
    del('a slice goes', `${dra}/resourceslices/${ns}-b`), settle(600), got('first'), get('pods stay', pods, (b) => b.items.map((p) => [p.metadata.name, p.status.phase, Boolean(p.metadata.deletionTimestamp)]).sort()),
    patch('an incomplete pool', `${dra}/resourceslices/${ns}-a`, { spec: { pool: { resourceSliceCount: 2 } } }, (b) => b.spec.pool), claim('inc', { requests: [req('r', { allocationMode: 'All' })] }), uses('inc', 'inc'), waits('inc'),
    patch('a device of theirs', `${claims}/net/status`, { status: { devices: [{ driver, pool: 'pd', device: 'net', conditions: [{ type: 'Ready', status: 'True', reason: 'Up', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }], data: { a: 1 }, networkData: { interfaceName: 'eth0', ips: ['10.1.1.1/24'], hardwareAddress: 'aa' } }] } }, (b) => (b.kind === 'Status' ? b.message : b.status.devices)),
  ];
  steps.cleanup = cleanup(ns, 2, all);
  return steps;
};
