import { groupKinds } from './bodies.groups.ts';

/** What is known of a kind to make requests of it. */
export interface TestedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly schema: string;
  readonly bodies: readonly Body[];
  /** Names of the bodies where their form matters. */
  readonly names?: readonly string[];
  /** No object is stored, since it would matter to the whole cluster or since the kind has none: creates only. */
  readonly unstored?: boolean;
  /** Bodies of the status subresource, to be mutated and sent to it. */
  readonly statuses?: readonly Body[];
}

/** An object without apiVersion, kind and name. */
export type Body = Record<string, any>;

const container = { name: 'a', image: 'nginx' };
const podSpec = { containers: [container], schedulerName: 'none' };
const labels = { app: 'a' };
const template = { metadata: { labels }, spec: { containers: [container] } };
const selector = { matchLabels: labels };
const neverScheduled = { replicas: 0 };

const richContainer = {
  ...container,
  command: ['sh'],
  args: ['-c', 'true'],
  workingDir: '/w',
  ports: [
    { name: 'http', containerPort: 80 },
    { containerPort: 53, protocol: 'UDP' },
  ],
  env: [
    { name: 'A', value: 'b' },
    { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'C', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    { name: 'D', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
  ],
  envFrom: [{ prefix: 'P', configMapRef: { name: 'c' } }],
  resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } },
  volumeMounts: [
    { name: 'v', mountPath: '/v' },
    { name: 'c', mountPath: '/c', readOnly: true },
  ],
  livenessProbe: { httpGet: { path: '/', port: 80 } },
  readinessProbe: { exec: { command: ['true'] }, initialDelaySeconds: 3 },
  startupProbe: { tcpSocket: { port: 'http' } },
  lifecycle: { preStop: { exec: { command: ['true'] } }, postStart: { httpGet: { port: 80 } } },
  securityContext: { runAsUser: 1000, capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } },
};

const pod: TestedKind = {
  apiVersion: 'v1',
  kind: 'Pod',
  plural: 'pods',
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Pod',
  bodies: [
    { metadata: { labels }, spec: podSpec },
    {
      spec: {
        ...podSpec,
        containers: [richContainer, { name: 'b', image: 'b' }],
        initContainers: [{ name: 'i', image: 'i', restartPolicy: 'Always' }],
        volumes: [
          { name: 'v', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
          { name: 'c', configMap: { name: 'c', items: [{ key: 'k', path: 'p' }] } },
          {
            name: 'p',
            projected: {
              sources: [
                { secret: { name: 's' } },
                { downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
                { serviceAccountToken: { path: 't' } },
              ],
            },
          },
          { name: 'h', hostPath: { path: '/h' } },
        ],
      },
    },
    {
      spec: {
        ...podSpec,
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
            },
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, preference: { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] } },
            ],
          },
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: selector }],
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 5,
                podAffinityTerm: { topologyKey: 'zone', labelSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
              },
            ],
          },
        },
        tolerations: [{ key: 'k', operator: 'Equal', value: 'v', effect: 'NoSchedule' }, { operator: 'Exists' }],
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: selector }],
        securityContext: { runAsUser: 1, fsGroup: 2, sysctls: [{ name: 'net.ipv4.ip_forward', value: '1' }] },
        dnsConfig: { nameservers: ['10.0.0.10'], searches: ['a.b'], options: [{ name: 'ndots', value: '2' }] },
        hostAliases: [{ ip: '10.0.0.1', hostnames: ['h'] }],
        readinessGates: [{ conditionType: 'example.com/ready' }],
        priorityClassName: 'system-node-critical',
        terminationGracePeriodSeconds: 5,
      },
    },
    {
      spec: {
        ...podSpec,
        restartPolicy: 'OnFailure',
        hostNetwork: true,
        activeDeadlineSeconds: 10,
        schedulingGates: [{ name: 'example.com/g' }],
        nodeSelector: { a: 'b' },
      },
    },
  ],
};

const service: TestedKind = {
  apiVersion: 'v1',
  kind: 'Service',
  plural: 'services',
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Service',
  bodies: [
    { spec: { selector: labels, ports: [{ port: 80 }] } },
    {
      spec: {
        type: 'NodePort',
        selector: labels,
        ports: [
          { name: 'a', port: 80, targetPort: 'http' },
          { name: 'b', port: 53, protocol: 'UDP' },
        ],
      },
    },
    { spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 443 }], loadBalancerSourceRanges: ['10.0.0.0/8'] } },
    { spec: { type: 'ExternalName', externalName: 'example.com' } },
    { spec: { clusterIP: 'None', selector: labels, sessionAffinity: 'ClientIP', ports: [{ name: 'a', port: 1 }] } },
  ],
};

function workload(kind: string, plural: string, specs: readonly Body[]): TestedKind {
  return {
    apiVersion: 'apps/v1',
    kind,
    plural,
    namespaced: true,
    schema: `io.k8s.api.apps.v1.${kind}`,
    bodies: specs.map((spec) => ({ spec })),
  };
}

const claimTemplate = { metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };

function core(kind: string, plural: string, bodies: readonly Body[], namespaced = true): TestedKind {
  return { apiVersion: 'v1', kind, plural, namespaced, schema: `io.k8s.api.core.v1.${kind}`, bodies };
}

