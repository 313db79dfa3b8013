import { Uint, type Value } from '../runtime/values.ts';
import { type Call, type Comprehension, type Expression, qualifiedName, type StructLiteral } from '../syntax/ast.ts';
import type { Parsed } from '../syntax/parser.ts';
import type { Issue } from '../syntax/source.ts';
import { assignableAll, mostGeneral, type Substitutions, substitute } from './assignable.ts';
import type { FunctionDeclaration } from './declarations.ts';
import type { Environment } from './environment.ts';
import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  dynType,
  errorType,
  intType,
  isDyn,
  isOptional,
  listType,
  mapType,
  nullType,
  optionalType,
  parameterType,
  printArguments,
  printType,
  sameType,
  stringType,
  uintType,
} from './types.ts';

/** What a name in an expression turned out to mean. */
export type Reference =
  | { readonly kind: 'identifier'; readonly name: string; readonly isType: boolean; readonly constant?: Value | undefined }
  | {
      readonly kind: 'function';
      readonly declaration: FunctionDeclaration;
      readonly overloads: readonly string[];
      readonly member: boolean;
    };

export interface Checked {
  readonly issues: readonly Issue[];
  /** The type of every node, by id. */
  readonly types: ReadonlyMap<number, CelType>;
  readonly references: ReadonlyMap<number, Reference>;
  readonly type: CelType;
}

/** Finds the types of an expression and what its names refer to. What does not fit is in `issues`, in cel-go's words. */
export function check(parsed: Parsed, environment: Environment): Checked {
  const checker = new Checker(environment);
  checker.check(parsed.expression);
  const types = new Map<number, CelType>();
  for (const [id, type] of checker.types) types.set(id, substitute(checker.substitutions, type, true));
  return { issues: checker.issues, types, references: checker.references, type: types.get(parsed.expression.id) ?? dynType };
}

class Checker {
  readonly issues: Issue[] = [];
  readonly types = new Map<number, CelType>();
  readonly references = new Map<number, Reference>();
  substitutions: Substitutions = new Map();
  private parameterCount = 0;
  /** Variables of the comprehensions around, innermost last. */
  private readonly locals: { name: string; type: CelType }[] = [];

  private readonly environment: Environment;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  check(expression: Expression): CelType {
    const type = this.typeFor(expression);
    this.types.set(expression.id, type);
    return type;
  }

  private typeFor(expression: Expression): CelType {
    switch (expression.kind) {
      case 'literal':
        return literalType(expression.value);
      case 'identifier':
        return this.identifier(expression, expression.name) ?? this.undeclared(expression, expression.name);
      case 'select': {
        const name = qualifiedName(expression);
        const known = name === undefined ? undefined : this.identifier(expression, name);
        if (known) return known;
        const type = this.selectField(expression, expression.operand, expression.field, false);
        return substitute(this.substitutions, expression.testOnly ? boolType : type, false);
      }
      case 'call':
        return this.call(expression);
      case 'list': {
        let element: CelType | undefined;
        expression.elements.forEach((part, i) => {
          const type = this.optionalPart(part, this.check(part), expression.optional.has(i));
          element = this.join(element, type);
        });
        return listType(element ?? this.newParameter());
      }
      case 'map': {
        let key: CelType | undefined;
        let value: CelType | undefined;
        for (const entry of expression.entries) {
          key = this.join(key, this.check(entry.key));
          value = this.join(value, this.optionalPart(entry.value, this.check(entry.value), entry.optional));
        }
        return key ? mapType(key, value!) : mapType(this.newParameter(), this.newParameter());
      }
      case 'struct':
        return this.struct(expression);
      case 'comprehension':
        return this.comprehension(expression);
      default:
        return errorType;
    }
  }

  private report(node: { offset: number }, message: string): void {
    this.issues.push({ offset: node.offset, message });
  }

  private undeclared(expression: Expression, name: string): CelType {
    this.report(expression, `undeclared reference to '${name}' (in container '')`);
    return errorType;
  }

