import { goQuote } from '../../meta/go-quote.ts';
/** Validation of a pod's volumes. */

import type {
  DownwardAPIVolumeFile,
  KeyToPath,
  ObjectFieldSelector,
  ProjectedVolumeSource,
  ResourceFieldSelector,
  Volume,
  VolumeProjection,
} from '../../../openapi/types.ts';
import { validateSignerName } from '../../certificates.k8s.io/v1/signer-name.validation.ts';
import {
  duplicate,
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  notSupported,
  notSupportedText,
  required,
  tooLong,
} from '../../meta/field.ts';
import { isConfigMapKey, isDns1123Label, isDns1123Subdomain, isQualifiedName, nameIsDnsSubdomain, rangeMessage } from '../../meta/names.ts';
import type { ObjectMeta } from '../../meta/object.ts';
import { parseQuantity } from '../../meta/quantity.ts';
import { byteLength } from '../../meta/text.ts';
import { validateLabelSelector } from '../../meta/validation.ts';
import { validatePersistentVolumeClaimTemplate } from './persistentvolumeclaim.validation.ts';
import type { PodValidationOptions } from './pod.validation.ts';

const modeMessage = 'must be a number between 0 and 0777 (octal), both inclusive';
const partitionMessage = rangeMessage(1, 255);
const onlyOne = 'may not specify more than 1 volume type';

/** Missing texts and numbers as the Go structs have them. */
const missing = (value: unknown): boolean => value === undefined || value === null || value === '';

export function requireText(value: string | undefined, path: FieldPath, detail = ''): FieldError[] {
  return missing(value) ? [required(path, detail)] : [];
}

export function invalids(path: FieldPath, value: unknown, messages: readonly string[]): FieldError[] {
  return messages.map((message) => invalid(path, value, message));
}

/** All volumes. @returns the good ones by name (mounts refer to these), and what is wrong */
export function validateVolumes(
  volumes: readonly Volume[],
  meta: ObjectMeta | undefined,
  path: FieldPath,
  options: PodValidationOptions,
): { volumes: Map<string, Volume>; errors: FieldError[] } {
  const good = new Map<string, Volume>();
  const errors: FieldError[] = [];
  const createdClaims = new Set(meta?.name ? volumes.filter((v) => v.ephemeral).map((v) => `${meta.name}-${v.name}`) : []);
  volumes.forEach((volume, i) => {
    const at = path.index(i);
    const own = validateVolumeSource(volume, at, meta, options);
    if (missing(volume.name)) own.push(required(at.child('name')));
    else own.push(...invalids(at.child('name'), volume.name, isDns1123Label(volume.name)));
    if (good.has(volume.name)) own.push(duplicate(at.child('name'), volume.name));
    if (own.length === 0) good.set(volume.name, volume);
    errors.push(...own);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && createdClaims.has(claim)) {
      const detail = 'must not reference a PVC that gets created for an ephemeral volume';
      errors.push(invalid(at.child('persistentVolumeClaim', 'claimName'), claim, detail));
    }
  });
  return { volumes: good, errors };
}

type SourceCheck = (
  source: any,
  path: FieldPath,
  volume: Volume,
  meta: ObjectMeta | undefined,
  options: PodValidationOptions,
) => FieldError[];

