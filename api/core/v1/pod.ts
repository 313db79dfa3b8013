import type { Pod } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { podColumns, podRowConditions } from './pod.columns.ts';
import { defaultPod } from './pod.defaults.ts';
import { podEphemeralContainersStrategy, podResizeStrategy, podStatusStrategy, podStrategy } from './pod.strategy.ts';
import { proxySubresource } from './proxy.ts';

const streaming = ['create', 'get'] as const;
const part = ['get', 'patch', 'update'] as const;

/**
 * Pods. Compared with v1.36.3: defaults, creation (generation 1, status reset, QoS class, scheduling gates, match label keys), update (which
 * fields may change, with the diff of the others), status, ephemeral containers, resize, graceful deletion, table and warnings.
 */
export const pod = defineResource<Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  returnsDeletedObject: true,
  shortNames: ['po'],
  categories: ['all'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.Pod',
  subresources: [
    { type: 'action', name: 'attach', action: 'attach', kind: { group: '', version: 'v1', kind: 'PodAttachOptions' }, verbs: streaming },
    { type: 'action', name: 'binding', action: 'binding', kind: { group: '', version: 'v1', kind: 'Binding' }, verbs: ['create'] },
    {
      type: 'part',
      name: 'ephemeralcontainers',
      withoutTable: true,
      verbs: part,
      strategy: podEphemeralContainersStrategy,
    },
    {
      type: 'action',
      name: 'eviction',
      action: 'eviction',
      kind: { group: 'policy', version: 'v1', kind: 'Eviction' },
      alsoReads: ['policy/v1beta1'],
      verbs: ['create'],
    },
    { type: 'action', name: 'exec', action: 'exec', kind: { group: '', version: 'v1', kind: 'PodExecOptions' }, verbs: streaming },
    { type: 'action', name: 'log', action: 'log', verbs: ['get'], withoutTable: true },
    {
      type: 'action',
      name: 'portforward',
      action: 'portforward',
      kind: { group: '', version: 'v1', kind: 'PodPortForwardOptions' },
      verbs: streaming,
    },
    proxySubresource('PodProxyOptions'),
    { type: 'part', name: 'resize', withoutTable: true, verbs: part, strategy: podResizeStrategy },
    {
      type: 'part',
      name: 'status',
      verbs: part,
      strategy: podStatusStrategy,
      resetFields: [['spec'], ['metadata', 'deletionTimestamp'], ['metadata', 'ownerReferences']],
    },
  ],
  selectableFields: {
    'spec.nodeName': (object) => object.spec?.nodeName ?? '',
    'spec.restartPolicy': (object) => object.spec?.restartPolicy ?? '',
    'spec.schedulerName': (object) => object.spec?.schedulerName ?? '',
    'spec.serviceAccountName': (object) => object.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': (object) => String(object.spec?.hostNetwork ?? false),
    'status.phase': (object) => object.status?.phase ?? '',
    'status.podIP': (object) => object.status?.podIPs?.[0]?.ip ?? '',
    'status.podIPs': (object) => object.status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': (object) => object.status?.nominatedNodeName ?? '',
  },
  columns: podColumns,
  rowConditions: podRowConditions,
  defaults: defaultPod,
  ...podStrategy,
  resetFields: [['status']],
  gracePeriodSeconds(object, requested) {
    const phase = object.status?.phase;
    if (!object.spec?.nodeName || phase === 'Failed' || phase === 'Succeeded') return 0;
    const period = requested ?? object.spec.terminationGracePeriodSeconds ?? 0;
    return period < 0 ? 1 : period;
  },
});
