/** Validation of PersistentVolumes. */
import { posix } from 'node:path';
import type {
  CSIPersistentVolumeSource,
  PersistentVolume,
  PersistentVolumeSpec,
  SecretReference,
  VolumeNodeAffinity,
} from '../../../openapi/types.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { isDns1123Label, isDns1123Subdomain, nameIsDnsLabel, nameIsDnsSubdomain, rangeMessage } from '../../meta/names.ts';
import { printedMap } from '../../meta/printed.ts';
import { parseQuantity } from '../../meta/quantity.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { byteLength } from '../../meta/text.ts';
import { immutableMessage, validateImmutableField } from '../../meta/validation.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from './core-meta.validation.ts';
import { internalForm } from './internal-form.ts';
import { validateAccessModes, validateBasicAmount, volumeModes } from './persistentvolumeclaim.validation.ts';
import { validateNodeSelector } from './scheduling.validation.ts';
import { structDiff } from './struct-diff.ts';
import {
  invalids,
  requireText,
  validateAzureDisk,
  validateCsiDriverName,
  validateFc,
  validateFlex,
  validateFlocker,
  validateHostPath,
  validateIscsi,
  validateNfs,
  validateNoBacksteps,
  validateQuobyte,
  validateStorageOs,
} from './volume.validation.ts';

const specPath = FieldPath.of('spec');
const onlyOne = 'may not specify more than 1 volume type';
const policies = ['Delete', 'Recycle', 'Retain'];

type SourceCheck = (source: any, path: FieldPath, name: string) => FieldError[];

const partition = (value: number | undefined, path: FieldPath): FieldError[] =>
  (value ?? 0) < 0 || (value ?? 0) > 255 ? [invalid(path.child('partition'), value, rangeMessage(1, 255))] : [];
const list = (values: readonly unknown[] | undefined, path: FieldPath): FieldError[] =>
  (values ?? []).length === 0 ? [required(path)] : [];

/** [field, field of the source's own errors, check], in upstream's order. */
const sources: readonly (readonly [field: keyof PersistentVolumeSpec, own: string, check: SourceCheck])[] = [
  ['hostPath', 'hostPath', validateHostPath],
  ['gcePersistentDisk', 'persistentDisk', (s, p) => [...requireText(s.pdName, p.child('pdName')), ...partition(s.partition, p)]],
  [
    'awsElasticBlockStore',
    'awsElasticBlockStore',
    (s, p) => [...requireText(s.volumeID, p.child('volumeID')), ...partition(s.partition, p)],
  ],
  ['glusterfs', 'glusterfs', (s, p) => validateGlusterfs(s, p)],
  ['flocker', 'flocker', validateFlocker],
  ['nfs', 'nfs', validateNfs],
  ['rbd', 'rbd', (s, p) => [...list(s.monitors, p.child('monitors')), ...requireText(s.image, p.child('image'))]],
  ['quobyte', 'quobyte', validateQuobyte],
  ['cephfs', 'cephfs', (s, p) => list(s.monitors, p.child('monitors'))],
  ['iscsi', 'iscsi', (s, p, name) => validateIscsiVolume(s, p, name)],
  ['cinder', 'cinder', (s, p) => [...requireText(s.volumeID, p.child('volumeID')), ...validateSecretNames(s.secretRef, p)]],
  ['fc', 'fc', validateFc],
  ['flexVolume', 'flexVolume', validateFlex],
  ['azureFile', 'azureFile', (s, p) => validateAzureFile(s, p)],
  ['vsphereVolume', 'vsphereVolume', (s, p) => requireText(s.volumePath, p.child('volumePath'))],
  ['photonPersistentDisk', 'photonPersistentDisk', (s, p) => requireText(s.pdID, p.child('pdID'))],
  ['portworxVolume', 'portworxVolume', (s, p) => requireText(s.volumeID, p.child('volumeID'))],
  ['azureDisk', 'azureDisk', validateAzureDisk],
  ['scaleIO', 'scaleIO', (s, p) => (['gateway', 'system', 'volumeName'] as const).flatMap((f) => requireText(s[f], p.child(f)))],
  ['local', 'local', (s, p) => (s.path ? validateNoBacksteps(s.path, p.child('path')) : [required(p.child('path'))])],
  ['storageos', 'storageos', (s, p) => validateStorageOs(s, p, true)],
  ['csi', 'csi', (s, p) => validateCsi(s, p)],
];

