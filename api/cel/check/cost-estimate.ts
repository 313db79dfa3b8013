import { accumulatorName, type Call, type Comprehension, type Expression } from '../syntax/ast.ts';
import { type CallEstimate, callEstimate, type EstimatedNode } from './call-estimates.ts';
import type { Checked } from './checker.ts';
import { addEstimates, type Estimate, fixedEstimate, multiplyEstimates, noEstimate, uniteEstimates, unknownEstimate } from './estimates.ts';
import { GrownPath } from './grown-path.ts';
import { type CelType, isOptional } from './types.ts';

/** Bounds on the size of the value at a path from a variable, such as ['self', 'list', '@items']; undefined where nothing is known. */
export type SizeOf = (path: readonly string[]) => number | undefined;

/** The least and the most that an evaluation can cost, in cel-go's units. */
export function estimateCost(expression: Expression, checked: Checked, sizeOf: SizeOf): Estimate {
  return new Estimator(checked, sizeOf).cost(expression);
}

interface EntrySizes {
  readonly container: 'list' | 'map';
  readonly key: Estimate;
  readonly value: Estimate;
}

interface Local {
  readonly name: string;
  readonly path: GrownPath;
  readonly size: Estimate | undefined;
  readonly entries: EntrySizes | undefined;
}

const one = fixedEstimate(1);

class Estimator {
  private readonly paths = new Map<number, GrownPath>();
  private readonly sizes = new Map<number, Estimate>();
  private readonly entrySizes = new Map<number, EntrySizes>();
  private readonly locals: Local[] = [];
  private readonly checked: Checked;
  private readonly sizeAt: SizeOf;

  constructor(checked: Checked, sizeAt: SizeOf) {
    this.checked = checked;
    this.sizeAt = sizeAt;
  }

  cost(expression: Expression): Estimate {
    const reference = this.checked.references.get(expression.id);
    if (reference?.kind === 'identifier' && expression.kind === 'select') return this.identifier(expression, reference.name);
    switch (expression.kind) {
      case 'identifier':
        return this.identifier(expression, expression.name);
      case 'select':
        return this.select(expression);
      case 'call':
        return this.call(expression);
      case 'list': {
        const cost = this.sum(expression.elements);
        this.entrySizes.set(expression.id, { container: 'list', key: one, value: this.unite(expression.elements) });
        return addEstimates(cost, fixedEstimate(10));
      }
      case 'map': {
        const keys = expression.entries.map((entry) => entry.key);
        const values = expression.entries.map((entry) => entry.value);
        const cost = addEstimates(this.sum(keys), this.sum(values));
        this.entrySizes.set(expression.id, { container: 'map', key: this.unite(keys), value: this.unite(values) });
        return addEstimates(cost, fixedEstimate(30));
      }
      case 'struct':
        return addEstimates(this.sum(expression.fields.map((field) => field.value)), fixedEstimate(40));
      case 'comprehension':
        return isBinding(expression) ? this.binding(expression) : this.loop(expression);
      default:
        return noEstimate;
    }
  }

  private sum(parts: readonly Expression[]): Estimate {
    return parts.map((part) => this.cost(part)).reduce(addEstimates, noEstimate);
  }

  private unite(parts: readonly Expression[]): Estimate {
    return parts.length === 0 ? noEstimate : parts.map((part) => this.sizeOrUnknown(part)).reduce(uniteEstimates);
  }

  private local(name: string): Local | undefined {
    return this.locals.findLast((local) => local.name === name);
  }

  private identifier(expression: Expression, name: string): Estimate {
    this.paths.set(expression.id, this.local(name)?.path ?? GrownPath.of(name));
    return one;
  }

  private pathOf(expression: Expression): GrownPath {
    const local = expression.kind === 'identifier' ? this.local(expression.name) : undefined;
    return local?.path ?? this.paths.get(expression.id) ?? GrownPath.none;
  }

  private typeOf(expression: Expression): CelType {
    return this.checked.types.get(expression.id)!;
  }

  private select({ id, operand, field, testOnly }: Expression & { kind: 'select' }): Estimate {
    const cost = this.cost(operand);
    if (testOnly) return cost;
    this.paths.set(id, this.pathOf(operand).grown(field));
    return ['map', 'struct', 'parameter'].includes(this.typeOf(operand).kind) ? addEstimates(cost, one) : cost;
  }

