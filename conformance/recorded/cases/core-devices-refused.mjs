// Claims, classes and slices of devices that are refused.
export default ({ ns }) => {
  const base = '/apis/resource.k8s.io/v1';
  const post = (name, path, kind, spec) => ({
    name, method: 'POST', path: base + path, query: { dryRun: 'All' }, body: { apiVersion: 'resource.k8s.io/v1', kind, metadata: { name: 'rp-core-devices' }, spec },
  });
  const claim = (name, devices) => post(name, `/namespaces/${ns}/resourceclaims`, 'ResourceClaim', { devices });
  const request = (name, exactly, more = {}) => claim(name, { requests: [{ name: 'r', exactly: { deviceClassName: 'c', ...exactly }, ...more }] });
  const devices = (name, list, more = {}) =>
    post(name, '/resourceslices', 'ResourceSlice', { driver: 'd.example.com', nodeName: 'n', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, devices: list, ...more });
  return [
    request('what is given by default', {}),
    request('no class', { deviceClassName: '' }),
    request('a mode that is none', { allocationMode: 'Some' }),
    request('a count below one', { count: -1 }),
    request('a count for all', { allocationMode: 'All', count: 2 }),
    request('both forms', {}, { firstAvailable: [{ name: 's', deviceClassName: 'c' }] }),
    claim('neither form', { requests: [{ name: 'r' }] }),
    claim('names', { requests: [{ name: 'A', exactly: { deviceClassName: 'c' } }, { name: 'b', exactly: { deviceClassName: 'c' } }, { name: 'b', exactly: { deviceClassName: 'c' } }] }),
    claim('constraints and configuration of others', { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }], constraints: [{ requests: ['x'], matchAttribute: 'a' }], config: [{ requests: ['y'], opaque: { driver: 'D_x', parameters: 1 } }] }),
    request('a selector that does not compile', { selectors: [{ cel: { expression: 'device.none' } }] }),
    request('a selector that is no condition', { selectors: [{ cel: { expression: 'device.driver' } }] }),
    request('a toleration', { tolerations: [{ key: '', operator: 'Equal', value: 'x', effect: 'Never' }] }),
    post('a class', '/deviceclasses', 'DeviceClass', { selectors: [{}], config: [{}], extendedResourceName: 'cpu' }),
    devices('a slice', [{ name: 'a', attributes: { x: { string: 's' } } }]),
    devices('of devices twice', [{ name: 'a' }, { name: 'a' }, { name: 'B_' }]),
    devices('everywhere and on a node', [], { allNodes: true }),
    devices('nowhere', [], { nodeName: '' }),
    devices('of a pool', [], { pool: { name: 'A//b', generation: -1, resourceSliceCount: 0 }, driver: 'D' }),
  ];
};
