import type { Authenticator, UserInfo } from '../../auth/types.ts';
import type { Logger } from '../../machinery/logger.ts';
import { unauthorized } from '../../registry/errors.ts';
import type { Answer } from '../answer.ts';
import type { AuthenticationMetrics } from '../metrics/authentication-metrics.ts';
import type { ServerContext } from '../request-context.ts';
import type { Next, Stage } from './stage.ts';

const anonymous = 'system:anonymous';

/** Learns who asks. A certificate is looked at once a connection; any other credential with each request. 401 for one that does not hold. */
export function authentication(authenticator: Authenticator, logger: Logger, metrics: AuthenticationMetrics): Stage {
  const refuse = (error: unknown): never => {
    metrics.failed('error');
    logger.debug({ err: error }, 'unable to authenticate the request');
    throw unauthorized();
  };
  const proceed = (context: ServerContext, user: UserInfo | undefined, next: Next): Answer | Promise<Answer> => {
    if (!user) {
      metrics.failed('failure');
      throw unauthorized();
    }
    metrics.succeeded(user.username);
    const connection = context.connection;
    // Only what the certificate alone has proved holds for the requests that follow.
    const { certificate, frontProxyCertificate } = connection ?? {};
    const alone = certificate && !frontProxyCertificate && !context.request.headers['authorization'];
    if (alone && user.username !== anonymous) connection!.user = user;
    context.user = user;
    return next(context);
  };
  return (context, next) => {
    const connection = context.connection;
    if (connection?.user) {
      context.user = connection.user;
      metrics.succeeded(connection.user.username);
      return next(context);
    }
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
      return refuse(error);
    }
    if (user instanceof Promise) return user.catch(refuse).then((found) => proceed(context, found, next));
    return proceed(context, user, next);
  };
}
