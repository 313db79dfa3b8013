import type { FlowSchema } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { keepMetadata } from '../../core/v1/keep-metadata.ts';
import { defineResource } from '../../define.ts';
import { specAndStatus, statusSubresource } from '../../meta/statuses.ts';
import { validateFlowSchema } from './flowschema.validation.ts';
import { validateConditionTypes } from './status.validation.ts';

/** FlowSchemas. Compared with v1.36.3: defaults, rules, what is fixed, status, generations, table. */
export const flowSchema = defineResource<FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  singular: 'flowschema',
  scope: 'Cluster',
  schema: 'io.k8s.api.flowcontrol.v1.FlowSchema',
  subresources: [
    statusSubresource<FlowSchema>({ prepareForUpdate: keepMetadata, validateUpdate: ({ status }) => validateConditionTypes(status) }, [
      ['metadata'],
      ['spec'],
    ]),
  ],
  columns: [
    nameColumn,
    {
      name: 'PriorityLevel',
      type: 'string',
      description: ['io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationReference', 'name'],
      cell: ({ spec }) => spec?.priorityLevelConfiguration?.name ?? '<none>',
    },
    {
      name: 'MatchingPrecedence',
      type: 'string',
      description: ['io.k8s.api.flowcontrol.v1.FlowSchemaSpec', 'matchingPrecedence'],
      cell: ({ spec }) => spec?.matchingPrecedence ?? 0,
    },
    {
      name: 'DistinguisherMethod',
      type: 'string',
      description: ['io.k8s.api.flowcontrol.v1.FlowSchemaSpec', 'distinguisherMethod'],
      cell: ({ spec }) => spec?.distinguisherMethod?.type ?? '<none>',
    },
    ageColumn,
    {
      name: 'MissingPL',
      type: 'string',
      description: 'references a broken or non-existent PriorityLevelConfiguration',
      cell: ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    },
  ],
  // As they are asked.
  rowOrder: (a, b) =>
    (a.spec?.matchingPrecedence ?? 0) - (b.spec?.matchingPrecedence ?? 0) || (a.metadata!.name! < b.metadata!.name! ? -1 : 1),
  resetFields: [['status']],
  defaults({ spec }) {
    if (spec && !spec.matchingPrecedence) spec.matchingPrecedence = 1000;
  },
  ...specAndStatus(() => ({})),
  validate: validateFlowSchema,
  validateUpdate: validateFlowSchema,
});
