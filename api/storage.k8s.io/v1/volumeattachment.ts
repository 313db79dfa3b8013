import type { VolumeAttachment, VolumeAttachmentSource, VolumeAttachmentSpec, VolumeError } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta } from '../../core/v1/core-meta.validation.ts';
import { internalForm } from '../../core/v1/internal-form.ts';
import { keepMetadata } from '../../core/v1/keep-metadata.ts';
import { defaultVolume } from '../../core/v1/persistentvolume.ts';
import { validatePersistentVolumeSpec } from '../../core/v1/persistentvolume.validation.ts';
import { validateCsiDriverName } from '../../core/v1/volume.validation.ts';
import { defineResource } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, forbidden, invalid, required, tooLong } from '../../meta/field.ts';
import { isDns1123Subdomain, rangeMessage } from '../../meta/names.ts';
import { byteLength } from '../../meta/text.ts';
import { immutableMessage } from '../../meta/validation.ts';

const specPath = FieldPath.of('spec');
const statusPath = FieldPath.of('status');
const maxMetadataBytes = 256 * 1024;
const maxErrorBytes = 1024;

function validateSource(source: VolumeAttachmentSource, path: FieldPath): FieldError[] {
  const { persistentVolumeName: name, inlineVolumeSpec: volume } = source;
  const words = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (name === undefined && volume === undefined) return [required(path, words)];
  if (name !== undefined && volume !== undefined) return [forbidden(path, words)];
  if (name === '') return [required(path.child('persistentVolumeName'), 'must specify non empty persistentVolumeName')];
  return volume === undefined ? [] : validatePersistentVolumeSpec(volume, { name: '', path: path.child('inlineVolumeSpec'), inline: true });
}

function validateError(error: VolumeError | undefined, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  // The limit that the message names is not the one that holds: as v1.36.3 does.
  if (byteLength(error?.message ?? '') > maxErrorBytes) errors.push(tooLong(path.child('message'), maxMetadataBytes));
  if ((error?.errorCode ?? 0) < 0) errors.push(invalid(path.child('errorCode'), error!.errorCode, rangeMessage(0, 2147483647)));
  return errors;
}

function validateAttachment(object: VolumeAttachment): FieldError[] {
  const { attacher = '', nodeName = '', source } = object.spec ?? ({} as VolumeAttachmentSpec);
  const name = source?.persistentVolumeName;
  const size = Object.entries(object.status?.attachmentMetadata ?? {}).reduce((sum, [k, v]) => sum + byteLength(k) + byteLength(v), 0);
  const nameErrors = (path: FieldPath, value: string): FieldError[] =>
    isDns1123Subdomain(value).map((message) => invalid(path, value, message));
  return [
    ...validateCsiDriverName(attacher, specPath.child('attacher')),
    ...validateSource(source ?? {}, specPath.child('source')),
    ...nameErrors(specPath.child('nodeName'), nodeName),
    ...(size > maxMetadataBytes ? [tooLong(statusPath.child('attachmentMetadata'), maxMetadataBytes)] : []),
    ...validateError(object.status?.attachError, statusPath.child('attachError')),
    ...validateError(object.status?.detachError, statusPath.child('detachError')),
    ...(name === undefined ? [] : nameErrors(specPath.child('source', 'persistentVolumeName'), name)),
  ];
}

function validateUpdate(object: VolumeAttachment, old: VolumeAttachment): FieldError[] {
  const errors = [...validateCoreMeta(object.metadata, { namespaced: false }), ...validateAttachment(object)];
  if (!semanticEqual(object.spec, old.spec)) errors.push(invalid(specPath, internalSpec(object.spec), immutableMessage));
  return errors;
}

// As Go's internal struct prints.
function internalSpec({ attacher, source, nodeName }: VolumeAttachmentSpec): object {
  const volume = source.inlineVolumeSpec;
  return {
    Attacher: attacher,
    Source: {
      PersistentVolumeName: source.persistentVolumeName ?? null,
      InlineVolumeSpec: volume ? internalForm('PersistentVolumeSpec', volume) : null,
    },
    NodeName: nodeName,
  };
}

/** VolumeAttachments. Compared with v1.36.3: source, inline volumes, limits of the status, what stays, table. */
export const volumeAttachment = defineResource<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  scope: 'Cluster',
  schema: 'io.k8s.api.storage.v1.VolumeAttachment',
  allowUnconditionalUpdate: false,
  returnsDeletedObject: true,
  defaults({ spec }) {
    if (spec?.source?.inlineVolumeSpec) defaultVolume(spec.source.inlineVolumeSpec);
  },
  subresources: [
    {
      type: 'part',
      name: 'status',
      verbs: ['get', 'patch', 'update'],
      resetFields: [['metadata'], ['spec']],
      strategy: {
        prepareForUpdate(object: VolumeAttachment, old: VolumeAttachment) {
          object.spec = old.spec;
          keepMetadata(object, old);
        },
        validateUpdate,
      },
    },
  ],
  columns: [
    nameColumn,
    {
      name: 'Attacher',
      type: 'string',
      format: 'name',
      description: ['io.k8s.api.storage.v1.VolumeAttachmentSpec', 'attacher'],
      cell: (object) => object.spec?.attacher ?? '',
    },
    {
      name: 'PV',
      type: 'string',
      description: ['io.k8s.api.storage.v1.VolumeAttachmentSource', 'persistentVolumeName'],
      cell: (object) => object.spec?.source?.persistentVolumeName ?? '',
    },
    {
      name: 'Node',
      type: 'string',
      description: ['io.k8s.api.storage.v1.VolumeAttachmentSpec', 'nodeName'],
      cell: (object) => object.spec?.nodeName ?? '',
    },
    {
      name: 'Attached',
      type: 'boolean',
      description: ['io.k8s.api.storage.v1.VolumeAttachmentStatus', 'attached'],
      cell: (object) => object.status?.attached ?? false,
    },
    ageColumn,
  ],
  resetFields: [['status']],
  prepareForCreate(object) {
    object.status = { attached: false };
  },
  prepareForUpdate(object, old) {
    if (old.status) object.status = old.status;
    else delete object.status;
  },
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: false }), ...validateAttachment(object)],
  validateUpdate,
});