/** [field of the volume, field of the complaint about a second source, field of the source's own errors, check], in upstream's order. */
const sources: readonly (readonly [field: keyof Volume, second: string, own: string, check: SourceCheck])[] = [
  ['hostPath', 'hostPath', 'hostPath', (s, p) => validateHostPath(s, p)],
  [
    'gitRepo',
    'gitRepo',
    'gitRepo',
    (s, p) => [...requireText(s.repository, p.child('repository')), ...validateDescendingPath(s.directory ?? '', p.child('directory'))],
  ],
  [
    'gcePersistentDisk',
    'gcePersistentDisk',
    'persistentDisk',
    (s, p) => [...requireText(s.pdName, p.child('pdName')), ...validatePartition(s.partition, p)],
  ],
  [
    'awsElasticBlockStore',
    'awsElasticBlockStore',
    'awsElasticBlockStore',
    (s, p) => [...requireText(s.volumeID, p.child('volumeID')), ...validatePartition(s.partition, p)],
  ],
  [
    'secret',
    'secret',
    'secret',
    (s, p) => [
      ...requireText(s.secretName, p.child('secretName')),
      ...validateMode(s.defaultMode, p.child('defaultMode')),
      ...validateItems(s.items, p),
    ],
  ],
  ['nfs', 'nfs', 'nfs', (s, p) => validateNfs(s, p)],
  ['iscsi', 'iscsi', 'iscsi', (s, p, volume) => [...validateIscsi(s, p), ...validateIscsiNameLength(s, p, volume)]],
  [
    'glusterfs',
    'glusterfs',
    'glusterfs',
    (s, p) => [...requireText(s.endpoints, p.child('endpoints')), ...requireText(s.path, p.child('path'))],
  ],
  ['flocker', 'flocker', 'flocker', (s, p) => validateFlocker(s, p)],
  ['persistentVolumeClaim', 'persistentVolumeClaim', 'persistentVolumeClaim', (s, p) => requireText(s.claimName, p.child('claimName'))],
  ['rbd', 'rbd', 'rbd', (s, p) => [...requireList(s.monitors, p.child('monitors')), ...requireText(s.image, p.child('image'))]],
  [
    'cinder',
    'cinder',
    'cinder',
    (s, p) => [
      ...requireText(s.volumeID, p.child('volumeID')),
      ...(s.secretRef ? requireText(s.secretRef.name, p.child('secretRef', 'name')) : []),
    ],
  ],
  ['cephfs', 'cephFS', 'cephfs', (s, p) => requireList(s.monitors, p.child('monitors'))],
  ['quobyte', 'quobyte', 'quobyte', (s, p) => validateQuobyte(s, p)],
  [
    'downwardAPI',
    'downwarAPI',
    'downwardAPI',
    (s, p) => [
      ...validateMode(s.defaultMode, p.child('defaultMode')),
      ...(s.items ?? []).flatMap((f: DownwardAPIVolumeFile) => validateDownwardFile(f, p)),
    ],
  ],
  ['fc', 'fc', 'fc', (s, p) => validateFc(s, p)],
  ['flexVolume', 'flexVolume', 'flexVolume', (s, p) => validateFlex(s, p)],
  [
    'configMap',
    'configMap',
    'configMap',
    (s, p) => [
      ...requireText(s.name, p.child('name')),
      ...validateMode(s.defaultMode, p.child('defaultMode')),
      ...validateItems(s.items, p),
    ],
  ],
  [
    'azureFile',
    'azureFile',
    'azureFile',
    (s, p) => [...requireText(s.secretName, p.child('secretName')), ...requireText(s.shareName, p.child('shareName'))],
  ],
  ['vsphereVolume', 'vsphereVolume', 'vsphereVolume', (s, p) => requireText(s.volumePath, p.child('volumePath'))],
  ['photonPersistentDisk', 'photonPersistentDisk', 'photonPersistentDisk', (s, p) => requireText(s.pdID, p.child('pdID'))],
  ['portworxVolume', 'portworxVolume', 'portworxVolume', (s, p) => requireText(s.volumeID, p.child('volumeID'))],
  ['azureDisk', 'azureDisk', 'azureDisk', (s, p) => validateAzureDisk(s, p)],
  ['storageos', 'storageos', 'storageos', (s, p) => validateStorageOs(s, p)],
  ['projected', 'projected', 'projected', (s, p) => [...validateMode(s.defaultMode, p.child('defaultMode')), ...validateProjections(s, p)]],
  [
    'scaleIO',
    'scaleIO',
    'scaleIO',
    (s, p) => [
      ...requireText(s.gateway, p.child('gateway')),
      ...requireText(s.system, p.child('system')),
      ...requireText(s.volumeName, p.child('volumeName')),
    ],
  ],
  ['csi', 'csi', 'csi', (s, p) => validateCsi(s, p)],
  [
    'ephemeral',
    'ephemeral',
    'ephemeral',
    (s, p) =>
      s.volumeClaimTemplate
        ? validatePersistentVolumeClaimTemplate(s.volumeClaimTemplate, p.child('volumeClaimTemplate'))
        : [required(p.child('volumeClaimTemplate'))],
  ],
  [
    'image',
    'image',
    'image',
    (s, p, _v, _m, options) => [
      ...(options.resourceIsPod ? requireText(s.reference, p.child('reference')) : []),
      ...validatePullPolicy(s.pullPolicy, p.child('pullPolicy')),
    ],
  ],
];

