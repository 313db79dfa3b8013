import type { CompiledExpression } from '../../../api/cel/policy/policy-compiler.ts';
import { OutOfBudget, PolicyEvaluation, type PolicyResult, policyBudget } from '../../../api/cel/policy/policy-evaluation.ts';
import { goJson } from '../../../api/meta/go-json.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { ValidatingAdmissionPolicy, Validation } from '../../../openapi/types.ts';
import { ApiError } from '../../registry/errors.ts';
import type { AdmissionEnvironment } from '../environment.ts';
import type { EvaluationFault } from '../metrics/policy-metrics.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';
import { type Match, seenIn, versionHeardBy } from '../webhook/match.ts';
import { ExpressionAuthorizer } from './authorizer.ts';
import { isBeyondPolicies } from './exclusions.ts';
import { policyInput } from './input.ts';
import { namespaceOf } from './namespace.ts';
import { ConfigurationError, collectParams, paramKindProblem } from './params.ts';
import { type Binding, PolicyStore } from './policy-store.ts';
import { compilerFor, type PreparedPolicy, preparePolicy } from './prepared-policy.ts';

interface CompiledPolicy {
  readonly variables: ReadonlyMap<string, CompiledExpression>;
  readonly validations: readonly {
    readonly validation: Validation;
    readonly expression: CompiledExpression;
    readonly message: CompiledExpression | undefined;
  }[];
  readonly auditAnnotations: readonly { readonly key: string; readonly expression: CompiledExpression }[];
}

interface ValidatingPolicy extends PreparedPolicy {
  /** Compiled when the first request comes that it has to do with. */
  compile(): CompiledPolicy;
}

/** Why a request is not let through. */
interface Denial {
  readonly message: string;
  readonly reason: string;
}

/** ValidatingAdmissionPolicies with their bindings. */
export type ValidatingPolicies = PolicyStore<ValidatingPolicy>;

export function validatingPolicies(): ValidatingPolicies {
  return new PolicyStore((object) => prepare(object as ValidatingAdmissionPolicy));
}

function prepare(policy: ValidatingAdmissionPolicy): ValidatingPolicy {
  let compiled: CompiledPolicy | undefined;
  return { ...preparePolicy(policy as Parameters<typeof preparePolicy>[0]), compile: () => (compiled ??= compile(policy)) };
}

function compile(policy: ValidatingAdmissionPolicy): CompiledPolicy {
  const { compiler, variables } = compilerFor(policy as Parameters<typeof compilerFor>[0], { patches: false });
  const { validations = [], auditAnnotations = [], paramKind } = policy.spec ?? {};
  const params = paramKind !== undefined;
  return {
    variables,
    validations: validations.map((validation) => ({
      validation,
      expression: compiler.compile(validation.expression, 'condition', { params, authorizer: true }),
      message: validation.messageExpression
        ? compiler.compile(validation.messageExpression, 'message', { params, authorizer: false })
        : undefined,
    })),
    auditAnnotations: auditAnnotations.map(({ key, valueExpression }) => ({
      key,
      expression: compiler.compile(valueExpression, 'auditAnnotation', { params, authorizer: true }),
    })),
  };
}

/** Judges requests by the ValidatingAdmissionPolicies that are bound (KEP-3488). */
export class ValidatingPolicyPlugin implements AdmissionPlugin {
  readonly name = 'ValidatingAdmissionPolicy';
  private readonly policies: ValidatingPolicies;
  private readonly environment: AdmissionEnvironment;

  constructor(policies: ValidatingPolicies, environment: AdmissionEnvironment) {
    this.policies = policies;
    this.environment = environment;
  }

  concerns(attributes: AdmissionAttributes): boolean {
    return this.policies.active.length > 0 && !isBeyondPolicies(attributes);
  }

