import type { APIService } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { defineResource } from '../../define.ts';
import { nameIsPathSegment } from '../../meta/names.ts';
import { keepStatus, statusSubresource } from '../../meta/statuses.ts';
import { validateObjectMetaUpdate } from '../../meta/validation.ts';
import { validateService, validateStatus } from './apiservice.validation.ts';

const keptMetadata = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const;

function availableCell({ status }: APIService): string {
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  if (!condition) return 'Unknown';
  return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason})`;
}

/** APIServices. Compared with v1.36.3: name, group and version, priorities, service, status, table. */
export const apiService = defineResource<APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  singular: 'apiservice',
  scope: 'Cluster',
  schema: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService',
  categories: ['api-extensions'],
  allowUnconditionalUpdate: false,
  validateName: nameIsPathSegment,
  subresources: [
    statusSubresource<APIService>(
      {
        prepareForUpdate(object, old) {
          for (const name of keptMetadata) {
            if (old.metadata?.[name] === undefined) delete object.metadata?.[name];
            else Object.assign(object.metadata!, { [name]: old.metadata[name] });
          }
        },
        validateUpdate: (object, old) => [
          ...validateObjectMetaUpdate(object.metadata ?? {}, old.metadata ?? {}),
          ...validateStatus(object),
        ],
      },
      [['metadata'], ['spec']],
    ),
  ],
  columns: [
    nameColumn,
    {
      name: 'Service',
      type: 'string',
      description: 'The reference to the service that hosts this API endpoint.',
      cell: ({ spec }) => (spec?.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local'),
    },
    { name: 'Available', type: 'string', description: 'Whether this service is available.', cell: availableCell },
    ageColumn,
  ],
  resetFields: [['status']],
  defaults({ spec }) {
    if (spec?.service) spec.service.port ??= 443;
  },
  prepareForCreate(object, { now }) {
    // What the server serves itself is there at once.
    const available = {
      type: 'Available',
      status: 'True',
      lastTransitionTime: now,
      reason: 'Local',
      message: 'Local APIServices are always available',
    };
    object.status = object.spec?.service ? {} : { conditions: [available] };
  },
  prepareForUpdate: keepStatus,
  validate: validateService,
  validateUpdate: (object, old) => [...validateObjectMetaUpdate(object.metadata ?? {}, old.metadata ?? {}), ...validateService(object)],
});