export const testedKinds: readonly TestedKind[] = [
  pod,
  service,
  workload('Deployment', 'deployments', [
    { ...neverScheduled, selector, template },
    {
      ...neverScheduled,
      selector,
      template,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      minReadySeconds: 1,
      paused: true,
    },
    {
      ...neverScheduled,
      selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['a'] }] },
      template,
      strategy: { type: 'Recreate' },
    },
  ]),
  workload('ReplicaSet', 'replicasets', [{ ...neverScheduled, selector, template }]),
  workload('StatefulSet', 'statefulsets', [
    { ...neverScheduled, selector, template, serviceName: 's' },
    {
      ...neverScheduled,
      selector,
      template,
      serviceName: 's',
      volumeClaimTemplates: [claimTemplate],
      podManagementPolicy: 'Parallel',
      updateStrategy: { rollingUpdate: { partition: 1 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' },
      ordinals: { start: 1 },
    },
  ]),
  workload('DaemonSet', 'daemonsets', [
    { selector, template: { ...template, spec: { ...template.spec, nodeSelector: { no: 'node' } } } },
    {
      selector,
      template: { ...template, spec: { ...template.spec, nodeSelector: { no: 'node' } } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    },
  ]),
  {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    plural: 'controllerrevisions',
    namespaced: true,
    schema: 'io.k8s.api.apps.v1.ControllerRevision',
    bodies: [{ revision: 1, data: { a: 1 } }],
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    plural: 'jobs',
    namespaced: true,
    schema: 'io.k8s.api.batch.v1.Job',
    bodies: [
      { spec: { suspend: true, template: { spec: { restartPolicy: 'Never', containers: [container] } } } },
      {
        spec: {
          suspend: true,
          completions: 3,
          parallelism: 2,
          completionMode: 'Indexed',
          backoffLimitPerIndex: 1,
          maxFailedIndexes: 2,
          podFailurePolicy: {
            rules: [
              { action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } },
              { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
            ],
          },
          successPolicy: { rules: [{ succeededIndexes: '0-1' }] },
          template: { spec: { restartPolicy: 'Never', containers: [container] } },
        },
      },
    ],
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    plural: 'cronjobs',
    namespaced: true,
    schema: 'io.k8s.api.batch.v1.CronJob',
    bodies: [
      {
        spec: {
          suspend: true,
          schedule: '*/5 * * * *',
          timeZone: 'Europe/Berlin',
          jobTemplate: { spec: { template: { spec: { restartPolicy: 'OnFailure', containers: [container] } } } },
        },
      },
    ],
  },
  core('ConfigMap', 'configmaps', [
    { data: { k: 'v', 'a.txt': '' }, binaryData: { b: 'YQ==' } },
    { immutable: true, data: { k: 'v' } },
  ]),
  core('Secret', 'secrets', [
    { data: { k: 'YQ==' }, stringData: { s: 't' } },
    { type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': '' } },
    { type: 'kubernetes.io/basic-auth', stringData: { username: 'u', password: 'p' } },
    { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{}' } },
  ]),
  core(
    'PersistentVolume',
    'persistentvolumes',
    [
      { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/a' }, storageClassName: 'none' } },
      {
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteMany'],
          nfs: { server: 's', path: '/p' },
          persistentVolumeReclaimPolicy: 'Delete',
          mountOptions: ['ro'],
        },
      },
      {
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          volumeMode: 'Block',
          local: { path: '/l' },
          nodeAffinity: {
            required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['n'] }] }] },
          },
        },
      },
      {
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          csi: { driver: 'd.example.com', volumeHandle: 'h' },
          claimRef: { namespace: 'none', name: 'c' },
        },
      },
    ],
    false,
  ),
  core('PersistentVolumeClaim', 'persistentvolumeclaims', [
    { spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'none', resources: { requests: { storage: '1Gi' } } } },
    {
      spec: {
        accessModes: ['ReadOnlyMany'],
        storageClassName: '',
        selector,
        volumeMode: 'Block',
        resources: { requests: { storage: '5Gi' } },
        dataSource: { kind: 'PersistentVolumeClaim', name: 'o' },
      },
    },
  ]),
  core(
    'Node',
    'nodes',
    [
      { metadata: { labels: { a: 'b' } } },
      {
        spec: { podCIDR: '10.200.0.0/24', unschedulable: true, taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] },
        status: {
          capacity: { cpu: '4', memory: '8Gi', pods: '110' },
          addresses: [{ type: 'InternalIP', address: '10.9.9.9' }],
          conditions: [{ type: 'Ready', status: 'True' }],
        },
      },
    ],
    false,
  ),
  core('Namespace', 'namespaces', [{ metadata: { labels: { a: 'b' } } }], false),
  core('LimitRange', 'limitranges', [
    { spec: { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '100Gi' }, min: { storage: '1Mi' } }] } },
  ]),
  core('ResourceQuota', 'resourcequotas', [
    { spec: { hard: { 'count/deployments.apps': '100', pods: '500' } } },
    { spec: { hard: { pods: '100' }, scopes: ['BestEffort'] } },
  ]),
  core('ServiceAccount', 'serviceaccounts', [
    { secrets: [{ name: 's' }], imagePullSecrets: [{ name: 'p' }], automountServiceAccountToken: false },
  ]),
  core('Endpoints', 'endpoints', [
    {
      subsets: [
        { addresses: [{ ip: '10.1.1.1', targetRef: { kind: 'Pod', name: 'p' } }], ports: [{ name: 'a', port: 80 }] },
        { notReadyAddresses: [{ ip: '10.1.1.2' }], ports: [{ port: 1 }] },
      ],
    },
  ]),
  core('Event', 'events', [
    {
      involvedObject: { kind: 'Pod', namespace: '$namespace', name: 'p' },
      reason: 'R',
      message: 'm',
      type: 'Normal',
      source: { component: 'c' },
    },
  ]),
  core('PodTemplate', 'podtemplates', [{ template }]),
  core('ReplicationController', 'replicationcontrollers', [{ spec: { ...neverScheduled, selector: labels, template } }]),
  ...groupKinds,
];
