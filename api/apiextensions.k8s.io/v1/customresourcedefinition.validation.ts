import { X509Certificate } from 'node:crypto';
import type {
  CustomResourceColumnDefinition,
  CustomResourceConversion,
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  CustomResourceValidation,
} from '../../../openapi/types.ts';
import {
  hasKnownReviewVersion,
  validateReviewVersions,
  validateWebhookClient,
} from '../../admissionregistration.k8s.io/v1/webhook-client.validation.ts';
import { isConditionTrue } from '../../meta/conditions.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { sameJson } from '../../meta/json.ts';
import { isDns1035Label, isDns1123Subdomain, nameIsDnsSubdomain } from '../../meta/names.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { byteLength } from '../../meta/text.ts';
import { validateImmutableField, validateObjectMeta, validateObjectMetaUpdate } from '../../meta/validation.ts';
import type { JsonSchema } from '../../structural/structural.ts';
import { approvalAnnotation, approvalOf, isProtectedGroup } from './api-approval.ts';
import { internalSpec, printedVersions } from './internal-versions.ts';
import { validateRootSchema } from './root-schema.validation.ts';
import { eachSchema } from './schema.warnings.ts';
import { hasTooManySelectableFields, validateSelectableFields } from './selectable-fields.validation.ts';

type Version = CustomResourceDefinitionVersion;
const specPath = FieldPath.of('spec');
const scopes = ['Cluster', 'Namespaced'];
const strategies = ['None', 'Webhook'];
const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

export function validateDefinition(object: CustomResourceDefinition): FieldError[] {
  const wanted = `${object.spec?.names?.plural ?? ''}.${object.spec?.group ?? ''}`;
  const nameFn = (name: string, prefix: boolean): string[] => [
    ...nameIsDnsSubdomain(name, prefix),
    ...(name === wanted ? [] : ['must be spec.names.plural+"."+spec.group']),
  ];
  return [...validateObjectMeta(object.metadata ?? {}, { namespaced: false, nameFn }), ...validateParts(object, undefined)];
}

export function validateDefinitionUpdate(object: CustomResourceDefinition, old: CustomResourceDefinition): FieldError[] {
  return [...validateObjectMetaUpdate(object.metadata ?? {}, old.metadata ?? {}), ...validateParts(object, old)];
}

export function validateDefinitionStatusUpdate(object: CustomResourceDefinition, old: CustomResourceDefinition): FieldError[] {
  return [
    ...validateObjectMetaUpdate(object.metadata ?? {}, old.metadata ?? {}),
    ...validateNames(object.status?.acceptedNames, FieldPath.of('status', 'acceptedNames')),
  ];
}