function validateVolumeSource(volume: Volume, path: FieldPath, meta: ObjectMeta | undefined, options: PodValidationOptions): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  if (volume.emptyDir) {
    count++;
    const limit = volume.emptyDir.sizeLimit;
    if (limit !== undefined && parseQuantity(limit).sign() < 0) {
      errors.push(forbidden(path.child('emptyDir', 'sizeLimit'), 'SizeLimit field must be a valid resource quantity'));
    }
  }
  for (const [field, second, own, check] of sources) {
    const source = volume[field];
    if (!source) continue;
    if (count > 0) errors.push(forbidden(path.child(second), onlyOne));
    else errors.push(...check(source, path.child(own), volume, meta, options));
    count++;
    if (field === 'ephemeral' && meta?.name && volume.name) {
      const claim = `${meta.name}-${volume.name}`;
      errors.push(
        ...nameIsDnsSubdomain(claim, false).map((m) => invalid(path.child('name'), volume.name, `PVC name ${goQuote(claim)}: ${m}`)),
      );
    }
  }
  if (count === 0) errors.push(required(path, 'must specify a volume type'));
  return errors;
}

function requireList(list: readonly unknown[] | undefined, path: FieldPath): FieldError[] {
  return (list ?? []).length === 0 ? [required(path)] : [];
}

function validatePartition(partition: number | undefined, path: FieldPath): FieldError[] {
  return (partition ?? 0) < 0 || (partition ?? 0) > 255 ? [invalid(path.child('partition'), partition, partitionMessage)] : [];
}

function validateMode(mode: number | undefined, path: FieldPath): FieldError[] {
  return mode !== undefined && (mode > 0o777 || mode < 0) ? [invalid(path, mode, modeMessage)] : [];
}

function validateItems(items: readonly KeyToPath[] | undefined, path: FieldPath): FieldError[] {
  return (items ?? []).flatMap((item, i) => validateKeyToPath(item, path.child('items').index(i)));
}

function validateKeyToPath(item: KeyToPath, path: FieldPath): FieldError[] {
  return [
    ...requireText(item.key, path.child('key')),
    ...requireText(item.path, path.child('path')),
    ...validateNonReservedPath(item.path ?? '', path.child('path')),
    ...validateMode(item.mode, path.child('mode')),
  ];
}

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

export function validateHostPath(source: { path?: string; type?: string }, path: FieldPath): FieldError[] {
  if (missing(source.path)) return [required(path.child('path'))];
  const errors = validateNoBacksteps(source.path!, path.child('path'));
  if (source.type !== undefined && !hostPathTypes.includes(source.type)) {
    errors.push(notSupported(path.child('type'), source.type, hostPathTypes));
  }
  return errors;
}

export function validateNfs(source: { server?: string; path?: string }, path: FieldPath): FieldError[] {
  const errors = [...requireText(source.server, path.child('server')), ...requireText(source.path, path.child('path'))];
  if (!(source.path ?? '').startsWith('/')) errors.push(invalid(path.child('path'), source.path ?? '', 'must be an absolute path'));
  return errors;
}

const iscsiForms: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function validateIscsiName(name: string, path: FieldPath, unknownForm: string): FieldError[] {
  const form = iscsiForms[name.slice(0, 3)];
  if (!form) return [invalid(path, name, unknownForm)];
  return form.test(name) ? [] : [invalid(path, name, 'must be valid format')];
}

/** @param unknownForm what is said of a name of none of the three forms; volumes of pods and persistent ones differ in it @param secret what is wrong with the Secret's reference */
export function validateIscsi(
  source: {
    targetPortal?: string;
    iqn?: string;
    lun?: number;
    chapAuthDiscovery?: boolean;
    chapAuthSession?: boolean;
    secretRef?: unknown;
    initiatorName?: string;
  },
  path: FieldPath,
  unknownForm = 'must be valid format starting with iqn, eui, or naa',
  secret: readonly FieldError[] = [],
): FieldError[] {
  const errors = [...requireText(source.targetPortal, path.child('targetPortal')), ...requireText(source.iqn, path.child('iqn'))];
  if (!missing(source.iqn)) errors.push(...validateIscsiName(source.iqn!, path.child('iqn'), unknownForm));
  const lun = source.lun ?? 0;
  if (lun < 0 || lun > 255) errors.push(invalid(path.child('lun'), lun, rangeMessage(0, 255)));
  if ((source.chapAuthDiscovery || source.chapAuthSession) && !source.secretRef) errors.push(required(path.child('secretRef')));
  errors.push(...secret);
  if (source.initiatorName !== undefined) errors.push(...validateIscsiName(source.initiatorName, path.child('initiatorname'), unknownForm));
  return errors;
}

