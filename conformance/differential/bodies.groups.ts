import type { Body, TestedKind } from './bodies.ts';

const selector = { matchLabels: { app: 'a' } };
const nowhere = { apiGroups: ['nowhere.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['things'] };
const service = { name: 's', namespace: 'none', path: '/p' };
const nobody = [{ kind: 'User', user: { name: 'nobody' } }];
const opaque = { driver: 'd.example.com', parameters: { a: 1 } };

interface Options extends Partial<Pick<TestedKind, 'names' | 'statuses' | 'unstored'>> {
  readonly cluster?: boolean;
  readonly group?: string;
}

function kindsOf(
  apiVersion: string,
  schemaGroup = apiVersion.split('/')[0]!,
): (kind: string, plural: string, bodies: readonly Body[], options?: Options) => TestedKind {
  const version = apiVersion.split('/')[1]!;
  return (kind, plural, bodies, { cluster = false, ...options } = {}) => ({
    apiVersion,
    kind,
    plural,
    namespaced: !cluster,
    schema: `io.k8s.api.${schemaGroup}.${version}.${kind}`,
    bodies,
    ...options,
  });
}

const cluster = true;
const unstored = true;

const networking = kindsOf('networking.k8s.io/v1', 'networking');
const backend = { service: { name: 's', port: { number: 80 } } };
const networkingKinds = [
  networking(
    'Ingress',
    'ingresses',
    [
      { spec: { defaultBackend: backend } },
      {
        spec: {
          ingressClassName: 'c',
          tls: [{ hosts: ['h.example.com'], secretName: 't' }],
          rules: [
            {
              host: '*.example.com',
              http: {
                paths: [
                  { path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { name: 'http' } } } },
                  { pathType: 'ImplementationSpecific', backend: { resource: { apiGroup: 'g.example.com', kind: 'K', name: 'n' } } },
                ],
              },
            },
          ],
        },
      },
    ],
    { statuses: [{ loadBalancer: { ingress: [{ ip: '10.9.9.9', ports: [{ port: 80, protocol: 'TCP' }] }, { hostname: 'h' }] } }] },
  ),
  networking('NetworkPolicy', 'networkpolicies', [
    { spec: { podSelector: {} } },
    {
      spec: {
        podSelector: selector,
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from: [{ podSelector: selector, namespaceSelector: {} }], ports: [{ port: 80, endPort: 90 }, { port: 'http' }] }],
        egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }], ports: [{ protocol: 'UDP', port: 53 }] }],
      },
    },
  ]),
  networking(
    'IngressClass',
    'ingressclasses',
    [{ spec: { controller: 'c.example.com/i', parameters: { apiGroup: 'g', kind: 'K', name: 'n' } } }],
    {
      cluster,
    },
  ),
  networking('ServiceCIDR', 'servicecidrs', [{ spec: { cidrs: ['10.200.0.0/24'] } }], { cluster, unstored }),
  networking('IPAddress', 'ipaddresses', [{ spec: { parentRef: { resource: 'services', namespace: 'n', name: 's' } } }], {
    cluster,
    unstored,
    names: ['10.222.0.0'],
  }),
];