  private identifier(expression: Expression, name: string): CelType | undefined {
    const local = this.locals.findLast((variable) => variable.name === name);
    if (local) {
      this.references.set(expression.id, { kind: 'identifier', name, isType: false });
      return local.type;
    }
    const found = this.environment.findIdentifier(name);
    if (!found) return undefined;
    this.references.set(expression.id, { kind: 'identifier', name: found.name, isType: found.isType, constant: found.constant });
    return found.type;
  }

  private selectField(expression: Expression, operand: Expression, field: string, optional: boolean): CelType {
    const operandType = substitute(this.substitutions, this.check(operand), false);
    const wasOptional = isOptional(operandType);
    const target = wasOptional ? operandType.parameters[0]! : operandType;
    let type: CelType = dynType;
    switch (target.kind) {
      case 'map':
        type = target.parameters[1]!;
        break;
      case 'struct':
        type = this.fieldType(expression, target.name, field) ?? errorType;
        break;
      case 'parameter':
        this.assignable(dynType, target);
        break;
      default:
        if (!isDyn(target) && target.kind !== 'error') {
          this.report(expression, `type '${printType(target)}' does not support field selection`);
        }
    }
    return wasOptional || optional ? optionalType(type) : type;
  }

  private fieldType(at: { offset: number }, struct: string, field: string): CelType | undefined {
    const declaration = this.environment.findStruct(struct);
    if (!declaration || declaration.unresolved) {
      this.report(at, `unexpected failed resolution of '${declaration?.unresolved ?? struct}'`);
      return undefined;
    }
    const type = declaration.field(field);
    if (!type) this.report(at, `undefined field '${field}'`);
    return type;
  }

  private call(call: Call): CelType {
    if (call.name === '_?._') return this.optionalSelect(call);
    for (const argument of call.args) this.check(argument);
    if (!call.target) {
      const declaration = this.environment.findFunction(call.name);
      return declaration ? this.resolve(call, declaration, undefined) : this.undeclared(call, call.name);
    }
    const prefix = qualifiedName(call.target);
    const qualified = prefix === undefined ? undefined : this.environment.findFunction(`${prefix}.${call.name}`);
    if (qualified) return this.resolve(call, qualified, undefined);
    this.check(call.target);
    const declaration = this.environment.findFunction(call.name);
    return declaration ? this.resolve(call, declaration, call.target) : this.undeclared(call, call.name);
  }

  private optionalSelect(call: Call): CelType {
    const [operand, field] = call.args;
    if (field?.kind !== 'literal' || typeof field.value !== 'string') {
      this.report(field ?? call, 'unsupported optional field selection');
      return errorType;
    }
    const type = this.selectField(call, operand!, field.value, true);
    this.references.set(call.id, {
      kind: 'function',
      declaration: this.environment.findFunction(call.name)!,
      overloads: ['select_optional_field'],
      member: false,
    });
    return substitute(this.substitutions, type, false);
  }

  private resolve(call: Call, declaration: FunctionDeclaration, target: Expression | undefined): CelType {
    const args = target ? [target, ...call.args] : call.args;
    const given = args.map((argument) => this.types.get(argument.id)!);
    if (declaration.name === '_&&_' || declaration.name === '_||_') return this.logic(call, declaration, given);
    const member = target !== undefined;
    const matching: string[] = [];
    let result: CelType | undefined;
    for (const overload of declaration.overloads) {
      if (overload.member !== member || overload.args.length !== given.length) continue;
      const fresh = new Map(overload.typeParameters.map((name) => [name, this.newParameter()]));
      const wanted = overload.args.map((type) => substitute(fresh, type, false));
      const found = assignableAll(this.substitutions, given, wanted);
      if (!found) continue;
      this.substitutions = found;
      matching.push(overload.id);
      const type = substitute(found, substitute(fresh, overload.result, false), false);
      if (!result) result = type;
      else if (!isDyn(result) && !sameType(type, result)) result = dynType;
    }
    if (!result) {
      const shown = given.map((type) => substitute(this.substitutions, type, true));
      this.report(call, `found no matching overload for '${declaration.name}' applied to '${printArguments(shown, member)}'`);
      return errorType;
    }
    this.references.set(call.id, { kind: 'function', declaration, overloads: matching, member });
    return result;
  }

