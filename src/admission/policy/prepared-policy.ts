import { type CompiledExpression, PolicyCompiler } from '../../../api/cel/policy/policy-compiler.ts';
import type { Criteria } from '../webhook/match.ts';
import { MatchConditions } from './conditions.ts';
import type { ParamKind } from './params.ts';
import { criteriaOf } from './policy-store.ts';

/** What policies of both kinds have in common, ready to be matched. */
export interface PreparedPolicy {
  readonly name: string;
  readonly uid: string;
  readonly criteria: Criteria;
  readonly paramKind: ParamKind | undefined;
  readonly ignoresFailure: boolean;
  readonly conditions: MatchConditions;
}

interface PolicyObject {
  readonly metadata?: { readonly name?: string; readonly uid?: string };
  readonly spec?: {
    readonly matchConstraints?: object;
    readonly paramKind?: ParamKind;
    readonly failurePolicy?: string;
    readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
    readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  };
}

export function preparePolicy({ metadata, spec = {} }: PolicyObject): PreparedPolicy {
  return {
    name: metadata!.name!,
    uid: metadata!.uid ?? '',
    criteria: criteriaOf(spec.matchConstraints ?? {}),
    paramKind: spec.paramKind,
    ignoresFailure: spec.failurePolicy === 'Ignore',
    conditions: new MatchConditions(spec.matchConditions, spec.paramKind !== undefined),
  };
}

/** A compiler that knows the policy's variables. */
export function compilerFor(
  { spec = {} }: PolicyObject,
  options: { readonly patches: boolean },
): {
  compiler: PolicyCompiler;
  variables: ReadonlyMap<string, CompiledExpression>;
} {
  const { variables = [], paramKind } = spec;
  const compiler = new PolicyCompiler(options.patches || variables.length > 0);
  for (const { name, expression } of variables)
    compiler.addVariable(name, expression, { params: paramKind !== undefined, authorizer: true });
  return { compiler, variables: compiler.variables };
}
