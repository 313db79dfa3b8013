import { CounterVector, type MetricFamily } from '../machinery/metrics.ts';
import type { RawAnswer } from './answer.ts';
import { pageNotFound, plainText } from './errors.ts';
import type { ServerContext } from './request-context.ts';

export type HealthEndpoint = 'healthz' | 'livez' | 'readyz';

export interface HealthCheck {
  readonly name: string;
  /** Where it counts; default: everywhere. */
  readonly endpoints?: readonly HealthEndpoint[];
  /** @throws Error if it fails */
  check(): Promise<void> | void;
}

const ok = (name: string, endpoints?: readonly HealthEndpoint[]): HealthCheck => ({
  name,
  ...(endpoints ? { endpoints } : {}),
  check: () => {},
});

/** /healthz, /livez and /readyz with `?verbose` and `?exclude=`, and each check at a path of its own. */
export class Health {
  private readonly checks: readonly HealthCheck[];
  private stopping = false;
  /** Whether a check succeeded the last time, by its name and endpoint. */
  private readonly last = new Map<string, { readonly name: string; readonly type: string; readonly value: number }>();
  private readonly results = new CounterVector({
    name: 'kubernetes_healthchecks_total',
    help: '[STABLE] This metric records the results of all healthcheck.',
    labels: ['name', 'status', 'type'],
  });

  constructor(checks: readonly HealthCheck[]) {
    const shutdown: HealthCheck = {
      name: 'shutdown',
      endpoints: ['readyz'],
      check: () => {
        if (this.stopping) throw new Error('process is shutting down');
      },
    };
    this.checks = [ok('ping'), ok('log'), ok('loopback-serving-certificate', ['healthz', 'livez']), ...checks, shutdown];
  }

  /** From now on the server is not ready. */
  shutDown(): void {
    this.stopping = true;
  }

  paths(): string[] {
    const endpoints: HealthEndpoint[] = ['healthz', 'livez', 'readyz'];
    return endpoints.flatMap((endpoint) => [`/${endpoint}`, ...this.of(endpoint).map(({ name }) => `/${endpoint}/${name}`)]);
  }

  /** @returns undefined if the path is no health check's */
  async handle(context: ServerContext): Promise<RawAnswer | undefined> {
    const match = /^\/(healthz|livez|readyz)(?:\/(.*))?$/.exec(context.info.path);
    if (!match) return undefined;
    const endpoint = match[1] as HealthEndpoint;
    if (match[2] === undefined) return this.all(endpoint, context.request.query);
    const check = this.of(endpoint).find(({ name }) => name === match[2]);
    if (!check) return pageNotFound();
    const failure = await failureOf(check);
    if (failure !== undefined) return plainText(500, `internal server error: ${failure}\n`);
    return { type: 'raw', status: 200, contentType: 'text/plain; charset=utf-8', body: 'ok' };
  }

  /** What came of the checks that were asked for together. */
  families(): MetricFamily[] {
    const last: MetricFamily = {
      name: 'kubernetes_healthcheck',
      help: '[STABLE] This metric records the result of a single healthcheck.',
      type: 'gauge',
      samples: () => Array.from(this.last.values(), ({ name, type, value }) => ({ labels: { name, type }, value })),
    };
    return [last, this.results.family()];
  }

  private async succeeds(check: HealthCheck, type: HealthEndpoint): Promise<boolean> {
    const { name } = check;
    const success = (await failureOf(check)) === undefined;
    this.last.set(`${name} ${type}`, { name, type, value: success ? 1 : 0 });
    this.results.increase(name, success ? 'success' : 'error', type);
    return success;
  }

  private of(endpoint: HealthEndpoint): readonly HealthCheck[] {
    return this.checks.filter(({ endpoints }) => !endpoints || endpoints.includes(endpoint));
  }

  private async all(endpoint: HealthEndpoint, query: URLSearchParams): Promise<RawAnswer> {
    const excluded = new Set(query.getAll('exclude').flatMap((value) => value.split(',')));
    let lines = '';
    let failed = false;
    for (const check of this.of(endpoint)) {
      if (excluded.delete(check.name)) {
        lines += `[+]${check.name} excluded: ok\n`;
      } else if (await this.succeeds(check, endpoint)) {
        lines += `[+]${check.name} ok\n`;
      } else {
        failed = true;
        lines += `[-]${check.name} failed: reason withheld\n`;
      }
    }
    excluded.delete('');
    if (excluded.size > 0) {
      const names = [...excluded].map((name) => JSON.stringify(name)).join(', ');
      lines += `warn: some health checks cannot be excluded: no matches for ${names}\n`;
    }
    if (failed) return plainText(500, `${lines}${endpoint} check failed\n`);
    return plainText(200, query.has('verbose') ? `${lines}${endpoint} check passed\n` : 'ok');
  }
}

async function failureOf({ check }: HealthCheck): Promise<string | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