  private call(call: Call): Estimate {
    const reference = this.checked.references.get(call.id);
    if (call.name === 'dyn' && !call.target) {
      const [argument] = call.args;
      const cost = addEstimates(one, this.cost(argument!));
      this.copySizes(call, argument!);
      return cost;
    }
    const argCosts = call.args.map((argument) => this.cost(argument));
    const args = call.args.map((argument) => this.node(argument));
    if (reference?.kind !== 'function') return noEstimate;
    let sum = noEstimate;
    let target: EstimatedNode | undefined;
    if (call.target && reference.member) {
      sum = this.cost(call.target);
      target = this.node(call.target);
    }
    let cost: Estimate = { min: Number.POSITIVE_INFINITY, max: 0 };
    let resultSize: Estimate | undefined;
    for (const overload of reference.overloads) {
      const estimate = this.overload(call, reference.declaration.name, overload, target, args, argCosts);
      cost = uniteEstimates(cost, estimate.cost);
      if (estimate.resultSize) resultSize = resultSize ? uniteEstimates(resultSize, estimate.resultSize) : estimate.resultSize;
      if (overload === 'index_list' || overload === 'index_map') {
        resultSize = this.entries(call.args[0]!)?.value;
        this.paths.set(call.id, this.pathOf(call.args[0]!).grown(overload === 'index_list' ? '@items' : '@values'));
      }
      resultSize ??= this.size(call);
    }
    if (resultSize) this.sizes.set(call.id, resultSize);
    return addEstimates(sum, cost);
  }

  private overload(
    call: Call,
    name: string,
    overload: string,
    target: EstimatedNode | undefined,
    args: readonly EstimatedNode[],
    argCosts: readonly Estimate[],
  ): CallEstimate {
    const sum = () => argCosts.reduce(addEstimates, noEstimate);
    const estimate = callEstimate(name, overload, target, args, (node) => this.nodeSize(node));
    if (estimate) return { cost: addEstimates(estimate.cost, sum()), resultSize: estimate.resultSize };
    switch (overload) {
      case 'logical_and':
      case 'logical_or':
        return { cost: { min: argCosts[0]!.min, max: addEstimates(argCosts[0]!, argCosts[1]!).max } };
      case 'conditional': {
        const [then, otherwise] = [call.args[1]!, call.args[2]!];
        this.setEntries(call, this.uniteEntries(then, otherwise));
        return {
          cost: addEstimates(argCosts[0]!, uniteEstimates(argCosts[1]!, argCosts[2]!)),
          resultSize: uniteEstimates(this.sizeOrUnknown(then), this.sizeOrUnknown(otherwise)),
        };
      }
      case 'add_string':
      case 'add_bytes':
      case 'add_list': {
        const size = addEstimates(this.sizeOrUnknown(call.args[0]!), this.sizeOrUnknown(call.args[1]!));
        this.setEntries(call, this.uniteEntries(call.args[0]!, call.args[1]!));
        const own = overload === 'add_list' ? one : { min: Math.ceil(size.min * 0.1), max: Math.ceil(size.max * 0.1) };
        return { cost: addEstimates(own, sum()), resultSize: size };
      }
      default:
        return { cost: addEstimates(one, sum()) };
    }
  }

  private uniteEntries(a: Expression, b: Expression): EntrySizes | undefined {
    const [x, y] = [this.entries(a), this.entries(b)];
    return x && y ? { container: x.container, key: uniteEstimates(x.key, y.key), value: uniteEstimates(x.value, y.value) } : undefined;
  }

  private loop(loop: Comprehension): Estimate {
    let sum = addEstimates(this.cost(loop.range), this.cost(loop.initial));
    this.pushAccumulator(loop);
    this.pushLoopVariables(loop);
    const round = addEstimates(this.cost(loop.condition), this.cost(loop.step));
    this.locals.length -= loop.variable2 ? 2 : 1;
    sum = addEstimates(sum, this.cost(loop.result));
    this.locals.pop();
    const count = this.sizeOrUnknown(loop.range);
    sum = addEstimates(sum, multiplyEstimates(count, round));
    if (loop.initial.kind === 'literal') {
      const size = this.size(loop.initial);
      if (size) this.sizes.set(loop.id, size);
    } else if (loop.initial.kind === 'list' || loop.initial.kind === 'map') {
      this.sizes.set(loop.id, count);
      this.setEntries(loop, this.entries(loop.step));
    }
    return sum;
  }