const discovery = kindsOf('discovery.k8s.io/v1', 'discovery');
const discoveryKinds = [
  discovery('EndpointSlice', 'endpointslices', [
    {
      addressType: 'IPv4',
      ports: [
        { name: 'http', port: 80 },
        { name: 'dns', port: 53, protocol: 'UDP', appProtocol: 'example.com/x' },
      ],
      endpoints: [
        {
          addresses: ['10.1.1.1'],
          conditions: { ready: true, serving: true },
          hostname: 'h',
          nodeName: 'n',
          zone: 'z',
          hints: { forZones: [{ name: 'z' }], forNodes: [{ name: 'n' }] },
          targetRef: { kind: 'Pod', name: 'p' },
        },
      ],
    },
    { addressType: 'IPv6', endpoints: [{ addresses: ['2001:db8::1'] }] },
    { addressType: 'FQDN', endpoints: [{ addresses: ['a.example.com'] }] },
  ]),
];

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'none' };
const target = { type: 'AverageValue', averageValue: '10' };
const metric = { name: 'm', selector };
const autoscalingKinds = [
  kindsOf('autoscaling/v2')('HorizontalPodAutoscaler', 'horizontalpodautoscalers', [
    { spec: { scaleTargetRef, maxReplicas: 3 } },
    {
      spec: {
        scaleTargetRef,
        minReplicas: 2,
        maxReplicas: 10,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
          { type: 'ContainerResource', containerResource: { name: 'memory', container: 'c', target } },
          { type: 'Pods', pods: { metric, target } },
          { type: 'Object', object: { metric, describedObject: scaleTargetRef, target: { type: 'Value', value: '5' } } },
          { type: 'External', external: { metric, target } },
        ],
        behavior: {
          scaleUp: { stabilizationWindowSeconds: 1, policies: [{ type: 'Pods', value: 1, periodSeconds: 10 }], tolerance: '100m' },
          scaleDown: { selectPolicy: 'Disabled' },
        },
      },
    },
  ]),
  kindsOf('autoscaling/v1')(
    'HorizontalPodAutoscaler',
    'horizontalpodautoscalers',
    [
      { spec: { scaleTargetRef, maxReplicas: 3, targetCPUUtilizationPercentage: 50 } },
      {
        metadata: {
          annotations: {
            'autoscaling.alpha.kubernetes.io/metrics':
              '[{"type":"Pods","pods":{"metricName":"m","targetAverageValue":"10"}},{"type":"Resource","resource":{"name":"memory","targetAverageUtilization":3}}]',
            'autoscaling.alpha.kubernetes.io/behavior': '{"ScaleUp":{"Policies":[{"Type":"Pods","Value":1,"PeriodSeconds":10}]}}',
          },
        },
        spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 3 },
      },
    ],
    { names: ['hpa-v1-0', 'hpa-v1-1'] },
  ),
];

const rbac = kindsOf('rbac.authorization.k8s.io/v1', 'rbac');
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: ['p'] }];
const subjects = [
  { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'nobody' },
  { kind: 'ServiceAccount', name: 's', namespace: 'none' },
  { kind: 'Group', name: 'none' },
];
const rbacKinds = [
  rbac('Role', 'roles', [{ rules }]),
  rbac(
    'ClusterRole',
    'clusterroles',
    [
      { rules: [...rules, { nonResourceURLs: ['/none'], verbs: ['get'] }] },
      { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { none: 'none' } }] } },
    ],
    { cluster },
  ),
  rbac('RoleBinding', 'rolebindings', [{ subjects, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' } }]),
  rbac(
    'ClusterRoleBinding',
    'clusterrolebindings',
    [{ subjects, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'none' } }],
    { cluster },
  ),
];

const policyKinds = [
  kindsOf('policy/v1')(
    'PodDisruptionBudget',
    'poddisruptionbudgets',
    [{ spec: { minAvailable: 1, selector } }, { spec: { maxUnavailable: '50%', selector, unhealthyPodEvictionPolicy: 'AlwaysAllow' } }],
    {
      statuses: [
        { observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2, disruptedPods: {} },
      ],
    },
  ),
];

const storageGroup = kindsOf('storage.k8s.io/v1', 'storage');
const storageKinds = [
  storageGroup(
    'StorageClass',
    'storageclasses',
    [
      {
        provisioner: 'p.example.com',
        parameters: { a: 'b' },
        mountOptions: ['ro'],
        reclaimPolicy: 'Retain',
        volumeBindingMode: 'WaitForFirstConsumer',
        allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['a'] }] }],
      },
    ],
    { cluster },
  ),
  storageGroup(
    'CSIDriver',
    'csidrivers',
    [
      {},
      {
        spec: {
          attachRequired: false,
          podInfoOnMount: true,
          volumeLifecycleModes: ['Ephemeral'],
          tokenRequests: [{ audience: 'a', expirationSeconds: 3600 }],
          requiresRepublish: true,
          fsGroupPolicy: 'File',
        },
      },
    ],
    { cluster },
  ),
  storageGroup(
    'CSINode',
    'csinodes',
    [{ spec: { drivers: [{ name: 'd.example.com', nodeID: 'n', topologyKeys: ['zone'], allocatable: { count: 3 } }] } }],
    { cluster },
  ),
  storageGroup('CSIStorageCapacity', 'csistoragecapacities', [
    { storageClassName: 'c', nodeTopology: selector, capacity: '1Gi', maximumVolumeSize: '1Gi' },
  ]),
  storageGroup(
    'VolumeAttachment',
    'volumeattachments',
    [{ spec: { attacher: 'd.example.com', nodeName: 'none', source: { persistentVolumeName: 'none' } } }],
    {
      cluster,
      statuses: [{ attached: true, attachmentMetadata: { a: 'b' }, attachError: { time: '2024-01-01T00:00:00Z', message: 'm' } }],
    },
  ),
  storageGroup('VolumeAttributesClass', 'volumeattributesclasses', [{ driverName: 'd.example.com', parameters: { a: 'b' } }], { cluster }),
];

