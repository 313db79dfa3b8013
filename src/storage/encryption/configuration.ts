import { parseURL } from '../../../api/cel/library/go-url.ts';
import { parseGoDuration } from '../../../api/meta/duration.ts';
import { type FieldError, FieldPath, invalid, refuseErrors, required } from '../../../api/meta/field.ts';
import { decodeConfiguration } from '../../machinery/configuration-file.ts';
import { int32, list, object, raw, string, typeMeta } from '../../machinery/schema/shapes.ts';

export interface KeysConfiguration {
  readonly keys?: readonly { readonly name?: string; readonly secret?: string }[];
}

export interface KmsConfiguration {
  readonly apiVersion?: string;
  readonly name?: string;
  readonly endpoint?: string;
  readonly timeout?: string;
  readonly cachesize?: number;
}

export interface ProviderConfiguration {
  readonly aesgcm?: KeysConfiguration;
  readonly aescbc?: KeysConfiguration;
  readonly secretbox?: KeysConfiguration;
  readonly identity?: object;
  readonly kms?: KmsConfiguration;
}

export interface ResourceConfiguration {
  readonly resources?: readonly string[];
  readonly providers?: readonly ProviderConfiguration[];
}

const keys = object('AESConfiguration', { keys: list(object('Key', { name: string, secret: string })) });
const provider = object('ProviderConfiguration', {
  aesgcm: keys,
  aescbc: keys,
  secretbox: keys,
  identity: raw,
  kms: object('KMSConfiguration', { apiVersion: string, name: string, cachesize: int32, endpoint: string, timeout: string }),
});
const kind = {
  kind: 'EncryptionConfiguration',
  formerly: { apiVersions: ['v1'], kind: 'EncryptionConfig', readAs: 'apiserver.config.k8s.io/v1' },
  versions: {
    'apiserver.config.k8s.io/v1': object('EncryptionConfiguration', {
      ...typeMeta,
      resources: list(object('ResourceConfiguration', { resources: list(string), providers: list(provider) })),
    }),
  },
};
const keyLengths = { aesgcm: [16, 24, 32], aescbc: [16, 24, 32], secretbox: [32] } as const;
export const keyedProviders = ['aesgcm', 'aescbc', 'secretbox'] as const;
/** Resources that are stored as another group's. */
const storedElsewhere: Readonly<Record<string, string>> = { 'events.k8s.io': 'events' };

/**
 * Reads an EncryptionConfiguration.
 * @param file as messages name it
 * @throws Error in kube-apiserver's words
 */
export function readEncryptionConfiguration(text: string, file: string): readonly ResourceConfiguration[] {
  if (text === '') throw new Error(`error while loading file: encryption provider configuration file ${JSON.stringify(file)} is empty`);
  let entries: readonly ResourceConfiguration[];
  try {
    entries = decodeConfiguration(text, kind).resources ?? [];
  } catch (error) {
    throw new Error(`error decoding encryption provider configuration file ${JSON.stringify(file)}: ${(error as Error).message}`);
  }
  const errors = validate(entries);
  refuseErrors(errors);
  return entries;
}

function validate(entries: readonly ResourceConfiguration[]): FieldError[] {
  const root = FieldPath.of('resources');
  if (entries.length === 0) return [atLeastOne(root)];
  const kmsNames = new Set<string>();
  return entries.flatMap(({ resources = [], providers = [] }, i) => {
    const path = root.index(i);
    return [
      ...validateResources(resources, path.child('resources')),
      ...(providers.length === 0 ? [atLeastOne(path.child('providers'))] : []),
      ...providers.flatMap((one, j) => validateProvider(one, path.child('providers').index(j), kmsNames)),
    ];
  });
}

function atLeastOne(path: FieldPath): FieldError {
  const name = String(path);
  return required(path, `at least one ${/^resources\[\d+\]\.providers\[/.test(name) ? name.replace(/^.*\./, '') : name} is required`);
}

function validateResources(resources: readonly string[], path: FieldPath): FieldError[] {
  if (resources.length === 0) return [atLeastOne(path)];
  const errors: FieldError[] = [];
  if (new Set(resources).size < resources.length) {
    errors.push(invalid(path, resources, 'the same resource cannot be specified multiple times'));
  }
  if (overlaps(resources)) {
    const text = "using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked";
    errors.push(invalid(path, resources, text));
  }
  return [...errors, ...resources.flatMap((resource, i) => validateResource(resource, path.index(i)))];
}

function overlaps(resources: readonly string[]): boolean {
  if (resources.includes('*.*') && resources.length > 1) return true;
  return resources.some((wildcard) => {
    if (!wildcard.startsWith('*.')) return false;
    return resources.some((other) => other !== wildcard && groupOf(other) === groupOf(wildcard));
  });
}

/** The group of `deployments.apps`, `*.apps`; '' of `secrets` and `*.`. */
export function groupOf(resource: string): string {
  const dot = resource.indexOf('.');
  return dot < 0 ? '' : resource.slice(dot + 1);
}

