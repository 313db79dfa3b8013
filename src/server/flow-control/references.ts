import type { ResourceReference } from '../../client/client.ts';

const reference = (plural: string, kind: string): ResourceReference => ({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  plural,
  kind,
  scope: 'Cluster',
});

export const flowSchemas = reference('flowschemas', 'FlowSchema');
export const priorityLevels = reference('prioritylevelconfigurations', 'PriorityLevelConfiguration');
