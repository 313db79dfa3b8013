import { type Chapter, each } from './catalogue.ts';

const base = { spec: { containers: [{ name: 'a', image: 'i' }], schedulerName: 'none' } };
const resources = { requests: { cpu: '1', memory: '1Mi' }, limits: { cpu: '2', memory: '2Mi' } };
const resized = (name: string, changes: object) => ({ spec: { containers: [{ name, resources: changes }] } });
const running = {
  'status.containerStatuses': [{ name: 'a', state: { running: {} }, resources: {}, restartCount: 0, ready: true, image: 'i', imageID: '' }],
};
const required = (...nodeSelectorTerms: object[]) => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
});
const expression = (key: string) => ({ key, operator: 'Exists' });
const field = { key: 'metadata.name', operator: 'In', values: ['n'] };
const preferred = { weight: 1, preference: { matchExpressions: [expression('a')] } };
const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' };

/** What of a pod may change, where, and when. */
export const chapters: readonly Chapter[] = [
  {
    name: 'pod-annotations',
    kind: 'Pod',
    base,
    creates: [
      ...each('metadata.annotations', [
        { 'container.apparmor.security.beta.kubernetes.io/a': 'runtime/default' },
        { 'container.apparmor.security.beta.kubernetes.io/zz': 'x', 'container.apparmor.security.beta.kubernetes.io/a': 'localhost/' },
        {
          'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
          'container.seccomp.security.alpha.kubernetes.io/a': 'docker/default',
        },
        { 'kubernetes.io/config.mirror': 'x' },
        { 'scheduler.alpha.kubernetes.io/tolerations': '[{"key":"a b"}]', 'security.alpha.kubernetes.io/sysctls': 'a=b' },
      ]),
      ...[{ type: 'RuntimeDefault' }, { type: 'Unconfined' }, { type: 'Localhost', localhostProfile: 'p' }].flatMap((profile) => [
        ...['unconfined', 'runtime/default', 'localhost/p', 'localhost/q', 'x'].map((value) => ({
          'spec.securityContext.appArmorProfile': profile,
          'metadata.annotations': { 'container.apparmor.security.beta.kubernetes.io/a': value },
        })),
        ...['unconfined', 'docker/default', 'localhost/p', 'localhost/q', 'x'].map((value) => ({
          'spec.containers.0.securityContext': { seccompProfile: profile },
          'spec.securityContext.seccompProfile': profile,
          'metadata.annotations': {
            'container.seccomp.security.alpha.kubernetes.io/a': value,
            'seccomp.security.alpha.kubernetes.io/pod': value,
          },
        })),
      ]),
      { 'metadata.annotations': { 'kubernetes.io/config.mirror': 'x' }, 'spec.nodeName': 'n' },
      {
        'metadata.annotations': { 'kubernetes.io/config.mirror': 'x' },
        'spec.nodeName': 'n',
        'spec.resourceClaims': [{ name: 'a', resourceClaimName: 'b' }],
      },
      { 'spec.resourceClaims': [{ name: '', resourceClaimName: 'b' }, {}] },
    ],
    updates: [
      {
        from: { 'metadata.annotations': { 'container.apparmor.security.beta.kubernetes.io/a': 'runtime/default', x: 'y' } },
        to: each('metadata.annotations', [
          undefined,
          { x: 'y' },
          { 'container.apparmor.security.beta.kubernetes.io/a': 'unconfined' },
          {
            'container.apparmor.security.beta.kubernetes.io/a': 'runtime/default',
            'container.apparmor.security.beta.kubernetes.io/b': 'runtime/default',
          },
          { 'container.apparmor.security.beta.kubernetes.io/a': 'runtime/default', 'kubernetes.io/config.mirror': 'x' },
        ]),
      },
      {
        from: { 'metadata.annotations': { 'kubernetes.io/config.mirror': 'x' }, 'spec.nodeName': 'n' },
        to: [
          ...each('metadata.annotations', [
            undefined,
            { 'kubernetes.io/config.mirror': 'y' },
            { 'kubernetes.io/config.mirror': 'x', a: 'b' },
          ]),
          { 'metadata.labels': { a: 'b' } },
        ],
      },
      { from: { 'spec.terminationGracePeriodSeconds': -1 }, to: each('spec.terminationGracePeriodSeconds', [1, 2, 0, undefined]) },
      { from: { 'spec.terminationGracePeriodSeconds': 10 }, to: each('spec.terminationGracePeriodSeconds', [1, -1, 9]) },
    ],
    patches: [
      {
        from: { 'metadata.annotations': { 'kubernetes.io/config.mirror': 'x' }, 'spec.nodeName': 'n' },
        type: 'strategic',
        subresource: 'ephemeralcontainers',
        bodies: [{ spec: { ephemeralContainers: [{ name: 'e', image: 'i' }] } }],
      },
      {
        from: { 'metadata.annotations': { 'kubernetes.io/config.mirror': 'x' }, 'spec.nodeName': 'n' },
        type: 'strategic',
        subresource: 'resize',
        bodies: [resized('a', { requests: { cpu: '2' } }), { metadata: { labels: { a: 'b' } } }],
      },
    ],
  },
  {
    name: 'pod-gated',
    kind: 'Pod',
    base: { spec: { ...base.spec, schedulingGates: [{ name: 'g' }] } },
    updates: [
      {
        to: [
          ...each('spec.affinity', [
            {},
            { nodeAffinity: {} },
            required({ matchExpressions: [expression('a')] }),
            required(),
            { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preferred] } },
            { podAffinity: {} },
            { ...required({ matchExpressions: [expression('a')] }), podAntiAffinity: {} },
          ]),
          { 'spec.nodeSelector': { a: 'b' }, 'spec.schedulingGates': [] },
          { 'spec.nodeSelector': { 'a b': 'c' } },
          { 'spec.topologySpreadConstraints': [spread] },
        ],
      },
      {
        from: {
          'spec.affinity': required(
            { matchExpressions: [expression('a'), expression('b')], matchFields: [field] },
            { matchFields: [field] },
            {},
          ),
        },
        to: [
          { 'spec.affinity': undefined },
          { 'spec.affinity': {} },
          { 'spec.affinity.nodeAffinity': undefined },
          { 'spec.affinity.nodeAffinity': {} },
          { 'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution': [preferred] },
          ...each('spec.affinity', [
            required({ matchExpressions: [expression('a')], matchFields: [field] }, { matchFields: [field] }, {}),
            required(
              { matchExpressions: [expression('a'), expression('b'), expression('c')], matchFields: [field] },
              { matchFields: [field] },
              {},
            ),
            required({ matchExpressions: [expression('b'), expression('a')], matchFields: [field] }, { matchFields: [field] }, {}),
            required({ matchExpressions: [expression('a'), expression('b')] }, { matchFields: [field] }, {}),
            required({ matchExpressions: [expression('a'), expression('b')], matchFields: [field, field] }, { matchFields: [field] }, {}),
            required(
              { matchExpressions: [expression('a'), expression('b')], matchFields: [field] },
              { matchFields: [{ ...field, values: ['m'] }] },
              {},
            ),
            required(
              { matchExpressions: [expression('a'), expression('b')], matchFields: [field] },
              { matchFields: [field] },
              { matchExpressions: [expression('a')] },
            ),
            required({ matchExpressions: [expression('a'), expression('b')], matchFields: [field] }, { matchFields: [field] }),
          ]),
        ],
      },
      {
        from: {
          'spec.affinity': { ...required({ matchExpressions: [expression('a')] }), podAffinity: {}, podAntiAffinity: {} },
          'spec.nodeSelector': { a: 'b', c: 'd' },
        },
        to: [
          { 'spec.affinity': required({ matchExpressions: [expression('a')] }) },
          { 'spec.affinity': { podAffinity: {}, podAntiAffinity: {} } },
          { 'spec.affinity': undefined },
          { 'spec.nodeSelector': { a: 'b' } },
          { 'spec.nodeSelector': { a: 'x', c: 'd' } },
          { 'spec.nodeSelector': { a: 'b', c: 'd', e: 'f' } },
          { 'spec.nodeSelector': undefined },
          { 'spec.schedulingGates': [{ name: 'h' }], 'spec.nodeSelector': {} },
        ],
      },
      {
        from: { 'spec.affinity': { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preferred] } } },
        to: [
          { 'spec.affinity': undefined },
          { 'spec.affinity': {} },
          { 'spec.affinity.nodeAffinity': required({ matchExpressions: [expression('a')] }).nodeAffinity },
        ],
      },
    ],
  },
  {
    name: 'pod-spread-keys',
    kind: 'Pod',
    base: { metadata: { labels: { a: 'b' } }, spec: base.spec },
    creates: [
      ...each('spec.topologySpreadConstraints', [
        [{ ...spread, matchLabelKeys: ['a'] }],
        [{ ...spread, labelSelector: {}, matchLabelKeys: ['a', 'c', 'a b', 'a'] }],
        [{ ...spread, labelSelector: { matchLabels: { a: 'b' } }, matchLabelKeys: ['a'] }],
        [{ ...spread, labelSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] }, matchLabelKeys: ['a', 'z'] }],
        [{ ...spread, labelSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }, matchLabelKeys: ['a'] }],
        [spread, spread],
        [{ ...spread, minDomains: 1, whenUnsatisfiable: 'ScheduleAnyway' }],
        [{ ...spread, maxSkew: 0, minDomains: 0, topologyKey: 'a b', nodeAffinityPolicy: 'X', nodeTaintsPolicy: '' }],
        [{ ...spread, labelSelector: { matchLabels: { 'a b': 'c d' } } }],
      ]),
      ...['podAffinity', 'podAntiAffinity'].flatMap((kind) =>
        each(`spec.affinity.${kind}`, [
          { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'z', matchLabelKeys: ['a'] }] },
          {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'z', labelSelector: {}, matchLabelKeys: ['a'], mismatchLabelKeys: ['a'] },
            ],
          },
          {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'z', labelSelector: { matchLabels: { a: 'b' } }, mismatchLabelKeys: ['a'] },
            ],
          },
          {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 0,
                podAffinityTerm: {
                  topologyKey: '',
                  labelSelector: {},
                  matchLabelKeys: ['a b', 'c'],
                  namespaces: ['N_', ''],
                  namespaceSelector: { matchLabels: { a: 'b c' } },
                },
              },
              { weight: 101, podAffinityTerm: { topologyKey: 'a b' } },
            ],
          },
        ]),
      ),
      ...each('spec.affinity', [
        required({
          matchFields: [
            { ...field, values: ['A_'] },
            { ...field, operator: 'NotIn', values: [] },
          ],
        }),
        required({
          matchFields: [
            { ...field, key: 'spec.x' },
            { ...field, operator: 'Exists' },
            { ...field, values: ['a', 'b'] },
          ],
        }),
      ]),
    ],
  },
  {
    name: 'pod-resize',
    kind: 'Pod',
    base: { spec: { ...base.spec, nodeName: 'n', containers: [{ name: 'a', image: 'i', resources }] } },
    patches: [
      {
        type: 'strategic',
        subresource: 'resize',
        bodies: [
          resized('a', { requests: { cpu: '1500m' } }),
          resized('a', { requests: { cpu: '3' } }),
          resized('a', { requests: { memory: null } }),
          resized('a', { limits: null }),
          resized('a', { limits: { memory: '1Mi' }, requests: { memory: '1Mi' } }),
          resized('a', { limits: { 'example.com/x': '1' } }),
          resized('a', { requests: { 'ephemeral-storage': '1' } }),
          resized('a', { claims: [{ name: 'c' }] }),
          resized('a', { requests: { cpu: '2', memory: '2Mi' } }),
          resized('b', { requests: { cpu: '2' } }),
          { spec: { containers: [{ $patch: 'delete', name: 'a' }] } },
          { spec: { containers: [{ name: 'a', image: 'j', resizePolicy: [] }] } },
          { spec: { resources: { limits: { cpu: '4' } } } },
          { spec: { initContainers: [{ name: 'i', image: 'i' }] } },
          { spec: { activeDeadlineSeconds: 5 }, metadata: { labels: { a: 'b' } } },
          { status: { phase: 'Running' } },
        ],
      },
      ...[
        { 'status.containerStatuses': [] },
        running,
        { 'status.containerStatuses': [{ ...running['status.containerStatuses'][0], resources: undefined }] },
      ].map((status) => ({
        from: {
          'spec.initContainers': [
            { name: 'i', image: 'i', resources },
            { name: 's', image: 'i', resources, restartPolicy: 'Always' },
          ],
          'spec.containers.0.resizePolicy': [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }],
        },
        status,
        type: 'strategic' as const,
        subresource: 'resize',
        bodies: [
          resized('a', { requests: { cpu: '1500m' } }),
          { spec: { initContainers: [{ name: 'i', resources: { requests: { cpu: '1500m' } } }] } },
          { spec: { initContainers: [{ name: 's', resources: { requests: { cpu: '1500m' } } }] } },
          { spec: { initContainers: [{ name: 's', resources: { requests: { cpu: null } } }] } },
          { spec: { initContainers: [{ name: 's', image: 'j' }] } },
          { spec: { initContainers: [{ name: 'i', image: 'j' }] } },
          { spec: { initContainers: [{ $patch: 'delete', name: 'i' }] } },
          { spec: { $setElementOrder: 'x' } },
          { spec: { '$setElementOrder/initContainers': [{ name: 's' }, { name: 'i' }] } },
        ],
      })),
      {
        from: { 'spec.containers.1': { name: 'b', image: 'i' }, 'spec.containers.0.resources': { requests: { cpu: '1' } } },
        type: 'strategic',
        subresource: 'resize',
        bodies: [
          {
            spec: {
              '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
              containers: [{ name: 'a', resources: { requests: { cpu: '2' } } }],
            },
          },
          resized('b', { requests: { cpu: '2' } }),
          resized('a', { requests: { memory: '1Mi' } }),
          resized('a', { limits: { cpu: '1' } }),
          resized('a', { limits: { cpu: '500m' } }),
          { spec: { resources: { requests: { cpu: '4' } } } },
        ],
      },
      {
        from: { 'spec.containers.0.resources': { requests: { cpu: '1', memory: '1Mi' }, limits: { cpu: '1', memory: '1Mi' } } },
        type: 'strategic',
        subresource: 'resize',
        bodies: [
          resized('a', { requests: { cpu: '500m' } }),
          resized('a', { requests: { cpu: '2' }, limits: { cpu: '2' } }),
          resized('a', { requests: { cpu: '0' }, limits: { cpu: '2' } }),
          resized('a', { requests: { cpu: '-1' }, limits: { cpu: 'x' } }),
        ],
      },
      {
        from: { 'spec.resources': { requests: { cpu: '4' }, limits: { cpu: '4', memory: '4Mi' } } },
        type: 'strategic',
        subresource: 'resize',
        bodies: [
          { spec: { resources: { requests: { cpu: '3' } } } },
          { spec: { resources: { requests: { cpu: null } } } },
          { spec: { resources: { limits: null } } },
          { spec: { resources: null } },
          { spec: { resources: { limits: { cpu: '1' } } } },
          { spec: { resources: { limits: { 'hugepages-2Mi': '2Mi' } } } },
          resized('a', { requests: { cpu: '1500m' } }),
          resized('a', { limits: { cpu: '5' } }),
        ],
      },
      {
        from: { 'spec.os': { name: 'windows' } },
        type: 'strategic',
        subresource: 'resize',
        bodies: [resized('a', { requests: { cpu: '1500m' } }), {}],
      },
    ],
  },
  {
    name: 'pod-level-resources',
    kind: 'Pod',
    base: {
      spec: {
        ...base.spec,
        containers: [
          { name: 'a', image: 'i', resources },
          { name: 'b', image: 'i' },
        ],
      },
    },
    creates: [
      ...each('spec.resources', [
        { limits: { cpu: '1' } },
        { limits: { memory: '1Mi' }, requests: { memory: '2Mi' } },
        { requests: { cpu: '500m' } },
        { requests: { memory: '500Ki' }, limits: { cpu: '3' } },
        { requests: { cpu: '1' }, limits: { cpu: '2', 'hugepages-2Mi': '2Mi' } },
        { limits: { 'hugepages-2Mi': '2Mi' }, requests: { 'hugepages-2Mi': '4Mi' } },
        { limits: { 'ephemeral-storage': '1', 'example.com/x': '1' } },
      ]),
      {
        'spec.resources': { limits: { cpu: '1', 'hugepages-2Mi': '2Mi' }, requests: { cpu: '1' } },
        'spec.containers.0.resources': { limits: { 'hugepages-2Mi': '4Mi', memory: '1' }, requests: { cpu: '2', memory: '1' } },
        'spec.initContainers': [
          { name: 'i', image: 'i', resources: { limits: { cpu: '3' } } },
          { name: 's', image: 'i', restartPolicy: 'Always', resources: { requests: { cpu: '2' } } },
        ],
      },
    ],
  },
  {
    name: 'pod-small-places',
    kind: 'Pod',
    base,
    creates: [
      {
        'spec.volumes': [{ name: 'v', emptyDir: {} }],
        'spec.containers.0.volumeMounts': [{ name: 'v', mountPath: '/a', subPath: 'a', subPathExpr: 'b' }],
      },
      {
        'spec.volumes': [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }],
        'spec.containers.0.volumeDevices': [{ name: 'v', devicePath: '' }],
      },
      { 'spec.initContainers': [{ name: 'i', image: 'i', restartPolicy: 'Always', restartPolicyRules: [{ action: 'Restart' }] }] },
      ...each('spec.containers.0.lifecycle', [
        { stopSignal: 'SIGTERM' },
        { preStop: { exec: { command: ['a'] }, sleep: { seconds: 1 }, httpGet: { port: 1 }, tcpSocket: { port: 1 } } },
        { preStop: { sleep: { seconds: 31 } }, postStart: { sleep: { seconds: 0 } } },
      ]),
      { 'spec.os': { name: 'linux' }, 'spec.containers.0.lifecycle': { stopSignal: 'SIGX' } },
      { 'spec.os': { name: 'windows' }, 'spec.containers.0.lifecycle': { stopSignal: 'SIGHUP' } },
      ...each('spec.dnsConfig', [{ searches: ['A_.b.', '.', '', 'a_b.c'] }, { searches: ['x'.repeat(254)] }]),
      ...each('spec.serviceAccountName', ['A_']),
      ...each('spec.priorityClassName', ['A_', 'zz']),
      ...each('spec.securityContext', [
        { sysctls: [{ name: 'a'.repeat(254), value: '' }] },
        { seLinuxChangePolicy: 'X' },
        { seLinuxChangePolicy: 'MountOption', seLinuxOptions: {} },
        { seLinuxChangePolicy: '' },
      ]),
      {
        'spec.hostNetwork': true,
        'spec.securityContext': {
          sysctls: [
            { name: 'net.a', value: '1' },
            { name: 'net/b', value: '1' },
          ],
        },
      },
      {
        'spec.hostIPC': true,
        'spec.securityContext': {
          sysctls: [
            { name: 'kernel.msgmax', value: '1' },
            { name: 'fs.mqueue.x', value: '1' },
          ],
        },
      },
      {
        'spec.tolerations': [
          { key: 'a', operator: 'Lt', value: '1' },
          { key: 'a', operator: 'Gt', value: 'x' },
          { key: 'b', operator: 'Lt', value: '01', effect: 'X' },
        ],
      },
      { 'spec.schedulingGroup': { podGroupName: 'A_' } },
      { 'spec.schedulingGroup': {} },
      {
        'spec.containers.1': { name: 'b', image: 'i', securityContext: { windowsOptions: { hostProcess: true } } },
        'spec.os': { name: 'windows' },
        'spec.hostNetwork': true,
      },
      {
        'spec.securityContext': { windowsOptions: { hostProcess: true } },
        'spec.containers.0.securityContext': { windowsOptions: { hostProcess: false } },
        'spec.initContainers': [{ name: 'i', image: 'i' }],
      },
      { 'spec.securityContext': { windowsOptions: { hostProcess: true } } },
      { 'spec.securityContext': { windowsOptions: { gmsaCredentialSpecName: 'A_', gmsaCredentialSpec: '', runAsUserName: 'a\\' } } },
      { 'spec.serviceAccountName': '', 'spec.volumes': [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 'p' } }] } }] },
      ...each('spec.containers.0.env', [
        [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.uid['a']" } } }],
        [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['a b']" } } }],
        [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "spec.nodeName['x']" } } }],
        [{ name: 'A\u00e9=' }, { name: '=' }, { name: 'A\n' }],
        [{ name: 'A', valueFrom: { secretKeyRef: { name: 'A_', key: 'k' } } }],
      ]),
      ...each('spec.containers.0.envFrom', [
        [{ prefix: 'A\u00e9=', secretRef: { name: 'A_' } }],
        [{}],
        [{ secretRef: { name: 'A_' } }, { configMapRef: {} }],
      ]),
    ],
    patches: [
      {
        from: { 'spec.ephemeralContainers': [] },
        type: 'json',
        subresource: 'ephemeralcontainers',
        bodies: [
          [
            {
              op: 'add',
              path: '/spec/ephemeralContainers',
              value: [{ name: 'e', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/a', subPath: 'a', subPathExpr: 'b' }] }],
            },
          ],
          [
            {
              op: 'add',
              path: '/spec/ephemeralContainers',
              value: [{ name: 'a', image: 'i', targetContainerName: 'zz', ports: [{ containerPort: 1 }] }],
            },
          ],
          [
            {
              op: 'add',
              path: '/spec/ephemeralContainers',
              value: [{ name: 'e', image: '', lifecycle: {}, livenessProbe: {}, resources: { limits: { cpu: '1' } } }],
            },
          ],
          [
            {
              op: 'add',
              path: '/spec/ephemeralContainers',
              value: [{ name: 'e', image: 'i', restartPolicy: 'Always', resizePolicy: [], stdin: true }],
            },
          ],
          [
            {
              op: 'add',
              path: '/spec/ephemeralContainers',
              value: [{ name: 'e', image: 'i', terminationMessagePolicy: 'X', imagePullPolicy: 'X' }, { name: 'e' }],
            },
          ],
          [{ op: 'replace', path: '/spec/containers/0/image', value: 'x' }],
        ],
      },
    ],
  },
];
