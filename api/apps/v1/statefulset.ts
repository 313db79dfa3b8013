import type { StatefulSet, StatefulSetSpec } from '../../../openapi/types.ts';
import { ageColumn, containerColumns, nameColumn } from '../../core/v1/columns.ts';
import { defaultPersistentVolumeClaimSpec, defaultPersistentVolumeClaimStatus } from '../../core/v1/persistentvolumeclaim.defaults.ts';
import { persistentVolumeClaimSpecWarnings } from '../../core/v1/persistentvolumeclaim.warnings.ts';
import { podTemplateWarnings, withPodTemplate } from '../../core/v1/pod.template.ts';
import { defineResource } from '../../define.ts';
import { FieldPath } from '../../meta/field.ts';
import { countGeneration, keepStatus, scaleSubresource, statusSubresource } from '../../meta/statuses.ts';
import { validateStatefulSet, validateStatefulSetStatusUpdate, validateStatefulSetUpdate } from './statefulset.validation.ts';
import { readyColumn } from './workload.columns.ts';
import { defaultTemplateOf } from './workload.defaults.ts';

const path = FieldPath.of('spec');

function defaults(set: StatefulSet): void {
  const spec = (set.spec ??= {} as StatefulSetSpec);
  defaultTemplateOf(spec);
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.kind = 'PersistentVolumeClaim';
    claim.apiVersion = 'v1';
    defaultPersistentVolumeClaimSpec((claim.spec ??= {}));
    defaultPersistentVolumeClaimStatus((claim.status ??= {}));
  }
  spec.podManagementPolicy ||= 'OrderedReady';
  const strategy = (spec.updateStrategy ??= {});
  if (!strategy.type) {
    strategy.type = 'RollingUpdate';
    strategy.rollingUpdate ??= {};
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate) strategy.rollingUpdate.partition ??= 0;
  const retention = (spec.persistentVolumeClaimRetentionPolicy ??= {});
  retention.whenDeleted ||= 'Retain';
  retention.whenScaled ||= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
}

// v1.36 has the feature MaxUnavailableStatefulSet off.
function dropDisabledFields(set: StatefulSet, old?: StatefulSet): void {
  if (old?.spec?.updateStrategy?.rollingUpdate?.maxUnavailable === undefined) {
    delete set.spec?.updateStrategy?.rollingUpdate?.maxUnavailable;
  }
}

function warnings(set: StatefulSet, old: StatefulSet | undefined): string[] {
  const spec = set.spec!;
  const sameTemplate = old && set.metadata.generation === old.metadata.generation;
  const list = sameTemplate ? [] : podTemplateWarnings(spec.template, path.child('template'));
  (spec.volumeClaimTemplates ?? []).forEach((claim, i) => {
    const at = path.child('volumeClaimTemplates').index(i);
    list.push(...persistentVolumeClaimSpecWarnings(claim.spec ?? {}, old ? at.child('Spec') : at));
  });
  if ((spec.revisionHistoryLimit ?? 0) < 0) {
    list.push('spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended');
  }
  return list;
}

/** StatefulSets. Compared with v1.36.3: defaults, claim templates, what may change, generations, scale, status, warnings, table. */
export const statefulSet = defineResource<StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.apps.v1.StatefulSet',
  defaultGarbageCollectionPolicy: 'background',
  emptySpec: { replicas: 0 },
  subresources: [scaleSubresource, statusSubresource<StatefulSet>({ validateUpdate: validateStatefulSetStatusUpdate })],
  columns: [nameColumn, readyColumn, ageColumn, ...containerColumns<StatefulSet>((object) => object.spec?.template?.spec?.containers, 1)],
  resetFields: [['status']],
  defaults,
  ...withPodTemplate<StatefulSet>((object) => object.spec?.template, {
    prepareForCreate(object) {
      object.status = { replicas: 0, availableReplicas: 0 };
      object.metadata.generation = 1;
      dropDisabledFields(object);
    },
    prepareForUpdate(object, old) {
      keepStatus(object, old);
      dropDisabledFields(object, old);
      countGeneration(object, old, 'spec');
    },
  }),
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  warnings,
});
