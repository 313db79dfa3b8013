import type { Checked, Reference } from '../check/checker.ts';
import type { FunctionDeclaration, Overload } from '../check/declarations.ts';
import type { Environment } from '../check/environment.ts';
import type { CelType } from '../check/types.ts';
import { compileRegex, regexFunctions } from '../library/regex.ts';
import type { Call, Comprehension, Expression, ListLiteral, MapLiteral, StructLiteral } from '../syntax/ast.ts';
import { callCost, equalityCost } from './cost.ts';
import { equal } from './equality.ts';
import { CelError, CostLimitExceeded, goTypeName, indexOutOfBounds, noSuchKey, noSuchOverload, noSuchSignature } from './errors.ts';
import { checkKey, LiteralMap } from './literal-map.ts';
import { matches } from './matches.ts';
import { ArrayList, ListValue, MapValue, Optional, TypeValue, typeName, Uint, type Value } from './values.ts';

/** One evaluation's state. */
export interface Frame {
  /** In the order of the environment's variables. */
  readonly variables: readonly (Value | undefined)[];
  readonly locals: Value[];
  cost: number;
  readonly limit: number;
}

export type Evaluate = (frame: Frame) => Value;

/** Turns a checked expression into closures. @throws CelError when a constant part cannot be evaluated */
export function compile(expression: Expression, checked: Checked, environment: Environment): { evaluate: Evaluate; locals: number } {
  const compiler = new Compiler(checked, environment);
  const evaluate = compiler.compile(expression).evaluate;
  return { evaluate, locals: compiler.localCount };
}

/**
 * A compiled part. A chain of names, selections and indexes costs one for the whole and one for each step; `resolve` counts the steps alone,
 * for where the chain goes on.
 */
interface Part {
  readonly evaluate: Evaluate;
  readonly resolve?: Evaluate;
  readonly constant?: Value;
}

function charge(frame: Frame, cost: number): void {
  frame.cost += cost;
  if (frame.cost > frame.limit) throw new CostLimitExceeded();
}

class Compiler {
  localCount = 0;
  private readonly scope: { name: string; slot: number }[] = [];

  private readonly checked: Checked;
  private readonly environment: Environment;

  constructor(checked: Checked, environment: Environment) {
    this.checked = checked;
    this.environment = environment;
  }

  compile(expression: Expression): Part {
    const reference = this.checked.references.get(expression.id);
    if (reference?.kind === 'identifier' && (expression.kind === 'identifier' || expression.kind === 'select'))
      return this.identifier(reference);
    switch (expression.kind) {
      case 'literal':
        return constant(expression.value);
      case 'select':
        return this.select(expression.operand, expression.field, expression.testOnly);
      case 'call':
        return this.call(expression, reference);
      case 'list':
        return this.list(expression);
      case 'map':
        return this.map(expression);
      case 'struct':
        return this.struct(expression);
      case 'comprehension':
        return { evaluate: this.comprehension(expression) };
      default:
        throw new CelError('invalid expression');
    }
  }

  private identifier(reference: Reference & { kind: 'identifier' }): Part {
    if (reference.constant !== undefined) return constant(reference.constant);
    if (reference.isType) return constant(this.typeValue(reference.name));
    const local = this.scope.findLast((variable) => variable.name === reference.name);
    if (local) {
      const { slot } = local;
      return attribute((frame) => frame.locals[slot]!);
    }
    const index = this.environment.variables.findLastIndex((variable) => variable.name === reference.name);
    const missing = new CelError(`no such attribute(s): ${reference.name}`);
    return attribute((frame) => {
      const value = frame.variables[index];
      if (value === undefined) throw missing;
      return value;
    });
  }

  private typeValue(name: string): TypeValue {
    if (this.environment.findStruct(name)?.isNoValue) throw new CelError(`reference to undefined type: ${name}`);
    return new TypeValue(name);
  }

  private select(operand: Expression, field: string, testOnly: boolean): Part {
    const resolveOperand = resolveOf(this.compile(operand));
    if (testOnly) {
      const test: Evaluate = (frame) => {
        const target = resolveOperand(frame);
        if (target instanceof Optional && target.value === undefined) return false;
        charge(frame, 1);
        return isPresent(target, field);
      };
      return { evaluate: test, resolve: test };
    }
    return attribute((frame) => step(frame, resolveOperand(frame), field));
  }