const iscsiTooLong = 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';

function validateIscsiNameLength(source: { initiatorName?: string; targetPortal?: string }, path: FieldPath, volume: Volume): FieldError[] {
  if (source.initiatorName === undefined || byteLength(`${volume.name}:${source.targetPortal}`) <= 64) return [];
  return [{ ...invalid(path, volume.name, iscsiTooLong), field: String(path).replace(/\.iscsi$/, '.name') }];
}

export function validateFlocker(source: { datasetName?: string; datasetUUID?: string }, path: FieldPath): FieldError[] {
  const { datasetName = '', datasetUUID = '' } = source;
  const errors: FieldError[] = [];
  if (datasetName === '' && datasetUUID === '') errors.push(required(path, 'one of datasetName and datasetUUID is required'));
  if (datasetName !== '' && datasetUUID !== '') {
    errors.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  }
  if (datasetName.includes('/')) errors.push(invalid(path.child('datasetName'), datasetName, "must not contain '/'"));
  return errors;
}

export function validateQuobyte(source: { registry?: string; tenant?: string; volume?: string }, path: FieldPath): FieldError[] {
  const { registry = '', tenant = '', volume = '' } = source;
  const errors: FieldError[] = [];
  const form = 'must be a host:port pair or multiple pairs separated by commas';
  if (registry === '') errors.push(required(path.child('registry'), form));
  else if (tenant.length >= 65) errors.push(required(path.child('tenant'), 'must be a UUID and may not exceed a length of 64 characters'));
  else if (!registry.split(',').every((pair) => /^(\[[^\]]*\]|[^:]*):[^:]*$/.test(pair))) {
    errors.push(invalid(path.child('registry'), registry, form));
  }
  if (volume === '') errors.push(required(path.child('volume')));
  return errors;
}

export function validateFc(source: { targetWWNs?: string[]; wwids?: string[]; lun?: number }, path: FieldPath): FieldError[] {
  const names = source.targetWWNs ?? [];
  const ids = source.wwids ?? [];
  const errors: FieldError[] = [];
  if (names.length === 0 && ids.length === 0) {
    errors.push(required(path.child('targetWWNs'), 'must specify either targetWWNs or wwids, but not both'));
  }
  if (names.length > 0 && ids.length > 0) {
    errors.push(invalid(path.child('targetWWNs'), names, 'targetWWNs and wwids can not be specified simultaneously'));
  }
  if (names.length > 0 && source.lun === undefined) errors.push(required(path.child('lun'), 'lun is required if targetWWNs is specified'));
  else if (names.length > 0 && (source.lun! < 0 || source.lun! > 255))
    errors.push(invalid(path.child('lun'), source.lun, rangeMessage(0, 255)));
  return errors;
}

export function validateFlex(source: { driver?: string; options?: Record<string, string> }, path: FieldPath): FieldError[] {
  const errors = requireText(source.driver, path.child('driver'));
  for (const key of Object.keys(source.options ?? {})) {
    const domain = `.${key.toLowerCase().split('/')[0]}`;
    if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io')) {
      errors.push(invalid(path.child('options').key(key), key, 'kubernetes.io and k8s.io namespaces are reserved'));
    }
  }
  return errors;
}

export function validateAzureDisk(
  source: { diskName?: string; diskURI?: string; cachingMode?: string; kind?: string },
  path: FieldPath,
): FieldError[] {
  const errors = [...requireText(source.diskName, path.child('diskName')), ...requireText(source.diskURI, path.child('diskURI'))];
  const modes = ['None', 'ReadOnly', 'ReadWrite'];
  const kinds = ['Dedicated', 'Managed', 'Shared'];
  if (source.cachingMode !== undefined && !modes.includes(source.cachingMode)) {
    errors.push(notSupported(path.child('cachingMode'), source.cachingMode, modes));
  }
  if (source.kind !== undefined && !kinds.includes(source.kind)) errors.push(notSupported(path.child('kind'), source.kind, kinds));
  const uri = source.diskURI ?? '';
  const managed = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
  const blob = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';
  if (source.kind === 'Managed' && !uri.startsWith('/subscriptions/')) errors.push(notSupportedText(path.child('diskURI'), uri, [managed]));
  if (source.kind !== 'Managed' && !uri.startsWith('https://')) errors.push(notSupportedText(path.child('diskURI'), uri, [blob]));
  return errors;
}

