import type { Authenticator, UserInfo } from '../../auth/types.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import { unauthorized } from '../../registry/errors.ts';
import type { Answer } from '../answer.ts';
import type { Connection } from '../http/connection.ts';
import type { AuthenticationMetrics } from '../metrics/authentication-metrics.ts';
import type { ServerContext } from '../request-context.ts';
import type { Next, Stage } from './stage.ts';

const anonymous = 'system:anonymous';

/** Learns who asks. A certificate is looked at once a connection; any other credential with each request. 401 for one that does not hold. */
export function authentication(authenticator: Authenticator, logger: Logger, clock: Clock, metrics: AuthenticationMetrics): Stage {
  const refuse = (error: unknown, began: number): never => {
    metrics.failed('error', clock.monotonic() - began);
    logger.debug({ err: error }, 'unable to authenticate the request');
    throw unauthorized();
  };
  const proceed = (context: ServerContext, user: UserInfo | undefined, began: number, next: Next): Answer | Promise<Answer> => {
    if (!user) {
      metrics.failed('failure', clock.monotonic() - began);
      throw unauthorized();
    }
    metrics.succeeded(user.username, clock.monotonic() - began);
    const connection = context.connection;
    // Only what the certificate alone has proved holds for the requests that follow.
    const { certificate, frontProxyCertificate } = connection ?? {};
    const alone = certificate && !frontProxyCertificate && !context.request.headers['authorization'];
    if (alone && user.username !== anonymous) {
      connection!.user = user;
      provedBy(connection!);
    }
    context.user = user;
    return next(context);
  };
  const provedBy = ({ certificateEnds }: Connection) => {
    if (certificateEnds !== undefined) metrics.certificateLifetimes.observe((certificateEnds - clock.now()) / 1000);
  };
  return (context, next) => {
    const connection = context.connection;
    if (connection?.user) {
      context.user = connection.user;
      metrics.succeeded(connection.user.username, 0);
      provedBy(connection);
      return next(context);
    }
    const began = clock.monotonic();
    let user: UserInfo | undefined | Promise<UserInfo | undefined>;
    try {
      const headers = context.request.headers;
      user = authenticator.authenticate({
        clientCertificate: connection?.certificate,
        certificateError: connection?.certificateError,
        frontProxyCertificate: connection?.frontProxyCertificate,
        headers,
        authorization: headers['authorization'],
        path: context.info.path,
        webSocketProtocols: headers['sec-websocket-protocol'],
      });
    } catch (error) {
      return refuse(error, began);
    }
    if (user instanceof Promise) return user.catch((error) => refuse(error, began)).then((found) => proceed(context, found, began, next));
    return proceed(context, user, began, next);
  };
}
