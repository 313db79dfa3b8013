import { type Changes, type Chapter, container, each, template } from './catalogue.ts';

const now = '2020-01-01T00:00:00Z';
const later = '2020-01-02T00:00:00Z';
const condition = (type: string, status = 'True') => ({ type, status, lastProbeTime: now, lastTransitionTime: now });
const job = { spec: { suspend: true, template: { spec: { restartPolicy: 'Never', containers: [container] } } } };
const indexed = { 'spec.completionMode': 'Indexed', 'spec.completions': 5 };
const term = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] };
const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: term };
const many = (count: number, item: (i: number) => unknown) => Array.from({ length: count }, (_, i) => item(i));
const iscsi = { targetPortal: 'p', iqn: 'iqn.2000-01.com.x:a', lun: 0 };
const volume = (...sources: object[]): Changes[] =>
  sources.map((one) => ({ 'spec.hostPath': undefined, ...Object.fromEntries(Object.entries(one).map(([k, v]) => [`spec.${k}`, v])) }));
const capacity = (requestPolicy: object, value = '10') => [
  { name: 'd', allowMultipleAllocations: true, capacity: { 'a.b/c': { value, requestPolicy } } },
];
const claim = { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } } };
const rule = { verbs: ['get'], apiGroups: [''], resources: ['pods'], clusterScope: true };
const limited = { limits: { cpu: '2', memory: '2Mi', 'hugepages-2Mi': '2Mi' } };

