import type { CompiledExpression } from '../../../api/cel/policy/policy-compiler.ts';
import { OutOfBudget, PolicyEvaluation, policyBudget } from '../../../api/cel/policy/policy-evaluation.ts';
import type { ResourceDefinition } from '../../../api/define.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { copySorted } from '../../../api/meta/json.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { MutatingAdmissionPolicy } from '../../../openapi/types.ts';
import { sameJson } from '../../machinery/json-equal.ts';
import { DecodeError } from '../../machinery/schema/conform.ts';
import { copyData } from '../../registry/copy.ts';
import { ApiError, internalError } from '../../registry/errors.ts';
import type { AdmissionEnvironment } from '../environment.ts';
import type { EvaluationFault } from '../metrics/policy-metrics.ts';
import type { AdmissionAttributes, AdmissionPlugin, Reinvocation } from '../plugin.ts';
import { refuse } from '../refuse.ts';
import { inVersion, type Match, seenIn, versionHeardBy } from '../webhook/match.ts';
import { ExpressionAuthorizer } from './authorizer.ts';
import { isBeyondPolicies } from './exclusions.ts';
import { policyInput } from './input.ts';
import { namespaceOf } from './namespace.ts';
import { ConfigurationError, collectParams, paramKindProblem } from './params.ts';
import { applyConfiguration, applyOperations, MutationError } from './patches.ts';
import { type Binding, PolicyStore } from './policy-store.ts';
import { compilerFor, type PreparedPolicy, preparePolicy } from './prepared-policy.ts';

interface CompiledMutation {
  readonly kind: 'jsonPatch' | 'applyConfiguration';
  readonly expression: CompiledExpression;
}

interface MutatingPolicy extends PreparedPolicy {
  readonly reinvocable: boolean;
  /** Compiled when the first request comes that it has to do with. */
  compile(): { readonly variables: ReadonlyMap<string, CompiledExpression>; readonly mutations: readonly CompiledMutation[] };
}

/** MutatingAdmissionPolicies with their bindings. */
export type MutatingPolicies = PolicyStore<MutatingPolicy>;

export function mutatingPolicies(): MutatingPolicies {
  return new PolicyStore((object) => prepare(object as MutatingAdmissionPolicy));
}

function prepare(policy: MutatingAdmissionPolicy): MutatingPolicy {
  let compiled: ReturnType<MutatingPolicy['compile']> | undefined;
  return {
    ...preparePolicy(policy as Parameters<typeof preparePolicy>[0]),
    reinvocable: policy.spec?.reinvocationPolicy === 'IfNeeded',
    compile: () => (compiled ??= compile(policy)),
  };
}

function compile(policy: MutatingAdmissionPolicy): ReturnType<MutatingPolicy['compile']> {
  const { compiler, variables } = compilerFor(policy as Parameters<typeof compilerFor>[0], { patches: true });
  const { mutations = [], paramKind } = policy.spec ?? {};
  return {
    variables,
    mutations: mutations.map((mutation) => {
      const kind = mutation.patchType === 'JSONPatch' ? 'jsonPatch' : 'applyConfiguration';
      const text = (mutation[kind]?.expression ?? '').trim();
      return { kind, expression: compiler.compile(text, kind, { params: paramKind !== undefined, authorizer: true, patches: true }) };
    }),
  };
}

/** One policy, binding and parameter that a request has to do with. */
interface Invocation {
  readonly key: string;
  readonly policy: MutatingPolicy;
  readonly binding: Binding;
  readonly match: Match;
  readonly param: KubeObject | undefined;
}

/** Why a request is not let through. */
interface Failure {
  readonly message: string;
  readonly reason: 'Forbidden' | 'Invalid';
}

/** What the plugin keeps of its first round for a second one. */
interface Round {
  readonly invoked: Set<string>;
  readonly again: Set<string>;
  output: KubeObject | undefined;
}