  async validate(attributes: AdmissionAttributes): Promise<void> {
    const denials: Denial[] = [];
    const authorizer = new ExpressionAuthorizer(this.environment.authorizer, attributes.user);
    for (const { policy, bindings } of this.policies.active) {
      const definition = await versionHeardBy(policy.criteria, attributes, this.environment);
      if (!definition) continue;
      const problem = paramKindProblem(policy.paramKind, this.environment);
      if (problem !== undefined) {
        const message = `ValidatingAdmissionPolicy '${policy.name}' denied request: ${problem}`;
        if (!policy.ignoresFailure) denials.push({ message, reason: 'Invalid' });
        continue;
      }
      const notes = new Map<string, Set<string>>();
      let match: Match | undefined;
      const seen = async () => (match ??= await seenIn(definition, attributes));
      for (const binding of bindings) denials.push(...(await this.judge(policy, binding, seen, attributes, authorizer, notes)));
      for (const [key, values] of notes) attributes.annotate?.(`${policy.name}/${key}`, [...values].join(', '));
    }
    const [first] = denials;
    if (!first) return;
    const { message, details } = refuse(attributes, first.message);
    throw new ApiError(codes[first.reason] ?? 422, first.reason, message, { ...details, causes: [{ message: first.message }] });
  }

  private async judge(
    policy: ValidatingPolicy,
    binding: Binding,
    seen: () => Promise<Match>,
    attributes: AdmissionAttributes,
    authorizer: ExpressionAuthorizer,
    notes: Map<string, Set<string>>,
  ): Promise<Denial[]> {
    if (binding.criteria && !(await versionHeardBy(binding.criteria, attributes, this.environment))) return [];
    const denial = (message: string, reason = 'Invalid'): Denial => ({
      message: `ValidatingAdmissionPolicy '${policy.name}' with binding '${binding.name}' denied request: ${message}`,
      reason,
    });
    const unconfigured = (why: string) => (policy.ignoresFailure ? [] : [denial(`failed to configure binding: ${why}`)]);
    let params: readonly (KubeObject | undefined)[];
    try {
      params = await collectParams(policy.paramKind, binding.paramRef, attributes.namespace, this.environment);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return unconfigured(error.message);
    }
    if (params.length === 0) return [];
    let match: Match;
    try {
      match = await seen();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return unconfigured(`failed to convert object version: ${error.message}`);
    }
    const namespace = await namespaceOf(attributes, this.environment.lookup);
    const { clock, metrics } = this.environment;
    const denials: Denial[] = [];
    for (const param of params) {
      const input = policyInput(attributes, match, authorizer, { params: param, namespace });
      const { objections, annotations, lasted } = await authorizer.whenAnswered(() => {
        const began = clock.monotonic();
        return { ...decide(policy, input, attributes.annotate !== undefined), lasted: clock.monotonic() - began };
      });
      for (const { key, value } of annotations) notes.set(key, (notes.get(key) ?? new Set()).add(value));
      const acted = (action: 'deny' | 'audit' | 'warn', { fault }: Objection) =>
        metrics.policies.validated(policy.name, binding.name, fault, action, lasted);
      for (const decision of objections) {
        if ('always' in decision) {
          denials.push(denial(decision.message));
          acted('deny', decision);
          continue;
        }
        if (binding.actions.includes('Deny')) {
          denials.push(denial(decision.message, decision.reason));
          acted('deny', decision);
        }
        if (binding.actions.includes('Audit')) {
          attributes.annotate?.(failureAnnotation, failureText(policy, binding, decision));
          acted('audit', decision);
        }
        if (binding.actions.includes('Warn')) {
          acted('warn', decision);
          attributes.warn(
            `Validation failed for ValidatingAdmissionPolicy '${policy.name}' with binding '${binding.name}': ${decision.message}`,
          );
        }
      }
    }
    return denials;
  }
}

const codes: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413, Invalid: 422 };

const failureAnnotation = 'validation.policy.admission.k8s.io/validation_failure';

function failureText(policy: ValidatingPolicy, binding: Binding, { message, index }: Failure): string {
  return goJson([{ message, policy: policy.name, binding: binding.name, expressionIndex: index, validationActions: binding.actions }]);
}

