import type { ServiceAddress } from '../../admission/webhook/services.ts';
import type { RequestHeaderOptions } from '../../auth/authenticate/request-header.ts';
import { withDeadline } from '../../machinery/abort.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { Answer } from '../answer.ts';
import { plainText } from '../errors.ts';
import {
  asksForUpgrade,
  escapedPath,
  type ForwardedAnswer,
  passedHeaders,
  returnedHeaders,
  switched,
  upgradeHeaders,
} from '../forwarding.ts';
import type { ServerContext } from '../request-context.ts';
import { isAvailable, type RemoteApiService } from './api-service-set.ts';
import { type ExtensionServers, failureMessage } from './extension-servers.ts';

export interface ProxyParts {
  readonly servers: ExtensionServers;
  readonly clock: Clock;
  /** Headers by which front proxies name users here, besides `X-Remote-…`: extension servers believe them as well, so that no client may send them there. */
  readonly userHeaders: RequestHeaderOptions | undefined;
}

/** Discovery of a group version is cheap, and everybody waits for it. */
const discoveryLimitMs = 5000;

/** Passes a request on to the server of an APIService, and its answer back. The user has been authenticated and authorized here. */
export async function proxyRequest(
  { servers, clock, userHeaders }: ProxyParts,
  target: RemoteApiService,
  context: ServerContext,
): Promise<Answer> {
  if (!isAvailable(target.object)) return unavailable();
  let address: ServiceAddress;
  try {
    address = await servers.locate(target);
  } catch {
    // The condition will say what is wrong with the service.
    return unavailable();
  }
  const { request, info, user } = context;
  const isUpgrade = asksForUpgrade(context);
  const path = escapedPath(info.path);
  const body = request.openBody?.();
  const send = (signal: AbortSignal) =>
    servers.send(target, address, {
      method: request.method,
      path: path + sortedQuery(request.query),
      headers: { ...forwardedHeaders(context, userHeaders), ...(isUpgrade ? upgradeHeaders(context) : placeHeaders(address, path)) },
      user,
      ...(body ? { body } : {}),
      signal,
    });
  try {
    return answerOf(await (isDiscovery(context) ? withDeadline(clock, discoveryLimitMs, context.signal, send) : send(context.signal)));
  } catch (error) {
    const message = failureMessage(error);
    return plainText(503, isUpgrade ? `${message}\n` : `error trying to reach service: ${message}\n`);
  }
}

function unavailable(): Answer {
  return plainText(503, 'service unavailable\n');
}

function answerOf({ message, upgraded }: ForwardedAnswer): Answer {
  if (upgraded) return switched(message, upgraded);
  const status = message.statusCode!;
  if (status >= 300 && status <= 399 && message.headers.location) {
    message.destroy();
    const refusal = 'the backend attempted to redirect this request, which is not permitted';
    return { type: 'raw', status: 502, contentType: 'text/plain; charset=utf-8', body: refusal };
  }
  return { type: 'stream', status, headers: returnedHeaders(message), body: message };
}

function forwardedHeaders(context: ServerContext, userHeaders: RequestHeaderOptions | undefined): Record<string, string> {
  const { usernameHeaders = [], uidHeaders = [], groupHeaders = [], extraHeaderPrefixes = [] } = userHeaders ?? {};
  const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase());
  const names = lower([...usernameHeaders, ...uidHeaders, ...groupHeaders]);
  return { ...passedHeaders(context, ['host', ...names], lower(extraHeaderPrefixes)), 'audit-id': context.auditId };
}

function placeHeaders({ shown }: ServiceAddress, path: string): Record<string, string> {
  return { 'x-forwarded-host': shown, 'x-forwarded-proto': 'https', 'x-forwarded-uri': path };
}

/** `/apis/GROUP/VERSION` itself. */
function isDiscovery({ info }: ServerContext): boolean {
  return !info.isResourceRequest && info.path.split('/').filter((part) => part !== '').length === 3;
}

/** The query as Go's values write it: by name, spaces as `+`. */
function sortedQuery(query: URLSearchParams): string {
  const sorted = new URLSearchParams(query);
  sorted.sort();
  const text = sorted.toString().replaceAll('*', '%2A').replaceAll('%7E', '~');
  return text === '' ? '' : `?${text}`;
}