function validateResource(resource: string, path: FieldPath): FieldError[] {
  if (resource === '*') {
    return [invalid(path, resource, "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources")];
  }
  if (resource !== resource.toLowerCase()) return [invalid(path, resource, 'resource name should not contain capital letters')];
  const group = groupOf(resource);
  if (group === 'extensions') return [invalid(path, resource, "'extensions' group has been removed and cannot be used for encryption")];
  const elsewhere = Object.hasOwn(storedElsewhere, group) ? storedElsewhere[group] : undefined;
  if (elsewhere === undefined) return [];
  const text = `'*.${group}' objects are stored using the '${elsewhere}' API group in etcd. Use '${elsewhere}' instead in the config file`;
  return [invalid(path, resource, text)];
}

function validateProvider(one: ProviderConfiguration, path: FieldPath, kmsNames: Set<string>): FieldError[] {
  const given = [...keyedProviders, 'identity' as const, 'kms' as const].filter((name) => one[name] !== undefined);
  if (given.length === 0) {
    const expected = 'provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity';
    return [invalid(path, inGo(one), expected)];
  }
  const errors: FieldError[] = [];
  if (given.length > 1) {
    errors.push(
      invalid(path, inGo(one), 'more than one provider specified in a single element, should split into different list elements'),
    );
  }
  const keyed = keyedProviders.find((name) => one[name]);
  if (one.kms) errors.push(...validateKms(one.kms, path.child('kms'), kmsNames));
  else if (keyed) errors.push(...validateKeys(one[keyed]!, path.child(keyed), keyLengths[keyed]));
  return errors;
}

function validateKeys({ keys: given = [] }: KeysConfiguration, path: FieldPath, lengths: readonly number[]): FieldError[] {
  const at = path.child('keys');
  if (given.length === 0) return [atLeastOne(at)];
  return given.flatMap(({ name = '', secret = '' }, i) => {
    const errors: FieldError[] = [];
    const secretPath = at.index(i).child('secret');
    if (name === '') errors.push(required(at.index(i).child('name'), 'name is a mandatory field for a key'));
    if (secret === '') return [...errors, required(secretPath, 'secret is a mandatory field for a key')];
    const length = base64Length(secret);
    if (length === undefined) errors.push(invalid(secretPath, 'REDACTED', 'secrets must be base64 encoded'));
    else if (!lengths.includes(length)) {
      const text = `secret is not of the expected length, got ${length}, expected one of [${lengths.join(' ')}]`;
      errors.push(invalid(secretPath, 'REDACTED', text));
    }
    return errors;
  });
}

function base64Length(text: string): number | undefined {
  const clean = text.replace(/[\r\n]/g, '');
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(clean);
  return isBase64 ? Buffer.from(clean, 'base64').length : undefined;
}

function validateKms(kms: KmsConfiguration, path: FieldPath, names: Set<string>): FieldError[] {
  const { apiVersion = 'v1', name = '', endpoint = '', timeout, cachesize } = kms;
  const errors: FieldError[] = [];
  const at = (field: string) => path.child(field);
  if (name === '') errors.push(required(at('name'), 'name is a mandatory field for a provider'));
  else if (name.includes(':')) errors.push(invalid(at('name'), name, `invalid KMS provider name ${name}, must not contain ':'`));
  else if (apiVersion === 'v2' && names.has(name))
    errors.push(invalid(at('name'), name, `duplicate KMS provider name ${name}, names must be unique`));
  if (apiVersion === 'v2') names.add(name);
  if (timeout !== undefined && parseGoDuration(timeout) <= 0)
    errors.push(invalid(at('timeout'), timeout, 'timeout should be a positive value'));
  if (endpoint === '') errors.push(invalid(at('endpoint'), endpoint, 'endpoint is a mandatory field for a kms'));
  else {
    const url = parseURL(endpoint);
    const scheme = typeof url === 'string' ? '' : url.scheme;
    if (typeof url === 'string') errors.push(invalid(at('endpoint'), endpoint, `invalid endpoint for kms provider, error: ${url}`));
    else if (scheme !== 'unix')
      errors.push(
        invalid(at('endpoint'), endpoint, `unsupported scheme ${JSON.stringify(scheme)} for KMS provider, only unix is supported`),
      );
  }
  if (apiVersion !== 'v1' && cachesize !== undefined) errors.push(invalid(at('cachesize'), cachesize, 'cachesize is not supported in v2'));
  if (apiVersion === 'v1' && cachesize === 0) errors.push(invalid(at('cachesize'), cachesize, 'cachesize should be a non-zero value'));
  if (apiVersion !== 'v1' && apiVersion !== 'v2') {
    errors.push(invalid(at('apiVersion'), apiVersion, 'unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported'));
  }
  return errors;
}

// As upstream's internal type prints; secrets stay out of it.
function inGo({ aesgcm, aescbc, secretbox, identity, kms }: ProviderConfiguration): object {
  const ofKeys = (one: KeysConfiguration | undefined) =>
    one ? { Keys: one.keys?.map(({ name = '' }) => ({ Name: name, Secret: 'REDACTED' })) ?? null } : null;
  return {
    AESGCM: ofKeys(aesgcm),
    AESCBC: ofKeys(aescbc),
    Secretbox: ofKeys(secretbox),
    Identity: identity ? {} : null,
    KMS: kms ?? null,
  };
}
