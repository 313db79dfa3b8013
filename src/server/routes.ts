import type { KubeObject } from '../../api/meta/object.ts';
import type { Clock } from '../machinery/clock.ts';
import { AboutPages } from './about-pages.ts';
import type { Answer } from './answer.ts';
import type { RequestContext, RequestInfo } from './context.ts';
import { Discovery, type DiscoveryParts } from './discovery/handler.ts';
import type { ResourceIndex } from './discovery/resource-index.ts';
import type { AnswerEncoder } from './encoding/encoder.ts';
import { methodNotAllowed, noSuchResource, pageNotFound } from './errors.ts';
import type { Next } from './filters/stage.ts';
import { dumps } from './flow-control/dump.ts';
import type { FlowControl } from './flow-control/flow-control.ts';
import type { Health } from './health.ts';
import type { MetricsPage } from './metrics/page.ts';
import { mediaTypeNames, negotiateOnly } from './negotiation/accept.ts';
import type { OpenApiServing } from './openapi-serving.ts';
import type { Pages } from './pages.ts';
import type { ServerContext } from './request-context.ts';

export type Handler = (context: RequestContext) => Answer | Promise<Answer>;

type OwnHandler = (context: ServerContext) => Answer | Promise<Answer>;

export interface RouteParts {
  readonly index: ResourceIndex;
  readonly groups: DiscoveryParts['groups'];
  readonly remote: DiscoveryParts['remote'];
  readonly encoder: AnswerEncoder;
  /** Answers resource requests: `createDispatcher` of handlers/. */
  readonly dispatch: (context: RequestContext) => Promise<Answer>;
  readonly health: Health;
  readonly metrics: MetricsPage;
  readonly clock: Clock;
  /** With what the server was started. */
  readonly flags: Readonly<Record<string, string>>;
  /** What /version tells. */
  readonly versionInfo: Readonly<Record<string, string>>;
  readonly serverAddress: () => string;
  readonly openApi?: OpenApiServing;
  readonly pages?: Pages;
  readonly flowControl?: FlowControl;
  /** Further paths, exact, such as `/openid/v1/jwks`. */
  readonly handlers?: Readonly<Record<string, Handler>>;
}

/** The last step of the chain: resources go to the dispatcher, every other path is answered here. */
export function createRoutes(parts: RouteParts): Next {
  const { index, dispatch, health, metrics, openApi, pages, handlers = {} } = parts;
  const slis = metrics.beside(health.families());
  const about = new AboutPages({ ...parts, paths: () => paths(parts) });
  const discovery = new Discovery(parts);
  const exact: ReadonlyMap<string, OwnHandler> = new Map<string, OwnHandler>([
    ['/', () => rootPaths(parts)],
    ['/index.html', () => rootPaths(parts)],
    ['/metrics', () => metrics.handle()],
    ['/metrics/slis', () => slis.handle()],
    ['/statusz', (context) => about.status(context)],
    ['/flagz', (context) => about.flags(context)],
    ...(parts.flowControl ? flowControlDumps(parts.flowControl) : []),
  ]);

  // What upstream's router serves, to which slashes at the end are none.
  const routed: ReadonlyMap<string, OwnHandler> = new Map<string, OwnHandler>([
    ['/version', (context) => version(parts, context)],
    ...Object.entries(handlers).map(([path, handler]): [string, Handler] => [path, readOnly(handler)]),
  ]);

  const other = async (context: ServerContext): Promise<Answer> => {
    const { path } = context.info;
    const answer = (await health.handle(context)) ?? (await openApi?.handle(context));
    if (answer) return answer;
    if (pages && path.startsWith('/orrery/')) return pages.handle(context);
    return discovery.handle(context) ?? pageNotFound();
  };

  return (context) => {
    const { info } = context;
    const { path } = info;
    // Authorization reads over slashes too many at the beginning, no route does.
    if (info.isResourceRequest) return hasPlace(index, info) && !path.startsWith('//') ? dispatch(context) : pageNotFound();
    const handler = exact.get(path) ?? routed.get(path.replace(/\/+$/, ''));
    if (handler) return handler(context);
    if (path.startsWith('/version/')) throw noSuchResource();
    return other(context);
  };
}

/** What is there to be read, and nothing else. */
function readOnly(handler: Handler): Handler {
  return (context) => {
    if (context.request.method !== 'GET') throw methodNotAllowed();
    return handler(context);
  };
}

function flowControlDumps(control: FlowControl): [string, (context: ServerContext) => Answer][] {
  return Object.entries(dumps).map(([name, dump]) => [
    `/debug/api_priority_and_fairness/${name}`,
    ({ request }) => ({ type: 'raw', status: 200, contentType: 'text/plain; charset=utf-8', body: dump(control, request.query) }),
  ]);
}

/** What custom groups do not serve is no page; built-in ones have a Status for it. */
function hasPlace(index: ResourceIndex, info: RequestInfo): boolean {
  // The group without a name is below /api only.
  if (info.group === '' && info.apiPrefix === 'apis') return false;
  if (!index.isCustomGroup(info.group)) return index.hasGroup(info.group);
  const definition = index.lookup(info);
  if (!definition) return false;
  if (definition.scope === 'Cluster') return info.namespace === '';
  return info.namespace !== '' || info.verb === 'list' || info.verb === 'watch';
}

function version({ versionInfo }: RouteParts, context: ServerContext): Answer {
  if (context.request.method !== 'GET') throw methodNotAllowed();
  // Indented for everyone, whatever the client accepts of JSON.
  negotiateOnly([mediaTypeNames.json], context.request.headers['accept']);
  return { type: 'raw', status: 200, contentType: mediaTypeNames.json, body: JSON.stringify(versionInfo, null, 2) };
}

/** `/` lists all paths that there are. */
function rootPaths(parts: RouteParts): Answer {
  const body: KubeObject = { paths: [...paths(parts)] };
  return { type: 'raw', status: 200, contentType: 'application/json', body: JSON.stringify(body, null, 2) };
}

function paths({ index, groups, health, openApi, handlers = {} }: RouteParts): readonly string[] {
  const groupPaths = groups.groups().flatMap(({ name, versions }) => [`/apis/${name}`, ...versions.map((v) => `/apis/${name}/${v}`)]);
  const core = (index.group('')?.versions ?? []).map((v) => `/api/${v}`);
  const all = new Set([
    '/api',
    ...core,
    '/apis',
    '/apis/',
    ...groupPaths,
    ...health.paths(),
    '/flagz',
    '/metrics',
    '/metrics/slis',
    '/statusz',
    '/version',
    ...Object.keys(handlers),
  ]);
  if (openApi) for (const path of ['/openapi/v2', '/openapi/v3', '/openapi/v3/']) all.add(path);
  return [...all].sort();
}
