import { isAbsolute } from 'node:path';
import { errorText, FieldPath, invalid, refuseErrors, required } from '../../api/meta/field.ts';
import { goQuote } from '../../api/meta/go-quote.ts';
import { decodeConfiguration } from '../machinery/configuration-file.ts';
import { parseYaml } from '../machinery/schema/parse.ts';
import { int32, list, object, raw, string, typeMeta } from '../machinery/schema/shapes.ts';
import type { CredentialsFor } from '../machinery/webhook-client.ts';
import type { WebhookEndpoint } from '../machinery/webhook-endpoint.ts';
import { validateEventLimits } from './event-rate-limit/configuration.ts';
import type { EventLimit } from './event-rate-limit/event-rate-limit.ts';
import { imagePolicyOptions } from './image-policy-webhook/configuration.ts';
import type { ImagePolicyOptions } from './image-policy-webhook/image-policy-webhook.ts';
import { podSecurityProblem } from './pod-security/configuration.ts';
import type { PodSecurityConfiguration } from './pod-security/pod-security.ts';
import { podTolerations, validatePodTolerations } from './pod-toleration-restriction/configuration.ts';
import type { PodTolerationConfiguration } from './pod-toleration-restriction/pod-toleration-restriction.ts';
import type { LimitedResource } from './resource-quota/limited.ts';

/** What the plugins are told by the AdmissionConfiguration. */
export interface PluginConfigurations {
  readonly podSecurity: PodSecurityConfiguration;
  readonly eventLimits: readonly EventLimit[];
  readonly limitedResources: readonly LimitedResource[];
  readonly podNodeSelectors: Readonly<Record<string, string>>;
  readonly podTolerations: PodTolerationConfiguration;
  /** Absent where the plugin is off. */
  readonly imagePolicy?: ImagePolicyOptions;
  /** As whom webhooks are called; absent: as nobody. */
  readonly mutatingCredentials?: CredentialsFor;
  readonly validatingCredentials?: CredentialsFor;
}

/** How the files are read that an AdmissionConfiguration names. */
export interface ConfigurationFiles {
  /** The text of one, relative to the configuration's own place. */
  read(path: string): Promise<string>;
  /** The webhook that a kubeconfig names. */
  endpoint(path: string): Promise<WebhookEndpoint>;
  /** The credentials of a kubeconfig, by whom they are for. */
  credentials(path: string): Promise<CredentialsFor>;
}

export const noConfigurations: PluginConfigurations = {
  podSecurity: {},
  eventLimits: [],
  limitedResources: [],
  podNodeSelectors: {},
  podTolerations: {},
};

const plugin = object('AdmissionPluginConfiguration', { name: string, path: string, configuration: raw });
const shape = object('AdmissionConfiguration', { ...typeMeta, plugins: list(plugin) });
const configurationKind = {
  kind: 'AdmissionConfiguration',
  versions: { 'apiserver.config.k8s.io/v1': shape, 'apiserver.k8s.io/v1alpha1': shape },
};

const standards = object('PodSecurityDefaults', {
  enforce: string,
  'enforce-version': string,
  audit: string,
  'audit-version': string,
  warn: string,
  'warn-version': string,
});
const exemptions = object('PodSecurityExemptions', {
  usernames: list(string),
  namespaces: list(string),
  runtimeClasses: list(string),
});
const podSecurity = object('PodSecurityConfiguration', { ...typeMeta, defaults: standards, exemptions });
const limit = object('Limit', { type: string, qps: int32, burst: int32, cacheSize: int32 });
const limitedResource = object('LimitedResource', {
  apiGroup: string,
  resource: string,
  matchContains: list(string),
  matchScopes: list(object('ScopedResourceSelectorRequirement', { scopeName: string, operator: string, values: list(string) })),
});
const quota = object('ResourceQuotaConfiguration', { ...typeMeta, limitedResources: list(limitedResource) });
const webhooks = {
  kind: 'WebhookAdmissionConfiguration',
  versions: {
    'apiserver.config.k8s.io/v1': object('WebhookAdmissionConfiguration', { ...typeMeta, kubeConfigFile: string }),
  },
};

/** The documents of plugins that have one, by the plugin's name. */
const documents: Readonly<Record<string, Parameters<typeof decodeConfiguration>[1]>> = {
  PodSecurity: {
    kind: 'PodSecurityConfiguration',
    versions: { 'pod-security.admission.config.k8s.io/v1': podSecurity, 'pod-security.admission.config.k8s.io/v1beta1': podSecurity },
  },
  EventRateLimit: {
    kind: 'Configuration',
    versions: { 'eventratelimit.admission.k8s.io/v1alpha1': object('Configuration', { ...typeMeta, limits: list(limit) }) },
    lenient: true,
  },
  ResourceQuota: {
    kind: 'ResourceQuotaConfiguration',
    versions: { 'apiserver.config.k8s.io/v1': quota },
    formerly: {
      apiVersions: ['resourcequota.admission.k8s.io/v1alpha1', 'resourcequota.admission.k8s.io/v1beta1'],
      kind: 'Configuration',
      readAs: 'apiserver.config.k8s.io/v1',
    },
  },
  PodTolerationRestriction: {
    kind: 'Configuration',
    versions: { 'podtolerationrestriction.admission.k8s.io/v1alpha1': podTolerations },
    lenient: true,
  },
};

