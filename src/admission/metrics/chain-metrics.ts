import { Histogram, type Sample } from '../../machinery/histogram.ts';
import type { MetricFamily } from '../../machinery/metrics.ts';
import type { AdmissionOperation } from '../plugin.ts';
import { type Asked, askedPlugins } from './asked.ts';

const seconds = [0.005, 0.025, 0.1, 0.5, 1, 2.5];
const operations: readonly AdmissionOperation[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

export type StepType = keyof Asked;

/** Times of requests of one operation that were let through, and of those that were refused. */
class Outcomes {
  readonly allowed = new Histogram(seconds);
  readonly rejected = new Histogram(seconds);

  observe(milliseconds: number, rejected: boolean): void {
    (rejected ? this.rejected : this.allowed).observe(milliseconds / 1000);
  }

  get observations(): number {
    return this.allowed.observations + this.rejected.observations;
  }
}

type ByOperation = Partial<Record<AdmissionOperation, Outcomes>>;

/** The times of one half of the chain: of all its plugins together, and of those that had to do with a request. */
export class StepMetrics {
  private readonly whole: ByOperation = {};
  private readonly rounds: Partial<Record<AdmissionOperation, number>> = {};
  private readonly plugins: readonly ByOperation[];
  private readonly type: StepType;
  private readonly names: readonly string[];

  /** @param names of the plugins, in the order in which they are asked */
  constructor(type: StepType, names: readonly string[]) {
    this.type = type;
    this.names = names;
    this.plugins = names.map(() => ({}));
  }

  /** Notes how long a plugin took that let a request through. @param plugin its place */
  passed(plugin: number, operation: AdmissionOperation, milliseconds: number): void {
    of(this.plugins[plugin]!, operation).observe(milliseconds, false);
  }

  /** Notes that a plugin refused a request, which ends the round. */
  refused(plugin: number, operation: AdmissionOperation, milliseconds: number): void {
    of(this.plugins[plugin]!, operation).observe(milliseconds, true);
    this.roundEnded(operation);
  }

  /** Notes that all plugins were asked. */
  roundEnded(operation: AdmissionOperation): void {
    this.rounds[operation] = (this.rounds[operation] ?? 0) + 1;
  }

  /** Notes how long all rounds together took. */
  ended(operation: AdmissionOperation, milliseconds: number, rejected: boolean): void {
    of(this.whole, operation).observe(milliseconds, rejected);
  }

  steps(): Sample[] {
    return operations.flatMap((operation) => outcomes(this.whole[operation], { operation, type: this.type }));
  }

  /** Plugins that had nothing to do are counted with those that took no time: they were asked unless one before them refused. */
  controllers(): Sample[] {
    return operations.flatMap((operation) => {
      let asked = this.rounds[operation] ?? 0;
      return this.names.flatMap((name, i) => {
        const own = this.plugins[i]![operation] ?? new Outcomes();
        const idle = Math.max(0, asked - own.observations);
        asked -= own.rejected.observations;
        if (!askedPlugins[name]?.[this.type]?.includes(operation)) return [];
        const { rejected } = own;
        return outcomes({ allowed: own.allowed.plus(idle, 0), rejected }, { name, operation, type: this.type });
      });
    });
  }
}

/** How long admission takes, as kube-apiserver's metrics tell of it. */
export class ChainMetrics {
  readonly monotonic: () => number;
  private halves: readonly StepMetrics[] = [];

  /** @param monotonic milliseconds */
  constructor(monotonic: () => number) {
    this.monotonic = monotonic;
  }

  /** Where the chain of these plugins notes its times. */
  halvesOf(names: readonly string[]): Readonly<Record<StepType, StepMetrics>> {
    const admit = new StepMetrics('admit', names);
    const validate = new StepMetrics('validate', names);
    this.halves = [admit, validate];
    return { admit, validate };
  }

  families(): MetricFamily[] {
    return [
      {
        name: 'apiserver_admission_step_admission_duration_seconds',
        help: '[STABLE] Admission sub-step latency histogram in seconds, broken out for each operation and API resource and step type (validate or admit).',
        type: 'histogram',
        samples: () => this.halves.flatMap((half) => half.steps()),
      },
      {
        name: 'apiserver_admission_controller_admission_duration_seconds',
        help: '[STABLE] Admission controller latency histogram in seconds, identified by name and broken out for each operation and API resource and type (validate or admit).',
        type: 'histogram',
        samples: () => this.halves.flatMap((half) => half.controllers()),
      },
    ];
  }
}

function of(outcomes: ByOperation, operation: AdmissionOperation): Outcomes {
  return (outcomes[operation] ??= new Outcomes());
}

function outcomes(of: Pick<Outcomes, 'allowed' | 'rejected'> | undefined, labels: Readonly<Record<string, string>>): Sample[] {
  if (!of) return [];
  return [...of.allowed.seriesIfAny({ ...labels, rejected: 'false' }), ...of.rejected.seriesIfAny({ ...labels, rejected: 'true' })];
}
