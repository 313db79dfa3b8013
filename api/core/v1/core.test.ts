import assert from 'node:assert/strict';
import test from 'node:test';
import type { ResourceDefinition, StrategyContext } from '../../define.ts';
import { parseTime } from '../../meta/timestamps.ts';
import { configMap } from './configmap.ts';
import { endpoints } from './endpoints.ts';
import { limitRange } from './limitrange.ts';
import { namespace } from './namespace.ts';
import { node } from './node.ts';
import { persistentVolume } from './persistentvolume.ts';
import { persistentVolumeClaim } from './persistentvolumeclaim.ts';
import { pod } from './pod.ts';
import { replicationController } from './replicationcontroller.ts';
import { resourceQuota } from './resourcequota.ts';
import { secret } from './secret.ts';
import { prepareServiceAddresses } from './service.addresses.ts';
import { service } from './service.ts';

const context: StrategyContext = {
  now: '2026-01-02T03:04:05Z',
  settings: { serviceClusterIPRanges: ['10.96.0.0/16'], nodePortRange: [30000, 32767] },
  requestGroup: '',
};

/** What is wrong with a new object, as `field: message` each. */
function problems(definition: ResourceDefinition, fields: Record<string, unknown>, meta: Record<string, unknown> = {}): string[] {
  const object: any = {
    metadata: { name: 'a', ...(definition.scope === 'Namespaced' ? { namespace: 'n' } : {}), ...meta },
    ...structuredClone(fields),
  };
  definition.defaults?.(object);
  definition.prepareForCreate?.(object, context);
  return (definition.validate?.(object, context) ?? []).map((error) => `${error.field}: ${error.message}`);
}

const podWith = (spec: Record<string, unknown>, container: Record<string, unknown> = {}) => ({
  spec: { containers: [{ name: 'c', image: 'i', ...container }], ...spec },
});

const claim = (spec: Record<string, unknown>) => ({
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});

