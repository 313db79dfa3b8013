import { InvalidArgumentError } from 'commander';
import type { ResourceDefinition } from '../../api/define.ts';
import { boolean } from './go-values.ts';

/** Of `--runtime-config`: group-versions, resources of them, and `api/…` for many at once, as they were named. */
export type RuntimeConfig = Readonly<Record<string, string>>;

/** In the order in which they take effect; what is named itself comes last. */
const many: Readonly<Record<string, RegExp>> = {
  'api/all': /^/,
  'api/ga': /^v\d+$/,
  'api/beta': /^v\d+beta\d+$/,
  'api/alpha': /^v\d+alpha\d+$/,
};

/** Versions that kube-apiserver v1.36 knows and serves only where it is told to, if at all; none of them is here. */
const neverServed: readonly string[] = [
  ...['admission.k8s.io/v1', 'admission.k8s.io/v1beta1', 'admissionregistration.k8s.io/v1alpha1', 'admissionregistration.k8s.io/v1beta1'],
  ...['apiextensions.k8s.io/v1beta1', 'apiregistration.k8s.io/v1beta1', 'apps/v1beta1', 'apps/v1beta2', 'authentication.k8s.io/v1alpha1'],
  ...['authentication.k8s.io/v1beta1', 'authorization.k8s.io/v1beta1', 'autoscaling/v2beta2', 'batch/v1beta1'],
  ...['certificates.k8s.io/v1alpha1', 'certificates.k8s.io/v1beta1', 'coordination.k8s.io/v1alpha2', 'coordination.k8s.io/v1beta1'],
  ...['discovery.k8s.io/v1beta1', 'events.k8s.io/v1beta1', 'extensions/v1beta1', 'flowcontrol.apiserver.k8s.io/v1beta1'],
  ...['flowcontrol.apiserver.k8s.io/v1beta2', 'flowcontrol.apiserver.k8s.io/v1beta3', 'imagepolicy.k8s.io/v1alpha1'],
  ...['internal.apiserver.k8s.io/v1alpha1', 'networking.k8s.io/v1beta1', 'node.k8s.io/v1alpha1', 'node.k8s.io/v1beta1', 'policy/v1beta1'],
  ...['rbac.authorization.k8s.io/v1alpha1', 'rbac.authorization.k8s.io/v1beta1', 'resource.k8s.io/v1alpha3', 'resource.k8s.io/v1beta1'],
  ...['resource.k8s.io/v1beta2', 'scheduling.k8s.io/v1alpha2', 'scheduling.k8s.io/v1beta1', 'storage.k8s.io/v1alpha1'],
  ...['storage.k8s.io/v1beta1', 'storagemigration.k8s.io/v1beta1'],
];

/** What the API server is made of itself. */
const indispensable: ReadonlySet<string> = new Set([
  ...['/v1', 'admissionregistration.k8s.io/v1', 'apiextensions.k8s.io/v1', 'apiregistration.k8s.io/v1', 'coordination.k8s.io/v1'],
  ...['discovery.k8s.io/v1', 'flowcontrol.apiserver.k8s.io/v1', 'networking.k8s.io/v1', 'rbac.authorization.k8s.io/v1'],
  'scheduling.k8s.io/v1',
]);

/** The values of the flag, which may be given several times. */
export function runtimeConfig(text: string, before: RuntimeConfig | undefined): RuntimeConfig {
  const named = text.split(',').filter((part) => part.trim() !== '');
  const pairs = named.map((part) => {
    const [key, ...value] = part.split('=');
    return [key!.trim() === 'v1' ? '/v1' : key!.trim(), value.join('=').trim()] as const;
  });
  return { ...before, ...Object.fromEntries(pairs) };
}

/**
 * The definitions that are served.
 * @throws InvalidArgumentError in kube-apiserver's words for what it refuses too, and for what Orrery has not or cannot do without
 */
export function servedDefinitions(
  config: RuntimeConfig,
  definitions: readonly ResourceDefinition[],
  fair: boolean,
): readonly ResourceDefinition[] {
  checkKeys(config, definitions, fair);
  const served = definitions.filter((definition) => isServed(config, definition));
  const lost = definitions.find((definition) => indispensable.has(groupVersionOf(definition)) && !served.includes(definition));
  if (lost) throw new InvalidArgumentError(`Orrery cannot do without ${lost.plural} of ${lost.group || 'the core group'}/${lost.version}`);
  return served;
}

function groupVersionOf({ group, version }: ResourceDefinition): string {
  return `${group}/${version}`;
}

function isServed(config: RuntimeConfig, definition: ResourceDefinition): boolean {
  const of = groupVersionOf(definition);
  let served = true;
  for (const [key, versions] of Object.entries(many))
    if (key in config && versions.test(definition.version)) served = config[key] === 'true';
  for (const key of [of, `${of}/${definition.plural}`]) if (key in config) served = isOn(config[key]!);
  return served;
}

function isOn(value: string): boolean {
  return value === '' || boolean(value);
}

function checkKeys(config: RuntimeConfig, definitions: readonly ResourceDefinition[], fair: boolean): void {
  const refuse = (why: string): never => {
    throw new InvalidArgumentError(why);
  };
  const off = ['flowcontrol.apiserver.k8s.io/v1', 'api/ga', 'api/all'].find((key) => config[key] === 'false');
  if (fair && off !== undefined && config['flowcontrol.apiserver.k8s.io/v1'] !== 'true')
    refuse(`--runtime-config=${off}=false conflicts with --enable-priority-and-fairness=true`);
  if (config['api/all'] === 'false' && Object.keys(config).length === 1) refuse('invalid runtime-config with only api/all=false');
  const keys = Object.keys(config).filter((key) => !(key in many) && key !== 'api/legacy');
  const invalid = keys.find((key) => !/^[^/]*\/[^/]+(\/[^/]*)?$/.test(key));
  if (invalid !== undefined) refuse(`runtime-config invalid key ${invalid}`);
  const here = new Set(definitions.map(groupVersionOf));
  const groups = new Set([...here, ...neverServed].map((of) => of.split('/')[0]));
  const unknown = keys.filter((key) => !groups.has(key.split('/')[0])).map((key) => key.split('/', 2).join('/'));
  if (unknown.length > 0) refuse(`unknown api groups ${[...new Set(unknown)].sort().join(',')}`);
  for (const key in config) if (key in many && !['true', 'false'].includes(config[key]!)) refuse(`invalid value ${key}=${config[key]}`);
  for (const key of keys) {
    const [group, version, resource] = key.split('/');
    const of = `${group}/${version}`;
    if (!here.has(of) && !neverServed.includes(of)) refuse(`group version ${of} that has not been registered`);
    if (wanted(key, config[key]!) && !here.has(of)) refuse(`${of} is not served by Orrery`);
    if (resource !== undefined && resource !== resource.toLowerCase())
      refuse(`invalid key ${key}: group/version/resource and resource is always lowercase plural, not "${resource}"`);
  }
}

function wanted(key: string, value: string): boolean {
  try {
    return isOn(value);
  } catch (error) {
    throw new InvalidArgumentError(`invalid value of ${key}: ${value}, err: ${(error as Error).message}`);
  }
}

/** Which of the `api/…` ask for versions that are not here. */
export function askedInVain(config: RuntimeConfig): string[] {
  return ['api/all', 'api/beta', 'api/alpha'].filter((key) => config[key] === 'true');
}
