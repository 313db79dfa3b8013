import type { ChainMetrics, StepMetrics } from './metrics/chain-metrics.ts';
import type { AdmissionAttributes, AdmissionPlugin, Reinvocation } from './plugin.ts';

/** The admission plugins in their order: first all that change an object, later (inside the registry's write) all that judge it. */
export interface AdmissionChain {
  /** Whether anything would look at a request; spares making attributes for nobody. */
  readonly mutates: boolean;
  readonly validates: boolean;
  /** @throws ApiError of the plugin that refuses */
  mutate(attributes: AdmissionAttributes): Promise<void> | void;
  /** @throws ApiError of the plugin that refuses */
  validate(attributes: AdmissionAttributes): Promise<void> | void;
}

/** @param plugins in the order in which they are asked; to add one, add it to the list that the assembly passes */
export function createAdmissionChain(plugins: readonly AdmissionPlugin[], metrics: ChainMetrics): AdmissionChain {
  const { admit, validate } = metrics.halvesOf(plugins.map(({ name }) => name));
  const mutating = new Half(plugins, (plugin) => plugin.mutate?.bind(plugin), admit, metrics.monotonic);
  const validating = new Half(plugins, (plugin) => plugin.validate?.bind(plugin), validate, metrics.monotonic);
  return {
    mutates: mutating.doesSomething,
    validates: validating.doesSomething,
    mutate: (attributes) => mutating.run(attributes, new Rounds()),
    validate: (attributes) => validating.run(attributes, unused),
  };
}

class Rounds implements Reinvocation {
  isSecond = false;
  requested = false;
  private readonly states = new Map<string, unknown>();

  request(): void {
    this.requested = true;
  }

  stateOf<T>(plugin: string, make: () => T): T {
    if (!this.states.has(plugin)) this.states.set(plugin, make());
    return this.states.get(plugin) as T;
  }
}

const unused = new Rounds();

type Run = (attributes: AdmissionAttributes, rounds: Rounds) => Promise<void> | void;

interface Step {
  readonly plugin: AdmissionPlugin;
  readonly run: Run;
  /** Its place among all plugins. */
  readonly place: number;
}

/** The plugins that change objects, or those that judge them. */
class Half {
  private readonly steps: readonly Step[];
  private readonly metrics: StepMetrics;
  private readonly monotonic: () => number;

  constructor(
    plugins: readonly AdmissionPlugin[],
    runOf: (plugin: AdmissionPlugin) => Run | undefined,
    metrics: StepMetrics,
    monotonic: () => number,
  ) {
    this.steps = plugins.flatMap((plugin, place) => {
      const run = runOf(plugin);
      return run ? [{ plugin, run, place }] : [];
    });
    this.metrics = metrics;
    this.monotonic = monotonic;
  }

  get doesSomething(): boolean {
    return this.steps.length > 0;
  }

  run(attributes: AdmissionAttributes, rounds: Rounds): Promise<void> | void {
    const began = this.monotonic();
    return this.runFrom(0, attributes, rounds, began, began);
  }

  // Most plugins answer at once: a promise, and functions for it, are made only where one of them does not.
  private runFrom(from: number, attributes: AdmissionAttributes, rounds: Rounds, began: number, last: number): Promise<void> | void {
    const { operation } = attributes;
    let since = last;
    for (let i = from; i < this.steps.length; i++) {
      const { plugin, run, place } = this.steps[i]!;
      if (plugin.concerns && !plugin.concerns(attributes)) continue;
      let pending: Promise<void> | void;
      try {
        pending = run(attributes, rounds);
      } catch (error) {
        return this.refuse(place, operation, began, since, error);
      }
      if (pending) return this.goOnAfter(pending, i, attributes, rounds, began, since);
      const now = this.monotonic();
      this.metrics.passed(place, operation, now - since);
      since = now;
    }
    this.metrics.roundEnded(operation);
    if (!rounds.requested || rounds.isSecond) return this.metrics.ended(operation, since - began, false);
    rounds.isSecond = true;
    return this.runFrom(0, attributes, rounds, began, since);
  }

  private goOnAfter(
    pending: Promise<void>,
    at: number,
    attributes: AdmissionAttributes,
    rounds: Rounds,
    began: number,
    since: number,
  ): Promise<void> {
    const { place } = this.steps[at]!;
    const { operation } = attributes;
    return pending.then(
      () => {
        const now = this.monotonic();
        this.metrics.passed(place, operation, now - since);
        return this.runFrom(at + 1, attributes, rounds, began, now);
      },
      (error) => this.refuse(place, operation, began, since, error),
    );
  }

  private refuse(place: number, operation: AdmissionAttributes['operation'], began: number, since: number, error: unknown): never {
    const now = this.monotonic();
    this.metrics.refused(place, operation, now - since);
    this.metrics.ended(operation, now - began, true);
    throw error;
  }
}
