import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../api/meta/object.ts';
import { StaticScheduler } from '../testing/static-cluster.ts';

const driver = 'gpu.example.com';

function node(name: string, labels: Record<string, string> = {}): any {
  const allocatable = { cpu: '4', memory: '8Gi', pods: '10' };
  return { metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } }, spec: {}, status: { allocatable } };
}

function slice(name: string, spec: object): KubeObject {
  return {
    kind: 'ResourceSlice',
    metadata: { name },
    spec: { driver, pool: { name, generation: 1, resourceSliceCount: 1 }, ...spec },
  } as unknown as KubeObject;
}

const gpuClass: KubeObject = {
  kind: 'DeviceClass',
  metadata: { name: 'gpu' },
  spec: { config: [{ opaque: { driver, parameters: {} } }] },
} as any;

function claim(name: string, devices: object, status: object = {}): KubeObject {
  return {
    kind: 'ResourceClaim',
    metadata: { name, namespace: 'default', uid: name, resourceVersion: '1' },
    spec: { devices },
    status,
  } as any;
}

const exactly = (more: object = {}) => ({ exactly: { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1, ...more } });

function pod(...claims: string[]): any {
  return {
    metadata: { name: 'p', namespace: 'default', uid: 'p' },
    spec: {
      containers: [{ name: 'c', image: 'i' }],
      schedulerName: 'default-scheduler',
      resourceClaims: claims.map((each) => ({ name: each, resourceClaimName: each })),
    },
  };
}

/** The node that the pod gets, or why it gets none; `others` besides the class. */
function place(others: readonly KubeObject[], wanted = pod('a'), nodes = [node('n1'), node('n2')]): string {
  return new StaticScheduler({ nodes, pods: [], others: [gpuClass, ...others] }).placeOrPreempt(wanted);
}

const none = (reason: string) =>
  `0/2 nodes are available: 2 ${reason}. still not schedulable, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.`;

test('a pod goes where its claim’s devices are', () => {
  const devices = [{ name: 'd0' }, { name: 'd1', taints: [{ key: 'broken', effect: 'NoSchedule' }] }];
  const onN2 = slice('n2', { nodeName: 'n2', devices });
  const one = [{ name: 'r', ...exactly() }];
  const held = { allocation: { devices: { results: [{ request: 'r', driver, pool: 'n2', device: 'd0' }] } } };
  const cases: [string, readonly KubeObject[]][] = [
    ['n2', [onN2, claim('a', { requests: one })]],
    [none('cannot allocate all claims'), [onN2, claim('a', { requests: [{ name: 'r', ...exactly({ count: 2 }) }] })]],
    ['n2', [onN2, claim('a', { requests: [{ name: 'r', ...exactly({ count: 2, tolerations: [{ operator: 'Exists' }] }) }] })]],
    [none('cannot allocate all claims'), [onN2, claim('a', { requests: one }), claim('b', { requests: one }, held)]],
    // Who looks after devices may have those that others hold.
    ['n2', [onN2, claim('a', { requests: [{ name: 'r', ...exactly({ adminAccess: true }) }] }), claim('b', { requests: one }, held)]],
  ];
  for (const [expected, others] of cases) equal(place(others), expected);
  // What cannot be told yet is tried again after a while, on whichever node it came up.
  const incomplete = slice('n2', { nodeName: 'n2', devices, pool: { name: 'n2', generation: 1, resourceSliceCount: 2 } });
  const every = claim('a', { requests: [{ name: 'r', ...exactly({ allocationMode: 'All' }) }] });
  throws(() => place([incomplete, every]), {
    message:
      'running "DynamicResources" filter plugin: claim default/a, request r: asks for all devices, but resource pool gpu.example.com/n2 is currently being updated',
  });
});