function validateParts(object: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldError[] {
  return [
    ...validateSpec(object.spec, old),
    ...(old ? validateUnchanged(object.spec, old) : []),
    ...validateNames(object.status?.acceptedNames, FieldPath.of('status', 'acceptedNames')),
    ...validateStoredVersions(object),
    ...validateApproval(object, old),
    ...(object.spec.preserveUnknownFields && !old?.spec.preserveUnknownFields ? [preservesUnknownFields] : []),
  ];
}

const preservePath = specPath.child('preserveUnknownFields');
const preservesUnknownFields = invalid(
  preservePath,
  true,
  'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
);

function validateUnchanged(spec: CustomResourceDefinitionSpec, { spec: old, status }: CustomResourceDefinition): FieldError[] {
  const errors: FieldError[] = [];
  if (isConditionTrue(status?.conditions, 'Established')) {
    errors.push(...validateImmutableField(spec.scope, old.scope, specPath.child('scope')));
    errors.push(...validateImmutableField(spec.names.kind, old.names.kind, specPath.child('names', 'kind')));
  }
  errors.push(...validateImmutableField(spec.group, old.group, specPath.child('group')));
  errors.push(...validateImmutableField(spec.names.plural, old.names.plural, specPath.child('names', 'plural')));
  return errors;
}

function validateStoredVersions({ spec, status }: CustomResourceDefinition): FieldError[] {
  const path = FieldPath.of('status', 'storedVersions');
  const stored = status?.storedVersions ?? [];
  if (stored.length === 0) return [invalid(path, null, 'must have at least one stored version')];
  const versions = spec.versions ?? [];
  const left = new Set(stored);
  const errors: FieldError[] = [];
  // Of versions of one name only the first finds it.
  for (const { name, storage } of versions) {
    if (!left.delete(name) && storage) errors.push(invalid(path, stored, `must have the storage version ${name}`));
  }
  stored.forEach((name, i) => {
    if (versions.some((version) => version.name === name)) return;
    const words = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(invalid(path.index(i), name, words));
  });
  return errors;
}

function validateApproval(object: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldError[] {
  if (!isProtectedGroup(object.spec.group ?? '')) return [];
  const textOf = (definition: CustomResourceDefinition): string => definition.metadata?.annotations?.[approvalAnnotation] ?? '';
  const { approval, words } = approvalOf(textOf(object));
  if (old && approvalOf(textOf(old)).approval === approval) return [];
  const path = FieldPath.of('metadata', 'annotations').key(approvalAnnotation);
  if (approval === 'missing') return [required(path, words)];
  return approval === 'invalid' ? [invalid(path, textOf(object), words)] : [];
}

function oneOf(value: string, allowed: readonly string[], path: FieldPath): FieldError[] {
  if (value === '') return [required(path)];
  return allowed.includes(value) ? [] : [notSupported(path, value, allowed)];
}

function joined(path: FieldPath, value: string, messages: readonly string[], before = ''): FieldError[] {
  return messages.length === 0 ? [] : [invalid(path, value, before + messages.join(','))];
}

function validateGroup(group: string, path: FieldPath): FieldError[] {
  if (group === '') return [required(path)];
  const errors = joined(path, group, isDns1123Subdomain(group));
  if (errors.length > 0 || group.includes('.')) return errors;
  return [invalid(path, group, 'should be a domain with at least one dot')];
}

function validateSpec(spec: CustomResourceDefinitionSpec, old: CustomResourceDefinition | undefined): FieldError[] {
  const internal = internalSpec(spec);
  const { versions } = internal;
  const printed = (): object[] | null => (asSent(spec, 'versions') ? printedVersions(versions) : null);
  const errors = [...validateGroup(spec.group ?? '', specPath.child('group')), ...oneOf(spec.scope ?? '', scopes, specPath.child('scope'))];
  if (spec.preserveUnknownFields && hasDefaults(spec)) {
    errors.push(invalid(preservePath, true, 'must be false in order to use defaults in the schema'));
  }
  const versionsPath = specPath.child('versions');
  errors.push(...validateSchemasPresent(spec, old));
  versions.forEach((version, i) => {
    const at = versionsPath.index(i);
    errors.push(...joined(at.child('name'), version.name, isDns1035Label(version.name)));
    errors.push(...validateVersion(version, at, old, (internal.subresources ?? version.subresources)?.status !== undefined));
  });
  const names = new Set(versions.map(({ name }) => name));
  if (names.size < versions.length) errors.push(invalid(versionsPath, printed(), 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1) {
    errors.push(invalid(versionsPath, printed(), 'must have exactly one version marked as storage version'));
  }
  if (versions[0]?.name) errors.push(...joined(specPath.child('version'), versions[0].name, isDns1035Label(versions[0].name)));
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const) {
    if (!spec.names?.[field]) errors.push(required(specPath.child('names', field)));
  }
  errors.push(...validateNames(spec.names, specPath.child('names')));
  const anyStatus = [internal, ...versions].some(({ subresources }) => subresources?.status !== undefined);
  errors.push(...validateSchema(internal.schema, specPath.child('validation'), anyStatus, acceptedSchemas(old, anyStatus)));
  errors.push(...validateSubresources(internal.subresources, specPath.child('subresources')));
  errors.push(...validateColumns(internal.additionalPrinterColumns, specPath.child('additionalPrinterColumns')));
  if (internal.selectableFields?.length) {
    const path = specPath.child('selectableFields');
    if (!internal.schema) errors.push(invalid(path, '', 'may only be set when validations.schema is included'));
    else {
      const before = old && internalSpec(old.spec).selectableFields;
      const allowed = hasTooManySelectableFields(before) && semanticEqual(before, internal.selectableFields);
      errors.push(...validateSelectableFields(internal.selectableFields, internal.schema.openAPIV3Schema ?? {}, path, allowed));
    }
  }
  return [...errors, ...validateConversion(spec, old)];
}

function hasDefaults({ versions }: CustomResourceDefinitionSpec): boolean {
  return (versions ?? []).some(({ schema }) => [...eachSchema(schema?.openAPIV3Schema)].some((each) => (each.default ?? null) !== null));
}

// Where the stored definition had versions without a schema, only served ones need one now.
function validateSchemasPresent(spec: CustomResourceDefinitionSpec, old: CustomResourceDefinition | undefined): FieldError[] {
  const all = !old || (old.spec.versions ?? []).every((version) => version.schema?.openAPIV3Schema);
  return (spec.versions ?? []).flatMap((version, i) => {
    if (version.schema?.openAPIV3Schema || (!all && !version.served)) return [];
    const path = specPath.child('versions').index(i).child('schema', 'openAPIV3Schema');
    return [all ? required(path) : required(path, 'because otherwise all fields are pruned')];
  });
}

function validateVersion(version: Version, path: FieldPath, old: CustomResourceDefinition | undefined, hasStatus: boolean): FieldError[] {
  const warning = version.deprecationWarning;
  const errors = deprecationMessages(version).map((message) => invalid(path.child('deprecationWarning'), warning, message));
  errors.push(...validateSchema(version.schema, path.child('schema'), hasStatus, acceptedSchemas(old, hasStatus)));
  errors.push(...validateSubresources(version.subresources, path.child('subresources')));
  errors.push(...validateColumns(version.additionalPrinterColumns, path.child('additionalPrinterColumns')));
  if (!version.selectableFields?.length) return errors;
  const at = path.child('selectableFields');
  const schema = version.schema?.openAPIV3Schema;
  if (!schema) return [...errors, invalid(at, '', 'may only be set when `version.schema.openAPIV3Schema` is not included')];
  const before = old?.spec.versions?.find(({ name }) => name === version.name)?.selectableFields;
  const allowed = hasTooManySelectableFields(before) && semanticEqual(before, version.selectableFields);
  return [...errors, ...validateSelectableFields(version.selectableFields, schema, at, allowed)];
}

function deprecationMessages({ deprecated, deprecationWarning: text }: Version): string[] {
  if (text === undefined) return [];
  if (!deprecated) return ['can only be set for deprecated versions'];
  const messages: string[] = [];
  if (byteLength(text) > 256) messages.push('must be <= 256 characters long');
  if (text === '') messages.push('must not be an empty string');
  const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(text);
  if (unprintable) {
    const index = byteLength(text.slice(0, unprintable.index));
    messages.push(`must only contain printable UTF-8 characters; non-printable character found at index ${index}`);
  }
  return messages;
}

/** @param known schemas that were accepted before: they are not judged again */
function validateSchema(
  validation: CustomResourceValidation | undefined,
  path: FieldPath,
  hasStatus: boolean,
  known: readonly unknown[],
): FieldError[] {
  const schema = validation?.openAPIV3Schema;
  return schema && !known.some((other) => sameJson(other, schema))
    ? validateRootSchema(schema as JsonSchema, path.child('openAPIV3Schema'), hasStatus)
    : [];
}

// With a status subresource the root may say less, so that only schemas of versions that had one count then.
function acceptedSchemas(old: CustomResourceDefinition | undefined, hasStatus: boolean): unknown[] {
  const versions = old?.spec.versions ?? [];
  return versions.flatMap(({ schema, subresources }) => (hasStatus && !subresources?.status ? [] : [schema?.openAPIV3Schema]));
}

function jsonPathMessages(text: string): string[] {
  return text.startsWith('.') ? [] : ['must be a simple json path starting with .'];
}

function validateSubresources(subresources: CustomResourceSubresources | undefined, path: FieldPath): FieldError[] {
  const scale = subresources?.scale;
  if (!scale) return [];
  const check = (field: string, text: string | undefined, roots: readonly string[], words: string): FieldError[] => {
    const at = path.child(`scale.${field}`);
    if (!text) return field === 'labelSelectorPath' ? [] : [required(at)];
    const messages = jsonPathMessages(text);
    if (messages.length === 0 && !roots.some((root) => text.startsWith(root))) messages.push(`should be a json path under ${words}`);
    return messages.map((message) => invalid(at, text, message));
  };
  return [
    ...check('specReplicasPath', scale.specReplicasPath, ['.spec.'], '.spec'),
    ...check('statusReplicasPath', scale.statusReplicasPath, ['.status.'], '.status'),
    ...check('labelSelectorPath', scale.labelSelectorPath, ['.spec.', '.status.'], 'either .spec or .status'),
  ];
}

function validateColumns(columns: readonly CustomResourceColumnDefinition[] | undefined, path: FieldPath): FieldError[] {
  return (columns ?? []).flatMap(({ name, type = '', format = '', jsonPath = '' }, i) => {
    const at = path.index(i);
    const types = `must be one of ${columnTypes.join(',')}`;
    const errors = name ? [] : [required(at.child('name'))];
    if (type === '') errors.push(required(at.child('type'), types));
    else if (!columnTypes.includes(type)) errors.push(invalid(at.child('type'), type, types));
    if (format && !columnFormats.includes(format)) {
      errors.push(invalid(at.child('format'), format, `must be one of ${columnFormats.join(',')}`));
    }
    if (jsonPath === '') return [...errors, required(at.child('JSONPath'))];
    return [...errors, ...jsonPathMessages(jsonPath).map((message) => invalid(at.child('JSONPath'), jsonPath, message))];
  });
}

function validateNames(names: CustomResourceDefinitionNames | undefined, path: FieldPath): FieldError[] {
  const { plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = [] } = names ?? {};
  const label = (field: FieldPath, value: string): FieldError[] => joined(field, value, isDns1035Label(value));
  const mixed = (field: string, value: string): FieldError[] => {
    const messages = value === '' ? [] : isDns1035Label(value.toLowerCase());
    return joined(path.child(field), value, messages, 'may have mixed case, but should otherwise match: ');
  };
  const errors = [
    ...(plural === '' ? [] : label(path.child('plural'), plural)),
    ...(singular === '' ? [] : label(path.child('singular'), singular)),
    ...mixed('kind', kind),
    ...mixed('listKind', listKind),
    ...shortNames.flatMap((name, i) => label(path.child('shortNames').index(i), name)),
  ];
  if (kind !== '' && kind === listKind) errors.push(invalid(path.child('listKind'), listKind, 'kind and listKind may not be the same'));
  return [...errors, ...categories.flatMap((name, i) => label(path.child('categories').index(i), name))];
}

function validateConversion(spec: CustomResourceDefinitionSpec, old: CustomResourceDefinition | undefined): FieldError[] {
  const conversion = spec.conversion;
  if (!conversion) return [];
  const path = specPath.child('conversion');
  const strategy = conversion.strategy ?? '';
  const errors: FieldError[] = [];
  if (strategy !== 'None' && spec.preserveUnknownFields) {
    errors.push(invalid(path.child('strategy'), strategy, 'must be None if spec.preserveUnknownFields is true'));
  }
  errors.push(...oneOf(strategy, strategies, path.child('strategy')));
  const client = conversion.webhook?.clientConfig;
  const clientPath = path.child('webhookClientConfig');
  const versions = conversion.webhook?.conversionReviewVersions;
  const versionsPath = path.child('conversionReviewVersions');
  if (strategy !== 'Webhook') {
    const words = 'should not be set when strategy is not set to Webhook';
    if (client) errors.push(forbidden(clientPath, words));
    if (versions?.length) errors.push(forbidden(versionsPath, words));
    return errors;
  }
  if (!client) errors.push(required(clientPath, 'required when strategy is set to Webhook'));
  else {
    errors.push(...validateWebhookClient(client, clientPath));
    if (client.caBundle && !mayHaveBadBundle(old)) errors.push(...validateBundle(client.caBundle, clientPath.child('caBundle')));
  }
  const known = !old || hasKnownReviewVersion(old.spec.conversion?.webhook?.conversionReviewVersions);
  return [...errors, ...validateReviewVersions(versions, known, '', versionsPath)];
}

function mayHaveBadBundle(old: CustomResourceDefinition | undefined): boolean {
  if (!old || !isConditionTrue(old.status?.conditions, 'Established')) return true;
  const bundle = oldBundle(old.spec.conversion);
  return bundle !== undefined && validateBundle(bundle, specPath).length > 0;
}

function oldBundle(conversion: CustomResourceConversion | undefined): string | undefined {
  return conversion?.webhook?.clientConfig?.caBundle || undefined;
}

function validateBundle(bundle: string, path: FieldPath): FieldError[] {
  const blocks = Buffer.from(bundle, 'base64')
    .toString()
    .match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  const problem = blocks ? certificateProblem(blocks) : 'data does not contain any valid RSA or ECDSA certificates';
  return problem ? [invalid(path, bundle, `unable to load root certificates: ${problem}`)] : [];
}

function certificateProblem(blocks: readonly string[]): string | undefined {
  try {
    for (const block of blocks) new X509Certificate(block);
    return undefined;
  } catch {
    return 'x509: malformed certificate';
  }
}
