import { goQuote } from '../../api/meta/go-quote.ts';
import type { AccessAttributes } from '../auth/types.ts';
import { type ApiError, forbidden } from './errors.ts';

/**
 * 403 for what no authorizer allows: `pods "x" is forbidden: User "u" cannot get resource "pods" in API group "" in the namespace "y"`.
 * @param reason of the authorizer, if it gave one
 */
export function accessForbidden(attributes: AccessAttributes, reason = ''): ApiError {
  const message = forbiddenMessage(attributes);
  return forbidden(attributes, attributes.name, reason === '' ? message : `${message}: ${reason}`);
}

function forbiddenMessage({ user, verb, resourceRequest, path, group, resource, subresource, namespace }: AccessAttributes): string {
  const who = `User ${goQuote(user.username)} cannot ${verb}`;
  if (!resourceRequest) return `${who} path ${goQuote(path)}`;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${goQuote(namespace)}`;
  return `${who} resource ${goQuote(what)} in API group ${goQuote(group)} ${where}`;
}