export function validateStorageOs(
  source: { volumeName?: string; volumeNamespace?: string; secretRef?: { name?: string; namespace?: string } },
  path: FieldPath,
  ofCluster = false,
): FieldError[] {
  const errors: FieldError[] = [];
  if (missing(source.volumeName)) errors.push(required(path.child('volumeName')));
  else errors.push(...invalids(path.child('volumeName'), source.volumeName, isDns1123Label(source.volumeName!)));
  if (!missing(source.volumeNamespace)) {
    errors.push(...invalids(path.child('volumeNamespace'), source.volumeNamespace, isDns1123Label(source.volumeNamespace!)));
  }
  if (source.secretRef) errors.push(...requireText(source.secretRef.name, path.child('secretRef', 'name')));
  if (source.secretRef && ofCluster) errors.push(...requireText(source.secretRef.namespace, path.child('secretRef', 'namespace')));
  return errors;
}

/** Names of CSI drivers: DNS subdomains in any case, up to 63 characters. */
export function validateCsiDriverName(name: string | undefined, path: FieldPath): FieldError[] {
  if (missing(name)) return [required(path)];
  const errors: FieldError[] = byteLength(name!) > 63 ? [tooLong(path, 63)] : [];
  return [...errors, ...invalids(path, name, isDns1123Subdomain(name!.toLowerCase()))];
}

function validateCsi(source: { driver?: string; nodePublishSecretRef?: { name?: string } }, path: FieldPath): FieldError[] {
  const errors = validateCsiDriverName(source.driver, path.child('driver'));
  const secret = source.nodePublishSecretRef;
  if (secret && missing(secret.name)) errors.push(required(path.child('nodePublishSecretRef', 'name')));
  else if (secret) errors.push(...invalids(path.child('name'), secret.name, nameIsDnsSubdomain(secret.name!, false)));
  return errors;
}

export function validatePullPolicy(policy: string | undefined, path: FieldPath): FieldError[] {
  if (missing(policy)) return [required(path)];
  const policies = ['Always', 'IfNotPresent', 'Never'];
  return policies.includes(policy!) ? [] : [notSupported(path, policy, policies)];
}

/** A relative path that does not climb. */
export function validateDescendingPath(value: string, path: FieldPath): FieldError[] {
  const errors = value.startsWith('/') ? [invalid(path, value, 'must be a relative path')] : [];
  return [...errors, ...validateNoBacksteps(value, path)];
}

export function validateNoBacksteps(value: string, path: FieldPath): FieldError[] {
  return value.split('/').includes('..') ? [invalid(path, value, "must not contain '..'")] : [];
}

/** A relative path that neither climbs nor begins as the kubelet's own files do. */
export function validateNonReservedPath(value: string, path: FieldPath): FieldError[] {
  const errors = validateDescendingPath(value, path);
  if (value.startsWith('..') && !value.startsWith('../')) errors.push(invalid(path, value, "must not start with '..'"));
  return errors;
}

const volumeFields = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];

function validateDownwardFile(file: DownwardAPIVolumeFile, path: FieldPath): FieldError[] {
  const errors = [...requireText(file.path, path.child('path')), ...validateNonReservedPath(file.path ?? '', path.child('path'))];
  if (file.fieldRef) {
    errors.push(...validateFieldRef(file.fieldRef, volumeFields, path.child('fieldRef')));
    if (file.resourceFieldRef) errors.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
  } else if (file.resourceFieldRef) errors.push(...validateResourceFieldRef(file.resourceFieldRef, path.child('resourceFieldRef'), true));
  else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
  return [...errors, ...validateMode(file.mode, path.child('mode'))];
}