const smallKinds = [
  kindsOf('coordination.k8s.io/v1', 'coordination')('Lease', 'leases', [
    {
      spec: {
        holderIdentity: 'h',
        leaseDurationSeconds: 15,
        acquireTime: '2024-01-01T00:00:00.000000Z',
        renewTime: '2024-01-01T00:00:00.000000Z',
        leaseTransitions: 1,
      },
    },
  ]),
  kindsOf('scheduling.k8s.io/v1', 'scheduling')(
    'PriorityClass',
    'priorityclasses',
    [{ value: 10, description: 'd', preemptionPolicy: 'Never' }],
    { cluster },
  ),
  kindsOf('node.k8s.io/v1', 'node')(
    'RuntimeClass',
    'runtimeclasses',
    [
      {
        handler: 'h',
        overhead: { podFixed: { cpu: '1m' } },
        scheduling: { nodeSelector: { a: 'b' }, tolerations: [{ operator: 'Exists' }] },
      },
    ],
    { cluster },
  ),
  kindsOf('events.k8s.io/v1', 'events')(
    'Event',
    'events',
    [
      {
        eventTime: '2024-01-01T00:00:00.000000Z',
        reportingController: 'c.example.com/x',
        reportingInstance: 'i',
        action: 'a',
        reason: 'r',
        type: 'Normal',
        note: 'n',
        regarding: { kind: 'Pod', namespace: '$namespace', name: 'p' },
      },
    ],
    { names: ['newer-0'] },
  ),
];

const admission = kindsOf('admissionregistration.k8s.io/v1', 'admissionregistration');
const webhook = {
  name: 'w.example.com',
  clientConfig: { service },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  rules: [nowhere],
};
const matchConstraints = { resourceRules: [nowhere] };
const matchConditions = [{ name: 'c', expression: 'true' }];
const admissionKinds = [
  ...['Validating', 'Mutating'].map((sort) =>
    admission(
      `${sort}WebhookConfiguration`,
      `${sort.toLowerCase()}webhookconfigurations`,
      [
        {
          webhooks: [webhook, { ...webhook, name: 'x.example.com', clientConfig: { url: 'https://none.example.com/p' }, matchConditions }],
        },
      ],
      { cluster },
    ),
  ),
  admission(
    'ValidatingAdmissionPolicy',
    'validatingadmissionpolicies',
    [
      {
        spec: {
          matchConstraints,
          matchConditions,
          paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
          variables: [{ name: 'v', expression: '1' }],
          validations: [{ expression: 'true', message: 'm', reason: 'Invalid', messageExpression: "'m'" }],
          auditAnnotations: [{ key: 'k', valueExpression: "'v'" }],
        },
      },
    ],
    { cluster },
  ),
  admission(
    'MutatingAdmissionPolicy',
    'mutatingadmissionpolicies',
    [
      {
        spec: {
          matchConstraints,
          matchConditions,
          reinvocationPolicy: 'Never',
          mutations: [
            { patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } },
            { patchType: 'JSONPatch', jsonPatch: { expression: "[JSONPatch{op: 'remove', path: '/a'}]" } },
          ],
        },
      },
    ],
    { cluster },
  ),
  ...['Validating', 'Mutating'].map((sort) =>
    admission(
      `${sort}AdmissionPolicyBinding`,
      `${sort.toLowerCase()}admissionpolicybindings`,
      [
        {
          spec: {
            policyName: 'none',
            paramRef: { name: 'p', namespace: 'none', parameterNotFoundAction: 'Deny' },
            matchResources: matchConstraints,
            ...(sort === 'Validating' ? { validationActions: ['Deny'] } : {}),
          },
        },
      ],
      { cluster },
    ),
  ),
];

