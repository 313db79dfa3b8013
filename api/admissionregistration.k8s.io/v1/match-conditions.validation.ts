import type { MatchCondition } from '../../../openapi/types.ts';
import { duplicate, type FieldError, type FieldPath, invalid, required, tooMany } from '../../meta/field.ts';
import { isQualifiedName } from '../../meta/names.ts';

const maxConditions = 64;

/** Expressions that a request must satisfy before a webhook or policy looks at it. */
export function validateMatchConditions(conditions: readonly MatchCondition[] | undefined, path: FieldPath): FieldError[] {
  const list = conditions ?? [];
  const errors = list.length > maxConditions ? [tooMany(path, list.length, maxConditions)] : [];
  const names = new Set<string>();
  list.forEach(({ name = '', expression = '' }, i) => {
    const at = path.index(i);
    if (expression.trim() === '') errors.push(required(at.child('expression')));
    if (name === '') {
      errors.push(required(at.child('name')));
      return;
    }
    errors.push(...isQualifiedName(name).map((message) => invalid(at.child('name'), name, message)));
    if (names.has(name)) errors.push(duplicate(at.child('name'), name));
    names.add(name);
  });
  return errors;
}