// Every message here is one that kube-apiserver v1.36.3 gave for the same object.
const cases: readonly (readonly [definition: ResourceDefinition, fields: Record<string, unknown>, expected: string[]])[] = [
  [pod, podWith({}), []],
  [pod, { spec: { containers: [] } }, ['spec.containers: Required value']],
  [
    pod,
    podWith({ restartPolicy: 'X', activeDeadlineSeconds: 0 }),
    [
      'spec.restartPolicy: Unsupported value: "X": supported values: "Always", "OnFailure", "Never"',
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
    ],
  ],
  [pod, podWith({}, { volumeMounts: [{ name: 'v', mountPath: '/a' }] }), ['spec.containers[0].volumeMounts[0].name: Not found: "v"']],
  [
    pod,
    podWith({}, { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
    ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
  ],
  [
    pod,
    podWith({}, { livenessProbe: { exec: {}, tcpSocket: { port: 1 } } }),
    [
      'spec.containers[0].livenessProbe.exec.command: Required value',
      'spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
    ],
  ],
  [
    pod,
    podWith({}, { securityContext: { seccompProfile: { type: 'RuntimeDefault', localhostProfile: 'x' } } }),
    [
      'spec.containers[0].securityContext.seccompProfile.localhostProfile: Invalid value: {"Type":"RuntimeDefault","LocalhostProfile":"x"}: can only be set when seccomp type is Localhost',
    ],
  ],
  [
    pod,
    podWith({ hostUsers: false, hostNetwork: true, hostPID: true }),
    ['spec.hostNetwork: Forbidden: when `hostUsers` is false', 'spec.HostPID: Forbidden: when `hostUsers` is false'],
  ],
  [
    service,
    { spec: { ports: [{ port: 1, nodePort: 30000 }] } },
    ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
  ],
  [service, { spec: {} }, ['spec.ports: Required value']],
  [service, { spec: { type: 'ExternalName' } }, ['spec.externalName: Required value']],
  [secret, { type: 'kubernetes.io/basic-auth' }, ['data[username]: Required value', 'data[password]: Required value']],
  [configMap, { data: { k: '' }, binaryData: { k: '' } }, ['data[k]: Invalid value: "k": duplicate of key present in binaryData']],
  [
    persistentVolumeClaim,
    { spec: {} },
    ['spec.accessModes: Required value: at least 1 access mode is required', 'spec.resources[storage]: Required value'],
  ],
  [persistentVolumeClaim, claim({ volumeMode: 'Q' }), ['spec.volumeMode: Unsupported value: "Q": supported values: "Block", "Filesystem"']],
  [
    persistentVolume,
    { spec: {} },
    [
      'spec.accessModes: Required value',
      'spec.capacity: Required value',
      'spec.capacity: Unsupported value: null: supported values: "storage"',
      'spec: Required value: must specify a volume type',
    ],
  ],
  [replicationController, { spec: {} }, ['spec.selector: Required value', 'spec.template: Required value']],
  [resourceQuota, { spec: { hard: { pods: '1.5' } } }, ['spec.hard[pods]: Invalid value: "1500m": must be an integer']],
  [
    limitRange,
    { spec: { limits: [{ type: 'X' }] } },
    ['spec.limits[0].type: Invalid value: "X": must be a standard limit type or fully qualified'],
  ],
  [endpoints, { subsets: [{}] }, ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`']],
  [
    node,
    { spec: { podCIDRs: ['10.0.0.1/24'] } },
    ['spec.podCIDRs[0]: Invalid value: "10.0.0.1/24": must not have bits set beyond the prefix length'],
  ],
  [namespace, { spec: { finalizers: ['x/y'] } }, []],
];

test('new objects are refused in the words of the real server', () => {
  assert.deepEqual(
    cases.map(([definition, fields]) => problems(definition, fields)),
    cases.map(([, , expected]) => expected),
  );
});

function storedPod(): any {
  const object: any = { metadata: { name: 'a', namespace: 'n' }, ...podWith({}, { env: [{ name: 'A', value: '1' }] }) };
  pod.defaults?.(object);
  pod.prepareForCreate?.(object, context);
  object.metadata.resourceVersion = '1';
  return object;
}

test('a pod is created pending, with its quality of service and generation 1', () => {
  const { metadata, status, spec } = storedPod();
  assert.deepEqual(
    [metadata.generation, status, spec.containers[0].imagePullPolicy],
    [1, { phase: 'Pending', qosClass: 'BestEffort' }, 'Always'],
  );
});

test('changing what may not change shows the difference', () => {
  const old = storedPod();
  const now = structuredClone(old);
  now.spec.containers[0].env[0].value = '2';
  pod.prepareForUpdate?.(now, old, context);
  const [error] = pod.validateUpdate!(now, old, context);
  assert.deepEqual(error?.message.split('\n').slice(1), [
    '@@ -13,7 +13,7 @@',
    '    "Env": [',
    '     {',
    '      "Name": "A",',
    '-     "Value": "1",',
    '+     "Value": "2",',
    '      "ValueFrom": null',
    '     }',
    '    ],',
    '',
  ]);
});

test('an image may change, and counts as a generation', () => {
  const old = storedPod();
  const now = structuredClone(old);
  now.spec.containers[0].image = 'j';
  pod.prepareForUpdate?.(now, old, context);
  assert.deepEqual([pod.validateUpdate!(now, old, context), now.metadata.generation], [[], 2]);
});

test('pods are deleted at once unless a kubelet has to stop them', () => {
  const on = (nodeName: string, phase: string, requested?: number) =>
    pod.gracePeriodSeconds!(
      { spec: { containers: [], nodeName, terminationGracePeriodSeconds: 30 }, status: { phase } } as never,
      requested,
    );
  assert.deepEqual(
    [on('', 'Pending'), on('n', 'Running'), on('n', 'Running', 5), on('n', 'Succeeded', 5), on('n', 'Running', -1)],
    [0, 30, 5, 0, 1],
  );
});

test('services get families of the cluster', () => {
  const families = (spec: Record<string, unknown>): unknown => {
    const object: any = { metadata: { name: 'a', namespace: 'n' }, spec };
    service.defaults?.(object);
    const errors = prepareServiceAddresses(object, undefined, context.settings);
    return errors.length > 0 ? errors.map((error) => error.message) : [object.spec.ipFamilyPolicy, ...object.spec.ipFamilies];
  };
  assert.deepEqual(families({ ports: [{ port: 1 }] }), ['SingleStack', 'IPv4']);
  assert.deepEqual(families({ clusterIP: 'None' }), ['RequireDualStack', 'IPv4', 'IPv6']);
  assert.deepEqual(families({ ports: [{ port: 1 }], ipFamilyPolicy: 'RequireDualStack' }), [
    'Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
  ]);
});

test('what a pod shows in one line', () => {
  const terminated = { terminated: { exitCode: 1, reason: 'Error', finishedAt: '2026-01-02T03:00:05Z' } };
  const object: any = {
    metadata: { name: 'a', creationTimestamp: '2026-01-02T03:04:00Z' },
    spec: { containers: [{ name: 'c' }, { name: 'd' }] },
    status: {
      phase: 'Running',
      containerStatuses: [
        { name: 'c', ready: true, restartCount: 2, state: { running: {} }, lastState: terminated },
        { name: 'd', ready: false, restartCount: 0, state: { waiting: { reason: 'CrashLoopBackOff' } } },
      ],
    },
  };
  const cells = pod.columns.map((column) => column.cell(object, { now: parseTime('2026-01-02T03:04:05Z') }));
  assert.deepEqual(cells, ['a', '1/2', 'CrashLoopBackOff', '2 (4m ago)', '5s', '<none>', '<none>', '<none>', '<none>']);
});