const flowControl = kindsOf('flowcontrol.apiserver.k8s.io/v1', 'flowcontrol');
const conditions = [{ type: 'Dangling', status: 'False', reason: 'r', message: 'm' }];
const flowControlKinds = [
  flowControl(
    'FlowSchema',
    'flowschemas',
    [
      {
        spec: {
          priorityLevelConfiguration: { name: 'global-default' },
          distinguisherMethod: { type: 'ByUser' },
          rules: [
            {
              subjects: [...nobody, { kind: 'ServiceAccount', serviceAccount: { name: 's', namespace: 'n' } }],
              resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['n'] }],
              nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/none'] }],
            },
          ],
        },
      },
    ],
    { cluster, statuses: [{ conditions }] },
  ),
  flowControl(
    'PriorityLevelConfiguration',
    'prioritylevelconfigurations',
    [
      {
        spec: {
          type: 'Limited',
          limited: {
            nominalConcurrencyShares: 1,
            lendablePercent: 50,
            borrowingLimitPercent: 100,
            limitResponse: { type: 'Queue', queuing: { queues: 4, handSize: 2, queueLengthLimit: 5 } },
          },
        },
      },
      { spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } } },
    ],
    { cluster, statuses: [{ conditions }] },
  ),
];

// Made with OpenSSL for this test: a P-256 key, CN=alice, O=dev.
const request =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWk1JR0FBZ0VBTUI0eERqQU1CZ05WQkFNTUJXRnNhV05sTVF3d0NnWURWUVFLREFOa1pYWXdXVEFUQmdjcQpoa2pPUFFJQkJnZ3Foa2pPUFFNQkJ3TkNBQVNFdDZQbG51bWcvbnd3U2dNTVhjbGV6eU1pMUtmZkM1dVFDMHVFCmhuaVY2dmgyTDVUVmlnYllYcDQzZC83WVdLWXA5cW9yREJSbjN2MWJSMTBtVldwNm9BQXdDZ1lJS29aSXpqMEUKQXdJRFNBQXdSUUloQU91clI2aHoyRmloREMyaTZmQTdnV0w1d3pPNy9BTTdKam1uMWJ6d3BDTFNBaUJPaWpCOAptRkNNTFBvNFhSbnBBRFJCTE82emRkMTBUNnE5TUlrekxEQldDUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';
const certificateKinds = [
  kindsOf('certificates.k8s.io/v1', 'certificates')(
    'CertificateSigningRequest',
    'certificatesigningrequests',
    [{ spec: { request, signerName: 'example.com/signer', usages: ['client auth', 'digital signature'], expirationSeconds: 3600 } }],
    { cluster, statuses: [{ conditions: [{ type: 'Failed', status: 'True', reason: 'r', message: 'm' }] }] },
  ),
];

