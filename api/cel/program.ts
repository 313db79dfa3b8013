import { type Checked, check } from './check/checker.ts';
import type { Environment } from './check/environment.ts';
import { validateLiterals } from './check/literals.ts';
import type { CelType } from './check/types.ts';
import { compile, type Evaluate } from './runtime/compile.ts';
import { CelError, CostLimitExceeded } from './runtime/errors.ts';
import type { Value } from './runtime/values.ts';
import { type Parsed, parse } from './syntax/parser.ts';
import { printIssues } from './syntax/source.ts';

/** The largest cost of one evaluation. */
export const perCallLimit = 1_000_000;

/** An expression that can be evaluated. */
export interface Program {
  readonly parsed: Parsed;
  readonly checked: Checked;
  /** The result's type. */
  readonly type: CelType;
  /** Whether the expression names the variable. */
  uses(variable: string): boolean;
  /** @param variables values in the order of the environment's variables; absent ones fail when they are used */
  evaluate(variables: readonly (Value | undefined)[], limit?: number): Outcome;
  /** Evaluates what is constant. @throws CompileError where that fails */
  instantiate(): void;
}

/** What an evaluation came to; `error` in cel-go's words. */
export type Outcome = { readonly value: Value; readonly cost: number } | { readonly error: string; readonly cost: number };

/** An expression that does not compile: its message is what cel-go prints. */
export class CompileError extends Error {
  /** In which step it failed, and the message. */
  readonly described: string;
  /** Whether it is of the right syntax and types, but says something that cannot be evaluated whatever the input is. */
  readonly isInternal: boolean;

  constructor(message: string, step: 'compilation' | 'program instantiation' = 'compilation') {
    super(message);
    this.described = `${step} failed: ${message}`;
    this.isInternal = step !== 'compilation';
  }
}

/** Parses and checks an expression. @throws CompileError */
export function compileProgram(text: string, environment: Environment): Program {
  const parsed = parse(text, environment.macros);
  if (parsed.issues.length > 0) throw new CompileError(printIssues(parsed.source, parsed.issues));
  const checked = check(parsed, environment);
  const issues = checked.issues.length > 0 ? checked.issues : validateLiterals(parsed.expression, checked);
  if (issues.length > 0) throw new CompileError(printIssues(parsed.source, issues));
  let compiled: { evaluate: Evaluate; locals: number } | undefined;
  const instantiate = () => (compiled ??= compile(parsed.expression, checked, environment));
  return {
    parsed,
    checked,
    type: checked.type,
    uses: (variable) =>
      [...checked.references.values()].some((reference) => reference.kind === 'identifier' && reference.name === variable),
    instantiate() {
      try {
        instantiate();
      } catch (error) {
        throw error instanceof CelError ? new CompileError(error.message, 'program instantiation') : error;
      }
    },
    evaluate: (variables, limit = perCallLimit) => {
      const frame = { variables, locals: [], cost: 0, limit };
      try {
        const { evaluate } = instantiate();
        return { value: evaluate(frame), cost: frame.cost };
      } catch (error) {
        if (error instanceof CelError || error instanceof CostLimitExceeded) return { error: error.message, cost: frame.cost };
        // A text or list longer than JavaScript allows would have cost more than any limit.
        if (error instanceof RangeError) return { error: new CostLimitExceeded().message, cost: frame.cost };
        throw error;
      }
    },
  };
}
