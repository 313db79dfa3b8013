import type { ResourceSlice } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { goQuote } from '../../meta/go-quote.ts';
import { countGeneration } from '../../meta/statuses.ts';
import { validateSlice } from './resourceslice.validation.ts';

// v1.36 has the features DRANodeAllocatableResources and DRAListTypeAttributes off.
function dropDisabledFields({ spec }: ResourceSlice): void {
  for (const device of spec?.devices ?? []) {
    delete device.nodeAllocatableResourceMappings;
    for (const attribute of Object.values(device.attributes ?? {})) {
      for (const list of ['bools', 'ints', 'strings', 'versions'] as const) delete attribute[list];
    }
  }
}

function stampTaints({ spec }: ResourceSlice, now: string): void {
  for (const { taints } of spec?.devices ?? []) for (const taint of taints ?? []) taint.timeAdded ??= now;
}

/** ResourceSlices. Compared with v1.36.3: pools, places, devices, counters, what stays, warnings, generations, field selectors, table. */
export const resourceSlice = defineResource<ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  returnsDeletedObject: true,
  singular: 'resourceslice',
  scope: 'Cluster',
  schema: 'io.k8s.api.resource.v1.ResourceSlice',
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec?.nodeName ?? '',
    'spec.driver': ({ spec }) => spec?.driver ?? '',
  },
  unknownFieldMessage: (field) => `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${field}`,
  columns: [
    nameColumn,
    {
      name: 'Node',
      type: 'string',
      description: ['io.k8s.api.resource.v1.ResourceSliceSpec', 'nodeName'],
      cell: ({ spec }) => spec?.nodeName ?? '',
    },
    {
      name: 'Driver',
      type: 'string',
      description: ['io.k8s.api.resource.v1.ResourceSliceSpec', 'driver'],
      cell: ({ spec }) => spec?.driver ?? '',
    },
    {
      name: 'Pool',
      type: 'string',
      description: ['io.k8s.api.resource.v1.ResourcePool', 'name'],
      cell: ({ spec }) => spec?.pool?.name ?? '',
    },
    ageColumn,
  ],
  prepareForCreate(object, { now }) {
    object.metadata!.generation = 1;
    stampTaints(object, now);
    dropDisabledFields(object);
  },
  prepareForUpdate(object, old, { now }) {
    stampTaints(object, now);
    countGeneration(object, old, 'spec');
    dropDisabledFields(object);
  },
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: false }), ...validateSlice(object)],
  validateUpdate: (object, old) => [...validateCoreMetaUpdate(object.metadata, old.metadata), ...validateSlice(object, old)],
  warnings({ spec }) {
    const driver = spec?.driver ?? '';
    if (driver === driver.toLowerCase()) return [];
    return [`spec.driver: driver names should be lowercase; ${goQuote(driver)} contains uppercase characters`];
  },
});