const dynamic = kindsOf('resource.k8s.io/v1', 'resource');
const claim = {
  devices: {
    requests: [
      { name: 'r', exactly: { deviceClassName: 'c', selectors: [{ cel: { expression: 'true' } }], count: 2 } },
      { name: 'f', firstAvailable: [{ name: 's', deviceClassName: 'c', tolerations: [{ key: 'k', operator: 'Exists' }] }] },
    ],
    constraints: [{ requests: ['r', 'f/s'], matchAttribute: 'd.example.com/a' }],
    config: [{ requests: ['r'], opaque }],
  },
};
const dynamicKinds = [
  dynamic('ResourceClaim', 'resourceclaims', [{ spec: claim }], {
    statuses: [
      {
        allocation: {
          devices: {
            results: [{ request: 'r', driver: 'd.example.com', pool: 'p', device: 'd' }],
            config: [{ source: 'FromClaim', requests: ['r'], opaque }],
          },
        },
        reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }],
        devices: [{ driver: 'd.example.com', pool: 'p', device: 'd', networkData: { interfaceName: 'i', ips: ['10.1.1.1/24'] } }],
      },
    ],
  }),
  dynamic('ResourceClaimTemplate', 'resourceclaimtemplates', [{ spec: { metadata: { labels: { a: 'b' } }, spec: claim } }]),
  dynamic('DeviceClass', 'deviceclasses', [{ spec: { selectors: [{ cel: { expression: 'true' } }], config: [{ opaque }] } }], { cluster }),
  dynamic(
    'ResourceSlice',
    'resourceslices',
    [
      {
        spec: {
          driver: 'd.example.com',
          nodeName: 'none',
          pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
          devices: [
            {
              name: 'd',
              attributes: { a: { string: 's' }, 'd.example.com/b': { int: 1 } },
              capacity: { memory: { value: '1Gi' } },
              taints: [{ key: 'k', effect: 'NoSchedule', timeAdded: '2024-01-01T00:00:00Z' }],
            },
          ],
        },
      },
      {
        spec: {
          driver: 'd.example.com',
          allNodes: true,
          pool: { name: 'q', generation: 1, resourceSliceCount: 1 },
          sharedCounters: [{ name: 'c', counters: { n: { value: '1' } } }],
        },
      },
    ],
    { cluster },
  ),
];

const authentication = kindsOf('authentication.k8s.io/v1', 'authentication');
const authorization = kindsOf('authorization.k8s.io/v1', 'authorization');
const resourceAttributes = { namespace: 'n', verb: 'get', resource: 'pods' };
const reviewKinds = [
  authentication('TokenReview', 'tokenreviews', [{ spec: { token: 'none' } }], { cluster, unstored, names: [''] }),
  authentication('SelfSubjectReview', 'selfsubjectreviews', [{}], { cluster, unstored, names: [''] }),
  authorization('SubjectAccessReview', 'subjectaccessreviews', [{ spec: { user: 'u', groups: ['g'], resourceAttributes } }], {
    cluster,
    unstored,
    names: [''],
  }),
  authorization('SelfSubjectAccessReview', 'selfsubjectaccessreviews', [{ spec: { nonResourceAttributes: { path: '/p', verb: 'get' } } }], {
    cluster,
    unstored,
    names: [''],
  }),
  authorization(
    'LocalSubjectAccessReview',
    'localsubjectaccessreviews',
    [{ spec: { user: 'u', resourceAttributes: { ...resourceAttributes, namespace: '$namespace' } } }],
    {
      unstored,
      names: [''],
    },
  ),
  authorization('SelfSubjectRulesReview', 'selfsubjectrulesreviews', [{ spec: { namespace: 'n' } }], { cluster, unstored, names: [''] }),
];

const registrationKinds: TestedKind[] = [
  {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    plural: 'apiservices',
    namespaced: false,
    schema: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService',
    unstored,
    names: ['v1.none.example.com', 'v1.none.example.com'],
    bodies: [
      { spec: { group: 'none.example.com', version: 'v1', groupPriorityMinimum: 10, versionPriority: 10 } },
      {
        spec: {
          group: 'none.example.com',
          version: 'v1',
          groupPriorityMinimum: 10,
          versionPriority: 10,
          service: { name: 's', namespace: 'n' },
        },
      },
    ],
  },
];

/** The kinds of all API groups but core, apps and batch. */
export const groupKinds: readonly TestedKind[] = [
  ...networkingKinds,
  ...discoveryKinds,
  ...autoscalingKinds,
  ...rbacKinds,
  ...policyKinds,
  ...storageKinds,
  ...smallKinds,
  ...admissionKinds,
  ...flowControlKinds,
  ...certificateKinds,
  ...dynamicKinds,
  ...reviewKinds,
  ...registrationKinds,
];
