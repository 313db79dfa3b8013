import { type DeclaredType, declaredType, nameTypes } from '../schema/declared-types.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { PolicyCompiler } from './policy-compiler.ts';
import type { KnownType } from './policy-environment.ts';

/** A kind that a policy is about, with its schema; without one where nobody knows it. */
export interface CheckedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schema: JsonSchema;
}

export interface ExpressionWarning {
  readonly fieldRef: string;
  readonly warning: string;
}

interface PolicySpec {
  readonly paramKind?: object;
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly validations?: readonly { readonly expression: string; readonly messageExpression?: string }[];
}

/**
 * What is wrong with a policy's expressions, given the types of the objects that it is about (KEP-3488).
 * @param nanosecond of the moment within its second: upstream ends the names of kinds' types with it, so that no two are the same; it has gone on
 *   from one name to the next
 */
export function checkPolicyTypes(
  spec: PolicySpec,
  kinds: readonly CheckedKind[],
  params: { readonly kind: string; readonly schema: JsonSchema | undefined },
  nanosecond: number,
): ExpressionWarning[] {
  let moment = nanosecond;
  const uniqueName = (kind: string) => `${kind}${moment++}`;
  const paramsType = params.schema && knownType(params.schema, uniqueName(params.kind));
  const checkers = kinds.flatMap(({ group, version, kind, schema }) => {
    const object = knownType(schema, uniqueName(kind));
    return object ? [{ name: `${group}/${version}, Kind=${kind}`, compiler: new PolicyCompiler(true, { object, paramsType }) }] : [];
  });
  const options = { params: spec.paramKind !== undefined, authorizer: true };
  for (const { compiler } of checkers) {
    for (const { name, expression } of spec.variables ?? []) compiler.addVariable(name, expression, options);
  }
  const warnings: ExpressionWarning[] = [];
  const check = (text: string, fieldRef: string) => {
    const issues = checkers.flatMap(({ name, compiler }) => {
      const { error } = compiler.compile(text, 'any', options);
      return error === undefined ? [] : [`${name}: ${error.replace(/^compilation failed: /, '')}\n`];
    });
    if (issues.length > 0) warnings.push({ fieldRef, warning: issues.join('\n') });
  };
  for (const [i, { expression, messageExpression }] of (spec.validations ?? []).entries()) {
    check(expression, `spec.validations[${i}].expression`);
    if (messageExpression) check(messageExpression, `spec.validations[${i}].messageExpression`);
  }
  return warnings;
}

function knownType(schema: JsonSchema, name: string): KnownType | undefined {
  const declared: DeclaredType | undefined = declaredType(schema, false);
  if (!declared) return undefined;
  const { type, provider } = nameTypes(declared, name);
  return { type: type.type, provider };
}
