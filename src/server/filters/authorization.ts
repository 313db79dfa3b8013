import { parseFieldSelector } from '../../../api/meta/field-selector.ts';
import { parseLabelSelector } from '../../../api/meta/label-selector.ts';
import type { AccessAttributes, Authorizer, Decision, UserInfo } from '../../auth/types.ts';
import type { Clock } from '../../machinery/clock.ts';
import { accessForbidden } from '../../registry/access-forbidden.ts';
import type { Answer } from '../answer.ts';
import type { RequestInfo } from '../context.ts';
import { plainInternalError } from '../errors.ts';
import type { AuthorizationMetrics } from '../metrics/authorization-metrics.ts';
import type { ServerContext } from '../request-context.ts';
import type { Next, Stage } from './stage.ts';

/** Asks whether the user may do it; 403 if not. */
export function authorization(authorizer: Authorizer, clock: Clock, metrics: AuthorizationMetrics): Stage {
  const proceed = (
    context: ServerContext,
    attributes: AccessAttributes,
    decision: Decision,
    began: number,
    next: Next,
  ): Answer | Promise<Answer> => {
    metrics.decided(decision, clock.monotonic() - began);
    const isAllowed = decision.decision === 'allow';
    if (!isAllowed && decision.error !== undefined) {
      context.audit?.annotate('authorization.k8s.io/reason', 'internal error');
      return plainInternalError(context.request, decision.error);
    }
    context.audit?.annotate('authorization.k8s.io/decision', isAllowed ? 'allow' : 'forbid');
    context.audit?.annotate('authorization.k8s.io/reason', decision.reason);
    if (isAllowed) return next(context);
    context.headers['x-content-type-options'] = 'nosniff';
    throw accessForbidden(attributes, decision.reason);
  };
  return (context, next) => {
    const attributes = withSelector(accessAttributes(context.info, context.user), context);
    const began = clock.monotonic();
    const decision = authorizer.authorize(attributes);
    if (decision instanceof Promise) return decision.then((made) => proceed(context, attributes, made, began, next));
    return proceed(context, attributes, decision, began, next);
  };
}

const selecting: readonly string[] = ['list', 'watch', 'deletecollection'];

function withSelector(attributes: AccessAttributes, { request }: ServerContext): AccessAttributes {
  if (!selecting.includes(attributes.verb)) return attributes;
  const fields = readable(request.query.get('fieldSelector'), parseFieldSelector);
  const labels = readable(request.query.get('labelSelector'), parseLabelSelector);
  if (!fields && !labels) return attributes;
  return {
    ...attributes,
    ...(fields ? { fieldSelector: fields.requirements } : {}),
    ...(labels ? { labelSelector: labels.requirements } : {}),
  };
}

// The handler says what is wrong with a selector; nothing is allowed because of it.
function readable<T>(text: string | null, parse: (text: string) => T): T | undefined {
  if (!text) return undefined;
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

export function accessAttributes(info: RequestInfo, user: UserInfo): AccessAttributes {
  return {
    user,
    verb: info.verb,
    resourceRequest: info.isResourceRequest,
    path: info.path,
    group: info.group,
    version: info.version,
    resource: info.resource,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
  };
}
