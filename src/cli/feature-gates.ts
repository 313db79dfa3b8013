import { InvalidArgumentError } from 'commander';
import type { MetricFamily } from '../machinery/metrics.ts';
import { type FeatureGates, featureGateKinds } from './feature-gates.data.ts';
import { boolean } from './go-values.ts';

interface Gate extends Omit<FeatureGates, 'names'> {
  readonly name: string;
}

const gates: readonly Gate[] = featureGateKinds.flatMap(({ names, ...kind }) =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => ({ name, ...kind })),
);
const byName: ReadonlyMap<string, Gate> = new Map(gates.map((gate) => [gate.name, gate]));

/** Which feature gates are on, with their stages. */
export function featureGateMetrics(): MetricFamily {
  const samples = gates.map(({ name, stage, on }) => ({ labels: { name, stage }, value: on ? 1 : 0 }));
  return {
    name: 'kubernetes_feature_enabled',
    help: '[BETA] This metric records the data about the stage and enablement of a k8s feature.',
    type: 'gauge',
    samples: () => samples,
  };
}

/**
 * Takes feature gates as they are by default: what they would change otherwise is not here, and is refused, so that nobody believes in it.
 * @param text `Name=true,kube:Name=false` @param before of the same flag before @throws InvalidArgumentError in kube-apiserver's words where it would refuse too
 */
export function featureGates(text: string, before: readonly string[] | undefined): string[] {
  const wanted = text.split(',').filter((part) => part !== '');
  const settings = wanted.map(settingOf);
  for (const [name, on] of settings) {
    const gate = byName.get(name);
    if (!gate) throw new InvalidArgumentError(`unrecognized feature gate: ${name}`);
    if (isDefault(name, on, gate)) continue;
    throw new InvalidArgumentError(
      gate.locked
        ? `cannot set feature gate ${name} to ${on}, feature is locked to ${gate.on}`
        : `feature gate ${name} cannot be ${on ? 'on' : 'off'} in Orrery, only as it is by default in v1.36`,
    );
  }
  return [...(before ?? []), ...wanted];
}

// `AllBeta=false` turns off what is on by default; without it each gate is as it is.
function isDefault(name: string, on: boolean, gate: Gate): boolean {
  return name !== 'AllBeta' && gate.on === on;
}

function settingOf(part: string): readonly [name: string, on: boolean] {
  const [component, named] = part.includes(':') ? [part.slice(0, part.indexOf(':')), part.slice(part.indexOf(':') + 1)] : ['kube', part];
  if (component !== 'kube') throw new InvalidArgumentError(`component not registered: ${component}`);
  const at = named.indexOf('=');
  if (at < 0) throw new InvalidArgumentError(`missing bool value for ${named}`);
  const [name, value] = [named.slice(0, at), named.slice(at + 1)];
  try {
    return [name, boolean(value)];
  } catch (error) {
    throw new InvalidArgumentError(`invalid value of ${name}=${value}, err: ${(error as Error).message}`);
  }
}
