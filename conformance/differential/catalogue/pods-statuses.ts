import { type Changes, type Chapter, each } from './catalogue.ts';

const base = { spec: { containers: [{ name: 'a', image: 'i' }], schedulerName: 'none' } };
const bound = { 'spec.nodeName': 'n' };
const ended = (exitCode: number) => ({ terminated: { exitCode } });
const told = (name: string, state?: object, more?: object) => ({
  name,
  ...(state && { state }),
  restartCount: 0,
  ready: false,
  image: 'i',
  imageID: '',
  ...more,
});
const mounted = (...statuses: object[]) => [
  told('a', undefined, { volumeMounts: statuses.map((volumeStatus, i) => ({ name: 'v', mountPath: `/${i}`, volumeStatus })) }),
];
const claims: Changes = {
  'spec.resourceClaims': [
    { name: 'c', resourceClaimName: 'rc' },
    { name: 't', resourceClaimTemplateName: 'rt' },
  ],
  'spec.containers.0.resources': {
    requests: { cpu: '1', 'example.com/x': '1' },
    limits: { 'example.com/x': '1' },
    claims: [{ name: 'c', request: 'r' }, { name: 't' }],
  },
};
const health = (...resources: object[]) => [told('a', undefined, { allocatedResourcesStatus: [{ name: 'claim:c/r', resources }] })];

