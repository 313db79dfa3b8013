import type { KubeObject } from '../api/meta/object.ts';
import { bootstrapFlowControl } from '../src/auth/bootstrap/flow-control.ts';
import type { Client } from '../src/client/client.ts';
import { systemClock } from '../src/machinery/clock.ts';
import { silentLogger } from '../src/machinery/logger.ts';
import type { Answer } from '../src/server/answer.ts';
import { fairness } from '../src/server/filters/fairness.ts';
import { parseRequestInfo } from '../src/server/filters/request-info.ts';
import { FlowControl } from '../src/server/flow-control/flow-control.ts';
import { ServerContext } from '../src/server/request-context.ts';

/*
 * What API priority and fairness costs a request that has not to wait: `node --import tsx bench/fairness.ts`. Microseconds, each the least and the median of
 * many series; the empty stage is taken off.
 */
const series = 40;
const perSeries = 20_000;

const objects = bootstrapFlowControl().map((object) => ({
  ...object,
  metadata: { ...object.metadata, uid: object.metadata!.name!, generation: 1 },
}));
const stop = new AbortController();
const client = {
  resource: ({ kind }: { kind: string }) => ({
    list: async () => ({ items: objects.filter((object: KubeObject) => object.kind === kind), metadata: { resourceVersion: '1' } }),
    watch: async function* () {
      await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
    },
    patch: async () => ({}),
  }),
} as unknown as Client;
const control = new FlowControl({
  clock: systemClock,
  logger: silentLogger,
  seats: 600,
  objects: () => ({ count: 1000, bytes: 2_000_000 }),
});
await control.follow(client, stop.signal);
const stage = fairness(control);
const answer: Answer = { type: 'raw', status: 200, contentType: '', body: '' };
const next = () => answer;

const users = {
  'an administrator': { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
  'a service account': {
    username: 'system:serviceaccount:a:b',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'],
  },
  'a node': { username: 'system:node:n', groups: ['system:nodes', 'system:authenticated'] },
};
const requests: readonly [string, string, string][] = [
  ['get of a pod', 'GET', '/api/v1/namespaces/x/pods/y'],
  ['list of 1,000 pods', 'GET', '/api/v1/pods'],
  ['create of a pod', 'POST', '/api/v1/namespaces/x/pods'],
];

function measure(run: (context: ServerContext) => unknown, contexts: readonly ServerContext[]): { least: number; median: number } {
  const taken: number[] = [];
  for (let i = 0; i < series; i++) {
    const start = performance.now();
    for (let j = 0; j < perSeries; j++) run(contexts[j % contexts.length]!);
    taken.push(((performance.now() - start) * 1000) / perSeries);
  }
  taken.sort((a, b) => a - b);
  return { least: taken[0]!, median: taken[series / 2]! };
}

for (const [who, user] of Object.entries(users)) {
  for (const [what, method, path] of requests) {
    const contexts = Array.from({ length: 100 }, () => {
      const query = new URLSearchParams();
      const context = new ServerContext(
        { method, path, query, headers: {}, readBody: async () => Buffer.alloc(0), signal: stop.signal },
        Date.now(),
      );
      context.info = parseRequestInfo(method, path, query)!;
      context.user = user;
      return context;
    });
    const empty = measure(next, contexts);
    const { least, median } = measure((context) => stage(context, next), contexts);
    console.log(
      `${`${what} by ${who}`.padEnd(44)}${(least - empty.least).toFixed(2).padStart(7)} µs${(median - empty.median).toFixed(2).padStart(9)} µs`,
    );
  }
}
stop.abort();
