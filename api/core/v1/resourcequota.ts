import type { ResourceQuota, ResourceQuotaSpec } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, invalid, required } from '../../meta/field.ts';
import { parseQuantity } from '../../meta/quantity.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { statusSubresource } from '../../meta/statuses.ts';
import { sorted } from '../../meta/text.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from './core-meta.validation.ts';
import { defaultResourceList } from './resource-list.ts';
import { isStandardQuotaResource, validateResourceAmount, validateResourceName } from './resource-names.ts';

const spec = FieldPath.of('spec');
const scopes = new Set([
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'VolumeAttributesClass',
  'CrossNamespacePodAffinity',
]);
const existsOnly = new Set(['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity']);
const podResources = new Set(['pods', 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']);
const claimResources = new Set(['persistentvolumeclaims', 'requests.storage']);
const conflicts = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

function scopeFits(scope: string, resource: string): boolean {
  if (scope === 'BestEffort') return resource === 'pods';
  if (scope === 'VolumeAttributesClass') return claimResources.has(resource);
  return scopes.has(scope) ? podResources.has(resource) : true;
}

function validateQuotaList(list: Readonly<Record<string, string>> | undefined, path: FieldPath): FieldError[] {
  return Object.entries(list ?? {}).flatMap(([name, text]) => {
    const at = path.key(name);
    const errors = validateResourceName(name, at);
    if (!name.includes('/') && !isStandardQuotaResource(name)) errors.push(invalid(at, name, 'must be a standard resource for quota'));
    return [...errors, ...validateResourceAmount(name, text, at)];
  });
}

/** One for each pair that excludes itself. */
function conflictsOf(names: readonly string[], value: unknown, path: FieldPath): FieldError[] {
  return conflicts.filter((pair) => pair.every((scope) => names.includes(scope))).map(() => invalid(path, value, 'conflicting scopes'));
}

function misfits(quota: ResourceQuotaSpec, names: readonly string[], value: unknown, path: FieldPath): FieldError[] {
  return names.flatMap((scope) =>
    sorted(Object.keys(quota.hard ?? {}))
      .filter((name) => isStandardQuotaResource(name) && !scopeFits(scope, name))
      .map(() => invalid(path, value, 'unsupported scope applied to resource')),
  );
}

function validateScopes(quota: ResourceQuotaSpec): FieldError[] {
  const names = quota.scopes ?? [];
  const path = spec.child('scopes');
  const errors = names.flatMap((scope) => [
    ...(scopes.has(scope) ? [] : [invalid(path, names, 'unsupported scope')]),
    ...misfits(quota, [scope], names, path),
  ]);
  return [...errors, ...conflictsOf(names, names, path)];
}

const existsWords =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

function validateScopeSelector(quota: ResourceQuotaSpec): FieldError[] {
  const expressions = quota.scopeSelector?.matchExpressions;
  if (!expressions) return [];
  const path = spec.child('scopeSelector', 'matchExpressions');
  // As Go's internal struct prints.
  const shown = {
    MatchExpressions: expressions.map((e) => ({ ScopeName: e.scopeName, Operator: e.operator, Values: asSent(e, 'values') ?? null })),
  };
  const errors = expressions.flatMap(({ scopeName, operator, values = [] }) => {
    const own = scopes.has(scopeName) ? [] : [invalid(path.child('scopeName'), scopeName, 'unsupported scope')];
    own.push(...misfits(quota, [scopeName], shown, path));
    if (existsOnly.has(scopeName) && operator !== 'Exists') own.push(invalid(path.child('operator'), operator, existsWords));
    if (operator === 'In' || operator === 'NotIn') {
      const detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
      if (values.length === 0) own.push(required(path.child('values'), detail));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      const detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
      if (values.length > 0) own.push(invalid(path.child('values'), values, detail));
    } else own.push(invalid(path.child('operator'), operator ?? '', 'not a valid selector operator'));
    return own;
  });
  const names = expressions.map(({ scopeName }) => scopeName);
  return [...errors, ...conflictsOf(names, asSent(quota, 'scopes'), path)];
}

function validateSpec(quota: ResourceQuota): FieldError[] {
  const fields = quota.spec ?? {};
  return [...validateQuotaList(fields.hard, spec.child('hard')), ...validateScopes(fields), ...validateScopeSelector(fields)];
}

function validateStatus(quota: ResourceQuota): FieldError[] {
  return (['hard', 'used'] as const).flatMap((list) => validateQuotaList(quota.status?.[list], FieldPath.of('status', list)));
}

const comparable = ['cpu', 'memory', 'storage', 'ephemeral-storage'];

function warnings(quota: ResourceQuota): string[] {
  const hard = quota.spec?.hard ?? {};
  return comparable.flatMap((name) => {
    const short = name === 'cpu' || name === 'memory' ? name : undefined;
    const request = hard[`requests.${name}`] !== undefined ? `requests.${name}` : short;
    const limit = `limits.${name}`;
    if (!request || hard[request] === undefined || hard[limit] === undefined) return [];
    if (parseQuantity(hard[request]).compare(parseQuantity(hard[limit])) <= 0) return [];
    return [`ResourceQuota ${request} (${hard[request]}) should be less than ${limit} (${hard[limit]})`];
  });
}

const usageCell =
  (limits: boolean) =>
  (quota: ResourceQuota): string =>
    sorted(Object.keys(quota.status?.hard ?? {}))
      .filter((name) => name.startsWith('limits.') === limits)
      .map((name) => `${name}: ${quota.status?.used?.[name] ?? '0'}/${quota.status!.hard![name]}`)
      .join(', ');

/** ResourceQuotas. Compared with v1.36.3: names and amounts, scopes, status, warnings, table. */
export const resourceQuota = defineResource<ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  returnsDeletedObject: true,
  shortNames: ['quota'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.ResourceQuota',
  subresources: [
    statusSubresource<ResourceQuota>({
      validateUpdate: (object, old) => [...validateCoreMetaUpdate(object.metadata, old.metadata), ...validateStatus(object)],
    }),
  ],
  columns: [
    nameColumn,
    {
      name: 'Request',
      type: 'string',
      description: 'Request represents a minimum amount of cpu/memory that a container may consume.',
      cell: usageCell(false),
    },
    {
      name: 'Limit',
      type: 'string',
      description: 'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
      cell: usageCell(true),
    },
    ageColumn,
  ],
  resetFields: [['status']],
  defaults(object) {
    object.spec ??= {};
    object.status ??= {};
    for (const list of [object.spec.hard, object.status.hard, object.status.used]) defaultResourceList(list);
  },
  prepareForCreate(object) {
    object.status = {};
  },
  prepareForUpdate(object, old) {
    if (old.status) object.status = old.status;
  },
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: true }), ...validateSpec(object), ...validateStatus(object)],
  validateUpdate(object, old) {
    const errors = [...validateCoreMetaUpdate(object.metadata, old.metadata), ...validateSpec(object)];
    const set = (quota: ResourceQuota): string => JSON.stringify(sorted(new Set(quota.spec?.scopes ?? [])));
    return set(object) === set(old)
      ? errors
      : [...errors, invalid(spec.child('scopes'), asSent(object.spec, 'scopes'), 'field is immutable')];
  },
  warnings: (object, old) => (old ? [] : warnings(object)),
});