// Fields that the downward API knows at all, whichever of them a place allows.
const convertibleFields = new Set([
  ...volumeFields,
  'spec.nodeName',
  'spec.serviceAccountName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]);

/** A reference to a field of the pod itself. @param allowed sorted */
export function validateFieldRef(ref: ObjectFieldSelector, allowed: readonly string[], path: FieldPath): FieldError[] {
  if (missing(ref.apiVersion)) return [required(path.child('apiVersion'))];
  if (missing(ref.fieldPath)) return [required(path.child('fieldPath'))];
  if (ref.apiVersion !== 'v1') {
    return [invalid(path.child('fieldPath'), ref.fieldPath, `error converting fieldPath: unsupported pod version: ${ref.apiVersion}`)];
  }
  const subscripted = /^(.*)\['([^']*)'\]$/s.exec(ref.fieldPath);
  const name = subscripted ? subscripted[1]! : ref.fieldPath === 'spec.host' ? 'spec.nodeName' : ref.fieldPath;
  if (subscripted) {
    if (name === 'metadata.annotations')
      return invalids(path, subscripted[2]!.toLowerCase(), isQualifiedName(subscripted[2]!.toLowerCase()));
    if (name === 'metadata.labels') return invalids(path, subscripted[2], isQualifiedName(subscripted[2]!));
    return [
      invalid(
        path.child('fieldPath'),
        ref.fieldPath,
        `error converting fieldPath: field label does not support subscript: ${ref.fieldPath}`,
      ),
    ];
  }
  if (!convertibleFields.has(name)) {
    return [invalid(path.child('fieldPath'), ref.fieldPath, `error converting fieldPath: field label not supported: ${ref.fieldPath}`)];
  }
  return allowed.includes(name) ? [] : [notSupportedText(path.child('fieldPath'), name, allowed)];
}

const resourceFields = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const byteDivisors = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

/** A reference to a container's requests or limits. @param inVolume the container must be named */
export function validateResourceFieldRef(ref: ResourceFieldSelector, path: FieldPath, inVolume: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const resource = ref.resource ?? '';
  const hugePages = /^(requests|limits)\.hugepages-/.test(resource);
  if (inVolume && missing(ref.containerName)) errors.push(required(path.child('containerName')));
  else if (resource === '') errors.push(required(path.child('resource')));
  else if (!resourceFields.includes(resource) && !hugePages)
    errors.push(notSupportedText(path.child('resource'), resource, resourceFields));
  return [...errors, ...validateDivisor(resource, ref.divisor ?? '0', path.child('divisor'))];
}

function validateDivisor(resource: string, divisor: string, path: FieldPath): FieldError[] {
  const amount = parseQuantity(divisor);
  if (amount.isZero()) return [];
  const text = amount.toString();
  const name = resource.replace(/^(requests|limits)\./, '');
  if (name === 'cpu') {
    return text === '1' || text === '1m'
      ? []
      : [invalid(path, resource, "only divisor's values 1m and 1 are supported with the cpu resource")];
  }
  const kind =
    name === 'memory'
      ? 'memory'
      : name === 'ephemeral-storage'
        ? 'local ephemeral storage'
        : name.startsWith('hugepages-')
          ? 'hugepages'
          : undefined;
  if (!kind || byteDivisors.includes(text)) return [];
  return [invalid(path, resource, `only divisor's values ${byteDivisors.join(', ')} are supported with the ${kind} resource`)];
}

function validateProjections(projected: ProjectedVolumeSource, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  const claim = (value: string | undefined, shown: string | undefined): void => {
    if (missing(value)) return;
    if (paths.has(value!)) errors.push(invalid(path, shown ?? '', 'conflicting duplicate paths'));
    paths.add(value!);
  };
  (projected.sources ?? []).forEach((source, i) => {
    const at = path.child('sources').index(i);
    for (const kind of ['secret', 'configMap'] as const) {
      const part = source[kind];
      if (!part) continue;
      errors.push(...requireText(part.name, at.child(kind, 'name')));
      (part.items ?? []).forEach((item, n) => {
        errors.push(...validateKeyToPath(item, at.child(kind, 'items').index(n)));
        claim(item.path, part.name);
      });
    }
    for (const file of source.downwardAPI?.items ?? []) {
      errors.push(...validateDownwardFile(file, at.child('downwardAPI')));
      claim(file.path, file.path);
    }
    if (source.serviceAccountToken)
      errors.push(...validateTokenProjection(source.serviceAccountToken, path, at.child('serviceAccountToken')));
    if (source.clusterTrustBundle) {
      errors.push(...validateTrustBundleProjection(source.clusterTrustBundle, at.child('clusterTrustBundle')));
      claim(source.clusterTrustBundle.path, source.clusterTrustBundle.path);
    }
    if (source.podCertificate) {
      errors.push(...validateCertificateProjection(source.podCertificate, at.child('podCertificate')));
      for (const file of certificatePaths) claim(source.podCertificate[file], source.podCertificate[file]);
    }
    if (Object.values(source as VolumeProjection).filter((part) => part !== undefined).length > 1) {
      errors.push(forbidden(at, 'may not specify more than 1 volume type per source'));
    }
  });
  return errors;
}

function validateTokenProjection(token: { expirationSeconds?: number; path?: string }, path: FieldPath, at: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const seconds = token.expirationSeconds ?? 0;
  if (seconds < 600) errors.push(invalid(at.child('expirationSeconds'), seconds, 'may not specify a duration less than 10 minutes'));
  if (seconds > 2 ** 32)
    errors.push(invalid(at.child('expirationSeconds'), seconds, 'may not specify a duration larger than 2^32 seconds'));
  if (missing(token.path)) errors.push(required(path.child('path')));
  else errors.push(...validateNonReservedPath(token.path!, path.child('path')));
  return errors;
}

function validateTrustBundleProjection(bundle: NonNullable<VolumeProjection['clusterTrustBundle']>, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const { name, signerName, labelSelector } = bundle;
  if (name !== undefined && signerName !== undefined) errors.push(invalid(path, bundle, 'only one of name and signerName may be used'));
  else if (name !== undefined) {
    if (name === '') errors.push(required(path.child('name'), 'must be a valid object name'));
    errors.push(
      ...nameIsDnsSubdomain(name.split(':').at(-1)!, false).map((m) =>
        invalid(path.child('name'), name, `not a valid clustertrustbundlename: ${m}`),
      ),
    );
    if (labelSelector) errors.push(invalid(path.child('labelSelector'), labelSelector, 'labelSelector must be unset if name is specified'));
  } else if (signerName !== undefined) {
    if (signerName === '') errors.push(required(path.child('signerName'), 'must be a valid signer name'));
    errors.push(...validateSignerName(signerName, path.child('signerName')));
    errors.push(...validateLabelSelector(labelSelector, path.child('labelSelector')));
  } else errors.push(required(path, 'either name or signerName must be specified'));
  errors.push(...requireText(bundle.path, path.child('path')));
  return [...errors, ...validateNonReservedPath(bundle.path ?? '', path.child('path'))];
}

const certificatePaths = ['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const;
const certificateKeys = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'];

function validateCertificateProjection(certificate: NonNullable<VolumeProjection['podCertificate']>, path: FieldPath): FieldError[] {
  const errors = validateSignerName(certificate.signerName ?? '', path.child('signerName'));
  const { keyType = '', maxExpirationSeconds: seconds } = certificate;
  if (!certificateKeys.includes(keyType)) errors.push(notSupportedText(path.child('keyType'), keyType, certificateKeys));
  if (seconds !== undefined) {
    const most = (certificate.signerName ?? '').startsWith('kubernetes.io/') ? 86400 : 7862400;
    if (seconds < 3600)
      errors.push(invalid(path.child('maxExpirationSeconds'), seconds, 'if provided, maxExpirationSeconds must be >= 3600'));
    if (seconds > most)
      errors.push(invalid(path.child('maxExpirationSeconds'), seconds, `if provided, maxExpirationSeconds must be <= ${most}`));
  }
  for (const file of certificatePaths) {
    if (!missing(certificate[file])) errors.push(...validateNonReservedPath(certificate[file]!, path.child(file)));
  }
  if (certificatePaths.every((file) => missing(certificate[file]))) {
    errors.push(required(path, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath'));
  }
  return errors;
}

/** A key of a ConfigMap or Secret that an environment variable takes its value from. */
export function validateKeySelector(ref: { name?: string; key?: string }, path: FieldPath): FieldError[] {
  const errors = invalids(path.child('name'), ref.name ?? '', nameIsDnsSubdomain(ref.name ?? '', false));
  if (missing(ref.key)) return [...errors, required(path.child('key'))];
  return [...errors, ...invalids(path.child('key'), ref.key, isConfigMapKey(ref.key!))];
}