/** Changes requests by the MutatingAdmissionPolicies that are bound (KEP-3962). */
export class MutatingPolicyPlugin implements AdmissionPlugin {
  readonly name = 'MutatingAdmissionPolicy';
  private readonly policies: MutatingPolicies;
  private readonly environment: AdmissionEnvironment;

  constructor(policies: MutatingPolicies, environment: AdmissionEnvironment) {
    this.policies = policies;
    this.environment = environment;
  }

  concerns(attributes: AdmissionAttributes): boolean {
    return this.policies.active.length > 0 && attributes.operation !== 'DELETE' && !isBeyondPolicies(attributes);
  }

  async mutate(attributes: AdmissionAttributes, reinvocation: Reinvocation): Promise<void> {
    const failures: Failure[] = [];
    const invocations = await this.invocations(attributes, failures);
    if (invocations.length > 0) await this.invokeAll(invocations, attributes, reinvocation, failures);
    const [first] = failures;
    if (first === undefined) return;
    const { details } = refuse(attributes, first.message);
    throw new ApiError(403, first.reason, first.message, { ...details, causes: failures.map(({ message }) => ({ message })) });
  }

  private async invocations(attributes: AdmissionAttributes, failures: Failure[]): Promise<Invocation[]> {
    const found: Invocation[] = [];
    for (const { policy, bindings } of this.policies.active) {
      const definition = await versionHeardBy(policy.criteria, attributes, this.environment);
      if (!definition) continue;
      const denied = (why: string) => {
        const message = `policy ${goQuote(policy.name)} denied request: ${why}`;
        if (!policy.ignoresFailure) failures.push({ message, reason: 'Forbidden' });
      };
      const problem = paramKindProblem(policy.paramKind, this.environment);
      if (problem !== undefined) {
        denied(problem);
        continue;
      }
      let match: Match | undefined;
      for (const binding of bindings) {
        if (binding.criteria && !(await versionHeardBy(binding.criteria, attributes, this.environment))) continue;
        try {
          match ??= await seenIn(definition, attributes);
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          denied(`failed to configure policy: ${error.message}`);
          continue;
        }
        try {
          for (const param of await collectParams(policy.paramKind, binding.paramRef, attributes.namespace, this.environment)) {
            const key = JSON.stringify([policy.name, binding.name, param?.metadata?.namespace, param?.metadata?.name]);
            found.push({ key, policy, binding, match, param });
          }
        } catch (error) {
          if (!(error instanceof ConfigurationError)) throw error;
          fail(policy, binding, `failed to configure binding: ${error.message}`, 'Forbidden', failures);
        }
      }
    }
    return found;
  }

  private async invokeAll(
    invocations: readonly Invocation[],
    attributes: AdmissionAttributes,
    reinvocation: Reinvocation,
    failures: Failure[],
  ): Promise<void> {
    const round = reinvocation.stateOf<Round>(this.name, () => ({ invoked: new Set(), again: new Set(), output: undefined }));
    if (reinvocation.isSecond && !sameJson(round.output, attributes.object)) requireAll(round);
    const { clock, lookup, metrics } = this.environment;
    const namespace = await namespaceOf(attributes, lookup);
    const authorizer = new ExpressionAuthorizer(this.environment.authorizer, attributes.user);
    let changed = false;
    for (const invocation of invocations) {
      const { key, policy, binding, param } = invocation;
      // What another policy changed is what this one sees.
      const { definition } = invocation.match;
      const given = await inVersion(attributes.object, attributes.definition, definition);
      const match = { ...invocation.match, object: given };
      const seen = (current: Match) => policyInput(attributes, current, authorizer, { params: param, namespace });
      const matches = await authorizer.whenAnswered(() => policy.conditions.judge(seen(match)));
      if (typeof matches === 'object') fail(policy, binding, matches.error, 'Invalid', failures);
      if (matches !== true || (reinvocation.isSecond && !round.again.has(key))) continue;
      round.again.delete(key);
      const { variables, mutations } = policy.compile();
      for (const mutation of mutations) {
        if (!match.object) continue;
        const began = clock.monotonic();
        const mutated = (fault: EvaluationFault) => metrics.policies.mutated(policy.name, binding.name, fault, clock.monotonic() - began);
        try {
          match.object = await authorizer.whenAnswered(() => this.mutated(mutation, variables, match, seen(match)));
          changed = true;
          mutated('no_error');
        } catch (error) {
          mutated(error instanceof MutationError ? error.fault : 'invalid_error');
          if (!(error instanceof MutationError)) throw error;
          fail(policy, binding, error.message, 'Invalid', failures);
        }
      }
      if (!sameJson(match.object, given)) {
        attributes.object = await inVersion(match.object, definition, attributes.definition).catch(unconverted);
        requireAll(round);
        reinvocation.request();
      }
      if (policy.reinvocable) round.invoked.add(key);
    }
    // Even the last one to change something hears of it again, and after changes that changed nothing.
    if (changed) {
      requireAll(round);
      reinvocation.request();
    }
    // A copy: the plugins of the second round change the object itself.
    if (reinvocation.isSecond || round.invoked.size > 0) round.output = copyData(attributes.object);
  }

