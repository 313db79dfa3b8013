import type { PriorityLevelConfiguration } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { keepMetadata } from '../../core/v1/keep-metadata.ts';
import { defineResource } from '../../define.ts';
import { specAndStatus, statusSubresource } from '../../meta/statuses.ts';
import { validatePriorityLevel } from './prioritylevelconfiguration.validation.ts';
import { validateConditionTypes } from './status.validation.ts';

/** PriorityLevelConfigurations. Compared with v1.36.3: defaults, rules, what is fixed, status, generations, table. */
export const priorityLevelConfiguration = defineResource<PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  singular: 'prioritylevelconfiguration',
  scope: 'Cluster',
  schema: 'io.k8s.api.flowcontrol.v1.PriorityLevelConfiguration',
  subresources: [
    statusSubresource<PriorityLevelConfiguration>(
      { prepareForUpdate: keepMetadata, validateUpdate: ({ status }) => validateConditionTypes(status) },
      [['metadata'], ['spec']],
    ),
  ],
  columns: [
    nameColumn,
    {
      name: 'Type',
      type: 'string',
      description: ['io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationSpec', 'type'],
      cell: ({ spec }) => spec?.type ?? '',
    },
    {
      name: 'NominalConcurrencyShares',
      type: 'string',
      description: ['io.k8s.api.flowcontrol.v1.LimitedPriorityLevelConfiguration', 'nominalConcurrencyShares'],
      cell: ({ spec }) => spec?.limited?.nominalConcurrencyShares ?? '<none>',
    },
    {
      name: 'Queues',
      type: 'string',
      description: ['io.k8s.api.flowcontrol.v1.QueuingConfiguration', 'queues'],
      cell: ({ spec }) => spec?.limited?.limitResponse?.queuing?.queues ?? '<none>',
    },
    {
      name: 'HandSize',
      type: 'string',
      description: ['io.k8s.api.flowcontrol.v1.QueuingConfiguration', 'handSize'],
      cell: ({ spec }) => spec?.limited?.limitResponse?.queuing?.handSize ?? '<none>',
    },
    {
      name: 'QueueLengthLimit',
      type: 'string',
      description: ['io.k8s.api.flowcontrol.v1.QueuingConfiguration', 'queueLengthLimit'],
      cell: ({ spec }) => spec?.limited?.limitResponse?.queuing?.queueLengthLimit ?? '<none>',
    },
    ageColumn,
  ],
  resetFields: [['status']],
  defaults({ spec }) {
    const { exempt, limited } = spec ?? {};
    if (exempt) exempt.nominalConcurrencyShares ??= 0;
    if (limited) limited.nominalConcurrencyShares ??= 30;
    for (const part of [exempt, limited]) if (part) part.lendablePercent ??= 0;
    const queuing = limited?.limitResponse?.queuing;
    if (!queuing) return;
    queuing.handSize ||= 8;
    queuing.queues ||= 64;
    queuing.queueLengthLimit ||= 50;
  },
  ...specAndStatus(() => ({})),
  validate: validatePriorityLevel,
  validateUpdate: validatePriorityLevel,
});
