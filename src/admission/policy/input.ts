import { AuthorizerValue, ResourceCheck } from '../../../api/cel/library/authorizer.ts';
import { dynamicValue } from '../../../api/cel/policy/dynamic-values.ts';
import type { PolicyInput } from '../../../api/cel/policy/policy-evaluation.ts';
import type { Value } from '../../../api/cel/runtime/values.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import type { Match } from '../webhook/match.ts';
import { reviewOf } from '../webhook/review.ts';
import type { ExpressionAuthorizer } from './authorizer.ts';

/** What expressions know of a request. @param match the version in which the policy sees it */
export function policyInput(
  attributes: AdmissionAttributes,
  match: Match,
  authorizer: ExpressionAuthorizer,
  { params, namespace }: { params?: KubeObject | undefined; namespace?: KubeObject | undefined },
): PolicyInput {
  const { request } = reviewOf(attributes, match, '', 'v1') as { request?: unknown };
  const authorizerValue = new AuthorizerValue(authorizer.authorize);
  const { definition, subresource, namespace: inNamespace, name } = attributes;
  const own = { group: definition.group, resource: definition.plural, subresource, namespace: inNamespace, name };
  return new Map<string, Value>([
    ['object', dynamicValue(match.object ?? null)],
    ['oldObject', dynamicValue(match.old ?? null)],
    ['namespaceObject', dynamicValue(namespace ? withoutManagedFields(namespace) : null)],
    ['request', dynamicValue(request)],
    ['params', dynamicValue(params ?? null)],
    ['authorizer', authorizerValue],
    ['authorizer.requestResource', new ResourceCheck(authorizerValue, own)],
  ]);
}

function withoutManagedFields({ spec, status, metadata }: KubeObject): object {
  const { managedFields: _, ownerReferences: __, ...rest } = metadata ?? {};
  return { metadata: rest, spec, status };
}
