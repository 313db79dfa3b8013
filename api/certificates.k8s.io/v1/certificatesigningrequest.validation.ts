import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../../../openapi/types.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { duplicate, type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { certificateProblem, requestProblem } from './certificate-request.ts';
import { validateSignerName } from './signer-name.validation.ts';

const specPath = FieldPath.of('spec');
const conditionsPath = FieldPath.of('status', 'conditions');
const certificatePath = FieldPath.of('status', 'certificate');
const legacySigner = 'kubernetes.io/legacy-unknown';
const shortestSeconds = 600;
const decisions = ['Approved', 'Denied'];
const finalTypes = [...decisions, 'Failed'];
const conditionStatuses = ['False', 'True', 'Unknown'];
const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

const conditionsOf = ({ status }: CertificateSigningRequest): readonly CertificateSigningRequestCondition[] => status?.conditions ?? [];
const hasRepeated = (values: readonly unknown[]): boolean => new Set(values).size < values.length;

/** A request, new or changed. @param old what was stored under older rules may stay */
export function validateRequest(object: CertificateSigningRequest, old?: CertificateSigningRequest): FieldError[] {
  const { metadata, spec, status } = object;
  const errors = validateCoreMeta(metadata, { namespaced: false, nameFn: () => [] });
  const problem = requestProblem(spec?.request ?? '');
  if (problem) errors.push(invalid(specPath.child('request'), asSent(spec, 'request') ?? null, problem));
  errors.push(...validateUsages(spec?.usages ?? [], old?.spec?.usages ?? []));
  const { signerName = '', expirationSeconds } = spec ?? {};
  if (signerName === legacySigner && old?.spec?.signerName !== legacySigner) {
    errors.push(invalid(specPath.child('signerName'), signerName, 'the legacy signerName is not allowed via this API version'));
  } else errors.push(...validateSignerName(signerName, specPath.child('signerName')));
  if (expirationSeconds !== undefined && expirationSeconds < shortestSeconds) {
    const detail = 'may not specify a duration less than 600 seconds (10 minutes)';
    errors.push(invalid(specPath.child('expirationSeconds'), expirationSeconds, detail));
  }
  errors.push(...validateConditions(conditionsOf(object), old && conditionsOf(old)));
  const keeps = old && (old.status?.certificate === status?.certificate || certificateProblem(old.status?.certificate));
  const certificate = keeps ? undefined : certificateProblem(status?.certificate);
  if (certificate) errors.push(invalid(certificatePath, '<certificate data>', certificate));
  return errors;
}

function validateUsages(list: readonly string[], old: readonly string[]): FieldError[] {
  const path = specPath.child('usages');
  const errors: FieldError[] = list.length === 0 ? [required(path)] : [];
  if (old.every((usage) => usages.includes(usage))) {
    list.forEach((usage, i) => {
      if (!usages.includes(usage)) errors.push(notSupported(path.index(i), usage, usages));
    });
  }
  if (hasRepeated(old)) return errors;
  return [...errors, ...list.flatMap((usage, i) => (list.indexOf(usage) < i ? [duplicate(path.index(i), usage)] : []))];
}

function validateConditions(
  conditions: readonly CertificateSigningRequestCondition[],
  old: readonly CertificateSigningRequestCondition[] = [],
): FieldError[] {
  const oldTypes = old.map(({ type }) => type);
  const bothDecided = decisions.every((type) => oldTypes.includes(type));
  const seen = new Set<string>();
  return conditions.flatMap(({ type = '', status = '' }, i) => {
    const at = conditionsPath.index(i);
    const errors: FieldError[] = type === '' && !oldTypes.includes('') ? [required(at.child('type'))] : [];
    const allowed = finalTypes.includes(type) ? ['True'] : conditionStatuses;
    if (status === '') errors.push(required(at.child('status')));
    else if (!allowed.includes(status)) errors.push(notSupported(at.child('status'), status, allowed));
    const other = decisions.find((decision) => decision !== type);
    if (!bothDecided && decisions.includes(type) && seen.has(other!)) {
      errors.push(invalid(conditionsPath, type, 'Approved and Denied conditions are mutually exclusive'));
    }
    if (!hasRepeated(oldTypes) && seen.has(type)) errors.push(duplicate(at.child('type'), type));
    seen.add(type);
    return errors;
  });
}

/** What a way of updating may change besides metadata. */
export interface Permissions {
  readonly decide?: boolean;
  readonly issue?: boolean;
}

export function validateRequestUpdate(
  object: CertificateSigningRequest,
  old: CertificateSigningRequest,
  { decide = false, issue = false }: Permissions = {},
): FieldError[] {
  const errors = validateRequest(object, old);
  const ofType = (request: CertificateSigningRequest, type: string) => conditionsOf(request).filter((condition) => condition.type === type);
  for (const type of finalTypes) {
    if (ofType(object, type).length < ofType(old, type).length) {
      errors.push(forbidden(conditionsPath, `updates may not remove a condition of type "${type}"`));
    }
  }
  for (const type of decide ? [] : decisions) {
    const [now, before] = [ofType(object, type), ofType(old, type)];
    if (now.length > before.length) errors.push(forbidden(conditionsPath, `updates may not add a condition of type "${type}"`));
    else if (now.length === before.length && !semanticEqual(now, before)) {
      errors.push(forbidden(conditionsPath, `updates may not modify a condition of type "${type}"`));
    }
  }
  if ((object.status?.certificate ?? '') !== (old.status?.certificate ?? '')) {
    if (!issue) errors.push(forbidden(certificatePath, 'updates may not set certificate content'));
    else if (old.status?.certificate) errors.push(forbidden(certificatePath, 'updates may not modify existing certificate content'));
  }
  return [...errors, ...validateCoreMetaUpdate(object.metadata, old.metadata)];
}
