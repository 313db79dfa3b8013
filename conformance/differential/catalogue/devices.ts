import { type Changes, type Chapter, each } from './catalogue.ts';

const exactly = { deviceClassName: 'c' };
const opaque = { driver: 'd.example.com', parameters: { a: 1 } };
const now = '2020-01-01T00:00:00Z';
const many = (count: number, make: (i: number) => unknown) => Array.from({ length: count }, (_, i) => make(i));
const result = { request: 'r', driver: 'd.example.com', pool: 'p', device: 'x' };
const requests: readonly unknown[] = [
  undefined,
  [],
  [{}],
  [{ name: 'r' }],
  [{ name: 'A_', exactly }],
  [{ name: 'r', exactly: {} }],
  [{ name: 'r', exactly: { deviceClassName: 'A_' } }],
  [{ name: 'r', exactly, firstAvailable: [{ name: 's', deviceClassName: 'c' }] }],
  [
    { name: 'r', exactly },
    { name: 'r', exactly },
  ],
  [{ name: 'r', exactly: { ...exactly, allocationMode: 'X' } }],
  [{ name: 'r', exactly: { ...exactly, allocationMode: 'All', count: 2 } }],
  [{ name: 'r', exactly: { ...exactly, allocationMode: 'ExactCount', count: 0 } }],
  [{ name: 'r', exactly: { ...exactly, count: -1 } }],
  [{ name: 'r', exactly: { ...exactly, count: 33 } }],
  [{ name: 'r', exactly: { ...exactly, selectors: [{}] } }],
  [{ name: 'r', exactly: { ...exactly, selectors: [{ cel: {} }] } }],
  [{ name: 'r', exactly: { ...exactly, selectors: [{ cel: { expression: 'x' } }] } }],
  [{ name: 'r', exactly: { ...exactly, selectors: [{ cel: { expression: '1' } }] } }],
  [{ name: 'r', exactly: { ...exactly, selectors: [{ cel: { expression: 'device.attributes["d.example.com"].a' } }] } }],
  [{ name: 'r', exactly: { ...exactly, selectors: [{ cel: { expression: `"${'x'.repeat(11000)}" == ""` } }] } }],
  [{ name: 'r', exactly: { ...exactly, selectors: many(33, () => ({ cel: { expression: 'true' } })) } }],
  [{ name: 'r', exactly: { ...exactly, adminAccess: true } }],
  [{ name: 'r', exactly: { ...exactly, adminAccess: false } }],
  [
    {
      name: 'r',
      exactly: {
        ...exactly,
        tolerations: [
          {},
          { key: 'a b', operator: 'X', effect: 'Y' },
          { key: 'a', operator: 'Exists', value: 'b' },
          { key: 'a', effect: 'NoSchedule', tolerationSeconds: 5 },
          { operator: 'Equal', value: 'x y' },
        ],
      },
    },
  ],
  [{ name: 'r', exactly: { ...exactly, tolerations: many(17, () => ({ operator: 'Exists' })) } }],
  [{ name: 'r', exactly: { ...exactly, capacity: {} } }],
  [{ name: 'r', exactly: { ...exactly, capacity: { requests: { 'A b': '1', memory: '-1' } } } }],
  [{ name: 'r', firstAvailable: [] }],
  [{ name: 'r', firstAvailable: [{}] }],
  [
    {
      name: 'r',
      firstAvailable: [
        { name: 'A_', deviceClassName: '' },
        { name: 's', deviceClassName: 'c' },
        { name: 's', deviceClassName: 'c', allocationMode: 'X' },
      ],
    },
  ],
  [{ name: 'r', firstAvailable: many(9, (i) => ({ name: `s${i}`, deviceClassName: 'c' })) }],
  [
    {
      name: 'r',
      firstAvailable: [
        { name: 's', deviceClassName: 'c', count: -1, selectors: [{ cel: { expression: 'x' } }], tolerations: [{ operator: 'X' }] },
      ],
    },
  ],
  many(33, (i) => ({ name: `r${i}`, exactly })),
];
const constraints: readonly unknown[] = [
  [{}],
  [{ matchAttribute: 'x' }],
  [{ matchAttribute: 'a.b/c', distinctAttribute: 'a.b/c' }],
  [{ distinctAttribute: 'A_/b c' }],
  [{ matchAttribute: 'a.b/c', requests: ['x', 'r', 'r', 'r/s', 'A_'] }],
  [{ matchAttribute: '' }],
  [{ matchAttribute: 'A.b/c' }],
  many(33, () => ({ matchAttribute: 'a.b/c' })),
];
const configs: readonly unknown[] = [
  [{}],
  [{ opaque: {} }],
  [{ opaque: { driver: 'A_' } }],
  [{ opaque: { driver: 'd', parameters: 'x' } }],
  [{ opaque: { driver: 'd', parameters: null } }],
  [{ opaque: { driver: 'd', parameters: [] } }],
  [{ opaque, requests: ['x', 'r', 'r'] }],
  [{ opaque: { driver: 'd', parameters: { a: 'x'.repeat(10300) } } }],
  many(33, () => ({ opaque })),
];
const device = { name: 'd' };
const devices = (...list: object[]): Changes[] => list.map((one) => ({ 'spec.devices': [{ ...device, ...one }] }));

