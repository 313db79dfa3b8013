import { type Changes, type Chapter, container, each, template } from './catalogue.ts';

const selector = { matchLabels: { a: 'b' } };
const t = 'spec.template';

/** What is asked of any template of pods. */
const templates: readonly Changes[] = [
  ...each(t, [undefined, {}, { spec: {} }, { spec: { containers: [] } }]),
  ...each(`${t}.metadata`, [
    undefined,
    {},
    { labels: { 'a b': 'c' } },
    { labels: { a: 'c' } },
    { labels: { a: 'b' }, annotations: { 'A b': 'c' }, finalizers: ['x'], name: 'n', namespace: 'q' },
  ]),
  ...each(`${t}.spec.restartPolicy`, ['Always', 'Never', 'OnFailure', '', 'X']),
  ...each(`${t}.spec.containers.0`, [
    {},
    { name: 'a' },
    { name: 'A_', image: ' ' },
    { ...container, securityContext: { runAsUser: -1 } },
    { ...container, resources: { claims: [{ name: 'x' }] } },
    { ...container, volumeMounts: [{ name: 'v', mountPath: '/a' }] },
    { ...container, ports: [{ containerPort: 80 }, { containerPort: 80 }] },
    { ...container, env: [{ name: 'A' }, { name: 'A' }] },
  ]),
  ...each(`${t}.spec.activeDeadlineSeconds`, [5, 0]),
  ...each(`${t}.spec.ephemeralContainers`, [[{ name: 'e', image: 'i' }]]),
  ...each(`${t}.spec.nodeName`, ['n', 'A_']),
  ...each(`${t}.spec.schedulingGates`, [[{ name: 'a' }]]),
  ...each(`${t}.spec.serviceAccount`, ['s']),
  ...each(`${t}.spec.priorityClassName`, ['none']),
  ...each(`${t}.spec.runtimeClassName`, ['none']),
  ...each(`${t}.spec.resources`, [{ claims: [{ name: 'x' }] }, { limits: { cpu: '1' } }]),
  ...each(`${t}.spec.topologySpreadConstraints`, [[{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }]]),
  ...each(`${t}.spec.volumes`, [
    [{ name: 'v' }],
    [{ name: 'v', persistentVolumeClaim: { claimName: 'x' } }],
    [{ name: 'v', gcePersistentDisk: { pdName: 'a' } }],
    [{ name: 'v', gcePersistentDisk: { pdName: 'a', readOnly: true } }],
    [{ name: 'v', glusterfs: { endpoints: 'e', path: 'p' } }],
    [
      {
        name: 'v',
        ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } } } },
      },
    ],
  ]),
  { [`${t}.metadata.annotations`]: { 'container.apparmor.security.beta.kubernetes.io/a': 'x' } },
  { [`${t}.metadata.annotations`]: { 'seccomp.security.alpha.kubernetes.io/pod': 'x', 'scheduler.alpha.kubernetes.io/critical-pod': '' } },
  { [`${t}.spec.nodeSelector`]: { 'failure-domain.beta.kubernetes.io/zone': 'z' } },
  { [`${t}.spec.hostNetwork`]: true, [`${t}.spec.containers.0.ports`]: [{ containerPort: 80, hostPort: 81 }] },
  { [`${t}.spec.terminationGracePeriodSeconds`]: -1 },
  { [`${t}.spec.imagePullSecrets`]: [{ name: '' }] },
];
const selectors: readonly Changes[] = each('spec.selector', [
  undefined,
  {},
  { matchLabels: {} },
  { matchLabels: { a: 'c' } },
  { matchLabels: { 'a b': 'c d' } },
  { matchExpressions: [{ key: 'a', operator: 'In', values: ['b', 'c'] }] },
  { matchExpressions: [{ key: 'a', operator: 'In' }] },
  { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['c'] }] },
  { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] },
  { matchExpressions: [{ key: '', operator: '' }] },
  { matchExpressions: [{ key: 'a', operator: 'In', values: ['a b'] }] },
]);
const counts = each('spec.replicas', [-1, 0, null, 2147483647, 2147483648, '3', 1.5]);
/** Of a status that counts replicas and no revisions. */
const countsBelowZero: Changes = {
  'status.replicas': -1,
  'status.fullyLabeledReplicas': -1,
  'status.readyReplicas': -1,
  'status.availableReplicas': -1,
  'status.observedGeneration': -1,
};
const small = (...fields: string[]): Changes[] => fields.flatMap((field) => each(`spec.${field}`, [-1, 0, 5, null, 'x']));

