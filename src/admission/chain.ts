import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts';

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

type Step = (attributes: AdmissionAttributes) => Promise<void> | void;

/** @param plugins in the order in which they are asked; to add one, add it to the list that the assembly passes */
export function createAdmissionChain(plugins: readonly AdmissionPlugin[]): AdmissionChain {
  const mutating = plugins.flatMap((plugin) => (plugin.mutate ? [plugin.mutate.bind(plugin)] : []));
  const validating = plugins.flatMap((plugin) => (plugin.validate ? [plugin.validate.bind(plugin)] : []));
  return {
    mutates: mutating.length > 0,
    validates: validating.length > 0,
    mutate: (attributes) => runAll(mutating, attributes, 0),
    validate: (attributes) => runAll(validating, attributes, 0),
  };
}

// Most plugins answer at once: a promise is made only where one of them does.
function runAll(steps: readonly Step[], attributes: AdmissionAttributes, from: number): Promise<void> | void {
  for (let i = from; i < steps.length; i++) {
    const pending = steps[i]!(attributes);
    if (pending) return pending.then(() => runAll(steps, attributes, i + 1));
  }
}
