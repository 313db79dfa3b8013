import type { LiteralValue } from '../runtime/values.ts';
import { accumulatorName, type Comprehension, type Expression, type MapEntry } from './ast.ts';

/** Makes the nodes that a macro expands to; all stand where the macro call stands. */
export interface MacroNodes {
  literal(value: LiteralValue): Expression;
  identifier(name: string): Expression;
  list(...elements: Expression[]): Expression;
  map(...entries: MapEntry[]): Expression;
  call(name: string, ...args: Expression[]): Expression;
  memberCall(name: string, target: Expression, ...args: Expression[]): Expression;
  presenceTest(operand: Expression, field: string): Expression;
  comprehension(parts: Omit<Comprehension, 'id' | 'offset' | 'kind'>): Expression;
  /** The same expression with ids of its own. */
  copy(expression: Expression): Expression;
}

/** @returns undefined for a call that is not the macro's after all @throws MacroError when the arguments are not what the macro takes */
export type MacroExpander = (nodes: MacroNodes, target: Expression | undefined, args: readonly Expression[]) => Expression | undefined;
export type Macros = ReadonlyMap<string, MacroExpander>;

export class MacroError extends Error {
  readonly at: Expression;

  constructor(at: Expression, message: string) {
    super(message);
    this.at = at;
  }
}

/** `name:argument count:is it called on a target`. */
export function macroKey(name: string, count: number, member: boolean): string {
  return `${name}:${count}:${member}`;
}

/** The macros of Kubernetes' environment: the standard ones, those of optional values, of two variables, and sortBy. */
export const macros: Macros = new Map<string, MacroExpander>([
  [macroKey('has', 1, false), has],
  [macroKey('all', 2, true), all],
  [macroKey('exists', 2, true), exists],
  [macroKey('exists_one', 2, true), existsOne],
  [macroKey('map', 2, true), map],
  [macroKey('map', 3, true), map],
  [macroKey('filter', 2, true), filter],
  [macroKey('all', 3, true), all],
  [macroKey('exists', 3, true), exists],
  [macroKey('exists_one', 3, true), existsOne],
  [macroKey('existsOne', 3, true), existsOne],
  [macroKey('transformList', 3, true), transformList],
  [macroKey('transformList', 4, true), transformList],
  [macroKey('transformMap', 3, true), transformMap],
  [macroKey('transformMap', 4, true), transformMap],
  [macroKey('transformMapEntry', 3, true), transformMapEntry],
  [macroKey('transformMapEntry', 4, true), transformMapEntry],
  [macroKey('optMap', 2, true), optMap],
  [macroKey('optFlatMap', 2, true), optFlatMap],
  [macroKey('sortBy', 2, true), sortBy],
]);

function has(nodes: MacroNodes, _target: Expression | undefined, [argument]: readonly Expression[]): Expression {
  if (argument?.kind !== 'select') throw new MacroError(argument!, 'invalid argument to has() macro');
  return nodes.presenceTest(argument.operand, argument.field);
}

function all(nodes: MacroNodes, target: Expression | undefined, args: readonly Expression[]): Expression {
  const condition = nodes.call('@not_strictly_false', nodes.identifier(accumulatorName));
  return quantified(nodes, target!, args, nodes.literal(true), condition, '_&&_');
}

function exists(nodes: MacroNodes, target: Expression | undefined, args: readonly Expression[]): Expression {
  const condition = nodes.call('@not_strictly_false', nodes.call('!_', nodes.identifier(accumulatorName)));
  return quantified(nodes, target!, args, nodes.literal(false), condition, '_||_');
}

function quantified(
  nodes: MacroNodes,
  range: Expression,
  args: readonly Expression[],
  initial: Expression,
  condition: Expression,
  operator: string,
): Expression {
  return nodes.comprehension({
    range,
    ...loopVariables(args, args.length - 1, 'argument must be a simple name'),
    accumulator: accumulatorName,
    initial,
    condition,
    step: nodes.call(operator, nodes.identifier(accumulatorName), args.at(-1)!),
    result: nodes.identifier(accumulatorName),
  });
}

function existsOne(nodes: MacroNodes, target: Expression | undefined, args: readonly Expression[]): Expression {
  return nodes.comprehension({
    range: target!,
    ...loopVariables(args, args.length - 1, 'argument must be a simple name'),
    accumulator: accumulatorName,
    initial: nodes.literal(0n),
    condition: nodes.literal(true),
    step: nodes.call(
      '_?_:_',
      args.at(-1)!,
      nodes.call('_+_', nodes.identifier(accumulatorName), nodes.literal(1n)),
      nodes.identifier(accumulatorName),
    ),
    result: nodes.call('_==_', nodes.identifier(accumulatorName), nodes.literal(1n)),
  });
}

function map(nodes: MacroNodes, target: Expression | undefined, args: readonly Expression[]): Expression {
  return transform(
    nodes,
    target!,
    loopVariables(args, 1, 'argument is not an identifier'),
    args.length === 3 ? args[1] : undefined,
    args.at(-1)!,
  );
}