/** Kinds of resource.k8s.io. */
export const chapters: readonly Chapter[] = [
  {
    name: 'resourceclaim',
    kind: 'ResourceClaim',
    base: { spec: { devices: { requests: [{ name: 'r', exactly }] } } },
    creates: [
      ...each('spec', [undefined, {}]),
      ...each('spec.devices.requests', requests),
      ...each('spec.devices.constraints', constraints),
      ...each('spec.devices.config', configs),
      { 'metadata.name': 'A_' },
      { status: { reservedFor: [{ resource: 'pods', name: 'a', uid: 'u' }] } },
    ],
    updates: [
      {
        to: [
          { 'spec.devices.requests.0.name': 'x' },
          { spec: undefined },
          { 'metadata.labels': { a: 'b' } },
          { 'spec.devices.requests.0.exactly.count': 3 },
        ],
      },
    ],
    statuses: [
      {
        to: [
          ...each('status.allocation', [
            {},
            { devices: {} },
            { devices: { results: [{}] } },
            { devices: { results: [result] } },
            { devices: { results: [{ ...result, request: 'x' }] } },
            { devices: { results: [result, result] } },
            { devices: { results: [{ ...result, driver: 'A_', pool: 'A_//', device: 'A_' }] } },
            { devices: { results: [{ ...result, adminAccess: true }] } },
            {
              devices: {
                results: [result],
                config: [
                  { source: 'X', opaque },
                  { source: '', opaque: {} },
                  { source: 'FromClass', requests: ['z'], opaque },
                ],
              },
            },
            { devices: { results: [result] }, nodeSelector: { nodeSelectorTerms: [] } },
            {
              devices: { results: [result] },
              nodeSelector: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a', 'b'] }] }] },
            },
            { devices: { results: [{ ...result, tolerations: [{ operator: 'X' }] }] } },
            { devices: { results: [{ ...result, bindingConditions: ['a'], bindingFailureConditions: ['b'] }] } },
            { devices: { results: [{ ...result, shareID: 'x' }] } },
            { devices: { results: [{ ...result, consumedCapacity: { memory: '1' } }] } },
            { devices: { results: many(33, (i) => ({ ...result, device: `d${i}` })) } },
            { allocationTimestamp: now },
          ]),
          ...each('status.reservedFor', [[{}], [{ resource: 'pods', name: 'a', uid: 'u' }], [{ resource: '', name: '', uid: '' }]]),
          ...each('status.devices', [[{}], [{ driver: 'd', pool: 'p', device: 'x' }]]),
          { 'spec.devices.requests.0.name': 'z' },
        ],
      },
      {
        first: { 'status.allocation': { devices: { results: [result] } } },
        to: [
          ...each('status.reservedFor', [
            [{}],
            [
              { resource: 'pods', name: 'a', uid: 'u' },
              { resource: 'pods', name: 'a', uid: 'u' },
            ],
            [{ apiGroup: 'A_', resource: 'P', name: 'A_', uid: 'u' }],
            many(257, (i) => ({ resource: 'pods', name: `a${i}`, uid: `u${i}` })),
          ]),
          ...each('status.devices', [
            [{}],
            [{ ...result, request: undefined }],
            [{ driver: 'd.example.com', pool: 'p', device: 'y' }],
            [{ driver: 'd.example.com', pool: 'p', device: 'x', conditions: [{}] }],
            [
              {
                driver: 'd.example.com',
                pool: 'p',
                device: 'x',
                conditions: many(9, (i) => ({ type: `a${i}`, status: 'True', reason: 'R', message: '', lastTransitionTime: now })),
              },
            ],
            [{ driver: 'd.example.com', pool: 'p', device: 'x', data: 'x' }],
            [{ driver: 'd.example.com', pool: 'p', device: 'x', data: { a: 'x'.repeat(10300) } }],
            [
              {
                driver: 'd.example.com',
                pool: 'p',
                device: 'x',
                networkData: {
                  interfaceName: 'x'.repeat(257),
                  ips: ['1.1.1.1', '1.1.1.1/24', '1.1.1.1/24', 'x', '01.1.1.1/24'],
                  hardwareAddress: 'x'.repeat(129),
                },
              },
            ],
            [
              { driver: 'd.example.com', pool: 'p', device: 'x' },
              { driver: 'd.example.com', pool: 'p', device: 'x' },
            ],
            [{ driver: 'd.example.com', pool: 'p', device: 'x', shareID: 'x' }],
          ]),
          { 'status.allocation': undefined },
          { 'status.allocation.devices.results.0.device': 'z' },
          { 'status.allocation.devices.results': [] },
        ],
      },
    ],
  },
  {
    name: 'resourceclaimtemplate',
    kind: 'ResourceClaimTemplate',
    base: { spec: { spec: { devices: { requests: [{ name: 'r', exactly }] } } } },
    creates: [
      ...each('spec', [undefined, {}, { spec: {} }]),
      ...each('spec.metadata', [
        { labels: { 'a b': '' } },
        { annotations: { 'A b': '' } },
        { finalizers: ['x'] },
        { name: 'n', namespace: 'm' },
        { ownerReferences: [{}] },
      ]),
      ...each('spec.spec.devices.requests', requests),
      ...each('spec.spec.devices.constraints', constraints),
      ...each('spec.spec.devices.config', configs),
    ],
    updates: [{ to: [{ 'spec.spec.devices.requests.0.name': 'x' }, { 'spec.metadata': { labels: { a: 'b' } } }, { spec: undefined }] }],
  },
  {
    name: 'deviceclass',
    kind: 'DeviceClass',
    base: { spec: {} },
    creates: [
      ...each('spec', [undefined, {}]),
      ...each('spec.selectors', [[{}], [{ cel: {} }], [{ cel: { expression: 'x' } }], many(33, () => ({ cel: { expression: 'true' } }))]),
      ...each('spec.config', configs),
      ...each('spec.extendedResourceName', [
        '',
        'cpu',
        'example.com/a',
        'a b',
        'requests.x/y',
        'kubernetes.io/x',
        'deviceclass.resource.kubernetes.io/x',
      ]),
    ],
    updates: [
      { to: [{ 'spec.selectors': [{ cel: { expression: 'x' } }] }, { 'spec.extendedResourceName': 'example.com/a' }, { spec: undefined }] },
    ],
  },
  {
    name: 'resourceslice',
    kind: 'ResourceSlice',
    base: {
      spec: { driver: 'd.example.com', nodeName: 'none', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, devices: [device] },
    },
    creates: [
      ...each('spec', [undefined, {}]),
      ...each('spec.driver', ['', 'A_', 'x'.repeat(64), undefined]),
      ...each('spec.nodeName', ['', 'A_', undefined]),
      ...each('spec.pool', [
        undefined,
        {},
        { name: 'A_', resourceSliceCount: 0, generation: -1 },
        { name: 'a//b', resourceSliceCount: 1 },
        { name: 'a/b', resourceSliceCount: 1 },
        { name: 'x'.repeat(254), resourceSliceCount: -1 },
      ]),
      { 'spec.allNodes': true },
      { 'spec.nodeName': undefined, 'spec.allNodes': true },
      { 'spec.nodeName': undefined, 'spec.allNodes': false },
      { 'spec.nodeName': undefined, 'spec.nodeSelector': {} },
      { 'spec.nodeName': undefined, 'spec.nodeSelector': { nodeSelectorTerms: [{}, {}] } },
      { 'spec.nodeName': undefined, 'spec.nodeSelector': { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'X' }] }] } },
      { 'spec.nodeName': undefined, 'spec.perDeviceNodeSelection': true },
      { 'spec.nodeName': undefined, 'spec.perDeviceNodeSelection': true, 'spec.devices': [{ name: 'd', nodeName: 'n', allNodes: true }] },
      { 'spec.nodeName': undefined, 'spec.perDeviceNodeSelection': true, 'spec.devices': [{ name: 'd', allNodes: true }] },
      { 'spec.perDeviceNodeSelection': false },
      ...each('spec.devices', [undefined, [], [device, device], many(129, (i) => ({ name: `d${i}` }))]),
      ...devices(
        { name: '' },
        { name: 'A_' },
        { nodeName: 'n' },
        { attributes: {} },
        { attributes: { a: {} } },
        { attributes: { a: { int: 1, string: 'x' } } },
        { attributes: { 'a b': { int: 1 } } },
        { attributes: { 'A_/x': { int: 1 }, 'a.b/': { bool: true }, 'a.b/c/d': { bool: true } } },
        {
          attributes: {
            a: { version: 'x' },
            b: { version: '1.0' },
            c: { version: '1.0.0-rc1+x' },
            d: { version: '' },
            e: { version: 'x'.repeat(65) },
          },
        },
        { attributes: { a: { string: 'x'.repeat(65) } } },
        { attributes: Object.fromEntries(many(33, (i) => [`a${i}`, { int: i }]) as [string, unknown][]) },
        { attributes: { a: { int: 1 } }, capacity: { a: { value: '1' } } },
        { attributes: { a: { int: 1 }, 'd.example.com/a': { int: 1 } } },
        { attributes: { a: { strings: ['x'] } } },
        { capacity: { a: {} } },
        { capacity: { 'a b': { value: '1' } } },
        { capacity: { a: { value: '-1' } } },
        { capacity: { a: { value: '10', requestPolicy: { default: '1', validValues: ['1', '2'] } } } },
        { taints: [{}] },
        { taints: [{ key: 'a b', value: 'c d', effect: 'X' }] },
        { taints: [{ key: 'a', effect: 'None' }] },
        { taints: many(17, () => ({ key: 'a', effect: 'NoSchedule' })) },
        { consumesCounters: [{}] },
        { consumesCounters: [{ counterSet: 'c', counters: { n: { value: '1' } } }] },
        { consumesCounters: [{ counterSet: 'A_', counters: { 'A b': { value: '1' } } }] },
        { consumesCounters: [{ counterSet: 'c', counters: {} }] },
        { bindsToNode: true },
        { bindingConditions: ['a'], bindingFailureConditions: [] },
        { allowMultipleAllocations: true },
      ),
      ...each('spec.sharedCounters', [
        [],
        [{}],
        [{ name: 'c' }],
        [{ name: 'A_', counters: { 'A b': { value: '1' } } }],
        [{ name: 'c', counters: { n: { value: '1' } } }],
      ]),
      ...each('spec.sharedCounters', [
        [{}],
        [{ name: 'c' }],
        [{ name: 'A_', counters: { 'A b': { value: '1' } } }],
        [
          { name: 'c', counters: { n: { value: '1' } } },
          { name: 'c', counters: { n: { value: '1' } } },
        ],
        many(9, (i) => ({ name: `c${i}`, counters: { n: { value: '1' } } })),
      ]).map((one) => ({ 'spec.devices': undefined, ...one })),
    ],
    updates: [
      {
        to: [
          { 'spec.driver': 'x' },
          { 'spec.nodeName': 'x' },
          { 'spec.nodeName': undefined, 'spec.allNodes': true },
          { 'spec.pool.name': 'x' },
          { 'spec.pool.generation': 5 },
          { 'spec.pool.generation': 0 },
          { 'spec.devices.0.name': 'x' },
          { 'spec.devices.0.taints': [{ key: 'a', effect: 'NoSchedule' }] },
        ],
      },
    ],
  },
];