function validateGlusterfs(source: { endpoints?: string; path?: string; endpointsNamespace?: string }, path: FieldPath): FieldError[] {
  const errors = [...requireText(source.endpoints, path.child('endpoints')), ...requireText(source.path, path.child('path'))];
  const namespace = source.endpointsNamespace;
  const at = path.child('endpointsNamespace');
  if (namespace === '') errors.push(invalid(at, '', 'if the endpointnamespace is set, it must be a valid namespace name'));
  else if (namespace !== undefined) errors.push(...invalids(at, namespace, nameIsDnsLabel(namespace, false)));
  return errors;
}

function validateIscsiVolume(
  source: { targetPortal?: string; initiatorName?: string; secretRef?: { name?: string } },
  path: FieldPath,
  name: string,
): FieldError[] {
  const secret = source.secretRef ? requireText(source.secretRef.name, path.child('secretRef', 'name')) : [];
  const errors = validateIscsi(source, path, 'must be valid format', secret);
  if (source.initiatorName === undefined || byteLength(`${name}:${source.targetPortal ?? ''}`) <= 64) return errors;
  const detail = 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';
  // It comes after what is said of a portal that is not there.
  return errors.toSpliced(source.targetPortal ? 0 : 1, 0, invalid(path.child('targetportal'), source.targetPortal ?? '', detail));
}

function validateSecretNames(secret: { name?: string; namespace?: string } | undefined, path: FieldPath): FieldError[] {
  if (!secret) return [];
  return (['name', 'namespace'] as const).flatMap((field) => requireText(secret[field], path.child('secretRef', field)));
}

function validateAzureFile(source: { secretName?: string; shareName?: string; secretNamespace?: string }, path: FieldPath): FieldError[] {
  const errors = [...requireText(source.secretName, path.child('secretName')), ...requireText(source.shareName, path.child('shareName'))];
  return source.secretNamespace === '' ? [...errors, required(path.child('secretNamespace'))] : errors;
}

const csiSecrets = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] as const;

function validateCsi(source: CSIPersistentVolumeSource, path: FieldPath): FieldError[] {
  const errors = [
    ...validateCsiDriverName(source.driver, path.child('driver')),
    ...requireText(source.volumeHandle, path.child('volumeHandle')),
  ];
  return [...errors, ...csiSecrets.flatMap((field) => (source[field] ? validateSecretReference(source[field], path.child(field)) : []))];
}

function validateSecretReference({ name = '', namespace = '' }: SecretReference, path: FieldPath): FieldError[] {
  return [
    ...(name === '' ? [required(path.child('name'))] : invalids(path.child('name'), name, isDns1123Subdomain(name))),
    ...(namespace === '' ? [required(path.child('namespace'))] : invalids(path.child('namespace'), namespace, isDns1123Label(namespace))),
  ];
}

export function validatePersistentVolume(volume: PersistentVolume): FieldError[] {
  const spec = volume.spec ?? {};
  return [
    ...validateCoreMeta(volume.metadata, { namespaced: false }),
    ...validatePersistentVolumeSpec(spec, { name: volume.metadata?.name ?? '', path: specPath, inline: false }),
    ...validateMountOptions(volume),
  ];
}

// Mount options make no sense where there is nothing to mount.
function validateMountOptions(volume: PersistentVolume): FieldError[] {
  const spec = volume.spec ?? {};
  const supported = (
    [
      'gcePersistentDisk',
      'awsElasticBlockStore',
      'glusterfs',
      'nfs',
      'rbd',
      'quobyte',
      'iscsi',
      'cinder',
      'cephfs',
      'azureFile',
      'vsphereVolume',
      'azureDisk',
      'storageos',
      'csi',
    ] as const
  ).some((field) => spec[field]);
  if (supported) return [];
  const annotation = volume.metadata?.annotations?.['volume.beta.kubernetes.io/mount-options'];
  const detail = 'may not specify mount options for this volume type';
  if (annotation !== undefined)
    return [forbidden(FieldPath.of('metadata', 'annotations', 'volume.beta.kubernetes.io/mount-options'), detail)];
  return [];
}