function filter(nodes: MacroNodes, target: Expression | undefined, args: readonly Expression[]): Expression {
  return transform(nodes, target!, loopVariables(args, 1, 'argument is not an identifier'), args[1], args[0]!);
}

function transformList(nodes: MacroNodes, target: Expression | undefined, args: readonly Expression[]): Expression {
  const variables = loopVariables(args, 2, 'argument must be a simple name');
  return transform(nodes, target!, variables, args.length === 4 ? args[2] : undefined, args.at(-1)!);
}

function transformMap(nodes: MacroNodes, target: Expression | undefined, args: readonly Expression[]): Expression {
  const variables = loopVariables(args, 2, 'argument must be a simple name');
  const insert = () => nodes.call('cel.@mapInsert', nodes.identifier(accumulatorName), nodes.identifier(variables.variable), args.at(-1)!);
  return insertions(nodes, target!, variables, args, insert);
}

function transformMapEntry(nodes: MacroNodes, target: Expression | undefined, args: readonly Expression[]): Expression {
  const variables = loopVariables(args, 2, 'argument must be a simple name');
  return insertions(nodes, target!, variables, args, () => nodes.call('cel.@mapInsert', nodes.identifier(accumulatorName), args.at(-1)!));
}

function optMap(nodes: MacroNodes, target: Expression | undefined, args: readonly Expression[]): Expression {
  return ifPresent(nodes, target!, args, 'optMap', (value) => nodes.call('optional.of', value));
}

function optFlatMap(nodes: MacroNodes, target: Expression | undefined, args: readonly Expression[]): Expression {
  return ifPresent(nodes, target!, args, 'optFlatMap', (value) => value);
}

function sortBy(nodes: MacroNodes, target: Expression | undefined, args: readonly Expression[]): Expression {
  const sortable = ['list', 'select', 'identifier', 'comprehension', 'call'];
  if (!sortable.includes(target!.kind)) {
    throw new MacroError(target!, 'sortBy can only be applied to a list, identifier, comprehension, call or select expression');
  }
  const input = '@__sortBy_input__';
  const keys = map(nodes, nodes.identifier(input), args);
  return bind(nodes, input, target!, nodes.memberCall('@sortByAssociatedKeys', nodes.identifier(input), keys));
}

interface LoopVariables {
  readonly variable: string;
  readonly variable2: string;
}

function loopVariables(args: readonly Expression[], count: number, notAName: string): LoopVariables {
  const names = args.slice(0, count).map((argument) => {
    if (argument.kind !== 'identifier') throw new MacroError(argument, notAName);
    return argument.name;
  });
  if (count === 2 && names[0] === names[1]) throw new MacroError(args[1]!, `duplicate variable name: ${names[0]}`);
  const overwritten = names.findIndex((name) => name === '__result__' || name === accumulatorName);
  if (overwritten >= 0) throw new MacroError(args[overwritten]!, 'iteration variable overwrites accumulator variable');
  return { variable: names[0]!, variable2: names[1] ?? '' };
}

function transform(
  nodes: MacroNodes,
  range: Expression,
  variables: LoopVariables,
  condition: Expression | undefined,
  value: Expression,
): Expression {
  const initial = nodes.list();
  const always = nodes.literal(true);
  const step = nodes.call('_+_', nodes.identifier(accumulatorName), nodes.list(value));
  return nodes.comprehension({
    range,
    ...variables,
    accumulator: accumulatorName,
    initial,
    condition: always,
    step: condition ? nodes.call('_?_:_', condition, step, nodes.identifier(accumulatorName)) : step,
    result: nodes.identifier(accumulatorName),
  });
}

function insertions(
  nodes: MacroNodes,
  range: Expression,
  variables: LoopVariables,
  args: readonly Expression[],
  insert: () => Expression,
): Expression {
  const step = insert();
  return nodes.comprehension({
    range,
    ...variables,
    accumulator: accumulatorName,
    initial: nodes.map(),
    condition: nodes.literal(true),
    step: args.length === 4 ? nodes.call('_?_:_', args[2]!, step, nodes.identifier(accumulatorName)) : step,
    result: nodes.identifier(accumulatorName),
  });
}

function ifPresent(
  nodes: MacroNodes,
  target: Expression,
  [name, value]: readonly Expression[],
  macro: string,
  wrap: (value: Expression) => Expression,
): Expression {
  if (name?.kind !== 'identifier') throw new MacroError(name!, `${macro}() variable name must be a simple identifier`);
  return nodes.call(
    '_?_:_',
    nodes.memberCall('hasValue', target),
    wrap(bind(nodes, name.name, nodes.memberCall('value', nodes.copy(target)), value!)),
    nodes.call('optional.none'),
  );
}

/** An expression with a name for a value: a comprehension over nothing. */
/** Gives a value a name for use in the result. */
export function bind(nodes: MacroNodes, name: string, value: Expression, result: Expression): Expression {
  return nodes.comprehension({
    range: nodes.list(),
    variable: '#unused',
    variable2: '',
    accumulator: name,
    initial: value,
    condition: nodes.literal(false),
    step: nodes.identifier(name),
    result,
  });
}
