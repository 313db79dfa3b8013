import { type CompiledExpression, PolicyCompiler } from '../../../api/cel/policy/policy-compiler.ts';
import { matchConditionsBudget, OutOfBudget, PolicyEvaluation, type PolicyInput } from '../../../api/cel/policy/policy-evaluation.ts';
import { aggregate } from '../../../api/meta/text.ts';

interface Condition {
  readonly name?: string;
  readonly expression?: string;
}

const noVariables: ReadonlyMap<string, CompiledExpression> = new Map();

/** The match conditions of a policy or webhook; compiled when the first request comes that they have to do with. */
export class MatchConditions {
  private readonly conditions: readonly Condition[];
  private readonly params: boolean;
  private compiled: readonly CompiledExpression[] | undefined;

  /** @param params whether they may name a policy's parameters */
  constructor(conditions: readonly Condition[] | undefined, params: boolean) {
    this.conditions = conditions ?? [];
    this.params = params;
  }

  get isEmpty(): boolean {
    return this.conditions.length === 0;
  }

  /** @returns whether all hold; the error of those that could not be judged, if none of the others is false */
  judge(input: PolicyInput): boolean | { readonly error: string } {
    if (this.isEmpty) return true;
    this.compiled ??= this.compileAll();
    // Upstream declares the namespace but gives match conditions none: it is null to them.
    const withoutNamespace = new Map(input).set('namespaceObject', null);
    const evaluation = new PolicyEvaluation(withoutNamespace, noVariables, matchConditionsBudget);
    const errors: string[] = [];
    try {
      for (const expression of this.compiled) {
        const result = evaluation.evaluate(expression);
        if ('error' in result) errors.push(result.error);
        else if (result.value === false) return false;
      }
    } catch (error) {
      if (error instanceof OutOfBudget) return { error: error.message };
      throw error;
    }
    if (errors.length === 0) return true;
    return { error: aggregate(errors) };
  }

  private compileAll(): CompiledExpression[] {
    const compiler = new PolicyCompiler(false);
    return this.conditions.map(({ expression = '' }) =>
      compiler.compile(expression.trim(), 'condition', { params: this.params, authorizer: true }),
    );
  }
}
