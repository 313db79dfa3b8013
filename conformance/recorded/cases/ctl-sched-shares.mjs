// Devices that several share: shares of a capacity by its policy, shares that must be of different devices, partitions that consume counters, nodes by device, and devices that are bound once a condition says so.
import { post, patch, get, del, until, gone, quiet, settle, P, nodes, nodeName, cleanup, on, pod, unschedulable, cond } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods } = P(ns); const dra = '/apis/resource.k8s.io/v1'; const claims = `${dra}/namespaces/${ns}/resourceclaims`; const driver = `${ns}.example.com`;
  const all = [`${dra}/deviceclasses/${ns}`, ...['a', 'b', 'c', 'd', 'e'].map((x) => `${dra}/resourceslices/${ns}-${x}`)];
  const slice = (x, pool, more, devices, n = 1) => post(`slice ${x}`, `${dra}/resourceslices`, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceSlice', metadata: { name: `${ns}-${x}` }, spec: { driver, pool: { name: pool, generation: 1, resourceSliceCount: n }, ...more, ...(devices ? { devices } : {}) } }, (b) => b.message ?? b.kind);
  const dev = (name, sort, more = {}) => ({ name, attributes: { sort: { string: sort } }, ...more });
  const claim = (name, devices) => post(`claim ${name}`, claims, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata: { name }, spec: { devices } }, (b) => b.message ?? b.kind);
  const cel = (expression) => ({ selectors: [{ cel: { expression } }] }); const d = `device.attributes["${driver}"]`;
  const req = (name, sort, more = {}) => ({ name, exactly: { deviceClassName: ns, ...cel(`${d}.sort == "${sort}"`), ...more } });
  const uses = (name, ...refs) => post(`pod ${name}`, pods, pod(name, on(ns, { terminationGracePeriodSeconds: 0, resourceClaims: refs.map((r, i) => ({ name: `c${i}`, resourceClaimName: r })), containers: [{ name: 'a', image: 'x', resources: { claims: refs.map((_, i) => ({ name: `c${i}` })) } }] })), (b) => b.kind);
  const waits = (x) => unschedulable(`${x} waits`, ns, x, undefined, /./);
  const placed = (x) => until(`${x} is placed`, `${pods}/${x}`, (b) => b.spec.nodeName, (b) => b.spec.nodeName);
  const got = (x) => get(`${x} has`, `${claims}/${x}`, (b) => ({ results: b.status.allocation?.devices.results.map((r) => ({ ...r, shareID: r.shareID && 'id' })).sort((p, q) => (p.device + p.request < q.device + q.request ? -1 : 1)), selector: b.status.allocation?.nodeSelector }));
  const one = (name, sort, more) => [claim(name, { requests: [req('r', sort, more)] }), uses(name, name)];
  const steps = [
    ...nodes(ns, {}, {}), ...all.flatMap((p) => [quiet(del('none', p)), quiet(gone('gone', p))]),
    post('a class', `${dra}/deviceclasses`, { apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: ns }, spec: { selectors: [{ cel: { expression: `device.driver == "${driver}"` } }] } }, (b) => b.kind),
    slice('a', 'pa', { nodeName: nodeName(ns, 1) }, [
      dev('wide', 'wide', { allowMultipleAllocations: true, capacity: { mem: { value: '10Gi', requestPolicy: { default: '1Gi', validRange: { min: '1Gi', step: '1Gi', max: '6Gi' } } }, lanes: { value: '4' } } }),
      dev('steps', 'steps', { allowMultipleAllocations: true, capacity: { bw: { value: '10', requestPolicy: { default: '2', validValues: ['2', '4', '8'] } } } }),
      dev('whole', 'whole', { capacity: { mem: { value: '4Gi' } } }),
      dev('twin1', 'twin', { allowMultipleAllocations: true, capacity: { mem: { value: '4Gi' } } }), dev('twin2', 'twin', { allowMultipleAllocations: true, capacity: { mem: { value: '4Gi' } } }),
    ]),
    ...one('w1', 'wide', { capacity: { requests: { mem: '2500Mi', lanes: '1' } } }), placed('w1'), got('w1'), ...one('w2', 'wide', { capacity: { requests: { lanes: '500m' } } }), placed('w2'), got('w2'), ...one('w3', 'wide', { capacity: { requests: { mem: '6Gi', lanes: '1' } } }), placed('w3'), got('w3'), ...one('w4', 'wide', { capacity: { requests: { mem: '0', lanes: '2' } } }), waits('w4'), ...one('w5', 'wide', { capacity: { requests: { mem: '7Gi' } } }), waits('w5'), ...one('w6', 'wide', { capacity: { requests: { none: '1' } } }), waits('w6'),
    ...one('s1', 'steps', { capacity: { requests: { bw: '3' } } }), placed('s1'), got('s1'), ...one('s2', 'steps', { capacity: { requests: { bw: '8' } } }), waits('s2'), ...one('s3', 'steps'), placed('s3'), got('s3'),
    ...one('h1', 'whole', { capacity: { requests: { mem: '1Gi' } } }), placed('h1'), got('h1'), ...one('h2', 'whole', { capacity: { requests: { mem: '1Gi' } } }), waits('h2'),
    claim('t1', { requests: [req('x', 'twin', { capacity: { requests: { mem: '3Gi' } } }), req('y', 'twin', { capacity: { requests: { mem: '1Gi' } } })], constraints: [{ requests: ['x', 'y'], distinctAttribute: `${driver}/sort` }] }), uses('t1', 't1'), waits('t1'), claim('t2', { requests: [req('x', 'twin', { count: 2, capacity: { requests: { mem: '3Gi' } } })] }), uses('t2', 't2'), placed('t2'), got('t2'), ...one('t3', 'twin', { capacity: { requests: { mem: '2Gi' } } }), waits('t3'), ...one('t4', 'twin', { capacity: { requests: { mem: '1Gi' } } }), placed('t4'), del('w1 goes', `${pods}/w1`), placed('w4'), got('w4'),
    slice('b', 'pb', { nodeName: nodeName(ns, 2), sharedCounters: [{ name: 'set', counters: { mem: { value: '8Gi' }, slots: { value: '3' } } }] }, undefined, 2),
    slice('c', 'pb', { nodeName: nodeName(ns, 2) }, [['full', '8Gi', '3'], ['half1', '4Gi', '1'], ['half2', '4Gi', '1'], ['small', '1Gi', '1']].map(([n, mem, slots]) => dev(n, n.replace(/\d/, ''), { consumesCounters: [{ counterSet: 'set', counters: { mem: { value: mem }, slots: { value: slots } } }] })), 2),
    ...one('p1', 'half'), placed('p1'), got('p1'), ...one('p2', 'full'), waits('p2'), ...one('p3', 'half'), placed('p3'), got('p3'), ...one('p4', 'small'), waits('p4'), del('p1 goes', `${pods}/p1`), placed('p4'), got('p4'),
    slice('d', 'pd', { perDeviceNodeSelection: true }, [dev('here', 'by', { nodeName: nodeName(ns, 2) }), dev('there', 'by', { nodeSelector: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName(ns, 1)] }] }] } }), dev('all', 'any', { allNodes: true })]),
    ...one('n1', 'by', { count: 2 }), waits('n1'), ...one('n2', 'any'), placed('n2').name ? { ...placed('n2'), pick: () => 'some node' } : placed('n2'), { ...got('n2') },
    slice('e', 'pe', { nodeName: nodeName(ns, 1) }, [dev('slow', 'slow', { bindsToNode: true, bindingConditions: ['x.example.com/ready'], bindingFailureConditions: ['x.example.com/failed'] })]),
    ...one('b1', 'slow'), until('b1 has its device', `${claims}/b1`, (b) => b.status.allocation, (b) => ({ results: b.status.allocation.devices.results, selector: b.status.allocation.nodeSelector, reserved: b.status.reservedFor?.map((r) => r.name) })), settle(500), get('b1 is not bound yet', `${pods}/b1`, (b) => ({ node: b.spec.nodeName ?? 'none', nominated: b.status.nominatedNodeName ?? 'none', conditions: (b.status.conditions ?? []).map((c) => [c.type, c.status, c.reason]) })),
    patch('the device is ready', `${claims}/b1/status`, { status: { devices: [{ driver, pool: 'pe', device: 'slow', conditions: [{ type: 'x.example.com/ready', status: 'True', reason: 'Up', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }] }] } }, (b) => b.message ?? b.status.devices.length), placed('b1'),
  ];
  steps.cleanup = cleanup(ns, 2, all);
  return steps;
};
