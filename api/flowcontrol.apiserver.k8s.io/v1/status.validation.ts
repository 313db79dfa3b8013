import { duplicate, type FieldError, FieldPath, required } from '../../meta/field.ts';

const path = FieldPath.of('status', 'conditions');

interface Status {
  readonly conditions?: readonly { readonly type?: string }[];
}

/** Conditions have a type, each another one. */
export function validateConditionTypes(status: Status | undefined): FieldError[] {
  const seen = new Set<string>();
  return (status?.conditions ?? []).flatMap(({ type = '' }, i) => {
    const at = path.index(i).child('type');
    const errors: FieldError[] = seen.has(type) ? [duplicate(at, type)] : [];
    seen.add(type);
    return type === '' ? [...errors, required(at)] : errors;
  });
}
