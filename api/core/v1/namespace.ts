import type { Namespace } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, invalid } from '../../meta/field.ts';
import { nameIsDnsLabel } from '../../meta/names.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate, validateFinalizerName } from './core-meta.validation.ts';

const finalizersPath = FieldPath.of('spec', 'finalizers');
const nameLabel = 'kubernetes.io/metadata.name';

function labelWithName(namespace: Namespace): void {
  const meta = namespace.metadata;
  if (meta?.name) meta.labels = { ...meta.labels, [nameLabel]: meta.name };
}

function validate(namespace: Namespace): FieldError[] {
  const errors = validateCoreMeta(namespace.metadata, { namespaced: false, nameFn: nameIsDnsLabel });
  for (const finalizer of namespace.spec?.finalizers ?? []) errors.push(...validateFinalizerName(finalizer, finalizersPath));
  return errors;
}

function validateStatusUpdate(namespace: Namespace, old: Namespace): FieldError[] {
  const errors = validateCoreMetaUpdate(namespace.metadata, old.metadata);
  const phase = namespace.status?.phase ?? '';
  const deleted = Boolean(namespace.metadata?.deletionTimestamp);
  const expected = deleted ? 'Terminating' : 'Active';
  if (phase === expected) return errors;
  const detail = `may only be '${expected}' if \`deletionTimestamp\` is ${deleted ? 'not empty' : 'empty'}`;
  return [...errors, invalid(FieldPath.of('status', 'Phase'), phase, detail)];
}

/** Namespaces. Compared with v1.36.3: the name's label, the finalizer, phases, the finalize subresource, table. */
export const namespace = defineResource<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  pinsDeletion: true,
  staged: {
    mark(object: Namespace) {
      object.status = { ...object.status, phase: 'Terminating' };
    },
    holds: ({ metadata, spec }: Namespace) => !metadata?.deletionTimestamp || (spec?.finalizers?.length ?? 0) > 0,
  },
  shortNames: ['ns'],
  scope: 'Cluster',
  schema: 'io.k8s.api.core.v1.Namespace',
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [
    {
      type: 'part',
      name: 'finalize',
      withoutTable: true,
      verbs: ['update'],
      resetFields: [['status']],
      strategy: {
        prepareForUpdate(object: Namespace, old: Namespace) {
          object.status = old.status;
          labelWithName(object);
        },
        validateUpdate(object: Namespace, old: Namespace) {
          const errors = validateCoreMetaUpdate(object.metadata, old.metadata);
          const finalizers = object.spec?.finalizers ?? [];
          errors.push(...finalizers.flatMap((finalizer, i) => validateFinalizerName(finalizer, finalizersPath.index(i))));
          return errors;
        },
      },
    },
    {
      type: 'part',
      name: 'status',
      verbs: ['get', 'patch', 'update'],
      resetFields: [['spec']],
      strategy: {
        prepareForUpdate(object: Namespace, old: Namespace) {
          object.spec = old.spec;
          labelWithName(object);
        },
        validateUpdate: validateStatusUpdate,
      },
    },
  ],
  selectableFields: { 'status.phase': (object) => object.status?.phase ?? '' },
  columns: [
    nameColumn,
    {
      name: 'Status',
      type: 'string',
      description: 'The status of the namespace',
      cell: (object) => object.status?.phase ?? '',
    },
    ageColumn,
  ],
  resetFields: [['status']],
  validateName: nameIsDnsLabel,
  defaults(object) {
    labelWithName(object);
    object.spec ??= {};
    object.status ??= {};
    object.status.phase ||= 'Active';
  },
  prepareForCreate(object) {
    object.status = { phase: 'Active' };
    labelWithName(object);
    const finalizers = object.spec?.finalizers ?? [];
    object.spec = { ...object.spec, finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] };
  },
  prepareForUpdate(object, old) {
    object.spec = { ...object.spec };
    if (old.spec?.finalizers) object.spec.finalizers = old.spec.finalizers;
    else delete object.spec.finalizers;
    object.status = old.status;
    labelWithName(object);
  },
  validate,
  validateUpdate: (object, old) => [...validate(object), ...validateCoreMetaUpdate(object.metadata, old.metadata)],
});
