import { X509Certificate } from 'node:crypto';
import { subjectOf } from '../../auth/authenticate/subject.ts';
import { type ClusterKeys, loadClusterKeys } from '../../auth/pki.ts';
import type { AccessAttributes, Authenticator, Authorizer } from '../../auth/types.ts';
import { systemClock } from '../../machinery/clock.ts';
import { silentLogger } from '../../machinery/logger.ts';
import { systemRandom } from '../../machinery/random.ts';
import { ApiGroups } from '../aggregation/groups.ts';
import { type Chain, createChain } from '../chain.ts';
import { ResourceIndex } from '../discovery/resource-index.ts';
import { AnswerEncoder } from '../encoding/encoder.ts';
import { Health } from '../health.ts';
import { createHttpServer, type HttpServer } from '../http/server.ts';
import { ServerMetrics } from '../metrics/server-metrics.ts';
import { createPages } from '../pages.ts';
import { createRoutes, type RouteParts } from '../routes.ts';
import { ThingStore, things } from './things.ts';

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly store: ThingStore;
  readonly chain: Chain;
  readonly http: HttpServer;
  readonly keys: ClusterKeys;
}

/** Tokens are the user's name; a certificate's common name and organizations are user and groups. */
export const authenticator: Authenticator = {
  authenticate({ clientCertificate, certificateError, authorization }) {
    if (certificateError !== undefined) throw new Error(certificateError);
    if (clientCertificate) {
      const { commonName, organizations } = subjectOf(new X509Certificate(clientCertificate));
      return { username: commonName, groups: [...organizations, 'system:authenticated'] };
    }
    if (!authorization) return { username: 'system:anonymous', groups: ['system:unauthenticated'] };
    const token = authorization.replace(/^Bearer /, '');
    if (token === 'stale') throw new Error('token has expired');
    return { username: token, groups: ['system:authenticated'] };
  },
};

/** `admin` may do all; `impersonator` may also impersonate by the older right. */
export const authorizer: Authorizer = {
  authorize({ user, verb }: AccessAttributes) {
    const allowed =
      user.username === 'admin' || user.groups.includes('system:masters') || (user.username === 'impersonator' && verb === 'impersonate');
    return { decision: allowed ? 'allow' : 'no-opinion', reason: '' };
  },
  rulesFor: async () => ({ resourceRules: [], nonResourceRules: [], incomplete: false, errors: [] }),
};

/** Fresh keys: also of another authority than the server's. */
export function makeKeys(): Promise<ClusterKeys> {
  return loadClusterKeys({ serverNames: ['127.0.0.1', 'localhost'], clock: systemClock, random: systemRandom });
}

/** Where a server's connections may end: in its own thread, or in one of theirs, for which the front must have been built. */
export const fronts = [
  ['', undefined],
  [' with a thread for connections', new URL('../../../dist/front.js', import.meta.url)],
] as const;

/** A whole server over `things`, on a free port of 127.0.0.1. */
export async function startTestServer(routes: Partial<RouteParts> = {}, frontThread?: URL): Promise<TestServer> {
  const keys = await makeKeys();
  const store = new ThingStore();
  const index = new ResourceIndex({ version: 1, definitions: () => [things] });
  const encoder = new AnswerEncoder({ clock: systemClock });
  const metrics = new ServerMetrics({
    clock: systemClock,
    lookup: (info) => index.lookup(info),
    versionInfo: { major: '1', minor: '36' },
  });
  const chain = createChain({
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    authenticator,
    authorizer,
    index,
    metrics,
    routes: createRoutes({
      index,
      groups: new ApiGroups(index, { known: new Map(), version: 0 }),
      remote: { version: 0, of: () => undefined },
      encoder,
      metrics: metrics.page,
      clock: systemClock,
      flags: {},
      dispatch: store.dispatch,
      health: new Health([]),
      versionInfo: { major: '1', minor: '36' },
      serverAddress: () => '127.0.0.1:6443',
      pages: createPages((app) => {
        app.get('/orrery/v1/info', (request, response) => void response.json({ path: request.path, query: request.query }));
      }),
      ...routes,
    }),
  });
  const http = createHttpServer({
    handle: chain.network,
    encoder,
    clock: systemClock,
    logger: silentLogger,
    metrics: metrics.requests,
    tls: { key: keys.server.key, cert: keys.server.certificate, clientCa: keys.authority.certificate },
    frontThread,
  });
  const port = await http.listen(0, '127.0.0.1');
  const url = `https://127.0.0.1:${port}`;
  return { url, port, store, chain, http, keys, [Symbol.asyncDispose]: () => http.close() };
}