/** What may still change once an object has said or been something, and small places of many kinds. */
export const chapters: readonly Chapter[] = [
  {
    name: 'job-ended',
    kind: 'Job',
    base: job,
    statuses: [
      {
        to: [
          ...[
            { 'status.active': 1 },
            { 'status.terminating': 1 },
            { 'status.ready': 1 },
            { 'status.uncountedTerminatedPods': { succeeded: ['a'], failed: ['b'] } },
            { 'status.completionTime': now },
            { 'status.startTime': now, 'status.completionTime': now, 'status.succeeded': 1 },
            { 'status.startTime': later, 'status.completionTime': now },
          ].flatMap((one) =>
            [
              ['Complete'],
              ['SuccessCriteriaMet', 'Complete'],
              ['Failed'],
              ['FailureTarget', 'Failed'],
              ['SuccessCriteriaMet', 'Failed'],
              ['Complete', 'Failed'],
            ].map((types) => ({ 'status.startTime': now, ...one, 'status.conditions': types.map((type) => condition(type)) })),
          ),
          { 'status.conditions': [condition('SuccessCriteriaMet'), condition('FailureTarget')] },
          { 'status.conditions': [condition('Suspended'), condition('Suspended', 'X'), condition('', '')] },
        ],
      },
      {
        first: { 'status.startTime': now, 'status.conditions': [condition('SuccessCriteriaMet')] },
        to: [
          { 'status.conditions': [] },
          { 'status.conditions': [condition('SuccessCriteriaMet', 'False')] },
          { 'status.conditions': [condition('SuccessCriteriaMet'), condition('Complete')], 'status.completionTime': later },
          { 'status.conditions': [condition('SuccessCriteriaMet'), condition('FailureTarget')] },
          { 'status.startTime': undefined },
          { 'status.startTime': later },
        ],
      },
      {
        from: { 'spec.suspend': false },
        first: { 'status.startTime': now },
        to: [{ 'status.startTime': undefined }, { 'status.startTime': later }],
      },
      {
        first: {
          'status.startTime': now,
          'status.completionTime': later,
          'status.conditions': [condition('SuccessCriteriaMet'), condition('Complete')],
        },
        to: [
          { 'status.completionTime': now },
          { 'status.completionTime': undefined },
          { 'status.conditions': [condition('SuccessCriteriaMet')] },
          { 'status.succeeded': 3, 'status.failed': 2 },
          { 'status.startTime': later },
          { 'status.conditions': [] },
        ],
      },
      {
        from: { ...indexed, 'spec.backoffLimitPerIndex': 1, 'spec.successPolicy': { rules: [{ succeededIndexes: '0-1' }] } },
        to: [
          ...[
            ['x', '1'],
            ['1', 'x'],
            ['0-1,3', '1,4'],
            ['0-1,3,x', '2,4,y'],
            ['3-1', '0'],
            ['0,2', '1,3'],
            ['0-4', '4'],
            ['1,1', '2'],
            ['5', '6'],
            ['0', ''],
          ].map(([completedIndexes, failedIndexes]) => ({
            'status.completedIndexes': completedIndexes,
            'status.failedIndexes': failedIndexes,
          })),
          { 'status.startTime': now, 'status.completionTime': now, 'status.conditions': [condition('Complete')] },
          {
            'status.startTime': now,
            'status.completionTime': now,
            'status.conditions': [condition('SuccessCriteriaMet'), condition('Complete')],
          },
          { 'status.conditions': [condition('SuccessCriteriaMet')] },
        ],
      },
    ],
    updates: [
      {
        from: { 'spec.template.spec.affinity': { nodeAffinity }, 'spec.template.spec.initContainers': [{ name: 'i', image: 'i' }] },
        to: [
          { 'spec.template.spec.affinity': undefined },
          { 'spec.template.spec.affinity': {} },
          { 'spec.template.spec.affinity.nodeAffinity': undefined },
          { 'spec.template.spec.affinity.podAffinity': {} },
          { 'spec.template.spec.initContainers.0.resources': { requests: { cpu: '1' } } },
          { 'spec.template.spec.initContainers.0.name': 'j' },
          { 'spec.template.spec.initContainers': undefined },
          { 'spec.template.spec.containers.0.resources': { requests: { cpu: '1' } } },
          { 'spec.template.spec.containers.0.resources': { requests: { cpu: '1' } }, 'spec.suspend': false },
          { 'spec.template.spec.containers.0.resources': { claims: [{ name: 'x' }] } },
          { 'spec.template.spec.containers.1': { name: 'b', image: 'i' } },
          { 'spec.template.spec.containers.0.name': 'b' },
          { 'spec.template.spec.resources': { requests: { cpu: '1' } } },
        ],
      },
      {
        from: { 'spec.template.spec.affinity': { nodeAffinity, podAffinity: {} } },
        to: [
          { 'spec.template.spec.affinity': undefined },
          { 'spec.template.spec.affinity.nodeAffinity': undefined },
          { 'spec.template.spec.affinity': { nodeAffinity } },
        ],
      },
      {
        status: { 'status.startTime': now },
        to: [
          { 'spec.template.metadata': { labels: { a: 'b' } } },
          { 'spec.template.spec.nodeSelector': { a: 'b' } },
          { 'spec.template.spec.containers.0.resources': { requests: { cpu: '1' } } },
          { 'spec.suspend': false, 'spec.parallelism': 3 },
        ],
      },
      {
        status: { 'status.startTime': now, 'status.active': 1, 'status.conditions': [condition('Suspended')] },
        to: [
          { 'spec.template.spec.nodeSelector': { a: 'b' } },
          { 'spec.template.spec.tolerations': [{ operator: 'Exists' }] },
          { 'spec.template.spec.containers.0.resources': { requests: { cpu: '1' } } },
        ],
      },
      {
        status: { 'status.startTime': now, 'status.active': 0, 'status.conditions': [condition('Suspended')] },
        to: [
          { 'spec.template.spec.containers.0.resources': { requests: { cpu: '1' } } },
          { 'spec.template.spec.schedulingGates': [{ name: 'a' }] },
          { 'spec.template.metadata': { labels: { 'batch.kubernetes.io/job-name': 'x' } } },
        ],
      },
    ],
    creates: [
      { ...indexed, 'spec.successPolicy': { rules: [{ succeededIndexes: '0,'.repeat(33000) }] } },
      {
        'spec.podFailurePolicy': {
          rules: [{ action: 'FailJob', onPodConditions: [{ type: 'a' }, { type: 'b', status: '' }, { type: 'c', status: 'X' }] }],
        },
      },
      {
        'spec.template.spec.initContainers': [{ name: 'i', image: 'i' }],
        'spec.podFailurePolicy': { rules: [{ action: 'Ignore', onExitCodes: { containerName: 'i', operator: 'In', values: [2] } }] },
      },
    ],
  },
  {
    name: 'cronjob-zones',
    kind: 'CronJob',
    base: { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: job.spec.template } } } },
    creates: [
      { 'spec.schedule': 'TZ=UTC * * * * *' },
      { 'spec.schedule': 'CRON_TZ=UTC * * * * *', 'spec.timeZone': 'UTC' },
      { 'spec.timeZone': 'Local' },
      { 'spec.timeZone': 'Europe/Nowhere' },
      { 'spec.timeZone': '' },
      { 'metadata.name': 'x'.repeat(53) },
      { 'spec.jobTemplate.metadata': { name: 'x', annotations: { 'a b': 'c' } } },
    ],
    updates: [
      {
        to: [
          { 'spec.schedule': 'TZ=UTC * * * * *' },
          { 'spec.timeZone': 'local' },
          { 'spec.timeZone': 'UTC', 'spec.schedule': 'TZ=UTC @daily' },
        ],
      },
      {
        from: { 'spec.timeZone': 'Etc/UTC' },
        to: [{ 'spec.timeZone': '' }, { 'spec.timeZone': undefined }, { 'spec.schedule': 'TZ=UTC * * * * *' }],
      },
    ],
  },
  {
    name: 'servicecidr-changes',
    kind: 'ServiceCIDR',
    base: { spec: { cidrs: ['10.201.0.0/24'] } },
    updates: [
      {
        to: each('spec.cidrs', [
          ['10.202.0.0/24'],
          ['10.201.0.0/24', 'fd00::/64'],
          ['10.202.0.0/24', 'fd00::/64'],
          ['10.201.0.0/24', '10.202.0.0/24'],
          ['10.201.0.0/24', 'x'],
          [],
          undefined,
          ['10.201.0.0/24', 'fd00::/64', 'fd01::/64'],
        ]),
      },
      {
        from: { 'spec.cidrs': ['10.203.0.0/24', 'fd03::/64'] },
        to: each('spec.cidrs', [['10.203.0.0/24'], ['fd03::/64', '10.203.0.0/24']]),
      },
    ],
    statuses: [
      {
        to: each('status.conditions', [
          [{ type: 'Ready', status: 'True' }],
          [{ type: 'Ready', status: 'X', lastTransitionTime: now, reason: 'a b' }],
          [condition('a'), condition('a')].map(({ lastProbeTime: _, ...one }) => ({ ...one, reason: 'R', message: 'm' })),
        ]),
      },
    ],
  },
  {
    name: 'ipaddress-changes',
    kind: 'IPAddress',
    base: { spec: { parentRef: { resource: 'services', namespace: 'n', name: 's' } } },
    objectName: '10.222.0.19',
    updates: [
      {
        name: '10.222.0.20',
        to: [
          { 'spec.parentRef.name': 't' },
          { 'spec.parentRef': undefined },
          { 'metadata.labels': { a: 'b' } },
          { 'spec.parentRef.namespace': 'a/b' },
        ],
      },
    ],
  },
  {
    name: 'networkpolicy-changes',
    kind: 'NetworkPolicy',
    base: {
      spec: {
        podSelector: {},
        ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }],
        egress: [{ to: [{ ipBlock: { cidr: '::/0' } }] }],
      },
    },
    updates: [
      {
        to: [
          { 'spec.ingress.0.from.0.ipBlock.cidr': '010.0.0.0/8' },
          { 'spec.ingress.0.from.0.ipBlock.except': ['11.0.0.0/8'] },
          { 'spec.egress.0.to.0.ipBlock.cidr': '10.0.0.1/8' },
          { 'spec.egress.0.to.0.ipBlock.except': ['::/0', '0::/8'] },
          { 'spec.podSelector': { matchLabels: { a: 'b c' } } },
          { 'spec.policyTypes': ['Egress', 'X'] },
        ],
      },
    ],
  },
  {
    name: 'ingress-changes',
    kind: 'Ingress',
    base: { spec: { defaultBackend: { service: { name: '1a', port: { number: 80 } } } } },
    creates: [
      { 'spec.tls': [{ secretName: 'A_', hosts: ['*', 'A_', '*.a.b'] }] },
      { 'spec.rules': [{ host: '*.A_', http: { paths: [] } }] },
    ],
    updates: [
      {
        from: {
          'spec.rules': [
            { host: '*.a.b' },
            { http: { paths: [{ pathType: 'Exact', path: '/a', backend: { resource: { kind: 'K', name: 'n' } } }] } },
          ],
        },
        to: [
          { 'spec.defaultBackend.service.name': '2b' },
          { 'spec.defaultBackend.service.name': 'A' },
          { 'spec.rules.0.host': '*' },
          { 'spec.tls': [{ secretName: 'A_' }] },
          { 'spec.rules.1.http.paths.0.path': 'a//b' },
        ],
      },
      { from: { 'spec.defaultBackend.service.name': 'a' }, to: [{ 'spec.defaultBackend.service.name': '1a' }] },
    ],
    statuses: [
      {
        first: { 'status.loadBalancer': { ingress: [{ ip: '1.2.3.4' }] } },
        to: each('status.loadBalancer', [
          { ingress: [{ ip: '01.2.3.4' }] },
          { ingress: [{ ip: '1.2.3.4', ports: [{ port: 80, protocol: 'X', error: 'a b' }, { port: 0 }] }, { hostname: 'A_' }] },
        ]),
      },
    ],
  },
  {
    name: 'endpointslice-sizes',
    kind: 'EndpointSlice',
    base: { addressType: 'IPv4', endpoints: [{ addresses: ['10.1.1.1'] }], ports: [{ name: 'a', port: 80 }] },
    creates: [
      { endpoints: many(1001, () => ({ addresses: ['10.1.1.1'] })) },
      { ports: many(20001, (i) => ({ name: `p${i}`, port: 1 })) },
      { 'endpoints.0.deprecatedTopology': Object.fromEntries(many(17, (i) => [`l${i}`, 'v']) as [string, string][]) },
      { 'endpoints.0.deprecatedTopology': { 'topology.kubernetes.io/zone': 'z', 'kubernetes.io/hostname': 'h', 'a b': 'c d' } },
      { 'endpoints.0.hints': { forNodes: many(9, (i) => ({ name: `n${i}` })), forZones: many(9, (i) => ({ name: `z${i}` })) } },
      { 'endpoints.0.hints': { forNodes: [{ name: 'A_' }, { name: 'A_' }, {}], forZones: [{}, { name: '' }] } },
      { 'endpoints.0.addresses': many(101, (i) => `10.1.1.${i}`) },
    ],
    updates: [
      {
        from: { 'endpoints.0.addresses': ['10.1.1.1'] },
        to: [{ addressType: 'IPv6' }, { 'endpoints.0.addresses': ['010.1.1.1'] }, { 'endpoints.0.hints': { forNodes: [{ name: 'n' }] } }],
      },
    ],
  },
  {
    name: 'flowschema-subjects',
    kind: 'FlowSchema',
    base: {
      spec: {
        priorityLevelConfiguration: { name: 'global-default' },
        rules: [{ subjects: [{ kind: 'User', user: { name: 'u' } }], resourceRules: [rule] }],
      },
    },
    creates: [
      ...(['User', 'Group', 'ServiceAccount'] as const).map((kind) => ({
        'spec.rules.0.subjects': [{ kind, user: { name: 'u' }, group: { name: 'g' }, serviceAccount: { name: 'n', namespace: 's' } }],
      })),
      ...['', '/', 'a', '/a b', '/a//b', '/a*', '/*/a', '/*', '*'].map((url) => ({
        'spec.rules.0.resourceRules': undefined,
        'spec.rules.0.nonResourceRules': [{ verbs: ['get'], nonResourceURLs: [url] }],
      })),
    ],
  },
  {
    name: 'resourceslice-policies',
    kind: 'ResourceSlice',
    base: {
      spec: {
        driver: 'd.example.com',
        nodeName: 'none',
        pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
        devices: [{ name: 'd' }],
      },
    },
    creates: [
      ...each(
        'spec.devices',
        [
          {},
          { default: '1' },
          { default: '1', validValues: ['1', '2'] },
          { default: '3', validValues: ['2', '1', '11', '2'] },
          { validValues: ['1'] },
          { default: '1', validValues: many(11, (i) => `${i}`) },
          { default: '1', validValues: ['1'], validRange: { min: '1' } },
          { validRange: { min: '1' } },
          { default: '1', validRange: {} },
          { default: '1', validRange: { min: '2', max: '20', step: '3' } },
          { default: '11', validRange: { min: '12', max: '5', step: '0' } },
          { default: '4', validRange: { min: '2', max: '9', step: '3' } },
          { default: '2', validRange: { min: '2', max: '8', step: '-3' } },
          { default: '2', validRange: { min: '2', step: '9' } },
          { default: '1500m', validRange: { min: '1', max: '2', step: '1' } },
          { default: '20' },
        ].map((policy) => capacity(policy)),
      ),
      ...each('spec.devices', [
        [{ name: 'd', capacity: { 'a.b/c': { value: '1', requestPolicy: { default: '1' } } } }],
        [{ name: 'd', allowMultipleAllocations: false, capacity: { 'a.b/c': { value: '1' } } }],
        [{ name: 'd', attributes: { a: { ints: [1], bools: [] }, b: { strings: [] }, c: { versions: ['x'] } } }],
        [{ name: 'd', nodeAllocatableResourceMappings: { cpu: {} } }],
        [{ name: 'd', bindingConditions: ['a', 'a'], bindingFailureConditions: ['b', 'b', 'a'], bindsToNode: true }],
        [{ name: 'd', bindingFailureConditions: ['b'] }],
        [{ name: 'd', bindingConditions: ['A b'], bindingFailureConditions: [''] }],
        [{ name: 'd', attributes: { '/a': { int: 1 }, 'a/': { int: 1 }, 'A_/b': { bool: true }, 'a/b/c': { version: '1' } } }],
      ]),
      ...each('spec.devices', [
        [{ name: 'd', nodeName: '' }],
        [{ name: 'd', allNodes: false }],
        [{ name: 'd', nodeSelector: term }],
        [{ name: 'd', nodeSelector: { nodeSelectorTerms: [term.nodeSelectorTerms[0], {}] } }],
        [{ name: 'd' }],
      ]).map((one) => ({ ...one, 'spec.nodeName': undefined, 'spec.perDeviceNodeSelection': true })),
    ],
  },
  {
    name: 'pod-warnings',
    kind: 'Pod',
    base: { spec: { containers: [container], schedulerName: 'none' } },
    creates: [
      ...each('spec.volumes', [
        [
          { name: 'v', photonPersistentDisk: { pdID: 'p' } },
          { name: 'w', gitRepo: { repository: 'r' } },
          { name: 'x', flocker: { datasetName: 'd' } },
        ],
        [
          { name: 'v', quobyte: { registry: 'a:1', volume: 'v' } },
          { name: 'w', scaleIO: { gateway: 'g', system: 's', volumeName: 'v', secretRef: { name: 'n' } } },
        ],
        [
          {
            name: 'v',
            configMap: {
              name: 'c',
              items: [
                { key: 'a', path: 'p' },
                { key: 'b', path: 'p/q' },
                { key: 'c', path: 'p' },
                { key: 'd', path: 'pq' },
              ],
            },
          },
        ],
        [
          {
            name: 'v',
            secret: {
              secretName: 'c',
              items: [
                { key: 'a', path: 'p/q' },
                { key: 'b', path: 'p' },
              ],
            },
          },
        ],
        [
          {
            name: 'v',
            downwardAPI: {
              items: [
                { path: 'p', fieldRef: { fieldPath: 'metadata.name' } },
                { path: 'p/r', fieldRef: { fieldPath: 'metadata.uid' } },
              ],
            },
          },
        ],
        [
          {
            name: 'v',
            projected: {
              sources: [
                { configMap: { name: 'c', items: [{ key: 'a', path: 'p' }] } },
                { secret: { name: 's', items: [{ key: 'a', path: 'p/q' }] } },
                { downwardAPI: { items: [{ path: 'p/q/r', fieldRef: { fieldPath: 'metadata.name' } }] } },
                { serviceAccountToken: { path: 'p/t' } },
                { configMap: { name: 'd' } },
              ],
            },
          },
        ],
      ]),
      ...each('spec.containers.0.ports', [
        [{ containerPort: 80 }, { containerPort: 80, hostPort: 80 }],
        [
          { containerPort: 80, hostPort: 80 },
          { containerPort: 80, hostPort: 81 },
        ],
        [
          { containerPort: 80, hostPort: 80, hostIP: '1.1.1.1' },
          { containerPort: 80, hostPort: 80 },
        ],
        [
          { containerPort: 80, hostPort: 80, hostIP: '1.1.1.1' },
          { containerPort: 80, hostPort: 80, hostIP: '1.1.1.2' },
        ],
        [{ containerPort: 80, protocol: 'UDP' }, { containerPort: 80 }, { containerPort: 80 }, { containerPort: 80 }],
      ]),
      ...each('spec.containers.0.env', [
        [
          { name: 'A', value: 'x' },
          { name: 'A', value: '$(A)' },
          { name: 'A', value: 'y$(A)' },
        ],
        [
          { name: 'A', value: '$(B)' },
          { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
        [
          { name: 'A', value: '' },
          { name: 'A', value: '$$(A)' },
        ],
        [
          { name: 'A', value: '$(A)' },
          { name: 'A', value: '$(A)' },
        ],
      ]),
      ...each('spec.containers.0.resources', [
        { limits: { 'ephemeral-storage': '1500m', memory: '1500m' }, requests: { 'ephemeral-storage': '100m', memory: '100m' } },
      ]),
      { 'spec.overhead': { memory: '1500m', 'ephemeral-storage': '500m' } },
      {
        'spec.nodeSelector': { 'beta.kubernetes.io/arch': 'a', 'failure-domain.beta.kubernetes.io/zone': 'b' },
        'spec.topologySpreadConstraints': [
          { maxSkew: 1, topologyKey: 'failure-domain.beta.kubernetes.io/region', whenUnsatisfiable: 'DoNotSchedule' },
        ],
        'spec.affinity': {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'beta.kubernetes.io/os', operator: 'Exists' }] }],
            },
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, preference: { matchExpressions: [{ key: 'beta.kubernetes.io/instance-type', operator: 'Exists' }] } },
            ],
          },
          podAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'beta.kubernetes.io/arch' } }],
          },
        },
        'metadata.annotations': {
          'container.apparmor.security.beta.kubernetes.io/a': 'runtime/default',
          'scheduler.alpha.kubernetes.io/critical-pod': '',
        },
      },
      {
        'spec.terminationGracePeriodSeconds': -5,
        'spec.hostAliases': [{ ip: '1.1.1.1', hostnames: ['a'] }, { ip: '1.1.1.1' }],
        'spec.imagePullSecrets': [{}, {}],
      },
      { 'spec.dnsConfig': { nameservers: ['01.1.1.1', '::ffff:1.1.1.1'], searches: [] }, 'spec.hostAliases': [{ ip: '001.1.1.1' }] },
      {
        'spec.resources': limited,
        'spec.containers.0.resources': { requests: { 'hugepages-2Mi': '2Mi' }, limits: { 'hugepages-2Mi': '2Mi' } },
      },
      {
        'spec.resources': { requests: { cpu: '1' } },
        'spec.containers.0.resources': limited,
        'spec.initContainers': [{ name: 'i', image: 'i', resources: { limits: { cpu: '3' } } }],
      },
      {
        'spec.resources': { limits: { cpu: '4' } },
        'spec.containers.0.resources': { limits: { memory: '1Mi', cpu: '1' }, requests: { memory: '1Ki' } },
      },
      { 'spec.resources': {}, 'spec.containers.0.resources': limited },
    ],
  },
  {
    name: 'service-changes',
    kind: 'Service',
    base: { spec: { ports: [{ port: 80 }] } },
    creates: [
      {
        'metadata.annotations': { 'service.kubernetes.io/topology-aware-hints': 'auto' },
        'spec.clusterIP': 'None',
        'spec.loadBalancerIP': '1.1.1.1',
      },
      { 'spec.sessionAffinity': 'ClientIP', 'spec.sessionAffinityConfig': { clientIP: {} } },
      { 'spec.sessionAffinity': 'None', 'spec.sessionAffinityConfig': { clientIP: { timeoutSeconds: 5 } } },
      { 'spec.sessionAffinityConfig': {} },
      { 'spec.externalIPs': ['01.1.1.1', '::ffff:1.1.1.1'], 'spec.loadBalancerSourceRanges': ['1.1.1.1/8', ' 1.0.0.0/8 '] },
    ],
    updates: [
      {
        from: { 'spec.type': 'LoadBalancer', 'spec.externalTrafficPolicy': 'Local' },
        to: [
          { 'spec.healthCheckNodePort': 0 },
          { 'spec.healthCheckNodePort': 70000 },
          { 'spec.externalTrafficPolicy': 'Cluster' },
          { 'spec.externalTrafficPolicy': undefined, 'spec.healthCheckNodePort': undefined },
          { 'spec.allocateLoadBalancerNodePorts': undefined },
          { 'spec.allocateLoadBalancerNodePorts': false, 'spec.ports.0.nodePort': undefined },
          { 'spec.loadBalancerClass': 'a/b' },
          { 'spec.type': 'ClusterIP' },
          { 'spec.type': 'ExternalName', 'spec.externalName': 'a.b' },
          { 'spec.internalTrafficPolicy': undefined },
        ],
      },
      {
        to: [
          { 'spec.clusterIP': 'None' },
          { 'spec.clusterIP': undefined },
          { 'spec.clusterIPs': undefined },
          { 'spec.clusterIP': '', 'spec.clusterIPs': [] },
          { 'spec.clusterIPs.1': 'fd00::1' },
          { 'spec.ipFamilies': ['IPv6'] },
          { 'spec.ipFamilies': ['IPv4', 'IPv6'] },
          { 'spec.ipFamilies': ['IPv4', 'IPv6'], 'spec.ipFamilyPolicy': 'PreferDualStack' },
          { 'spec.ipFamilyPolicy': 'RequireDualStack' },
          { 'spec.ipFamilyPolicy': 'PreferDualStack' },
          { 'spec.ipFamilies': undefined, 'spec.ipFamilyPolicy': undefined },
          { 'spec.type': 'ExternalName', 'spec.externalName': 'a.b', 'spec.clusterIP': undefined, 'spec.clusterIPs': undefined },
          { 'spec.type': 'ExternalName', 'spec.externalName': 'a.b' },
        ],
      },
      {
        from: { 'spec.clusterIP': 'None' },
        to: [
          { 'spec.clusterIP': '10.96.200.200' },
          { 'spec.clusterIP': undefined, 'spec.clusterIPs': undefined },
          { 'spec.ports': [] },
          { 'spec.type': 'NodePort' },
        ],
      },
      {
        from: { 'spec.type': 'ExternalName', 'spec.externalName': 'a.b', 'spec.ports': [] },
        to: [
          { 'spec.type': 'ClusterIP' },
          { 'spec.type': 'ClusterIP', 'spec.ports': [{ port: 1 }], 'spec.externalName': '' },
          { 'spec.clusterIP': '10.96.3.3' },
        ],
      },
    ],
    statuses: [
      {
        from: { 'spec.type': 'LoadBalancer' },
        first: { 'status.loadBalancer': { ingress: [{ ip: '1.2.3.4' }] } },
        to: [
          ...each('status.loadBalancer', [
            { ingress: [{ ip: '01.2.3.4' }] },
            {
              ingress: [
                { ip: '1.2.3.4', ipMode: 'X' },
                { hostname: 'a.b', ipMode: 'VIP' },
                { ip: 'x', hostname: '1.1.1.1' },
              ],
            },
            { ingress: [{ ip: '1.2.3.4', ports: [{ port: 1, protocol: 'TCP', error: 'A/b' }, {}] }] },
          ]),
          { 'spec.type': 'ClusterIP', 'status.loadBalancer': {} },
        ],
      },
      { to: [{ 'status.loadBalancer': { ingress: [{ ip: '1.2.3.4' }] } }, { 'status.conditions': [{ type: 'a b', status: 'X' }] }] },
    ],
  },
  {
    name: 'replicationcontroller-counts',
    kind: 'ReplicationController',
    base: { spec: { replicas: 0, selector: { a: 'b' }, template } },
    statuses: [
      {
        to: [
          { 'status.replicas': 1, 'status.fullyLabeledReplicas': 2, 'status.readyReplicas': 3, 'status.availableReplicas': 4 },
          {
            'status.replicas': -1,
            'status.fullyLabeledReplicas': -1,
            'status.readyReplicas': -1,
            'status.availableReplicas': -1,
            'status.observedGeneration': -1,
          },
          { 'status.replicas': 3, 'status.readyReplicas': 1, 'status.availableReplicas': 2 },
          { 'status.conditions': [{ type: 'a b', status: 'X' }] },
        ],
      },
    ],
  },
  {
    name: 'persistentvolume-sources',
    kind: 'PersistentVolume',
    base: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/a' }, storageClassName: 'none' } },
    creates: volume(
      ...['eui.1', 'naa.1', 'x', 'iqn.1'].flatMap((name) => [
        { iscsi: { ...iscsi, iqn: name } },
        { iscsi: { ...iscsi, initiatorName: name } },
      ]),
      { iscsi: { ...iscsi, initiatorName: 'iqn.2000-01.com.x:a', targetPortal: 'p'.repeat(64) } },
      { iscsi: { ...iscsi, chapAuthSession: true, secretRef: { name: '', namespace: '' } } },
      { iscsi: { ...iscsi, lun: -1 } },
      { glusterfs: { endpoints: '', path: '' } },
      { glusterfs: { endpoints: 'a', path: 'b', endpointsNamespace: 'A_' } },
      { cinder: { volumeID: '', secretRef: {} } },
      { flexVolume: { driver: '' } },
      { flexVolume: { driver: 'a', secretRef: {}, options: { 'kubernetes.io/a': 'b' } } },
      { scaleIO: { gateway: '', system: '', volumeName: '', secretRef: {} } },
      { storageos: { volumeName: 'v', volumeNamespace: 'A_', secretRef: {} } },
      ...[
        'gcePersistentDisk',
        'awsElasticBlockStore',
        'glusterfs',
        'flocker',
        'nfs',
        'rbd',
        'quobyte',
        'cephfs',
        'iscsi',
        'cinder',
        'fc',
        'flexVolume',
        'azureFile',
        'vsphereVolume',
        'photonPersistentDisk',
        'portworxVolume',
        'azureDisk',
        'scaleIO',
        'local',
        'storageos',
        'csi',
      ].flatMap((source) => [{ [source]: {} }, { [source]: {}, hostPath: { path: '/a' } }]),
      { nodeAffinity: {} },
      { nodeAffinity: { required: {} } },
      { nodeAffinity: { required: { nodeSelectorTerms: [{}] } } },
      { hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' },
      { hostPath: { path: '/a' }, volumeMode: 'Block', mountOptions: ['', 'a'] },
    ),
    updates: [
      {
        from: { 'spec.nodeAffinity': { required: term } },
        to: [
          { 'spec.nodeAffinity': undefined },
          { 'spec.nodeAffinity.required': undefined },
          { 'spec.nodeAffinity.required.nodeSelectorTerms.0.matchExpressions.0.key': 'failure-domain.beta.kubernetes.io/zone' },
          { 'spec.volumeAttributesClassName': 'x' },
          { 'spec.volumeMode': 'Block' },
          { 'spec.claimRef': { name: 'x', namespace: 'y' } },
        ],
      },
      {
        from: {
          'spec.nodeAffinity': {
            required: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'failure-domain.beta.kubernetes.io/zone', operator: 'In', values: ['a'] }] }],
            },
          },
        },
        to: [
          { 'spec.nodeAffinity.required.nodeSelectorTerms.0.matchExpressions.0.key': 'topology.kubernetes.io/zone' },
          { 'spec.nodeAffinity.required.nodeSelectorTerms.0.matchExpressions.0.key': 'topology.kubernetes.io/region' },
          { 'spec.nodeAffinity.required.nodeSelectorTerms.0.matchExpressions.0.values': ['b'] },
        ],
      },
    ],
  },
  {
    name: 'persistentvolumeclaim-bound',
    kind: 'PersistentVolumeClaim',
    base: claim,
    creates: [
      { 'spec.resources': { requests: { storage: '1500m' }, limits: { storage: '2500m' } } },
      { 'spec.dataSourceRef': { kind: 'A', name: 'b', namespace: 'c' } },
      { 'spec.dataSource': { kind: 'A', name: 'b' }, 'spec.dataSourceRef': { kind: 'A', name: 'b', namespace: 'A_' } },
    ],
    updates: [
      {
        to: [
          { 'spec.storageClassName': 'x' },
          { 'spec.storageClassName': '' },
          { 'metadata.annotations': { 'volume.beta.kubernetes.io/storage-class': 'x' } },
          { 'spec.resources.requests.storage': '3Gi' },
          { 'spec.volumeName': 'v' },
          { 'spec.accessModes': [] },
          { 'spec.volumeAttributesClassName': 'x' },
        ],
      },
      {
        from: { 'metadata.annotations': { 'volume.beta.kubernetes.io/storage-class': 'x' } },
        to: [
          { 'spec.storageClassName': 'x' },
          { 'spec.storageClassName': 'x', 'metadata.annotations': undefined },
          { 'metadata.annotations': undefined },
        ],
      },
      {
        from: { 'spec.storageClassName': 'x', 'spec.volumeName': 'v', 'spec.volumeAttributesClassName': 'a' },
        status: { 'status.phase': 'Bound', 'status.capacity': { storage: '1Gi' }, 'status.currentVolumeAttributesClassName': 'a' },
        to: [
          { 'spec.resources.requests.storage': '3Gi' },
          { 'spec.resources.requests.storage': '1536Mi' },
          { 'spec.resources.requests.storage': '1Gi' },
          { 'spec.resources.requests.storage': '512Mi' },
          { 'spec.resources.requests': undefined },
          { 'spec.volumeAttributesClassName': 'b' },
          { 'spec.volumeAttributesClassName': '' },
          { 'spec.volumeAttributesClassName': undefined },
          { 'spec.storageClassName': 'y' },
          { 'metadata.labels': { a: 'b' } },
        ],
      },
    ],
    statuses: [
      {
        to: [
          ...each('status.allocatedResourceStatuses', [
            { storage: 'X' },
            { 'a b': 'ControllerResizeInProgress' },
            { 'a.b/c': '' },
            { cpu: 'NodeResizePending' },
          ]),
          ...each('status.allocatedResources', [{ storage: '-1' }, { 'a b': '1' }, { cpu: '1' }, { storage: '1500m' }]),
          ...each('status.modifyVolumeStatus', [
            {},
            { status: 'X' },
            { status: '' },
            { status: 'Pending', targetVolumeAttributesClassName: 'A_' },
          ]),
          { 'status.capacity': { storage: '-1', 'a b': 'x' } },
          { 'status.conditions': [{ type: 'X', status: '' }], 'status.accessModes': ['X'], 'status.phase': 'X' },
        ],
      },
    ],
  },
  {
    name: 'resourcequota-status',
    kind: 'ResourceQuota',
    base: { spec: { hard: { pods: '1' } } },
    creates: [
      {
        'spec.scopeSelector': { matchExpressions: [{ scopeName: 'BestEffort', operator: 'Exists' }] },
        'spec.hard': { cpu: '1', services: '1' },
      },
      { 'spec.scopes': ['BestEffort', 'NotBestEffort'] },
    ],
    statuses: [
      {
        to: [{ 'status.hard': { 'a b': '1', pods: '-1' }, 'status.used': { pods: '1.5', x: '1' } }, { 'status.used': { cpu: '-1' } }],
      },
    ],
  },
  {
    name: 'node-config',
    kind: 'Node',
    base: {},
    creates: [
      ...each('spec.configSource', [
        {},
        { configMap: {} },
        { configMap: { name: 'A_', namespace: 'B_', kubeletConfigKey: 'a b', uid: 'u', resourceVersion: '1' } },
      ]),
      ...each('metadata.annotations', [
        { 'scheduler.alpha.kubernetes.io/preferAvoidPods': 'x' },
        { 'scheduler.alpha.kubernetes.io/preferAvoidPods': '{"preferAvoidPods":[{}]}' },
        {
          'scheduler.alpha.kubernetes.io/preferAvoidPods': '{"preferAvoidPods":[{"podSignature":{"podController":{"controller":false}}}]}',
        },
        { 'scheduler.alpha.kubernetes.io/taints': '[{"key":"a b"}]' },
      ]),
      { 'status.declaredFeatures': ['x'.repeat(254), 'B', 'A', 'A', 'a b'] },
    ],
    statuses: [
      {
        to: [
          ...each('status.config', [
            { assigned: {} },
            { active: { configMap: {} }, lastKnownGood: { configMap: { name: 'A_', namespace: 'B_', kubeletConfigKey: 'a b' } } },
            { assigned: { configMap: { name: 'a', namespace: 'b', kubeletConfigKey: 'k', uid: 'u', resourceVersion: '1' } }, error: 'x' },
          ]),
          { 'status.nodeInfo.swap': { capacity: -1 } },
          { 'status.nodeInfo.swap': { capacity: 0 } },
          { 'status.declaredFeatures': ['B', 'A'] },
          { 'status.declaredFeatures': ['a b', ''] },
          { 'status.runtimeHandlers': [{ name: 'a' }, { name: 'a' }], 'status.features': { supplementalGroupsPolicy: true } },
        ],
      },
    ],
  },
];
