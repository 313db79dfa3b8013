import type { FieldError, FieldPath } from './field.ts';
import { duplicate, invalid, notSupported, required, tooLong } from './field.ts';
import { formMessage, isQualifiedName } from './names.ts';
import { byteLength } from './text.ts';

/** metav1.Condition, and near enough every other condition. */
export interface Condition {
  type: string;
  status: string;
  observedGeneration?: number;
  lastTransitionTime?: string | null;
  reason?: string;
  message?: string;
}

export function findCondition<C extends Condition>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

const reasonForm = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const reason = new RegExp(`^(?:${reasonForm})$`);

/** The rules of a list of metav1.Condition. */
export function validateConditions(conditions: readonly Condition[] | undefined, path: FieldPath): FieldError[] {
  const seen = new Set<string>();
  return (conditions ?? []).flatMap((condition, i) => {
    const at = path.index(i);
    const repeated = seen.has(condition.type) ? [duplicate(at.child('type'), condition.type)] : [];
    seen.add(condition.type);
    return [...repeated, ...validateCondition(condition, at)];
  });
}

function validateCondition(condition: Condition, path: FieldPath): FieldError[] {
  const errors = isQualifiedName(condition.type).map((message) => invalid(path.child('type'), condition.type, message));
  if (!['False', 'True', 'Unknown'].includes(condition.status)) {
    errors.push(notSupported(path.child('status'), condition.status, ['False', 'True', 'Unknown']));
  }
  if ((condition.observedGeneration ?? 0) < 0) {
    errors.push(invalid(path.child('observedGeneration'), condition.observedGeneration, 'must be greater than or equal to zero'));
  }
  if (!condition.lastTransitionTime) errors.push(required(path.child('lastTransitionTime')));
  errors.push(...validateReason(condition.reason ?? '', path.child('reason')));
  if (byteLength(condition.message ?? '') > 32768) errors.push(tooLong(path.child('message'), 32768));
  return errors;
}

function validateReason(value: string, path: FieldPath): FieldError[] {
  if (value === '') return [required(path)];
  if (!reason.test(value)) {
    const words =
      "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'";
    return [invalid(path, value, formMessage(words, reasonForm, 'my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB'))];
  }
  return byteLength(value) > 1024 ? [tooLong(path, 1024)] : [];
}
