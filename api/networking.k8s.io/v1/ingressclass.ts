import type { IngressClass, IngressClassParametersReference } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, forbidden, invalid, notSupported, required, tooLong } from '../../meta/field.ts';
import { isDns1123Label, isDns1123Subdomain, nameIsPathSegment } from '../../meta/names.ts';
import { countsGenerations } from '../../meta/statuses.ts';
import { byteLength } from '../../meta/text.ts';
import { validateDomainPath, validateImmutableField } from '../../meta/validation.ts';

const path = FieldPath.of('spec');
const maxControllerLength = 250;
const scopes = ['Cluster', 'Namespace'];

/** On the class that Ingresses get which name none. */
export const defaultClassAnnotation = 'ingressclass.kubernetes.io/is-default-class';

function validateController(controller: string): FieldError[] {
  const at = path.child('controller');
  const errors: FieldError[] = byteLength(controller) > maxControllerLength ? [tooLong(at, maxControllerLength)] : [];
  return [...errors, ...validateDomainPath(controller, at)];
}

function validateParameters(parameters: IngressClassParametersReference | undefined): FieldError[] {
  if (!parameters) return [];
  const at = path.child('parameters');
  const { apiGroup, kind, name, scope, namespace } = parameters;
  const errors: FieldError[] = [];
  if (apiGroup !== undefined)
    errors.push(...isDns1123Subdomain(apiGroup).map((message) => invalid(at.child('apiGroup'), apiGroup, message)));
  for (const [field, value] of [
    ['kind', kind],
    ['name', name],
  ] as const) {
    if (!value) errors.push(required(at.child(field)));
    else errors.push(...nameIsPathSegment(value, false).map((message) => invalid(at.child(field), value, message)));
  }
  if (scope === undefined) return [...errors, required(at.child('scope'))];
  if (!scopes.includes(scope)) return [...errors, notSupported(at.child('scope'), scope, scopes)];
  if (scope === 'Namespace') {
    if (namespace === undefined) errors.push(required(at.child('namespace'), "`parameters.scope` is set to 'Namespace'"));
    else errors.push(...isDns1123Label(namespace).map((message) => invalid(at.child('namespace'), namespace, message)));
  } else if (namespace !== undefined) {
    errors.push(forbidden(at.child('namespace'), "`parameters.scope` is set to 'Cluster'"));
  }
  return errors;
}

function validateClass({ metadata, spec }: IngressClass): FieldError[] {
  return [
    ...validateCoreMeta(metadata, { namespaced: false }),
    ...validateController(spec?.controller ?? ''),
    ...validateParameters(spec?.parameters),
  ];
}

/** IngressClasses. Compared with v1.36.3: controller, parameters, immutability, table. */
export const ingressClass = defineResource<IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  scope: 'Cluster',
  schema: 'io.k8s.api.networking.v1.IngressClass',
  columns: [
    {
      ...nameColumn,
      cell: ({ metadata }) => `${metadata?.name ?? ''}${metadata?.annotations?.[defaultClassAnnotation] === 'true' ? ' (default)' : ''}`,
    },
    {
      name: 'Controller',
      type: 'string',
      description: 'Controller that is responsible for handling this class',
      cell: ({ spec }) => spec?.controller ?? '',
    },
    {
      name: 'Parameters',
      type: 'string',
      description: 'A reference to a resource with additional parameters',
      cell({ spec }) {
        const { apiGroup, kind, name } = spec?.parameters ?? {};
        if (!kind) return '<none>';
        return `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}`;
      },
    },
    ageColumn,
  ],
  defaults({ spec }) {
    if (spec?.parameters) spec.parameters.scope ??= 'Cluster';
  },
  ...countsGenerations('spec'),
  validate: validateClass,
  validateUpdate: (object, old) => [
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validateImmutableField(object.spec?.controller ?? '', old.spec?.controller, path.child('controller')),
    ...validateClass(object),
  ],
});