  private binding(loop: Comprehension): Estimate {
    const cost = addEstimates(this.cost(loop.range), this.cost(loop.initial));
    this.pushAccumulator(loop);
    const sum = addEstimates(cost, this.cost(loop.result));
    // The result's size depends on what the name stands for, so it is taken before the name goes.
    this.locals.pop();
    this.copySizes(loop, loop.result);
    return sum;
  }

  private pushAccumulator({ accumulator, initial }: Comprehension): void {
    this.locals.push({ name: accumulator, path: this.pathOf(initial), size: this.size(initial), entries: this.entries(initial) });
  }

  private pushLoopVariables(loop: Comprehension): void {
    const entries = this.entries(loop.range);
    const path = this.pathOf(loop.range);
    const isList = (entries?.container ?? this.typeOf(loop.range).kind) === 'list';
    const push = (name: string, part: string, size: Estimate | undefined) =>
      this.locals.push({ name, path: path.grown(part), size, entries: undefined });
    if (loop.variable2) {
      push(loop.variable, isList ? '@indices' : '@keys', entries?.key);
      push(loop.variable2, isList ? '@items' : '@values', entries?.value);
    } else {
      push(loop.variable, isList ? '@items' : '@keys', isList ? entries?.value : entries?.key);
    }
  }

  private node(expression: Expression): EstimatedNode {
    const path = this.pathOf(expression).parts;
    return {
      path: path[0] === accumulatorName ? [] : path,
      type: this.typeOf(expression),
      expression,
      size: this.size(expression),
    };
  }

  private nodeSize(node: EstimatedNode): Estimate {
    return node.size ?? this.sizeByPath(node.path) ?? unknownEstimate;
  }

  private sizeByPath(path: readonly string[]): Estimate | undefined {
    const max = path.length > 0 ? this.sizeAt(path) : undefined;
    return max === undefined ? undefined : { min: 0, max };
  }

  private sizeOrUnknown(expression: Expression): Estimate {
    return this.size(expression) ?? unknownEstimate;
  }

  private size(expression: Expression): Estimate | undefined {
    const known = this.sizes.get(expression.id) ?? literalSize(expression);
    if (known) return known;
    const declared = this.sizeByPath(this.pathOf(expression).parts);
    if (declared) {
      this.sizes.set(expression.id, declared);
      return declared;
    }
    if (isScalar(this.typeOf(expression))) return one;
    return expression.kind === 'identifier' ? this.local(expression.name)?.size : undefined;
  }

  private entries(expression: Expression): EntrySizes | undefined {
    const known = this.entrySizes.get(expression.id);
    return known ?? (expression.kind === 'identifier' ? this.local(expression.name)?.entries : undefined);
  }

  private setEntries(expression: Expression, entries: EntrySizes | undefined): void {
    if (entries) this.entrySizes.set(expression.id, entries);
  }

  private copySizes(to: Expression, from: Expression): void {
    const size = this.size(from);
    if (size) this.sizes.set(to.id, size);
    this.setEntries(to, this.entries(from));
  }
}

// What optMap() and sortBy() make: a loop over nothing that only names a value.
function isBinding({ range, condition, accumulator }: Comprehension): boolean {
  return (
    range.kind === 'list' &&
    range.elements.length === 0 &&
    condition.kind === 'literal' &&
    condition.value === false &&
    accumulator !== '__result__'
  );
}

function literalSize(expression: Expression): Estimate | undefined {
  switch (expression.kind) {
    case 'literal':
      if (typeof expression.value === 'string') return fixedEstimate(Array.from(expression.value).length);
      return fixedEstimate(expression.value instanceof Uint8Array ? expression.value.length : 1);
    case 'list':
      return fixedEstimate(expression.elements.length);
    case 'map':
      return fixedEstimate(expression.entries.length);
    default:
      return undefined;
  }
}

function isScalar(type: CelType): boolean {
  if (isOptional(type)) return isScalar(type.parameters[0]!);
  return ['bool', 'double', 'duration', 'int', 'timestamp', 'uint'].includes(type.kind);
}
