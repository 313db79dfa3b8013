import type { Authenticator, Authorizer, UserInfo } from '../auth/types.ts';
import type { Clock } from '../machinery/clock.ts';
import type { Logger } from '../machinery/logger.ts';
import type { Random } from '../machinery/random.ts';
import type { Answer } from './answer.ts';
import type { Auditor } from './audit/auditor.ts';
import type { ApiRequest } from './context.ts';
import type { ResourceIndex } from './discovery/resource-index.ts';
import { audit, auditEvents, auditFailedAuthentication } from './filters/audit.ts';
import { authentication } from './filters/authentication.ts';
import { authorization } from './filters/authorization.ts';
import { cors } from './filters/cors.ts';
import { deadline, longRunning } from './filters/deadline.ts';
import { fairness } from './filters/fairness.ts';
import { impersonation } from './filters/impersonation.ts';
import { defaultInFlightLimits, type InFlightLimits, maxInFlight } from './filters/max-in-flight.ts';
import { negotiation } from './filters/negotiation.ts';
import { panicGuard, translateErrors } from './filters/panic-guard.ts';
import { requestInfo } from './filters/request-info.ts';
import { compose, type Next, type Stage } from './filters/stage.ts';
import { warnings } from './filters/warnings.ts';
import type { FlowControl } from './flow-control/flow-control.ts';
import type { AuthenticationMetrics } from './metrics/authentication-metrics.ts';
import type { AuthorizationMetrics } from './metrics/authorization-metrics.ts';
import type { RequestMetrics } from './metrics/request-metrics.ts';
import { ServerContext } from './request-context.ts';

export interface ChainParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly index: ResourceIndex;
  readonly metrics: {
    readonly requests: RequestMetrics;
    readonly authentication: AuthenticationMetrics;
    readonly authorization: AuthorizationMetrics;
  };
  /** Passes on what other servers serve. */
  readonly aggregation?: Stage;
  /** Hands large requests to another thread. */
  readonly largeRequests?: Stage;
  /** The last step: `createRoutes`. */
  readonly routes: Next;
  /** Absent: requests are limited by their number alone. */
  readonly flowControl?: FlowControl;
  readonly inFlightLimits?: InFlightLimits;
  readonly corsAllowedOrigins?: readonly RegExp[];
  /** Milliseconds that a request may take; absent: a minute. */
  readonly requestTimeout?: number;
  /** Absent: no requests are recorded, and no stage is there for it. */
  readonly auditor?: Auditor;
}

/** The way of a request from the network, and of one from inside: the same stages, entered after authentication with an identity. */
export interface Chain {
  readonly network: Next;
  /** For a request that another thread has let in: its context has the user. */
  readonly handedOver: Next;
  /** Rejects with an ApiError where the network gets a Status. */
  readonly inProcess: (request: ApiRequest, user: UserInfo) => Promise<Answer>;
}

/** Every stage in execution order, with what it may answer. */
export function createChain(parts: ChainParts): Chain {
  const {
    clock,
    random,
    logger,
    authenticator,
    authorizer,
    index,
    metrics,
    routes,
    flowControl,
    corsAllowedOrigins,
    auditor,
    aggregation,
    largeRequests,
  } = parts;
  const beforeIdentity: Stage[] = [
    panicGuard(logger), // 500; Status of every failure below
    audit(random),
    requestInfo,
    deadline(clock, parts.requestTimeout), // 400, 504
    metrics.requests.stage,
    warnings,
    cors(corsAllowedOrigins ?? []), // 204 to preflights
    ...(auditor ? [auditFailedAuthentication(auditor)] : []),
    authentication(authenticator, logger, clock, metrics.authentication), // 401
    ...(auditor ? [auditEvents(auditor)] : []),
    impersonation(authorizer), // 400, 403
  ];
  const afterIdentity: Stage[] = [
    flowControl ? fairness(flowControl) : maxInFlight(parts.inFlightLimits ?? defaultInFlightLimits), // 429
    authorization(authorizer, clock, metrics.authorization), // 403
    ...(aggregation ? [aggregation] : []), // what other servers serve: their answer, 502, 503
    negotiation((info) => index.lookup(info)), // 404, 405, 406
    ...(largeRequests ? [largeRequests] : []), // what another thread answers
  ];
  const withIdentity = compose(afterIdentity, routes);
  const insideAudit = auditor ? [audit(random), auditEvents(auditor)] : [];
  const inside = compose([translateErrors(logger), requestInfo, longRunning, metrics.requests.stage, ...insideAudit], withIdentity);
  return {
    network: compose(beforeIdentity, withIdentity),
    handedOver: compose([panicGuard(logger), requestInfo, longRunning], withIdentity),
    inProcess: async (request, user) => {
      const context = new ServerContext(request, clock.now());
      context.user = user;
      return inside(context);
    },
  };
}
