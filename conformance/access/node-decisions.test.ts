import { deepEqual, equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Connection } from '../differential/connection.ts';
import { startCluster } from '../harness/cluster.ts';

const namespace = 'space';

/** What a pod of node n1 uses; nothing runs on n2. */
const objects: [path: string, object: object][] = [
  ['/api/v1/namespaces', { metadata: { name: namespace } }],
  ['/api/v1/nodes', { metadata: { name: 'n1' } }],
  ['/api/v1/nodes', { metadata: { name: 'n2' } }],
  [`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'sa1' } }],
  [
    '/api/v1/persistentvolumes',
    {
      metadata: { name: 'pv1' },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        claimRef: { namespace, name: 'claim1' },
        csi: { driver: 'd', volumeHandle: 'h', nodePublishSecretRef: { name: 'pvsecret', namespace } },
      },
    },
  ],
  [
    `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
    {
      metadata: { name: 'claim1' },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', volumeName: 'pv1', resources: { requests: { storage: '1Gi' } } },
    },
  ],
  [
    `/api/v1/namespaces/${namespace}/pods`,
    {
      metadata: { name: 'p1' },
      spec: {
        nodeName: 'n1',
        serviceAccountName: 'sa1',
        imagePullSecrets: [{ name: 'pull' }],
        containers: [
          {
            name: 'c',
            image: 'i',
            env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'envsecret', key: 'k' } } }],
            envFrom: [{ configMapRef: { name: 'envcm' } }],
          },
        ],
        volumes: [
          { name: 'a', secret: { secretName: 'vol' } },
          { name: 'b', configMap: { name: 'volcm' } },
          { name: 'c', projected: { sources: [{ secret: { name: 'projs' } }, { configMap: { name: 'projc' } }] } },
          { name: 'd', persistentVolumeClaim: { claimName: 'claim1' } },
          { name: 'e', csi: { driver: 'x', nodePublishSecretRef: { name: 'csisecret' } } },
        ],
      },
    },
  ],
  [
    '/apis/storage.k8s.io/v1/volumeattachments',
    { metadata: { name: 'va1' }, spec: { attacher: 'd', nodeName: 'n1', source: { persistentVolumeName: 'pv1' } } },
  ],
];

/** `node-decisions.tsv` is what kube-apiserver v1.36.3 decided for the same objects. */
test('kubelets may do what their node needs, and are refused the rest in the same words', { timeout: 300_000 }, async () => {
  await using cluster = await startCluster({ flags: ['--memory', '--nodes', '0', '--components', 'apiserver'] });
  const connection = new Connection(cluster.kubeconfig);
  const post = async (path: string, object: object) => {
    const { status, body } = await connection.send({ method: 'POST', path, body: JSON.stringify(object) });
    equal(status, 201, JSON.stringify(body));
    return body as { status: { allowed: boolean; reason?: string } };
  };
  for (const [path, object] of objects) await post(path, object);
  const lines = readFileSync(new URL('./node-decisions.tsv', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1);
  const differing: string[] = [];
  for (const line of lines) {
    const [node, verb, what, inNamespace, name, fields, allowed, reason] = line.split('\t') as string[];
    const [qualified, subresource = ''] = what!.split('/');
    const [resource, ...group] = qualified!.split('.');
    const [key, value] = fields!.split('=');
    const requirements = [{ key, operator: 'In', values: [value] }];
    const resourceAttributes = {
      verb,
      resource,
      subresource,
      group: group.join('.'),
      namespace: inNamespace,
      name,
      ...(fields ? { fieldSelector: { requirements } } : {}),
    };
    const spec = { user: `system:node:${node}`, groups: ['system:nodes', 'system:authenticated'], resourceAttributes };
    const { status } = await post('/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec });
    const decided = `${status.allowed ? 'yes' : 'no'}\t${status.reason ?? ''}`;
    if (decided !== `${allowed}\t${reason}`) differing.push(`${line}: ${decided}`);
  }
  deepEqual(differing, []);
});