/** What a kubelet may say of a pod that has said something before. */
export const chapters: readonly Chapter[] = [
  ...(['Always', 'OnFailure', 'Never'] as const).map(
    (restartPolicy): Chapter => ({
      name: `pod-ended-${restartPolicy}`,
      kind: 'Pod',
      base: { spec: { ...base.spec, restartPolicy } },
      statuses: [
        {
          from: {
            ...bound,
            'spec.containers.1': { name: 'b', image: 'i' },
            'spec.initContainers': [
              { name: 'i', image: 'i' },
              { name: 's', image: 'i', restartPolicy: 'Always' },
            ],
          },
          first: {
            'status.phase': 'Running',
            'status.containerStatuses': [told('a', ended(0)), told('b', ended(1))],
            'status.initContainerStatuses': [told('i', ended(0)), told('s', ended(1))],
            'status.hostIP': '1.2.3.4',
            'status.hostIPs': [{ ip: '1.2.3.4' }],
          },
          to: [
            { 'status.containerStatuses.0.state': { running: {} } },
            { 'status.containerStatuses.1.state': { running: {} } },
            { 'status.containerStatuses': [told('b', { running: {} }), told('a', { waiting: { reason: 'x' } })] },
            { 'status.initContainerStatuses.0.state': { running: {} } },
            { 'status.initContainerStatuses.1.state': { running: {} } },
            { 'status.initContainerStatuses.0.state': { waiting: {} }, 'status.containerStatuses.0.state': { waiting: {} } },
            { 'status.initContainerStatuses': [] },
            { 'status.containerStatuses.0.state': {}, 'status.containerStatuses.1.state': undefined },
            { 'status.containerStatuses.0.restartCount': 3, 'status.containerStatuses.0.ready': true },
            { 'status.hostIPs': [{ ip: '1.2.3.5' }] },
            { 'status.hostIPs': [{ ip: '1.2.3.4' }, { ip: '::1' }] },
            { 'status.hostIPs': undefined },
          ],
        },
        {
          from: {
            ...bound,
            'spec.containers.0.restartPolicy': 'Never',
            'spec.containers.0.restartPolicyRules': [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
            'spec.initContainers': [
              { name: 'i', image: 'i', restartPolicy: 'OnFailure' },
              {
                name: 'j',
                image: 'i',
                restartPolicy: 'Never',
                restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'NotIn', values: [1] } }],
              },
            ],
          },
          first: {
            'status.containerStatuses': [told('a', ended(42))],
            'status.initContainerStatuses': [told('i', ended(1)), told('j', ended(1))],
          },
          to: [
            { 'status.containerStatuses.0.state': { running: {} } },
            { 'status.containerStatuses': [told('a', { running: {} }), told('a', ended(1))] },
            { 'status.containerStatuses': [told('a', ended(42)), told('a', { running: {} }), told('a', { running: {} })] },
            { 'status.initContainerStatuses.0.state': { running: {} } },
            { 'status.initContainerStatuses.1.state': { running: {} } },
            { 'status.initContainerStatuses': [told('j', { waiting: {} }), told('i', { waiting: {} })] },
          ],
        },
        {
          from: {
            ...bound,
            'spec.containers.0.restartPolicy': 'Never',
            'spec.containers.0.restartPolicyRules': [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } }],
            'spec.initContainers': [{ name: 'i', image: 'i' }],
          },
          first: { 'status.containerStatuses': [told('a', ended(1))], 'status.initContainerStatuses': [told('i', ended(0))] },
          to: [{ 'status.containerStatuses.0.state': { running: {} } }, { 'status.initContainerStatuses.0.state': { running: {} } }],
        },
      ],
    }),
  ),
  {
    name: 'pod-ended-others',
    kind: 'Pod',
    base,
    statuses: [
      {
        from: bound,
        first: {
          'status.containerStatuses': [told('a', ended(0)), told('zz', ended(0)), told('zz', ended(1))],
          'status.ephemeralContainerStatuses': [told('e', ended(0)), told('f', { running: {} })],
        },
        to: [
          { 'status.containerStatuses.1.state': { running: {} } },
          { 'status.containerStatuses.2.state': { running: {} } },
          { 'status.ephemeralContainerStatuses.0.state': { running: {} } },
          { 'status.ephemeralContainerStatuses': [told('e'), told('f'), told('e', { waiting: {} }), told('e', ended(1))] },
        ],
      },
      {
        from: { ...bound, 'spec.containers.0.restartPolicy': 'Never' },
        first: { 'status.containerStatuses': [told('a', ended(0))] },
        to: [{ 'status.containerStatuses.0.state': { running: {} } }],
      },
      {
        from: { ...bound, 'spec.containers.0.restartPolicy': 'OnFailure' },
        first: { 'status.containerStatuses': [told('a', ended(0))] },
        to: [
          { 'status.containerStatuses.0.state': { running: {} } },
          { 'status.containerStatuses.0.state': { waiting: {} }, 'status.phase': 'X' },
        ],
      },
    ],
  },
  {
    name: 'pod-status-parts',
    kind: 'Pod',
    base,
    statuses: [
      {
        from: {
          ...claims,
          'spec.volumes': [{ name: 'v', image: { reference: 'a' } }],
          'spec.containers.0.volumeMounts': [{ name: 'v', mountPath: '/0' }],
          'spec.initContainers': [{ name: 'i', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/0' }] }],
        },
        to: [
          ...each('status.containerStatuses', [
            mounted({}),
            mounted({ image: {} }),
            mounted({ image: { imageRef: '' } }, { image: { imageRef: 'x'.repeat(257) } }),
            mounted({ image: { imageRef: 'r@sha256:1' } }),
            health({ resourceID: 'r' }, { resourceID: 'r' }),
            health({ resourceID: 'r', health: 'Healthy', message: '' }),
            health(
              { resourceID: 'r', health: 'Unhealthy', message: 'm' },
              { resourceID: '', health: 'Unknown', message: 'x'.repeat(1025) },
            ),
            health({ resourceID: 'r', health: '' }, {}),
            [told('a', undefined, { allocatedResourcesStatus: [{ name: 'cpu' }, { name: 'cpu' }, { name: 'claim:t' }] })],
            [told('a', undefined, { allocatedResourcesStatus: [{ name: 'example.com/x', resources: [{ resourceID: 'r' }] }] })],
            [told('a', undefined, { allocatedResourcesStatus: [{ name: 'memory' }, { name: 'claim:c' }, { name: '' }, {}] })],
            [told('zz', undefined, { allocatedResourcesStatus: [{ name: 'cpu' }] })],
            [told('a', undefined, { user: { linux: { uid: -1, gid: 0, supplementalGroups: [0, -2] } } })],
            [told('a', undefined, { user: { linux: {} } })],
            [told('a', undefined, { user: {} })],
            [told('a', undefined, { stopSignal: 'SIGKILL' })],
            [told('a', undefined, { stopSignal: 'X' })],
          ]),
          { 'status.initContainerStatuses': mounted({ image: { imageRef: '' } }) },
          {
            'status.initContainerStatuses': [
              told('i', undefined, { allocatedResourcesStatus: [{ name: 'cpu' }], user: { linux: { uid: -1, gid: 0 } } }),
            ],
          },
          { 'status.ephemeralContainerStatuses': mounted({ image: { imageRef: '' } }) },
          {
            'status.ephemeralContainerStatuses': [
              told('e', undefined, { allocatedResourcesStatus: [{ name: 'cpu' }], user: { linux: { uid: -1, gid: 0 } } }),
            ],
          },
          ...each('status.resourceClaimStatuses', [
            [{ name: 't', resourceClaimName: 'x' }],
            [{ name: 'zz', resourceClaimName: 'x' }],
            [{ name: 't' }, { name: 't' }],
            [{}],
            [{ name: 'T_', resourceClaimName: '' }],
          ]),
          ...each('status.extendedResourceClaimStatus', [
            {},
            { resourceClaimName: '', requestMappings: [] },
            { resourceClaimName: 'A_', requestMappings: [{}] },
            { resourceClaimName: 'r', requestMappings: [{ containerName: 'a', resourceName: 'example.com/x', requestName: 'q' }] },
            {
              resourceClaimName: 'r',
              requestMappings: [
                { containerName: 'a', resourceName: 'example.com/x', requestName: 'q' },
                { containerName: 'a', resourceName: 'example.com/x', requestName: 'Q_' },
                { containerName: 'i', resourceName: 'cpu', requestName: '' },
                { containerName: 'zz', resourceName: 'a b', requestName: 'x/y' },
              ],
            },
          ]),
          ...each('status.nodeAllocatableResourceClaimStatuses', [
            [{}],
            [{ resourceClaimName: 'rc', containers: ['a'], resources: { cpu: '1' } }],
            [{ resourceClaimName: 'zz', containers: [], resources: { 'a/b': '-1' } }],
          ]),
          ...each('status.conditions', [
            [{ type: 'Ready', status: 'True', observedGeneration: 5 }],
            [{ type: 'a b', status: 'True' }],
            [{ type: 'PodResizePending', status: 'True', reason: 'Deferred' }],
          ]),
          { 'status.resize': 'Infeasible', 'status.allocatedResources': { cpu: '1' }, 'status.resources': { limits: { cpu: '1' } } },
          { 'status.nominatedNodeName': 'n', 'status.podIPs': [{ ip: '::ffff:1.2.3.4' }] },
          { 'status.podIPs': [{ ip: '010.1.1.1' }], 'status.podIP': '010.1.1.1' },
          { 'status.podIPs': [{}, {}] },
          { 'spec.nodeName': 'n' },
        ],
      },
      {
        from: { 'spec.os': { name: 'windows' } },
        to: each('status.containerStatuses', [
          [told('a', undefined, { user: { linux: { uid: 1, gid: 1 } } })],
          [told('a', undefined, { stopSignal: 'SIGHUP' })],
        ]),
      },
      {
        from: { 'spec.os': { name: 'linux' } },
        to: each('status.containerStatuses', [[told('a', undefined, { user: { linux: { uid: 1, gid: 1 } }, stopSignal: 'SIGHUP' })]]),
      },
    ],
  },
];