  private call(call: Call, reference: Reference | undefined): Part {
    if (reference?.kind !== 'function') throw new CelError(`no such overload: ${call.name}`);
    const { declaration, overloads, member } = reference;
    const args = (member ? [call.target!, ...call.args] : call.args).map((argument) => this.compile(argument));
    const [a, b] = args.map((argument) => argument.evaluate) as [Evaluate, Evaluate];
    switch (declaration.name) {
      case '_&&_':
        return { evaluate: logic(a, b, false) };
      case '_||_':
        return { evaluate: logic(a, b, true) };
      case '_?_:_':
        return conditional(a, args[1]!, args[2]!);
      case '_==_':
        return { evaluate: equality(a, b, true) };
      case '_!=_':
        return { evaluate: equality(a, b, false) };
      case '@not_strictly_false':
        return { evaluate: notStrictlyFalse(a) };
      case '_[_]':
        return index(args[0]!, args[1]!, false);
      case '_[?_]':
      case '_?._':
        return index(args[0]!, args[1]!, true);
      case '@in':
        return membership(a, args[1]!, overloads.length === 1 ? overloads[0]! : '');
      case 'or':
        if (overloads.includes('optional_or_optional')) return { evaluate: optionalOr(a, b, false) };
        break;
      case 'orValue':
        if (overloads.includes('optional_orValue_value')) return { evaluate: optionalOr(a, b, true) };
        break;
    }
    return this.functionCall(declaration, overloads, member, args);
  }

  private functionCall(declaration: FunctionDeclaration, ids: readonly string[], member: boolean, args: readonly Part[]): Part {
    const id = ids.length === 1 ? ids[0]! : '';
    const apply = implementation(declaration, id, member, args);
    const cost = callCost(declaration.name, id);
    const evaluators = args.map((argument) => argument.evaluate);
    const [first, second] = evaluators as [Evaluate, Evaluate];
    let evaluate: Evaluate;
    if (evaluators.length === 1) {
      evaluate = (frame) => {
        const argument = first(frame);
        const result = apply(argument);
        charge(frame, cost([argument], result));
        return result;
      };
    } else if (evaluators.length === 2) {
      evaluate = (frame) => {
        const x = first(frame);
        const y = second(frame);
        const result = apply(x, y);
        charge(frame, cost([x, y], result));
        return result;
      };
    } else {
      evaluate = (frame) => {
        const values = evaluators.map((evaluator) => evaluator(frame));
        const result = apply(...values);
        charge(frame, cost(values, result));
        return result;
      };
    }
    // Conversions of literals are done once.
    if (conversions.has(declaration.name) && args.length === 1 && args[0]!.constant !== undefined)
      return constant(apply(args[0]!.constant));
    return { evaluate };
  }

  private list({ elements, optional }: ListLiteral): Part {
    const parts = elements.map((element) => this.compile(element));
    if (parts.every((part) => part.constant !== undefined) && optional.size === 0)
      return constant(new ArrayList(parts.map((part) => part.constant!)));
    const evaluators = parts.map((part) => part.evaluate);
    const evaluate: Evaluate = (frame) => {
      const values: Value[] = [];
      for (let i = 0; i < evaluators.length; i++) {
        const value = evaluators[i]!(frame);
        if (!optional.has(i)) values.push(value);
        else if (!(value instanceof Optional))
          throw new CelError(`cannot initialize optional list element from non-optional value ${typeName(value)}`);
        else if (value.value !== undefined) values.push(value.value);
      }
      charge(frame, 10);
      return new ArrayList(values);
    };
    return { evaluate };
  }

  private map({ entries }: MapLiteral): Part {
    const parts = entries.map((entry) => ({ key: this.compile(entry.key), value: this.compile(entry.value), optional: entry.optional }));
    const build = (evaluated: Iterable<readonly [Value, Value]>): LiteralMap => {
      const pairs: [Value, Value][] = [];
      const places = new Map<unknown, number>();
      for (const [key, value] of evaluated) {
        checkKey(key);
        const identity = key instanceof Uint ? `u${key.value}` : key;
        const place = places.get(identity) ?? pairs.length;
        places.set(identity, place);
        pairs[place] = [key, value];
      }
      return new LiteralMap(pairs);
    };
    if (parts.every(({ key, value, optional }) => key.constant !== undefined && value.constant !== undefined && !optional)) {
      try {
        return constant(build(parts.map(({ key, value }) => [key.constant!, value.constant!])));
      } catch (error) {
        // Keys of a type that none may have are told of when the map is needed.
        if (!(error instanceof CelError)) throw error;
      }
    }
    const evaluate: Evaluate = (frame) => {
      const pairs: [Value, Value][] = [];
      for (const { key, value, optional } of parts) {
        const k = key.evaluate(frame);
        const present = presentValue(value.evaluate(frame), optional, k);
        if (present !== undefined) pairs.push([k, present]);
      }
      const result = build(pairs);
      charge(frame, 30);
      return result;
    };
    return { evaluate };
  }

