import { estimateCost } from '../check/cost-estimate.ts';
import type { Environment } from '../check/environment.ts';
import { declaredName, optionalType } from '../check/types.ts';
import { kubernetesEnvironment } from '../library/index.ts';
import { CompileError, compileProgram, type Program } from '../program.ts';
import { type DeclaredType, nameTypes } from './declared-types.ts';
import type { ValidationRule } from './json-schema.ts';

/** A rule of a schema, compiled as far as it goes. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program?: Program;
  /** Why there is no program. */
  readonly error?: string;
  readonly message?: Program;
  readonly messageError?: string;
}

/** The environments of the rules at one place of a schema. */
export interface RuleScope {
  readonly type: DeclaredType;
  readonly plain: Environment;
  /** oldSelf is an optional value. */
  readonly optional: Environment;
}

export function createRuleScope(declared: DeclaredType): RuleScope {
  const { type, provider } = nameTypes(declared, 'selfType');
  const self = { name: 'self', type: type.type };
  const withOld = (oldType: typeof type.type) =>
    kubernetesEnvironment.extend({ structs: provider, variables: [self, { name: 'oldSelf', type: oldType }] });
  return { type, plain: withOld(type.type), optional: withOld(optionalType(type.type)) };
}

/** @returns neither program nor error for an empty rule */
export function compileRule(rule: ValidationRule, scope: RuleScope): CompiledRule {
  if (rule.rule.trim() === '') return { rule };
  const environment = rule.optionalOldSelf ? scope.optional : scope.plain;
  let program: Program;
  try {
    program = compileProgram(rule.rule, environment);
    if (declaredName(program.type) !== 'bool') return { rule, error: 'cel expression must evaluate to a bool' };
    program.instantiate();
  } catch (error) {
    return { rule, error: compileError(error).described };
  }
  if (!rule.messageExpression) return { rule, program };
  try {
    const message = compileProgram(rule.messageExpression, environment);
    if (declaredName(message.type) !== 'string') return { rule, program, messageError: 'messageExpression must evaluate to a string' };
    message.instantiate();
    return { rule, program, message };
  } catch (error) {
    return { rule, program, messageError: `messageExpression ${compileError(error).described.replace(/^program /, '')}` };
  }
}

function compileError(error: unknown): CompileError {
  if (error instanceof CompileError) return error;
  throw error;
}

/** The most that an evaluation can cost. */
export function maxCost({ parsed, checked }: Program, scope: RuleScope): number {
  return estimateCost(parsed.expression, checked, (path) => maxElementsAt(scope.type, path)).max;
}

function maxElementsAt(root: DeclaredType, path: readonly string[]): number | undefined {
  let type: DeclaredType | undefined = root;
  for (const part of path.slice(1)) {
    if (part === '@items' || part === '@values') type = type.element;
    else type = part === '@keys' ? type.key : type.fields?.get(part);
    if (!type) return undefined;
  }
  return type.maxElements;
}
