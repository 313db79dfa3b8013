import type { KubeObject } from '../../../api/meta/object.ts';

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';
/** Says of an object that the server makes whether the server may give it the spec of a newer version. */
export const autoUpdateAnnotation = 'apf.kubernetes.io/autoupdate-spec';
const annotations = { [autoUpdateAnnotation]: 'true' };

type Subject = KubeObject;
const group = (name: string): Subject => ({ kind: 'Group', group: { name } });
const user = (name: string): Subject => ({ kind: 'User', user: { name } });
const serviceAccounts = (namespace: string): Subject => ({ kind: 'ServiceAccount', serviceAccount: { namespace, name: '*' } });

const everyone = [group('system:unauthenticated'), group('system:authenticated')];
const everyResource = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] };
const everyPath = { verbs: ['*'], nonResourceURLs: ['*'] };
const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] };

/** The FlowSchemas and PriorityLevelConfigurations of kube-apiserver v1.36 (KEP-1040). */
export function bootstrapFlowControl(): KubeObject[] {
  return [...levels(), ...schemas()];
}

function levels(): KubeObject[] {
  const level = (name: string, spec: KubeObject): KubeObject => ({
    apiVersion,
    kind: 'PriorityLevelConfiguration',
    metadata: { name, annotations },
    spec,
  });
  const queued = (name: string, nominalConcurrencyShares: number, lendablePercent: number, queues: number, handSize: number) =>
    level(name, {
      type: 'Limited',
      limited: {
        nominalConcurrencyShares,
        limitResponse: { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: 50 } },
        lendablePercent,
      },
    });
  return [
    level('exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }),
    level('catch-all', {
      type: 'Limited',
      limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' }, lendablePercent: 0 },
    }),
    queued('system', 30, 33, 64, 6),
    queued('node-high', 40, 25, 64, 6),
    queued('leader-election', 10, 0, 16, 4),
    queued('workload-high', 40, 50, 128, 6),
    queued('workload-low', 100, 90, 128, 6),
    queued('global-default', 20, 50, 128, 6),
  ];
}

function schemas(): KubeObject[] {
  const schema = (name: string, level: string, matchingPrecedence: number, distinguisher: string, rules: KubeObject[]): KubeObject => ({
    apiVersion,
    kind: 'FlowSchema',
    metadata: { name, annotations },
    spec: {
      priorityLevelConfiguration: { name: level },
      matchingPrecedence,
      ...(distinguisher ? { distinguisherMethod: { type: distinguisher } } : {}),
      rules,
    },
  });
  const all = (...subjects: Subject[]) => [{ subjects, resourceRules: [everyResource], nonResourceRules: [everyPath] }];
  const kubeControllerManager = user('system:kube-controller-manager');
  const kubeScheduler = user('system:kube-scheduler');
  return [
    schema('exempt', 'exempt', 1, '', all(group('system:masters'))),
    schema('probes', 'exempt', 2, '', [
      { subjects: everyone, nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] },
    ]),
    schema('system-leader-election', 'leader-election', 100, 'ByUser', [
      {
        subjects: [kubeControllerManager, kubeScheduler, serviceAccounts('kube-system')],
        resourceRules: [{ verbs: ['get', 'create', 'update'], ...leases }],
      },
    ]),
    schema('system-node-high', 'node-high', 400, 'ByUser', [
      {
        subjects: [group('system:nodes')],
        resourceRules: [
          { ...everyResource, apiGroups: [''], resources: ['nodes', 'nodes/status'] },
          { verbs: ['*'], ...leases },
        ],
      },
    ]),
    schema('system-nodes', 'system', 500, 'ByUser', all(group('system:nodes'))),
    schema('kube-controller-manager', 'workload-high', 800, 'ByNamespace', all(kubeControllerManager)),
    schema('kube-scheduler', 'workload-high', 800, 'ByNamespace', all(kubeScheduler)),
    schema('kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', all(serviceAccounts('kube-system'))),
    schema('service-accounts', 'workload-low', 9000, 'ByUser', all(group('system:serviceaccounts'))),
    schema('global-default', 'global-default', 9900, 'ByUser', all(...everyone)),
    schema('catch-all', 'catch-all', 10000, 'ByUser', all(...everyone)),
  ];
}
