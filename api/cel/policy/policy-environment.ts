import type { Environment, StructDeclaration, TypeProvider } from '../check/environment.ts';
import { boolType, type CelType, dynType, intType, listType, mapType, stringType, structType, timestampType } from '../check/types.ts';
import { authorizerType, resourceCheckType } from '../library/authorizer.ts';
import { kubernetesEnvironment } from '../library/index.ts';
import { patchEnvironment } from './patch-types.ts';

/** A type that an expression may rely on, with the provider that knows its parts. */
export interface KnownType {
  readonly type: CelType;
  readonly provider: TypeProvider;
}

export interface PolicyEnvironmentOptions {
  readonly params: boolean;
  readonly authorizer: boolean;
  /** Expressions make patches. */
  readonly patches?: boolean;
  /** The type of object and oldObject, where it is known; dyn otherwise. */
  readonly object?: KnownType | undefined;
  readonly paramsType?: KnownType | undefined;
}

const texts = listType(stringType);
const textMap = mapType(stringType, stringType);
const groupVersionKind = { group: stringType, version: stringType, kind: stringType };
const groupVersionResource = { group: stringType, version: stringType, resource: stringType };

const structs = new Map<string, StructDeclaration>(
  Object.entries<Record<string, CelType>>({
    'kubernetes.GroupVersionKind': groupVersionKind,
    'kubernetes.GroupVersionResource': groupVersionResource,
    'kubernetes.UserInfo': { username: stringType, uid: stringType, groups: texts, extra: mapType(stringType, texts) },
    'kubernetes.AdmissionRequest': {
      kind: structType('kubernetes.GroupVersionKind'),
      resource: structType('kubernetes.GroupVersionResource'),
      subResource: stringType,
      requestKind: structType('kubernetes.GroupVersionKind'),
      requestResource: structType('kubernetes.GroupVersionResource'),
      requestSubResource: stringType,
      name: stringType,
      namespace: stringType,
      operation: stringType,
      userInfo: structType('kubernetes.UserInfo'),
      dryRun: boolType,
      options: dynType,
    },
    'kubernetes.NamespaceSpec': { finalizers: texts },
    'kubernetes.NamespaceCondition': {
      status: stringType,
      type: stringType,
      lastTransitionTime: timestampType,
      message: stringType,
      reason: stringType,
    },
    'kubernetes.NamespaceStatus': { conditions: listType(structType('kubernetes.NamespaceCondition')), phase: stringType },
    'kubernetes.NamespaceMetadata': {
      name: stringType,
      generateName: stringType,
      namespace: stringType,
      labels: textMap,
      annotations: textMap,
      UID: stringType,
      creationTimestamp: timestampType,
      deletionGracePeriodSeconds: intType,
      deletionTimestamp: timestampType,
      generation: intType,
      resourceVersion: stringType,
      finalizers: texts,
    },
    'kubernetes.Namespace': {
      metadata: structType('kubernetes.NamespaceMetadata'),
      spec: structType('kubernetes.NamespaceSpec'),
      status: structType('kubernetes.NamespaceStatus'),
    },
  }).map(([name, fields]) => [
    name,
    { type: structType(name), field: (field: string) => (Object.hasOwn(fields, field) ? fields[field] : undefined) },
  ]),
);

/** The types of what is not the object itself: the request, who makes it, its namespace. */
export const policyStructs: TypeProvider = { find: (name) => structs.get(name) };

/** The names of an admission policy's expressions: object, oldObject, request, namespaceObject and, where they exist, params and authorizer. */
export function policyEnvironment({ params, authorizer, patches, object, paramsType }: PolicyEnvironmentOptions): Environment {
  const objectVariableType = object?.type ?? dynType;
  let environment = kubernetesEnvironment.extend({
    structs: policyStructs,
    variables: [
      { name: 'object', type: objectVariableType },
      { name: 'oldObject', type: objectVariableType },
      { name: 'namespaceObject', type: structType('kubernetes.Namespace') },
      { name: 'request', type: structType('kubernetes.AdmissionRequest') },
      ...(params ? [{ name: 'params', type: paramsType?.type ?? dynType }] : []),
      ...(authorizer
        ? [
            { name: 'authorizer', type: authorizerType },
            { name: 'authorizer.requestResource', type: resourceCheckType },
          ]
        : []),
    ],
  });
  if (object) environment = environment.extend({ structs: object.provider });
  if (params && paramsType) environment = environment.extend({ structs: paramsType.provider });
  return patches ? environment.extend(patchEnvironment) : environment;
}