/** Deployments, ReplicaSets, StatefulSets, DaemonSets, ReplicationControllers and templates. */
export const chapters: readonly Chapter[] = [
  {
    name: 'deployment',
    kind: 'Deployment',
    base: { spec: { replicas: 0, selector, template } },
    creates: [
      ...templates,
      ...selectors,
      ...counts,
      ...small('minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'),
      { 'spec.minReadySeconds': 600 },
      { 'spec.minReadySeconds': 600, 'spec.progressDeadlineSeconds': 600 },
      ...each('spec.strategy', [
        {},
        { type: '' },
        { type: 'X' },
        { type: 'Recreate', rollingUpdate: {} },
        { type: 'Recreate', rollingUpdate: { maxSurge: 1 } },
        { type: 'RollingUpdate', rollingUpdate: {} },
      ]),
      ...each('spec.strategy.rollingUpdate', [
        { maxSurge: 0, maxUnavailable: 0 },
        { maxSurge: '0%', maxUnavailable: '0%' },
        { maxSurge: '0%', maxUnavailable: 0 },
        { maxSurge: -1 },
        { maxUnavailable: '101%' },
        { maxUnavailable: '100%' },
        { maxSurge: '200%' },
        { maxSurge: 'x' },
        { maxSurge: '' },
        { maxSurge: '5' },
        { maxSurge: '-5%', maxUnavailable: '1.5%' },
        { maxUnavailable: 200 },
        { maxSurge: null, maxUnavailable: null },
      ]),
      { spec: undefined },
      { 'metadata.name': 'A_' },
      { 'metadata.name': 'a.b' },
      { 'metadata.annotations': { 'deployment.kubernetes.io/revision': 'x' } },
    ],
    updates: [
      {
        to: [
          ...templates.slice(0, 12),
          { 'spec.selector': { matchLabels: { a: 'b', c: 'd' } } },
          { 'spec.selector': { matchLabels: { a: 'b', c: 'd' } }, [`${t}.metadata.labels`]: { a: 'b', c: 'd' } },
          { 'spec.replicas': -1 },
          { 'spec.replicas': undefined },
          { 'spec.strategy': undefined },
          { 'spec.strategy.type': 'Recreate' },
          { 'spec.strategy': { type: 'Recreate' } },
          { 'spec.paused': true },
          { status: { replicas: 5 } },
          { 'metadata.generation': 5 },
          { spec: {} },
        ],
      },
    ],
    statuses: [
      {
        to: [
          {
            'status.replicas': -1,
            'status.updatedReplicas': -1,
            'status.readyReplicas': -1,
            'status.availableReplicas': -1,
            'status.unavailableReplicas': -1,
            'status.observedGeneration': -1,
            'status.collisionCount': -1,
            'status.terminatingReplicas': -1,
          },
          { 'status.replicas': 1, 'status.updatedReplicas': 2 },
          { 'status.replicas': 1, 'status.readyReplicas': 2 },
          { 'status.replicas': 1, 'status.availableReplicas': 2 },
          { 'status.replicas': 2, 'status.readyReplicas': 1, 'status.availableReplicas': 2 },
          { 'status.conditions': [{}] },
          {
            'status.conditions': [
              { type: 'X', status: 'Y' },
              { type: 'X', status: 'Y' },
            ],
          },
          { 'status.observedGeneration': 100 },
          { 'spec.replicas': 5 },
          { 'metadata.labels': { c: 'd' } },
        ],
      },
      {
        first: { 'status.collisionCount': 5, 'status.observedGeneration': 1 },
        to: [{ 'status.collisionCount': 4 }, { 'status.collisionCount': undefined }, { 'status.observedGeneration': 0 }],
      },
    ],
  },
  {
    name: 'replicaset',
    kind: 'ReplicaSet',
    base: { spec: { replicas: 0, selector, template } },
    creates: [
      ...templates,
      ...selectors,
      ...counts,
      ...small('minReadySeconds'),
      { 'spec.selector': undefined, 'metadata.labels': undefined },
    ],
    updates: [
      {
        to: [
          { 'spec.selector': { matchLabels: { c: 'd' } } },
          { 'spec.selector': { matchLabels: { c: 'd' } }, [`${t}.metadata.labels`]: { c: 'd' } },
          { 'spec.replicas': -1 },
          { [`${t}.metadata.labels`]: { c: 'd' } },
          { [`${t}.spec.containers.0.image`]: 'x' },
        ],
      },
    ],
    statuses: [
      {
        to: [
          countsBelowZero,
          { 'status.replicas': 1, 'status.fullyLabeledReplicas': 2, 'status.readyReplicas': 2, 'status.availableReplicas': 3 },
          { 'status.conditions': [{ type: '', status: '' }] },
          { 'status.terminatingReplicas': 3 },
        ],
      },
    ],
  },
  {
    name: 'replicationcontroller',
    kind: 'ReplicationController',
    base: { spec: { replicas: 0, selector: { a: 'b' }, template } },
    creates: [
      ...templates,
      ...counts,
      ...small('minReadySeconds'),
      ...each('spec.selector', [undefined, {}, { a: 'c' }, { 'a b': 'c' }]),
      { 'metadata.labels': { x: 'y' } },
    ],
    updates: [
      {
        to: [
          { 'spec.selector': { c: 'd' } },
          { 'spec.selector': { c: 'd' }, [`${t}.metadata.labels`]: { c: 'd' } },
          { 'spec.selector': undefined },
          { 'spec.replicas': -1 },
          { 'spec.template': undefined },
        ],
      },
    ],
    statuses: [
      {
        to: [countsBelowZero, { 'status.replicas': 1, 'status.readyReplicas': 2 }],
      },
    ],
  },
  {
    name: 'daemonset',
    kind: 'DaemonSet',
    base: { spec: { selector, template: { ...template, spec: { ...template.spec, nodeSelector: { no: 'node' } } } } },
    creates: [
      ...templates,
      ...selectors,
      ...small('minReadySeconds', 'revisionHistoryLimit'),
      ...each('spec.updateStrategy', [
        {},
        { type: '' },
        { type: 'X' },
        { type: 'OnDelete', rollingUpdate: { maxSurge: 1 } },
        { type: 'RollingUpdate' },
        { rollingUpdate: {} },
        { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
        { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
        { rollingUpdate: { maxSurge: '10%' } },
        { rollingUpdate: { maxSurge: '10%', maxUnavailable: '0%' } },
        { rollingUpdate: { maxUnavailable: '101%' } },
        { rollingUpdate: { maxUnavailable: 'x' } },
        { rollingUpdate: { maxUnavailable: -1 } },
      ]),
      { 'spec.templateGeneration': 5 },
    ],
    updates: [
      {
        to: [
          { 'spec.selector': { matchLabels: { a: 'b', c: 'd' } } },
          { [`${t}.spec.containers.0.image`]: 'x' },
          { [`${t}.spec.containers.0.image`]: '' },
          { 'spec.updateStrategy.type': 'OnDelete' },
          { 'spec.updateStrategy': undefined },
          { 'metadata.annotations': { 'deprecated.daemonset.template.generation': '0' } },
          { 'metadata.annotations': { 'deprecated.daemonset.template.generation': 'x' } },
          { 'metadata.annotations': { 'deprecated.daemonset.template.generation': '5' } },
          { 'metadata.annotations': undefined },
        ],
      },
    ],
    statuses: [
      {
        to: [
          {
            'status.currentNumberScheduled': -1,
            'status.numberMisscheduled': -1,
            'status.desiredNumberScheduled': -1,
            'status.numberReady': -1,
            'status.observedGeneration': -1,
            'status.updatedNumberScheduled': -1,
            'status.numberAvailable': -1,
            'status.numberUnavailable': -1,
            'status.collisionCount': -1,
          },
          { 'status.conditions': [{ type: '' }] },
          { 'status.desiredNumberScheduled': 1, 'status.numberReady': 2 },
        ],
      },
      { first: { 'status.collisionCount': 5 }, to: [{ 'status.collisionCount': 4 }] },
    ],
  },
  {
    name: 'statefulset',
    kind: 'StatefulSet',
    base: { spec: { replicas: 0, selector, template, serviceName: 's' } },
    creates: [
      ...templates,
      ...selectors,
      ...counts,
      ...small('minReadySeconds', 'revisionHistoryLimit'),
      ...each('spec.serviceName', ['', 'A_', undefined]),
      ...each('spec.podManagementPolicy', ['', 'X', 'Parallel']),
      ...each('spec.updateStrategy', [
        {},
        { type: 'X' },
        { type: 'OnDelete', rollingUpdate: {} },
        { type: 'OnDelete', rollingUpdate: { partition: 1 } },
        { type: 'RollingUpdate', rollingUpdate: {} },
        { rollingUpdate: { partition: -1 } },
        { rollingUpdate: { maxUnavailable: 0 } },
        { rollingUpdate: { maxUnavailable: '50%' } },
        { rollingUpdate: { maxUnavailable: '101%' } },
        { rollingUpdate: { maxUnavailable: 'x' } },
      ]),
      ...each('spec.persistentVolumeClaimRetentionPolicy', [{}, { whenDeleted: 'X' }, { whenScaled: 'Delete' }, { whenScaled: '' }]),
      ...each('spec.ordinals', [{}, { start: -1 }, { start: 3 }]),
      ...each('spec.volumeClaimTemplates', [
        [],
        [{}],
        [{ metadata: { name: 'A_' } }],
        [{ metadata: { name: 'd' }, spec: {} }],
        [
          {
            metadata: { name: 'd' },
            spec: { accessModes: ['X'], resources: { requests: { storage: '-1' } }, volumeMode: 'X', storageClassName: 'A_' },
          },
        ],
        [
          {
            metadata: { name: 'd', labels: { 'a b': '' }, namespace: 'x' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } },
            status: { phase: 'X' },
          },
        ],
        [
          {
            apiVersion: 'v1',
            kind: 'X',
            metadata: { name: 'd' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } },
          },
        ],
        [
          {
            metadata: { name: 'd' },
            spec: {
              accessModes: ['ReadWriteOnce'],
              resources: { requests: { storage: '1' } },
              dataSource: { kind: 'PersistentVolumeClaim', name: 'x' },
            },
          },
          { metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1.5' } } } },
        ],
      ]),
    ],
    updates: [
      {
        from: {
          'spec.volumeClaimTemplates': [
            { metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
          ],
        },
        to: [
          { 'spec.serviceName': 'x' },
          { 'spec.podManagementPolicy': 'Parallel' },
          { 'spec.selector': { matchLabels: { c: 'd' } } },
          { 'spec.volumeClaimTemplates': [] },
          { 'spec.volumeClaimTemplates.0.spec.resources.requests.storage': '2Gi' },
          { 'spec.volumeClaimTemplates.0.metadata.labels': { x: 'y' } },
          { 'spec.volumeClaimTemplates.0.metadata.labels': { 'x y': 'y' } },
          { 'spec.revisionHistoryLimit': 3 },
          { 'spec.revisionHistoryLimit': -3 },
          { 'spec.minReadySeconds': 3 },
          { 'spec.ordinals': { start: 3 } },
          { 'spec.ordinals': { start: -3 } },
          { 'spec.updateStrategy': { type: 'OnDelete' } },
          { 'spec.persistentVolumeClaimRetentionPolicy': { whenDeleted: 'Delete', whenScaled: 'Retain' } },
          { 'spec.persistentVolumeClaimRetentionPolicy': undefined },
          { 'spec.replicas': -3 },
          { [`${t}.spec.containers.0.image`]: '' },
          { [`${t}.metadata.labels`]: { x: 'y' } },
        ],
      },
    ],
    statuses: [
      {
        to: [
          {
            'status.replicas': -1,
            'status.readyReplicas': -1,
            'status.currentReplicas': -1,
            'status.updatedReplicas': -1,
            'status.availableReplicas': -1,
            'status.observedGeneration': -1,
            'status.collisionCount': -1,
          },
          {
            'status.replicas': 1,
            'status.readyReplicas': 2,
            'status.currentReplicas': 2,
            'status.updatedReplicas': 2,
            'status.availableReplicas': 3,
          },
          { 'status.currentRevision': 'A_', 'status.updateRevision': '' },
          { 'status.conditions': [{ type: '' }] },
        ],
      },
      {
        first: { 'status.collisionCount': 5, 'status.replicas': 3 },
        to: [{ 'status.collisionCount': 4 }, { 'status.replicas': 2, 'status.readyReplicas': 3 }],
      },
    ],
  },
  {
    name: 'podtemplate',
    kind: 'PodTemplate',
    base: { template },
    creates: [
      { template: undefined },
      { template: {} },
      { 'template.spec.containers': [] },
      { 'template.metadata.labels': { 'a b': 'c' } },
      { 'template.spec.restartPolicy': 'X' },
      { 'template.spec.priority': 5 },
      { 'template.spec.containers.0.image': '' },
    ],
    updates: [{ to: [{ 'template.spec.containers.0.image': 'x' }, { template: undefined }] }],
  },
  {
    name: 'controllerrevision',
    kind: 'ControllerRevision',
    base: { revision: 1, data: { a: 1 } },
    creates: [
      ...each('revision', [-1, 0, undefined, 9007199254740991]),
      ...each('data', [undefined, null, 'x', 1, [], {}, { z: 1, a: { c: null } }, true]),
    ],
    updates: [
      {
        to: [
          { data: { a: 2 } },
          { data: undefined },
          { revision: 2 },
          { revision: -1 },
          { 'metadata.labels': { x: 'y' } },
          { data: { a: 1, b: null } },
        ],
      },
    ],
  },
];