/** A plugin cannot be made as its configuration says. */
export class PluginError extends Error {
  /** @param step of its making, in kube-apiserver's words */
  constructor(plugin: string, message: string, step = "couldn't init") {
    super(`${step} admission plugin ${goQuote(plugin)}: ${message}`);
  }
}

/**
 * Reads an AdmissionConfiguration.
 * @param text undefined where there is none: a plugin may need one nevertheless
 * @param isOn whether a plugin is to be made; what is said of others counts for nothing
 * @throws PluginError, Error in kube-apiserver's words
 */
export async function readAdmissionConfiguration(
  text: string | undefined,
  files: ConfigurationFiles,
  isOn: (plugin: string) => boolean,
): Promise<PluginConfigurations> {
  const { plugins = [] } = (text === undefined ? {} : decodeConfiguration(text, configurationKind)) as {
    plugins?: { name?: string; path?: string; configuration?: unknown }[];
  };
  const texts = new Map<string, string>();
  for (const { name = '', path, configuration } of plugins) {
    if (!isOn(name)) continue;
    const own = configuration === undefined ? (path ? await files.read(path) : undefined) : JSON.stringify(configuration);
    if (own !== undefined) texts.set(name, own);
  }
  const made: Made = { ...noConfigurations };
  for (const [name, take] of takers) {
    if (isOn(name)) await explained(name, () => take(texts.get(name), made, files));
  }
  return made;
}

type Made = { -readonly [K in keyof PluginConfigurations]: PluginConfigurations[K] };

/** What takes a plugin's part of the configuration, undefined where there is none: in the order in which kube-apiserver makes the plugins. */
type Taker = (text: string | undefined, made: Made, files: ConfigurationFiles) => Promise<void>;

const takers: readonly (readonly [plugin: string, Taker])[] = [
  [
    'ImagePolicyWebhook',
    async (text, made, files) => {
      made.imagePolicy = await imagePolicyOptions(text === undefined ? undefined : parseYaml(text).value, files.endpoint);
    },
  ],
  [
    'PodSecurity',
    async (text, made) => {
      made.podSecurity = decoded('PodSecurity', text);
      const problem = podSecurityProblem(made.podSecurity);
      if (problem !== undefined) throw new PluginError('PodSecurity', problem, 'failed to initialize');
    },
  ],
  [
    'PodNodeSelector',
    async (text, made) => {
      const value: any = text === undefined ? {} : parseYaml(text).value;
      made.podNodeSelectors = value?.podNodeSelectorPluginConfig ?? {};
    },
  ],
  [
    'PodTolerationRestriction',
    async (text, made) => {
      made.podTolerations = decoded('PodTolerationRestriction', text);
      validatePodTolerations(made.podTolerations);
    },
  ],
  [
    'EventRateLimit',
    async (text, made) => {
      made.eventLimits = decoded('EventRateLimit', text).limits ?? [];
      refuseErrors(validateEventLimits(made.eventLimits));
    },
  ],
  [
    'MutatingAdmissionWebhook',
    async (text, made, files) => {
      if (text !== undefined) made.mutatingCredentials = await credentialsOf(decodeConfiguration(text, webhooks), files);
    },
  ],
  [
    'ValidatingAdmissionWebhook',
    async (text, made, files) => {
      if (text !== undefined) made.validatingCredentials = await credentialsOf(decodeConfiguration(text, webhooks), files);
    },
  ],
  [
    'ResourceQuota',
    async (text, made) => {
      made.limitedResources = decoded('ResourceQuota', text).limitedResources ?? [];
      const unnamed = made.limitedResources.flatMap(({ resource }: Partial<LimitedResource>, i) =>
        resource ? [] : [required(FieldPath.of('limitedResources').index(i).child('resource'))],
      );
      refuseErrors(unnamed);
    },
  ],
];

function decoded(plugin: string, text: string | undefined): any {
  return text === undefined ? {} : decodeConfiguration(text, documents[plugin]!);
}

async function credentialsOf({ kubeConfigFile = '' }: { kubeConfigFile?: string }, files: ConfigurationFiles): Promise<CredentialsFor> {
  if (kubeConfigFile === '') return () => undefined;
  if (!isAbsolute(kubeConfigFile)) {
    throw new Error(errorText(invalid(FieldPath.of('kubeConfigFile'), kubeConfigFile, 'must be an absolute file path')));
  }
  return files.credentials(kubeConfigFile);
}

async function explained(plugin: string, taken: () => Promise<void>): Promise<void> {
  try {
    await taken();
  } catch (error) {
    throw error instanceof PluginError ? error : new PluginError(plugin, (error as Error).message);
  }
}
