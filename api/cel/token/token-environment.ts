import { anyType, mapType, stringType, structType } from '../check/types.ts';
import { kubernetesEnvironment } from '../library/index.ts';
import { policyStructs } from '../policy/policy-environment.ts';
import { CompileError, compileProgram, type Program } from '../program.ts';

/** What an expression of an AuthenticationConfiguration is about: a token's claims, or the user that they make. */
export type TokenSubject = 'claims' | 'user';

const environments = {
  claims: kubernetesEnvironment.extend({ variables: [{ name: 'claims', type: mapType(stringType, anyType) }] }),
  user: kubernetesEnvironment.extend({
    structs: policyStructs,
    variables: [{ name: 'user', type: structType('kubernetes.UserInfo') }],
  }),
};

/** @throws Error with `compilation failed: …`, or of a result that is not of the type */
export function compileTokenExpression(text: string, subject: TokenSubject, wanted: 'bool' | 'any'): Program {
  try {
    const program = compileProgram(text, environments[subject]);
    if (wanted === 'bool' && program.type.kind !== 'bool') throw new Error('must evaluate to bool');
    program.instantiate();
    return program;
  } catch (error) {
    throw error instanceof CompileError ? new Error(error.described) : error;
  }
}
