import type { MatchCondition } from '../../../openapi/types.ts';
import { type CompiledExpression, PolicyCompiler } from '../../cel/policy/policy-compiler.ts';
import { duplicate, type FieldError, type FieldPath, internalError, invalid, required, tooMany } from '../../meta/field.ts';
import { isQualifiedName } from '../../meta/names.ts';

const maxConditions = 64;

/**
 * Expressions that a request must satisfy before a webhook or policy looks at it.
 * @param params whether they may name a policy's parameters
 */
export function validateMatchConditions(conditions: readonly MatchCondition[] | undefined, path: FieldPath, params = false): FieldError[] {
  const list = conditions ?? [];
  // Conditions are judged before a policy's variables are.
  const compiler = new PolicyCompiler(false);
  const errors = list.length > maxConditions ? [tooMany(path, list.length, maxConditions)] : [];
  const names = new Set<string>();
  list.forEach(({ name = '', expression = '' }, i) => {
    const at = path.index(i);
    const text = expression.trim();
    if (text === '') errors.push(required(at.child('expression')));
    else errors.push(...expressionErrors(compiler.compile(text, 'condition', { params, authorizer: true }), at.child('expression')));
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

export function expressionErrors({ text, error, isInternal }: CompiledExpression, path: FieldPath, shown = text): FieldError[] {
  if (error === undefined) return [];
  return [isInternal ? internalError(path, error) : invalid(path, shown, error)];
}