  private logic(call: Call, declaration: FunctionDeclaration, given: readonly CelType[]): CelType {
    let failed = false;
    given.forEach((type, i) => {
      if (this.assignable(type, boolType)) return;
      failed = true;
      this.report(call.args[i]!, mismatch(boolType, type));
    });
    if (failed) return errorType;
    this.references.set(call.id, { kind: 'function', declaration, overloads: [declaration.overloads[0]!.id], member: false });
    return boolType;
  }

  private struct(literal: StructLiteral): CelType {
    const identifier = this.environment.findIdentifier(literal.typeName);
    if (!identifier) return this.undeclared(literal, literal.typeName);
    this.references.set(literal.id, { kind: 'identifier', name: identifier.name, isType: identifier.isType });
    let type: CelType = errorType;
    const declaration = this.environment.findStruct(identifier.name);
    if (identifier.type.kind !== 'type') {
      this.report(literal, `'${identifier.type.name}' is not a type`);
    } else if (!declaration || declaration.isNoMessage) {
      this.report(literal, `'${identifier.type.parameters[0]!.name}' is not a message type`);
    } else {
      type = identifier.type.parameters[0]!;
    }
    for (const field of literal.fields) {
      const value = this.check(field.value);
      const fieldType = this.fieldType(field, identifier.name, field.name) ?? errorType;
      const given = this.optionalPart(field.value, value, field.optional);
      if (this.assignable(fieldType, given)) continue;
      this.report(field, `expected type of field '${field.name}' is '${printType(fieldType)}' but provided type is '${printType(given)}'`);
    }
    return type;
  }

  private comprehension(loop: Comprehension): CelType {
    const range = substitute(this.substitutions, this.check(loop.range), false);
    const accumulator = this.check(loop.initial);
    const [first, second] = this.loopTypes(loop, range);
    const before = this.locals.length;
    this.locals.push({ name: loop.accumulator, type: accumulator }, { name: loop.variable, type: first });
    if (loop.variable2) this.locals.push({ name: loop.variable2, type: second });
    this.checkIs(loop.condition, boolType);
    this.checkIs(loop.step, accumulator);
    this.locals.length = before + 1;
    const result = this.check(loop.result);
    this.locals.length = before;
    return substitute(this.substitutions, result, false);
  }

  private loopTypes(loop: Comprehension, range: CelType): [CelType, CelType] {
    switch (range.kind) {
      case 'list':
        return loop.variable2 ? [intType, range.parameters[0]!] : [range.parameters[0]!, dynType];
      case 'map':
        return [range.parameters[0]!, range.parameters[1]!];
      case 'dyn':
      case 'error':
      case 'parameter':
        this.assignable(dynType, range);
        return [dynType, dynType];
      default:
        this.report(
          loop.range,
          `expression of type '${printType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        );
        return [errorType, errorType];
    }
  }

  private checkIs(expression: Expression, wanted: CelType): void {
    const type = this.check(expression);
    if (!this.assignable(wanted, type)) this.report(expression, mismatch(wanted, type));
  }

  private optionalPart(part: Expression, type: CelType, optional: boolean): CelType {
    if (!optional || isDyn(type)) return type;
    if (isOptional(type)) return type.parameters[0]!;
    this.report(part, mismatch(optionalType(type), type));
    return type;
  }

  // Mixed lists and maps are refused by validateLiterals, which knows where they are allowed.
  private join(previous: CelType | undefined, current: CelType): CelType {
    if (!previous) return current;
    return this.assignable(previous, current) ? mostGeneral(previous, current) : dynType;
  }

  private assignable(a: CelType, b: CelType): boolean {
    const found = assignableAll(this.substitutions, [a], [b]);
    if (found) this.substitutions = found;
    return found !== undefined;
  }

  private newParameter(): CelType {
    return parameterType(`_var${this.parameterCount++}`);
  }
}

function mismatch(expected: CelType, found: CelType): string {
  return `expected type '${printType(expected)}' but found '${printType(found)}'`;
}

function literalType(value: unknown): CelType {
  switch (typeof value) {
    case 'bigint':
      return intType;
    case 'number':
      return doubleType;
    case 'string':
      return stringType;
    case 'boolean':
      return boolType;
  }
  if (value === null) return nullType;
  return value instanceof Uint ? uintType : bytesType;
}