  private struct(literal: StructLiteral): Part {
    const declaration = this.environment.findStruct(literal.typeName.replace(/^\./, ''));
    const fields = literal.fields.map(({ name, value, optional }) => ({ name, evaluate: this.compile(value).evaluate, optional }));
    const evaluate: Evaluate = (frame) => {
      const values = new Map<string, Value>();
      for (const { name, evaluate, optional } of fields) {
        const present = presentValue(evaluate(frame), optional, name);
        if (present !== undefined) values.set(name, present);
      }
      if (!declaration?.construct) throw new CelError(`unknown type '${literal.typeName}'`);
      const result = declaration.construct(values);
      charge(frame, 40);
      return result;
    };
    return { evaluate };
  }

  /**
   * The step of map() and filter(), `accumulator + [element]`, maybe under a condition: the list grows in place instead of being copied each
   * time. Nothing else can see it meanwhile. It costs as much as if it were copied.
   */
  private growingStep(loop: Comprehension, slot: number): Evaluate | undefined {
    const { initial, accumulator, step } = loop;
    const isAccumulator = (part: Expression | undefined) => part?.kind === 'identifier' && part.name === accumulator;
    const isCall = (part: Expression | undefined, name: string): part is Call => part?.kind === 'call' && part.name === name;
    if (initial.kind !== 'list' || initial.elements.length > 0) return undefined;
    const filtered = isCall(step, '_?_:_') && isAccumulator(step.args[2]);
    const sum = filtered ? step.args[1] : step;
    if (!isCall(sum, '_+_') || !isAccumulator(sum.args[0])) return undefined;
    const added = sum.args[1];
    if (added?.kind !== 'list' || added.elements.length !== 1 || added.optional.size > 0) return undefined;
    const element = this.compile(added.elements[0]!);
    const cost = element.constant === undefined ? 11 : 1;
    const grow: Evaluate = (frame) => {
      const list = frame.locals[slot]! as unknown;
      if (list instanceof CelError) throw list;
      charge(frame, 1);
      const value = element.evaluate(frame);
      ((list as ArrayList).elements as Value[]).push(value);
      charge(frame, cost);
      return list as ArrayList;
    };
    if (!filtered) return grow;
    const condition = this.compile(step.args[0]!).evaluate;
    return (frame) => {
      const holds = condition(frame);
      if (typeof holds !== 'boolean') throw noSuchOverload();
      if (holds) return grow(frame);
      return frame.locals[slot]!;
    };
  }

  private comprehension(loop: Comprehension): Evaluate {
    const range = this.compile(loop.range).evaluate;
    const initial = initialValue(loop.initial) ?? this.compile(loop.initial).evaluate;
    const slot = this.localCount++;
    this.scope.push({ name: loop.accumulator, slot });
    const depth = this.scope.length;
    const first = this.localCount++;
    this.scope.push({ name: loop.variable, slot: first });
    const second = loop.variable2 ? this.localCount++ : -1;
    if (loop.variable2) this.scope.push({ name: loop.variable2, slot: second });
    const condition = this.compile(loop.condition).evaluate;
    const step = this.growingStep(loop, slot) ?? this.compile(loop.step).evaluate;
    this.scope.length = depth;
    const result = this.compile(loop.result).evaluate;
    this.scope.length = depth - 1;
    const once = (frame: Frame): boolean => {
      if (condition(frame) === false) return false;
      try {
        frame.locals[slot] = step(frame);
      } catch (error) {
        if (!(error instanceof CelError)) throw error;
        frame.locals[slot] = error as unknown as Value;
      }
      return true;
    };
    return (frame) => {
      const over = range(frame);
      frame.locals[slot] = initial(frame);
      if (over instanceof ListValue) {
        for (let i = 0; i < over.size; i++) {
          if (second < 0) {
            frame.locals[first] = over.at(i);
          } else {
            frame.locals[first] = BigInt(i);
            frame.locals[second] = over.at(i);
          }
          if (!once(frame)) break;
        }
      } else if (over instanceof MapValue) {
        for (const key of over.keys()) {
          frame.locals[first] = key;
          if (second >= 0) frame.locals[second] = over.find(key)!;
          if (!once(frame)) break;
        }
      } else {
        const type = goTypeName(over);
        throw new CelError(second < 0 ? `got '${type}', expected iterable type` : `unsupported comprehension range type: ${type}`);
      }
      const accumulated = frame.locals[slot]! as unknown;
      if (accumulated instanceof CelError) throw accumulated;
      return result(frame);
    };
  }
}

