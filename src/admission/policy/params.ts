import type { ResourceDefinition } from '../../../api/define.ts';
import { type LabelSelectorObject, selectorFromObject } from '../../../api/meta/label-selector.ts';
import { groupVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import type { Lookup } from '../lookup.ts';

export interface ParamKind {
  readonly apiVersion?: string;
  readonly kind?: string;
}

export interface ParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: LabelSelectorObject;
  readonly parameterNotFoundAction?: string;
}

/** What finding parameters needs to know of the cluster. */
export interface ParamParts {
  readonly lookup: Lookup;
  definitionOfKind(apiVersion: string, kind: string): ResourceDefinition | undefined;
}

/** A binding that cannot be used as it stands, in upstream's words. */
export class ConfigurationError extends Error {}

/** What is wrong with a policy's kind of parameters, whatever its bindings are: nothing of it can be evaluated. */
export function paramKindProblem(kind: ParamKind | undefined, { definitionOfKind }: ParamParts): string | undefined {
  if (!kind || definitionOfKind(kind.apiVersion ?? '', kind.kind ?? '')) return undefined;
  return `failed to configure policy: failed to find resource referenced by paramKind: '${printKind(kind)}'`;
}

/**
 * The objects that a binding passes to its policy, each for an evaluation of its own: one of nothing where the policy has no parameters.
 * @throws ConfigurationError
 */
export async function collectParams(
  kind: ParamKind | undefined,
  ref: ParamRef | undefined,
  requestNamespace: string,
  { lookup, definitionOfKind }: ParamParts,
): Promise<readonly (KubeObject | undefined)[]> {
  if (!kind || !ref) return [undefined];
  const definition = definitionOfKind(kind.apiVersion ?? '', kind.kind ?? '');
  if (!definition) throw new ConfigurationError(`paramKind kind \`${printKind(kind)}\` not known`);
  const namespace = definition.scope === 'Cluster' ? '' : ref.namespace || requestNamespace;
  if (definition.scope === 'Cluster' && ref.namespace) {
    throw new ConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  }
  if (definition.scope === 'Namespaced' && namespace === '') {
    throw new ConfigurationError('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
  }
  const found = await find(ref, definition, namespace, lookup);
  if (found.length === 0 && ref.parameterNotFoundAction === 'Deny') {
    throw new ConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction');
  }
  return found;
}

async function find(ref: ParamRef, definition: ResourceDefinition, namespace: string, lookup: Lookup): Promise<readonly KubeObject[]> {
  if (ref.name) {
    const object = await lookup.get(definition, namespace, ref.name);
    return object ? [object] : [];
  }
  const selector = selectorFromObject(ref.selector);
  return (await lookup.list(definition, namespace)).filter((object) => selector.matches(object.metadata?.labels));
}

function printKind({ apiVersion = '', kind = '' }: ParamKind): string {
  const { group, version } = groupVersionOf(apiVersion);
  return `${group}/${version}, Kind=${kind}`;
}
