import type { CSIDriver, CSIDriverSpec } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { duplicate, type FieldError, FieldPath, invalid, notSupported } from '../../meta/field.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { validateImmutableField } from '../../meta/validation.ts';

const specPath = FieldPath.of('spec');
const groupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType'];
const lifecycleModes = ['Persistent', 'Ephemeral'];
const minTokenSeconds = 10 * 60;
const maxTokenSeconds = 2 ** 32;
const minUpdateSeconds = 10;

const tokensInSecrets =
  'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes';

function validateSpec(spec: CSIDriverSpec): FieldError[] {
  const errors: FieldError[] = [];
  const policy = spec.fsGroupPolicy;
  if (policy !== undefined && !groupPolicies.includes(policy))
    errors.push(notSupported(specPath.child('fsGroupPolicy'), policy, groupPolicies));
  errors.push(...validateTokenRequests(spec.tokenRequests ?? []));
  for (const mode of spec.volumeLifecycleModes ?? []) {
    if (!lifecycleModes.includes(mode)) errors.push(notSupported(specPath.child('volumeLifecycleModes'), mode, lifecycleModes));
  }
  const period = spec.nodeAllocatableUpdatePeriodSeconds;
  if (period !== undefined && period < minUpdateSeconds) {
    errors.push(invalid(specPath.child('nodeAllocatableUpdatePeriodSeconds'), period, 'must be greater than or equal to 10 seconds'));
  }
  const inSecrets = spec.serviceAccountTokenInSecrets;
  if (inSecrets !== undefined && !spec.tokenRequests?.length) {
    const detail = 'serviceAccountTokenInSecrets is set but no tokenRequests are specified';
    errors.push(invalid(specPath.child('serviceAccountTokenInSecrets'), inSecrets, detail));
  }
  return errors;
}

function validateTokenRequests(requests: NonNullable<CSIDriverSpec['tokenRequests']>): FieldError[] {
  const seen = new Set<string>();
  return requests.flatMap(({ audience = '', expirationSeconds }, i) => {
    const path = specPath.child('tokenRequests').index(i);
    if (seen.has(audience)) return [duplicate(path.child('audience'), audience)];
    seen.add(audience);
    if (expirationSeconds === undefined) return [];
    const at = path.child('expirationSeconds');
    if (expirationSeconds < minTokenSeconds) return [invalid(at, expirationSeconds, 'may not specify a duration less than 10 minutes')];
    if (expirationSeconds > maxTokenSeconds) return [invalid(at, expirationSeconds, 'may not specify a duration larger than 2^32 seconds')];
    return [];
  });
}

/** CSIDrivers. Compared with v1.36.3: defaults, token requests, warnings, what stays, generation, table. */
export const csiDriver = defineResource<CSIDriver>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  scope: 'Cluster',
  schema: 'io.k8s.api.storage.v1.CSIDriver',
  allowUnconditionalUpdate: false,
  returnsDeletedObject: true,
  columns: [
    nameColumn,
    {
      name: 'AttachRequired',
      type: 'boolean',
      description: ['io.k8s.api.storage.v1.CSIDriverSpec', 'attachRequired'],
      cell: (object) => object.spec?.attachRequired ?? true,
    },
    {
      name: 'PodInfoOnMount',
      type: 'boolean',
      description: ['io.k8s.api.storage.v1.CSIDriverSpec', 'podInfoOnMount'],
      cell: (object) => object.spec?.podInfoOnMount ?? false,
    },
    {
      name: 'StorageCapacity',
      type: 'boolean',
      description: ['io.k8s.api.storage.v1.CSIDriverSpec', 'storageCapacity'],
      cell: (object) => object.spec?.storageCapacity ?? false,
    },
    {
      name: 'TokenRequests',
      type: 'string',
      description: ['io.k8s.api.storage.v1.CSIDriverSpec', 'tokenRequests'],
      cell: (object) => object.spec?.tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>',
    },
    {
      name: 'RequiresRepublish',
      type: 'boolean',
      description: ['io.k8s.api.storage.v1.CSIDriverSpec', 'requiresRepublish'],
      cell: (object) => object.spec?.requiresRepublish ?? false,
    },
    {
      name: 'Modes',
      type: 'string',
      description: ['io.k8s.api.storage.v1.CSIDriverSpec', 'volumeLifecycleModes'],
      cell: (object) => object.spec?.volumeLifecycleModes?.join(',') || '<none>',
    },
    ageColumn,
  ],
  defaults(object) {
    const spec = (object.spec ??= {});
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
  },
  // v1.36 has the feature VolumeLimitScaling off.
  prepareForCreate: ({ spec }) => void delete spec?.preventPodSchedulingIfMissing,
  prepareForUpdate(object, old) {
    delete object.spec?.preventPodSchedulingIfMissing;
    if (!semanticEqual(object.spec, old.spec)) object.metadata!.generation = (old.metadata?.generation ?? 0) + 1;
  },
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: false }), ...validateSpec(object.spec)],
  validateUpdate: (object, old) => [
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validateSpec(object.spec),
    ...validateImmutableField(object.spec.attachRequired, old.spec.attachRequired, specPath.child('attachedRequired')),
    ...validateImmutableField(
      object.spec.volumeLifecycleModes,
      old.spec.volumeLifecycleModes,
      specPath.child('volumeLifecycleModes'),
      asSent(object.spec, 'volumeLifecycleModes'),
    ),
  ],
  warnings({ spec }, old) {
    const changed = !old || !semanticEqual(spec?.tokenRequests, old.spec?.tokenRequests);
    return changed && spec?.tokenRequests?.length && spec.serviceAccountTokenInSecrets === undefined ? [tokensInSecrets] : [];
  },
});
