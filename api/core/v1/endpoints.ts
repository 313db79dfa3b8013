import type { Endpoints } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { FieldPath } from '../../meta/field.ts';
import { ipWarnings } from '../../meta/ip.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { validateCoreMetaUpdate } from './core-meta.validation.ts';
import { validateEndpoints } from './endpoints.validation.ts';

const shown = 3;

function endpointsCell(endpoints: Endpoints): string {
  const subsets = endpoints.subsets ?? [];
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) => {
    if (ports.length === 0) return addresses.map(({ ip }) => ip);
    return ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip.includes(':') ? `[${ip}]` : ip}:${port}`));
  });
  const text = all.slice(0, shown).join(',');
  return all.length > shown ? `${text} + ${all.length - shown} more...` : text;
}

// The endpoints controller's own objects repeat what pods have.
function warnings(endpoints: Endpoints): string[] {
  if (endpoints.metadata?.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return [];
  return (endpoints.subsets ?? []).flatMap((subset, i) =>
    (['addresses', 'notReadyAddresses'] as const).flatMap((field) =>
      (subset[field] ?? []).flatMap(({ ip }, n) => ipWarnings(FieldPath.of('subsets').index(i).child(field).index(n).child('ip'), ip)),
    ),
  );
}

/** Endpoints. Compared with v1.36.3: subsets, addresses, ports, warnings about spelling, table. */
export const endpoints = defineResource<Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  upstreamPrefix: 'services/endpoints',
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  shortNames: ['ep'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.Endpoints',
  allowCreateOnUpdate: true,
  columns: [
    nameColumn,
    { name: 'Endpoints', type: 'string', description: ['io.k8s.api.core.v1.Endpoints', 'subsets'], cell: endpointsCell },
    ageColumn,
  ],
  defaults(object) {
    for (const subset of object.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ||= 'TCP';
  },
  validate: (object) => validateEndpoints(object, undefined),
  validateUpdate: (object, old) => [...validateCoreMetaUpdate(object.metadata, old.metadata), ...validateEndpoints(object, old)],
  warnings,
});