/** An empty list or map that the loop will fill is a new one each time. */
function initialValue(initial: Expression): Evaluate | undefined {
  if (initial.kind === 'list' && initial.elements.length === 0) return () => new ArrayList([]);
  return initial.kind === 'map' && initial.entries.length === 0 ? () => new LiteralMap() : undefined;
}

const conversions = new Set(['bool', 'bytes', 'double', 'duration', 'dyn', 'int', 'string', 'timestamp', 'type', 'uint']);

function constant(value: Value): Part {
  return { evaluate: () => value, constant: value };
}

function attribute(resolve: Evaluate): Part {
  const evaluate: Evaluate = (frame) => {
    const value = resolve(frame);
    if (value instanceof CelError) throw value;
    charge(frame, 1);
    return value;
  };
  return { resolve, evaluate };
}

function resolveOf(part: Part): Evaluate {
  return part.resolve ?? part.evaluate;
}

/** `&&` and `||`: an error counts only where the other side does not decide. */
function logic(a: Evaluate, b: Evaluate, decisive: boolean): Evaluate {
  return (frame) => {
    let error: CelError | undefined;
    try {
      const value = a(frame);
      if (value === decisive) return decisive;
      if (typeof value !== 'boolean') error = noSuchOverload();
    } catch (thrown) {
      if (!(thrown instanceof CelError)) throw thrown;
      error = thrown;
    }
    if (!error) {
      const value = b(frame);
      if (typeof value !== 'boolean') throw noSuchOverload();
      return value;
    }
    try {
      if (b(frame) === decisive) return decisive;
    } catch (thrown) {
      if (!(thrown instanceof CelError)) throw thrown;
    }
    throw error;
  };
}

function notStrictlyFalse(a: Evaluate): Evaluate {
  return (frame) => {
    let result = true;
    try {
      result = a(frame) !== false;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
    }
    charge(frame, 1);
    return result;
  };
}

function conditional(condition: Evaluate, then: Part, otherwise: Part): Part {
  const thenResolve = resolveOf(then);
  const otherwiseResolve = resolveOf(otherwise);
  const evaluate: Evaluate = (frame) => {
    const value = condition(frame);
    if (typeof value !== 'boolean') throw noSuchOverload();
    const result = value ? thenResolve(frame) : otherwiseResolve(frame);
    if (result instanceof CelError) throw result;
    return result;
  };
  return { evaluate, resolve: evaluate };
}

function equality(a: Evaluate, b: Evaluate, wanted: boolean): Evaluate {
  return (frame) => {
    const x = a(frame);
    const y = b(frame);
    const result = equal(x, y) === wanted;
    charge(frame, equalityCost(x, y));
    return result;
  };
}

function membership(a: Evaluate, container: Part, id: string): Part {
  if (id === 'in_list' && container.constant instanceof ArrayList) {
    const elements = container.constant.elements;
    if (elements.length === 0) return constant(false);
    if (elements.every((element) => typeof element !== 'object' || element instanceof Uint)) {
      // A list of literals becomes a set, and costs nothing.
      const set = new LiteralMap(elements.map((element) => [element, true]));
      return { evaluate: (frame) => set.find(a(frame)) !== undefined };
    }
  }
  const b = container.evaluate;
  return {
    evaluate: (frame) => {
      const value = a(frame);
      const within = b(frame);
      const result = contains(within, value);
      charge(frame, id === 'in_list' ? (within as ListValue).size : 1);
      return result;
    },
  };
}

function contains(within: Value, value: Value): boolean {
  if (within instanceof ListValue) {
    for (let i = 0; i < within.size; i++) if (equal(within.at(i), value)) return true;
    return false;
  }
  if (within instanceof MapValue) return within.has(value);
  throw noSuchOverload();
}