const inContext = 'in the context of inline volumes';

/** Of a volume of its own, or of one that stands in a VolumeAttachment, which may say less. */
export interface VolumeSpecContext {
  /** The volume's name, which counts for iSCSI. */
  readonly name: string;
  readonly path: FieldPath;
  readonly inline: boolean;
}

export function validatePersistentVolumeSpec(spec: PersistentVolumeSpec, context: VolumeSpecContext): FieldError[] {
  const { path, inline } = context;
  const notHere = (field: string): FieldError => forbidden(path.child(field), `may not be specified ${inContext}`);
  const errors: FieldError[] = [];
  if (inline) {
    if (spec.claimRef) errors.push(notHere('claimRef'));
    if (Object.keys(spec.capacity ?? {}).length > 0) errors.push(notHere('capacity'));
    if (!spec.csi) errors.push(required(path.child('csi'), `has to be specified ${inContext}`));
  }
  errors.push(...list(spec.accessModes, path.child('accessModes')));
  errors.push(...validateAccessModes(spec.accessModes ?? [], path.child('accessModes')));
  if (!inline) errors.push(...validateCapacity(spec, path.child('capacity')));
  const policy = spec.persistentVolumeReclaimPolicy;
  const policyPath = path.child('persistentVolumeReclaimPolicy');
  if (inline && policy && policy !== 'Retain') errors.push(forbidden(policyPath, `may only be Retain ${inContext}`));
  if (!inline && policy && !policies.includes(policy)) errors.push(notSupported(policyPath, policy, policies));
  if (spec.nodeAffinity) errors.push(...(inline ? [notHere('nodeAffinity')] : validateVolumePlace(spec.nodeAffinity, path)));
  errors.push(...validateVolumeSource(spec, context));
  if (spec.storageClassName) {
    const at = path.child('storageClassName');
    errors.push(
      ...(inline ? [notHere('storageClassName')] : invalids(at, spec.storageClassName, nameIsDnsSubdomain(spec.storageClassName, false))),
    );
  }
  const mode = spec.volumeMode;
  if (inline && mode !== undefined && mode !== 'Filesystem') {
    errors.push(forbidden(path.child('volumeMode'), `may not specify volumeMode other than Filesystem ${inContext}`));
  }
  if (!inline && mode !== undefined && !volumeModes.includes(mode)) errors.push(notSupported(path.child('volumeMode'), mode, volumeModes));
  return inline ? errors : [...errors, ...validateAttributesClass(spec, path)];
}

function validateVolumePlace({ required: terms }: VolumeNodeAffinity, path: FieldPath): FieldError[] {
  const at = path.child('nodeAffinity', 'required');
  return terms ? validateNodeSelector(terms, at, true) : [required(at, 'must specify required node constraints')];
}

function validateVolumeSource(spec: PersistentVolumeSpec, { name, path }: VolumeSpecContext): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  for (const [field, own, check] of sources) {
    const source = spec[field];
    if (!source) continue;
    if (count > 0 && field !== 'flexVolume') errors.push(forbidden(path.child(field === 'cephfs' ? 'cephFS' : field), onlyOne));
    else errors.push(...check(source, path.child(own), name));
    count++;
    if (field === 'local' && count === 1 && !spec.nodeAffinity)
      errors.push(required(path.child('nodeAffinity'), 'Local volume requires node affinity'));
  }
  if (count === 0) errors.push(required(path, 'must specify a volume type'));
  if (spec.hostPath && posix.normalize(spec.hostPath.path ?? '') === '/' && spec.persistentVolumeReclaimPolicy === 'Recycle') {
    errors.push(forbidden(path.child('persistentVolumeReclaimPolicy'), "may not be 'recycle' for a hostPath mount of '/'"));
  }
  return errors;
}

