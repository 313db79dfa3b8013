import type { StructDeclaration } from '../check/environment.ts';
import { boolType, type CelType, declaredName, listType, mapType, sameType, stringType, structType } from '../check/types.ts';
import { kubernetesEnvironment } from '../library/index.ts';
import { CompileError, compileProgram, type Program } from '../program.ts';

const texts = listType(stringType);
const named = (name: string) => `kubernetes.${name}`;
const requirement: Record<string, CelType> = { key: stringType, operator: stringType, values: texts };
const selector = (name: string): Record<string, CelType> => ({
  rawSelector: stringType,
  requirements: listType(structType(named(name))),
});

const structs = new Map<string, StructDeclaration>(
  Object.entries<Record<string, CelType>>({
    SubjectAccessReviewSpec: {
      resourceAttributes: structType(named('ResourceAttributes')),
      nonResourceAttributes: structType(named('NonResourceAttributes')),
      user: stringType,
      groups: texts,
      extra: mapType(stringType, texts),
      uid: stringType,
    },
    ResourceAttributes: {
      namespace: stringType,
      verb: stringType,
      group: stringType,
      version: stringType,
      resource: stringType,
      subresource: stringType,
      name: stringType,
      fieldSelector: structType(named('FieldSelectorAttributes')),
      labelSelector: structType(named('LabelSelectorAttributes')),
    },
    NonResourceAttributes: { path: stringType, verb: stringType },
    FieldSelectorAttributes: selector('FieldSelectorRequirement'),
    LabelSelectorAttributes: selector('LabelSelectorRequirement'),
    FieldSelectorRequirement: requirement,
    LabelSelectorRequirement: requirement,
  }).map(([name, fields]) => {
    const type = structType(named(name));
    return [type.name, { type, field: (field: string) => (Object.hasOwn(fields, field) ? fields[field] : undefined) }];
  }),
);

const environment = kubernetesEnvironment.extend({
  structs: { find: (name) => structs.get(name) },
  variables: [{ name: 'request', type: structType(named('SubjectAccessReviewSpec')) }],
});

/** Compiles a match condition of an authorizer, about the spec of a SubjectAccessReview. @throws Error in kube-apiserver's words */
export function compileReviewCondition(text: string): Program {
  try {
    const program = compileProgram(text, environment);
    if (!sameType(program.type, boolType)) throw new Error(`must evaluate to bool but got ${declaredName(program.type)}`);
    program.instantiate();
    return program;
  } catch (error) {
    throw error instanceof CompileError ? new Error(error.described) : error;
  }
}