test('constraints, counters and shared capacity bound what is given away', () => {
  const numa = (value: number) => ({ attributes: { numa: { int: value } } });
  const three = [
    { name: 'd0', ...numa(0) },
    { name: 'd1', ...numa(1) },
    { name: 'd2', ...numa(1) },
  ];
  const two = [{ name: 'r', ...exactly({ count: 2 }) }];
  const same = { requests: two, constraints: [{ matchAttribute: `${driver}/numa` }] };
  const distinct = {
    requests: [
      { name: 'r', ...exactly() },
      { name: 's', ...exactly() },
      { name: 't', ...exactly() },
    ],
    constraints: [{ distinctAttribute: `${driver}/numa` }],
  };
  equal(place([slice('n1', { nodeName: 'n1', devices: three }), claim('a', same)]), 'n1');
  equal(place([slice('n1', { nodeName: 'n1', devices: three.slice(0, 2) }), claim('a', same)]), none('cannot allocate all claims'));
  equal(place([slice('n1', { nodeName: 'n1', devices: three }), claim('a', distinct)]), none('cannot allocate all claims'));
  // A claim for all devices that contradicts itself is no matter of this or that node.
  const everyOne = { requests: [{ name: 'r', ...exactly({ allocationMode: 'All' }) }], constraints: same.constraints };
  throws(() => place([slice('n1', { nodeName: 'n1', devices: three }), claim('a', everyOne)]), {
    message:
      'running "DynamicResources" filter plugin: claim default/a, request r: cannot add device gpu.example.com/n1/d1 because a claim constraint would not be satisfied',
  });
  const parts = (count: number, each: string) =>
    Array.from({ length: count }, (_, i) => ({
      name: `p${i}`,
      consumesCounters: [{ counterSet: 'memory', counters: { gi: { value: each } } }],
    }));
  const shared = (name: string, devices: object[]) => {
    const pool = { name, generation: 1, resourceSliceCount: 2 };
    return [
      slice(`${name}-counters`, { nodeName: 'n1', pool, sharedCounters: [{ name: 'memory', counters: { gi: { value: '40' } } }] }),
      slice(`${name}-devices`, { nodeName: 'n1', pool, devices }),
    ];
  };
  equal(place([...shared('n1', parts(3, '20')), claim('a', { requests: two })]), 'n1');
  equal(place([...shared('n1', parts(3, '30')), claim('a', { requests: two })]), none('cannot allocate all claims'));
  const nic = { name: 'nic', allowMultipleAllocations: true, capacity: { bandwidth: { value: '10' } } };
  const taking = (amount: string) => ({ requests: [{ name: 'r', ...exactly({ capacity: { requests: { bandwidth: amount } } }) }] });
  const others = [
    slice('n2', { nodeName: 'n2', devices: [nic] }),
    claim('a', taking('6')),
    claim('b', taking('4')),
    claim('c', taking('5')),
  ];
  equal(place(others, pod('a', 'b')), 'n2');
  equal(place(others, pod('a', 'c')), none('cannot allocate all claims'));
  // All devices are those that have as much left as is wanted of each.
  const result = { request: 'r', driver, pool: 'n2', device: 'nic', shareID: 'x', consumedCapacity: { bandwidth: '6' } };
  const held = claim('b', taking('6'), { allocation: { devices: { results: [result] } } });
  const every = (amount: string) => {
    const requests = [{ name: 'r', ...exactly({ allocationMode: 'All', capacity: { requests: { bandwidth: amount } } }) }];
    return place([slice('n2', { nodeName: 'n2', devices: [nic, { ...nic, name: 'nic2' }] }), held, claim('a', { requests })]);
  };
  equal(every('4'), 'n2');
  equal(every('5'), 'n2');
});

test('an allocation says what was given, with the class’s parameters, and where it can be used', () => {
  const linked = slice('fabric', {
    nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'rack', operator: 'In', values: ['r1'] }] }] },
    devices: [{ name: 'd0' }],
  });
  const wanted = {
    requests: [
      {
        name: 'r',
        firstAvailable: [
          { name: 'many', deviceClassName: 'gpu', count: 2 },
          { name: 'one', deviceClassName: 'gpu' },
        ],
      },
    ],
  };
  const scheduler = new StaticScheduler({
    nodes: [node('n1'), node('n2', { rack: 'r1' })],
    pods: [],
    others: [gpuClass, linked, claim('a', wanted)],
  });
  const result = scheduler.cycle.run(pod('a'));
  equal(result.node?.name, 'n2');
  const { byNode } = result.state.data.get('DynamicResources') as { byNode: Map<string, unknown> };
  deepEqual(byNode.get('n2'), [
    {
      devices: {
        results: [{ request: 'r/one', driver, pool: 'fabric', device: 'd0' }],
        config: [{ opaque: { driver, parameters: {} }, source: 'FromClass', requests: ['r/one'] }],
      },
      nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'rack', operator: 'In', values: ['r1'] }] }] },
    },
  ]);
});

test('selectors of claims and classes choose by driver, attributes and capacity', () => {
  const devices = [
    {
      name: 'd0',
      attributes: { model: { string: 'a' }, 'other.example.com/rev': { version: '1.2.0' } },
      capacity: { memory: { value: '40Gi' } },
    },
    { name: 'd1', attributes: { model: { string: 'b' }, fast: { bool: true } }, capacity: { memory: { value: '80Gi' } } },
  ];
  const chosenBy = (expression: string) => {
    const wanted = { requests: [{ name: 'r', ...exactly({ selectors: [{ cel: { expression } }] }) }] };
    const scheduler = new StaticScheduler({
      nodes: [node('n1')],
      pods: [],
      others: [gpuClass, slice('n1', { nodeName: 'n1', devices }), claim('a', wanted)],
    });
    const result = scheduler.cycle.run(pod('a'));
    if (!result.node) return 'none';
    const { byNode } = result.state.data.get('DynamicResources') as { byNode: Map<string, any[]> };
    return byNode.get('n1')![0].devices.results[0].device;
  };
  const cases = [
    ['d0', `device.driver == "${driver}"`],
    ['d1', `device.attributes["${driver}"].model == "b"`],
    ['d1', `"fast" in device.attributes["${driver}"] && device.attributes["${driver}"].fast`],
    ['d1', `device.capacity["${driver}"].memory.compareTo(quantity("64Gi")) >= 0`],
    ['d0', `"rev" in device.attributes["other.example.com"] && device.attributes["other.example.com"].rev.isGreaterThan(semver("1.0.0"))`],
    ['none', 'device.attributes["nobody.example.com"].exists(name, true)'],
  ] as const;
  for (const [device, expression] of cases) equal(chosenBy(expression), device, expression);
  throws(
    () => chosenBy(`device.attributes["${driver}"].nothing == 1`),
    /claim default\/a: selector #0: CEL runtime error: no such key: nothing/,
  );
  throws(() => chosenBy('device.nothing'), /claim default\/a: selector #0: CEL compile error: .*undefined field 'nothing'/s);
});