function optionalOr(a: Evaluate, b: Evaluate, unwrap: boolean): Evaluate {
  return (frame) => {
    const value = a(frame);
    if (!(value instanceof Optional)) return value;
    if (value.value === undefined) return b(frame);
    return unwrap ? value.value : value;
  };
}

function index(operand: Part, key: Part, optional: boolean): Part {
  const resolveOperand = resolveOf(operand);
  const fixed = key.constant;
  if (typeof fixed === 'string' && !optional) {
    return attribute((frame) => step(frame, resolveOperand(frame), fixed));
  }
  const resolveKey = resolveOf(key);
  return attribute((frame) => {
    const target = resolveOperand(frame);
    const by = resolveKey(frame);
    return optional && !(target instanceof Optional) ? optionalStep(frame, target, by) : step(frame, target, by);
  });
}

/** One step of a chain. A step from an optional value is optional too. */
function step(frame: Frame, target: Value, key: Value): Value {
  if (target instanceof Optional) return target.value === undefined ? target : optionalStep(frame, target.value, key);
  charge(frame, 1);
  return qualify(target, key);
}

/** Costs nothing when there is nothing. */
function optionalStep(frame: Frame, target: Value, key: Value): Optional {
  const value = lookUp(target, key);
  if (value === undefined) return Optional.none;
  charge(frame, 1);
  return new Optional(value);
}

function qualify(target: Value, key: Value): Value {
  if (target instanceof MapValue) {
    const value = target.find(key);
    if (value === undefined) throw noSuchKey(key);
    return value;
  }
  if (target instanceof ListValue) {
    const at = listIndex(key);
    if (at < 0 || at >= target.size) throw indexOutOfBounds(key);
    return target.at(at);
  }
  if ((target as unknown) instanceof CelError) throw target;
  throw noSuchKey(key);
}

/** @returns undefined where there is nothing */
function lookUp(target: Value, key: Value): Value | undefined {
  if (target instanceof MapValue) return target.find(key);
  if (!(target instanceof ListValue)) return undefined;
  const at = listIndex(key);
  return at < 0 || at >= target.size ? undefined : target.at(at);
}

function listIndex(key: Value): number {
  if (typeof key === 'bigint') return Number(key);
  if (typeof key === 'number' && Number.isInteger(key)) return key;
  if (key instanceof Uint) return Number(key.value);
  if (typeof key === 'number') throw new CelError(`unsupported index value ${key} in list`);
  throw new CelError(`unsupported index type '${typeName(key)}' in list`);
}

function isPresent(target: Value, field: string): boolean {
  if (target instanceof Optional) return target.value !== undefined && isPresent(target.value, field);
  if ((target as unknown) instanceof CelError) throw target;
  return target instanceof MapValue && target.find(field) !== undefined;
}

function presentValue(value: Value, optional: boolean, key: Value): Value | undefined {
  if (!optional) return value;
  if (value instanceof Optional) return value.value;
  throw new CelError(`cannot initialize optional entry '${String(key)}' from non-optional value ${typeName(value)}`);
}

type Apply = (...args: Value[]) => Value;

/** Functions that do not tell the types that they refuse. */
const silent = new Set(['contains', 'endsWith', 'find', 'findAll', 'matches', 'startsWith']);

function implementation(declaration: FunctionDeclaration, id: string, member: boolean, args: readonly Part[]): Apply {
  const prepare = regexFunctions[declaration.name];
  if (prepare && args.length >= 2 && typeof args[1]!.constant === 'string') {
    const apply = prepare(compileRegex(args[1]!.constant));
    return guarded(declaration, [{ args: declaration.overloads.find((overload) => overload.id === id)?.args ?? [], apply }]);
  }
  if (declaration.apply) return declaration.apply as Apply;
  const candidates = declaration.overloads.filter((overload) =>
    id ? overload.id === id : overload.member === member && overload.args.length === args.length,
  );
  return guarded(declaration, candidates);
}

/** Calls the first candidate whose arguments have the right types. */
function guarded(declaration: FunctionDeclaration, candidates: readonly (Pick<Overload, 'args' | 'apply'> & { apply?: Apply })[]): Apply {
  const fits = (types: readonly CelType[], values: readonly Value[]) => types.every((type, i) => matches(type, values[i]!));
  return (...values) => {
    for (const candidate of candidates) if (candidate.apply && fits(candidate.args, values)) return candidate.apply(...values);
    throw silent.has(declaration.name) ? noSuchOverload() : noSuchSignature(declaration.name, values);
  };
}
