import type { Environment } from '../check/environment.ts';
import {
  boolType,
  type CelType,
  declaredName,
  dynType,
  listType,
  mapType,
  nullType,
  sameType,
  stringType,
  structType,
} from '../check/types.ts';
import { CompileError, compileProgram, type Program } from '../program.ts';
import { jsonPatchType, objectType } from './patch-types.ts';
import { type PolicyEnvironmentOptions, policyEnvironment } from './policy-environment.ts';

/** An expression of a policy, compiled as far as it goes. */
export interface CompiledExpression {
  readonly text: string;
  readonly program?: Program;
  /** For evaluations: the variables in their order. */
  readonly environment: Environment;
  /** Why there is no program, as validation tells it. */
  readonly error?: string;
  /** Whether the error is one of evaluating what is constant. */
  readonly isInternal?: boolean;
}

/** The types that an expression of a policy may come to; `any` is every one. */
export const resultTypes = {
  condition: [boolType],
  message: [stringType],
  auditAnnotation: [stringType, nullType],
  applyConfiguration: [objectType],
  jsonPatch: [listType(jsonPatchType)],
  any: undefined,
} satisfies Record<string, readonly CelType[] | undefined>;

export type ResultKind = keyof typeof resultTypes;

type CompileOptions = Pick<PolicyEnvironmentOptions, 'params' | 'authorizer' | 'patches'>;

/** Compiles the expressions of one policy: those that come later may use its variables. */
export class PolicyCompiler {
  readonly variables = new Map<string, CompiledExpression>();
  private readonly types: Pick<PolicyEnvironmentOptions, 'object' | 'paramsType'>;
  private readonly hasVariables: boolean;
  private readonly environments = new Map<string, Environment>();

  /** @param hasVariables whether expressions may name `variables` */
  constructor(hasVariables: boolean, types: Pick<PolicyEnvironmentOptions, 'object' | 'paramsType'> = {}) {
    this.hasVariables = hasVariables;
    this.types = types;
  }

  compile(text: string, kind: ResultKind, options: CompileOptions): CompiledExpression {
    const environment = this.environment(options);
    try {
      const program = compileProgram(text, environment);
      const wanted = resultTypes[kind];
      if (!wanted || wanted.some((type) => sameType(type, program.type))) {
        program.instantiate();
        return { text, program, environment };
      }
      const names = wanted.map(declaredName);
      const expected = names.length === 1 ? names[0] : `one of [${names.join(' ')}]`;
      return { text, environment, error: `must evaluate to ${expected} but got ${declaredName(program.type)}` };
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      return { text, environment, error: error.described, isInternal: error.isInternal };
    }
  }

  addVariable(name: string, text: string, options: CompileOptions): CompiledExpression {
    const compiled = this.compile(text, 'any', options);
    this.variables.set(name, compiled);
    return compiled;
  }

  private environment(options: CompileOptions): Environment {
    const key = `${options.params} ${options.authorizer} ${options.patches === true}`;
    let environment = this.environments.get(key);
    if (!environment) {
      environment = policyEnvironment({ ...options, ...this.types });
      if (this.hasVariables) environment = environment.extend(this.variablesPart());
      this.environments.set(key, environment);
    }
    return environment;
  }

  private variablesPart(): Parameters<Environment['extend']>[0] {
    const type = structType('kubernetes.variables');
    const field = (name: string) => {
      const variable = this.variables.get(name);
      return variable && (variable.program ? variableType(variable.program.type) : dynType);
    };
    return { structs: { find: (name) => (name === type.name ? { type, field } : undefined) }, variables: [{ name: 'variables', type }] };
  }
}

// Of a variable's type only what is no object is known to the expressions that use it.
function variableType(type: CelType): CelType {
  switch (type.kind) {
    case 'list':
      return listType(variableType(type.parameters[0]!));
    case 'map':
      return mapType(variableType(type.parameters[0]!), variableType(type.parameters[1]!));
    case 'struct':
    case 'opaque':
    case 'type':
      return dynType;
    default:
      return type;
  }
}