/** A validation that did not hold. @property index of the expression */
interface Failure {
  readonly fault: EvaluationFault;
  readonly message: string;
  readonly reason: string;
  readonly index: number;
}

/** What a policy's audit annotations came to. */
interface Annotation {
  readonly key: string;
  readonly value: string;
}

/** What a policy holds against a request; `always`: whatever the binding's actions are. */
type Objection = Failure | { readonly fault: EvaluationFault; readonly message: string; readonly always: true };

interface Verdict {
  readonly objections: readonly Objection[];
  readonly annotations: readonly Annotation[];
}

/** @param audited whether someone reads the annotations */
function decide(policy: ValidatingPolicy, input: ReturnType<typeof policyInput>, audited: boolean): Verdict {
  const failures = (fault: EvaluationFault, message: string, index = 0): Failure[] =>
    policy.ignoresFailure ? [] : [{ fault, message, reason: 'Invalid', index }];
  const failed = (fault: EvaluationFault, message: string): Verdict => ({ objections: failures(fault, message), annotations: [] });
  const matches = policy.conditions.judge(input);
  if (typeof matches === 'object') return failed('invalid_error', matches.error);
  if (!matches) return { objections: [], annotations: [] };
  const { variables, validations, auditAnnotations } = policy.compile();
  const evaluation = new PolicyEvaluation(input, variables, policyBudget);
  const results: PolicyResult[] = [];
  try {
    for (const { expression } of validations) results.push(evaluation.evaluate(expression));
  } catch (error) {
    if (error instanceof OutOfBudget) return failed('out_of_budget', error.message);
    throw error;
  }
  // Messages have variables of their own, and what the validations left of the budget.
  const messages = new PolicyEvaluation(input, variables, evaluation.remaining);
  const objections = results.flatMap((result, i): Objection[] => {
    if ('error' in result) return failures('invalid_error', result.error, i);
    if (result.value === true) return [];
    const { validation, message } = validations[i]!;
    try {
      const text = messageOf(validation, message && messages.evaluate(message));
      return [{ fault: 'no_error', message: text, reason: validation.reason ?? 'Invalid', index: i }];
    } catch (error) {
      if (error instanceof OutOfBudget) return failures('out_of_budget', `failed messageExpression: ${error.message}`, i);
      throw error;
    }
  });
  if (policy.ignoresFailure && !audited) return { objections, annotations: [] };
  const noted = annotate(policy, auditAnnotations, new PolicyEvaluation(input, variables, policyBudget));
  return { objections: [...objections, ...noted.objections], annotations: noted.annotations };
}

// Annotations go to the audit log; one that cannot be made refuses the request, unless the policy ignores failures.
function annotate(policy: ValidatingPolicy, expressions: CompiledPolicy['auditAnnotations'], evaluation: PolicyEvaluation): Verdict {
  const objections: Objection[] = [];
  const annotations: Annotation[] = [];
  try {
    for (const { key, expression } of expressions) {
      const result = evaluation.evaluate(expression);
      if ('error' in result) objections.push({ fault: 'invalid_error', message: result.error, always: true });
      else if (typeof result.value === 'string' && result.value.trim() !== '') annotations.push({ key, value: cut(result.value.trim()) });
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return {
      objections: policy.ignoresFailure ? [] : [{ fault: 'out_of_budget', message: error.message, reason: 'Invalid', index: 0 }],
      annotations: [],
    };
  }
  return { objections: policy.ignoresFailure ? [] : objections, annotations };
}

const maxAnnotationBytes = 10 * 1024;

function cut(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length <= maxAnnotationBytes ? text : bytes.toString('utf8', 0, maxAnnotationBytes);
}

const maxMessageBytes = 5 * 1024;

function messageOf(validation: Validation, evaluated: PolicyResult | undefined): string {
  if (evaluated && 'value' in evaluated && typeof evaluated.value === 'string') {
    const text = evaluated.value.trim();
    if (text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= maxMessageBytes) return text;
  }
  return validation.message?.trim() || `failed expression: ${validation.expression.trim()}`;
}