function validateCapacity(spec: PersistentVolumeSpec, path: FieldPath): FieldError[] {
  const capacity = spec.capacity ?? {};
  const shown = printedMap(asSent(spec, 'capacity'));
  const errors = Object.keys(capacity).length === 0 ? [required(path)] : [];
  if (capacity.storage === undefined || Object.keys(capacity).length > 1) errors.push(notSupported(path, shown, ['storage']));
  for (const [name, text] of Object.entries(capacity)) {
    errors.push(...validateBasicAmount(text, path.key(name)));
    if (parseQuantity(text).sign() <= 0) errors.push(invalid(path.key(name), text, 'must be greater than zero'));
  }
  return errors;
}

function validateAttributesClass(spec: PersistentVolumeSpec, path: FieldPath): FieldError[] {
  const name = spec.volumeAttributesClassName;
  if (name === undefined) return [];
  const at = path.child('volumeAttributesClassName');
  const errors = name === '' ? [required(at, 'an empty string is disallowed')] : invalids(at, name, nameIsDnsSubdomain(name, false));
  return spec.csi ? errors : [...errors, required(path.child('csi'), 'has to be specified when using volumeAttributesClassName')];
}

const sourceFields = sources.map(([field]) => field);
const pickSource = (spec: PersistentVolumeSpec | undefined): Record<string, unknown> =>
  Object.fromEntries(sourceFields.filter((field) => spec?.[field] !== undefined).map((field) => [field, spec![field]]));

export function validatePersistentVolumeUpdate(volume: PersistentVolume, old: PersistentVolume): FieldError[] {
  const errors = [
    ...validatePersistentVolume(volume),
    ...validatePersistentVolume(volume).filter((e) => !e.message.includes('mount options')),
  ];
  const source = pickSource(volume.spec);
  const before = pickSource(old.spec);
  if (old.spec?.csi && !old.spec.csi.controllerExpandSecretRef && volume.spec?.csi?.controllerExpandSecretRef) {
    const { controllerExpandSecretRef: _reference, ...csi } = volume.spec.csi;
    source.csi = csi;
  }
  if (!semanticEqual(source, before)) {
    const diff = structDiff('PersistentVolumeSource', before, source);
    errors.push(forbidden(specPath.child('persistentvolumesource'), `spec.persistentvolumesource is immutable after creation\n${diff}`));
  }
  errors.push(...validateImmutableField(volume.spec?.volumeMode, old.spec?.volumeMode, FieldPath.of('volumeMode')));
  const affinity = volume.spec?.nodeAffinity;
  if (old.spec?.nodeAffinity && !semanticEqual(affinity, withStableLabels(volume.spec, old.spec))) {
    const shown = affinity ? internalForm('VolumeNodeAffinity', affinity) : null;
    errors.push(invalid(FieldPath.of('nodeAffinity'), shown, `${immutableMessage}, except for updating from beta label to GA`));
  }
  if (old.spec?.volumeAttributesClassName !== undefined && volume.spec?.volumeAttributesClassName === undefined) {
    errors.push(forbidden(specPath.child('volumeAttributesClassName'), 'update from non-nil value to nil is forbidden'));
  }
  return errors;
}

const stableLabels: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

// The old affinity with each beta label replaced where the new one has its stable name: that change is allowed.
function withStableLabels(spec: PersistentVolumeSpec | undefined, old: PersistentVolumeSpec): unknown {
  const affinity = structuredClone(old.nodeAffinity!);
  affinity.required?.nodeSelectorTerms?.forEach((term, t) => {
    term.matchExpressions?.forEach((expression, e) => {
      const now = spec?.nodeAffinity?.required?.nodeSelectorTerms?.[t]?.matchExpressions?.[e]?.key;
      // Upstream finds the empty name for all other labels.
      if ((stableLabels[expression.key] ?? '') === now) expression.key = now;
    });
  });
  return affinity;
}

export function validatePersistentVolumeStatusUpdate(volume: PersistentVolume, old: PersistentVolume): FieldError[] {
  return validateCoreMetaUpdate(volume.metadata, old.metadata);
}