  /** The object after one mutation. @throws MutationError, ApiError 500 */
  private mutated(
    { kind, expression }: CompiledMutation,
    variables: ReadonlyMap<string, CompiledExpression>,
    match: Match,
    input: ReturnType<typeof policyInput>,
  ): KubeObject {
    if (expression.error !== undefined) throw new MutationError(expression.error, 'compile_error');
    const result = evaluate(new PolicyEvaluation(input, variables, policyBudget), expression);
    const object = match.object!;
    if (kind === 'applyConfiguration') {
      return this.conformed(applyConfiguration(object, result, this.environment.schemaOf(match.definition)), match.definition);
    }
    const { apiVersion = object.apiVersion, kind: own = object.kind, ...patched } = applyOperations(object, result);
    const conform = (fields: object) => this.environment.conform({ ...fields, apiVersion, kind: own }, { strict: true });
    try {
      return conform(patched);
    } catch (error) {
      if (error instanceof DecodeError) throw internalError(this.firstInOrder(patched, conform, error).message);
      throw error;
    }
  }

  /** Upstream's patched objects are read in the order of their keys: the first mistake in that order is told. */
  private firstInOrder(patched: object, conform: (fields: object) => KubeObject, found: DecodeError): DecodeError {
    try {
      conform(copySorted(patched));
      return found;
    } catch (error) {
      if (error instanceof DecodeError) return error;
      throw error;
    }
  }

  private conformed(object: KubeObject, { group, version, kind }: ResourceDefinition): KubeObject {
    try {
      return this.environment.conform(object);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const number = /^json: cannot unmarshal number \S+ into Go .* of type (\w+)$/.exec(error.message);
      const why = number ? `cannot convert float64 to ${number[1]}` : error.message;
      throw new MutationError(`unable to convert unstructured object to ${group}/${version}, Kind=${kind}: ${why}`);
    }
  }
}

function evaluate(evaluation: PolicyEvaluation, expression: CompiledExpression) {
  try {
    const result = evaluation.evaluate(expression);
    if ('error' in result) throw new MutationError(result.error, 'invalid_error');
    return result.value;
  } catch (error) {
    if (error instanceof OutOfBudget) throw new MutationError(error.message, 'out_of_budget');
    throw error;
  }
}

function unconverted(error: Error): never {
  throw error instanceof ApiError ? internalError(`failed to convert object: ${error.message}`) : error;
}

function requireAll(round: Round): void {
  for (const key of round.invoked) round.again.add(key);
}

function fail(
  { name, ignoresFailure }: MutatingPolicy,
  binding: Binding,
  why: string,
  reason: Failure['reason'],
  failures: Failure[],
): void {
  if (!ignoresFailure) failures.push({ message: `policy '${name}' with binding '${binding.name}' denied request: ${why}`, reason });
}
