import { goQuote } from '../../meta/go-quote.ts';
import { CelError } from '../runtime/errors.ts';
import { MapValue, type Value } from '../runtime/values.ts';
import type { CompiledExpression } from './policy-compiler.ts';

/** Evaluations of one policy's expressions for one request cost at most this. */
export const policyBudget = 10_000_000;
export const matchConditionsBudget = 2_500_000;

/** The values of a policy's names; `variables` come from the policy itself. */
export type PolicyInput = ReadonlyMap<string, Value>;

export type PolicyResult = { readonly value: Value } | { readonly error: string };

/** All evaluations together cost more than they may. */
export class OutOfBudget extends Error {
  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run');
  }
}

/** Evaluates expressions that share their variables and a budget. */
export class PolicyEvaluation {
  remaining: number;
  private readonly input: PolicyInput;
  private readonly variables: LazyVariables;

  constructor(input: PolicyInput, variables: ReadonlyMap<string, CompiledExpression>, budget: number) {
    this.remaining = budget;
    this.input = input;
    this.variables = new LazyVariables(variables, (expression) => this.run(expression));
  }

  /** @throws OutOfBudget */
  evaluate(expression: CompiledExpression): PolicyResult {
    if (!expression.program) return { error: `compilation error: ${expression.error}` };
    const outcome = this.run(expression);
    this.pay(this.variables.takeCost());
    this.pay(outcome.cost);
    if ('error' in outcome) return { error: `expression '${expression.text}' resulted in error: ${outcome.error}` };
    return { value: outcome.value };
  }

  private run(expression: CompiledExpression) {
    const values = expression.environment.variables.map(({ name }) => (name === 'variables' ? this.variables : this.input.get(name)));
    return expression.program!.evaluate(values);
  }

  private pay(cost: number): void {
    if (cost > this.remaining) throw new OutOfBudget();
    this.remaining -= cost;
  }
}

/** `variables`: each is evaluated once, when it is first asked for. */
class LazyVariables extends MapValue {
  private readonly expressions: ReadonlyMap<string, CompiledExpression>;
  private readonly run: (expression: CompiledExpression) => { readonly cost: number } & ({ value: Value } | { error: string });
  private readonly values = new Map<string, Value | CelError>();
  private cost = 0;

  constructor(expressions: ReadonlyMap<string, CompiledExpression>, run: LazyVariables['run']) {
    super();
    this.expressions = expressions;
    this.run = run;
  }

  get size(): number {
    return this.expressions.size;
  }

  find(name: Value): Value | undefined {
    const expression = this.expressions.get(name as string);
    if (!expression) return undefined;
    let value = this.values.get(name as string);
    if (value === undefined) {
      value = this.evaluate(name as string, expression);
      this.values.set(name as string, value);
    }
    if (value instanceof CelError) throw value;
    return value;
  }

  private evaluate(name: string, expression: CompiledExpression): Value | CelError {
    if (!expression.program) return new CelError(`composited variable ${goQuote(name)} fails to compile: ${expression.error}`);
    const outcome = this.run(expression);
    this.cost += outcome.cost;
    return 'error' in outcome ? new CelError(`composited variable ${goQuote(name)} fails to evaluate: ${outcome.error}`) : outcome.value;
  }

  keys(): Iterable<Value> {
    return this.expressions.keys();
  }

  takeCost(): number {
    const { cost } = this;
    this.cost = 0;
    return cost;
  }
}
