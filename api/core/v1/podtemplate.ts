import type { PodTemplate, PodTemplateSpec } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { FieldPath } from '../../meta/field.ts';
import { labelsText } from '../../meta/label-selector.ts';
import { countsGenerations } from '../../meta/statuses.ts';
import { containerColumns, nameColumn } from './columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from './core-meta.validation.ts';
import { defaultPodTemplateSpec, podTemplateWarnings, validatePodTemplateSpec, withPodTemplate } from './pod.template.ts';

const path = FieldPath.of('template');

/** PodTemplates. Compared with v1.36.3: generation, validation of the template, table. */
export const podTemplate = defineResource<PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  returnsDeletedObject: true,
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.PodTemplate',
  columns: [
    nameColumn,
    ...containerColumns<PodTemplate>((object) => object.template?.spec?.containers),
    {
      name: 'Pod Labels',
      type: 'string',
      description: 'The labels for the pod template.',
      cell: (object) => labelsText(object.template?.metadata?.labels),
    },
  ],
  defaults(object) {
    defaultPodTemplateSpec(object.template);
  },
  ...withPodTemplate((object) => object.template, countsGenerations('template')),
  validate: (object) => [
    ...validateCoreMeta(object.metadata, { namespaced: true }),
    ...validatePodTemplateSpec(object.template ?? ({} as PodTemplateSpec), path),
  ],
  validateUpdate: (object, old) => [
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validatePodTemplateSpec(object.template ?? ({} as PodTemplateSpec), path),
  ],
  warnings: (object, old) => (object.metadata?.generation === old?.metadata?.generation ? [] : podTemplateWarnings(object.template, path)),
});
