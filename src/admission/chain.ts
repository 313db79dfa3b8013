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

type Step = (attributes: AdmissionAttributes, rounds: Rounds) => Promise<void> | void;

/** @param plugins in the order in which they are asked; to add one, add it to the list that the assembly passes */
export function createAdmissionChain(plugins: readonly AdmissionPlugin[]): AdmissionChain {
  const mutating = plugins.flatMap((plugin) => (plugin.mutate ? [stepOf(plugin, plugin.mutate.bind(plugin))] : []));
  const validating = plugins.flatMap((plugin) => (plugin.validate ? [stepOf(plugin, plugin.validate.bind(plugin))] : []));
  return {
    mutates: mutating.length > 0,
    validates: validating.length > 0,
    mutate: (attributes) => mutateAll(mutating, attributes, new Rounds()),
    validate: (attributes) => runAll(validating, attributes, unused, 0),
  };
}

function stepOf(plugin: AdmissionPlugin, run: Step): Step {
  if (!plugin.concerns) return run;
  return (attributes, rounds) => (plugin.concerns!(attributes) ? run(attributes, rounds) : undefined);
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

function mutateAll(steps: readonly Step[], attributes: AdmissionAttributes, rounds: Rounds): Promise<void> | void {
  // Only a plugin that takes its time asks for a second round.
  return runAll(steps, attributes, rounds, 0)?.then(() => {
    if (!rounds.requested) return;
    rounds.isSecond = true;
    return runAll(steps, attributes, rounds, 0);
  });
}

// Most plugins answer at once: a promise is made only where one of them does.
function runAll(steps: readonly Step[], attributes: AdmissionAttributes, rounds: Rounds, from: number): Promise<void> | void {
  for (let i = from; i < steps.length; i++) {
    const pending = steps[i]!(attributes, rounds);
    if (pending) return pending.then(() => runAll(steps, attributes, rounds, i + 1));
  }
}
