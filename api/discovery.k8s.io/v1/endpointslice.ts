import type { EndpointSlice } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { defineResource } from '../../define.ts';
import { FieldPath } from '../../meta/field.ts';
import { ipWarnings } from '../../meta/ip.ts';
import { countGeneration } from '../../meta/statuses.ts';
import { validateImmutableField } from '../../meta/validation.ts';
import { validateEndpointSlice } from './endpointslice.validation.ts';

const shown = 3;
const ownControllers = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

function firstOf(texts: readonly string[]): string {
  const text = texts.slice(0, shown).join(',');
  return texts.length > shown ? `${text} + ${texts.length - shown} more...` : text || '<unset>';
}

function portsCell({ ports }: EndpointSlice): string {
  return firstOf((ports ?? []).map(({ port, name }) => String(port ?? name ?? '*')));
}

function endpointsCell({ endpoints }: EndpointSlice): string {
  return firstOf((endpoints ?? []).flatMap(({ addresses }) => addresses ?? []));
}

// Upstream names a spec that the kind does not have.
const deprecatedType = 'spec.addressType: FQDN endpoints are deprecated';

function addressWarnings({ metadata, endpoints }: EndpointSlice): string[] {
  if (ownControllers.includes(metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '')) return [];
  return (endpoints ?? []).flatMap(({ addresses }, i) =>
    (addresses ?? []).flatMap((address, n) => ipWarnings(FieldPath.of('endpoints').index(i).child('addresses').index(n), address)),
  );
}

// Labels count as much as the content: what they say of the service is followed by proxies.
function versionOf(slice: EndpointSlice) {
  return {
    metadata: slice.metadata,
    content: { ...slice, metadata: null, kind: null, apiVersion: null },
    labels: slice.metadata.labels ?? {},
  };
}

/** EndpointSlices. Compared with v1.36.3: defaults, addresses of each type, ports, hints, generations, warnings, table. */
export const endpointSlice = defineResource<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  scope: 'Namespaced',
  schema: 'io.k8s.api.discovery.v1.EndpointSlice',
  columns: [
    nameColumn,
    {
      name: 'AddressType',
      type: 'string',
      description: ['io.k8s.api.discovery.v1.EndpointSlice', 'addressType'],
      cell: (object) => object.addressType ?? '',
    },
    { name: 'Ports', type: 'string', description: ['io.k8s.api.discovery.v1.EndpointSlice', 'ports'], cell: portsCell },
    { name: 'Endpoints', type: 'string', description: ['io.k8s.api.discovery.v1.EndpointSlice', 'endpoints'], cell: endpointsCell },
    ageColumn,
  ],
  defaults(object) {
    for (const port of object.ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  prepareForCreate(object) {
    object.metadata.generation = 1;
    for (const endpoint of object.endpoints ?? []) delete endpoint.deprecatedTopology;
  },
  prepareForUpdate(object, old) {
    const now = versionOf(object);
    countGeneration(now, versionOf(old), 'content', 'labels');
    object.metadata = now.metadata;
    for (const endpoint of object.endpoints ?? []) delete endpoint.deprecatedTopology;
  },
  validate: (object) => validateEndpointSlice(object, undefined),
  validateUpdate: (object, old) => [
    ...validateEndpointSlice(object, old),
    ...validateImmutableField(object.addressType, old.addressType, FieldPath.of('addressType')),
  ],
  warnings: (object, old) => [...(!old && object.addressType === 'FQDN' ? [deprecatedType] : []), ...addressWarnings(object)],
});
