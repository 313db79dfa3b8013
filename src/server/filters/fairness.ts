import type { UserInfo } from '../../auth/types.ts';
import type { RequestInfo } from '../context.ts';
import { plainText } from '../errors.ts';
import { type Stage, settled } from './stage.ts';

/** How a request is ranked: by which FlowSchema, into which PriorityLevelConfiguration (their uids). */
export interface Flow {
  readonly flowSchemaUid: string;
  readonly priorityLevelUid: string;
}

/** Ranks requests. Called for each of them, so it must be quick. */
export interface FlowClassifier {
  classify(info: RequestInfo, user: UserInfo): Flow | undefined;
}

/** Requests at work at one time, long-running ones apart. kube-apiserver's defaults together. */
export const defaultMaxInFlight = 600;

/**
 * Names the flow in the answer and refuses what is beyond the number of requests that may be at work at one time. Queues and shares for each priority
 * level belong here.
 */
export function fairness(classifier: FlowClassifier | undefined, maxInFlight = defaultMaxInFlight): Stage {
  let inFlight = 0;
  const done = () => {
    inFlight--;
  };
  return (context, next) => {
    const flow = classifier?.classify(context.info, context.user);
    if (flow) {
      context.headers['x-kubernetes-pf-flowschema-uid'] = flow.flowSchemaUid;
      context.headers['x-kubernetes-pf-prioritylevel-uid'] = flow.priorityLevelUid;
    }
    if (context.longRunning || context.user.groups.includes('system:masters')) return next(context);
    if (inFlight >= maxInFlight) {
      return plainText(429, 'Too many requests, please try again later.\n', { 'retry-after': '1' });
    }
    inFlight++;
    return settled(next, context, done);
  };
}
