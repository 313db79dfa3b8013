import { decodeConfiguration } from '../machinery/configuration-file.ts';
import { parseYaml } from '../machinery/schema/parse.ts';
import { int32, list, object, raw, string, typeMeta } from '../machinery/schema/shapes.ts';
import type { EventLimit } from './event-rate-limit/event-rate-limit.ts';
import type { PodSecurityConfiguration } from './pod-security/pod-security.ts';
import type { PodTolerationConfiguration } from './pod-toleration-restriction/pod-toleration-restriction.ts';
import type { LimitedResource } from './resource-quota/limited.ts';

/** What the plugins are told by the AdmissionConfiguration. */
export interface PluginConfigurations {
  readonly podSecurity: PodSecurityConfiguration;
  readonly eventLimits: readonly EventLimit[];
  readonly limitedResources: readonly LimitedResource[];
  readonly podNodeSelectors: Readonly<Record<string, string>>;
  readonly podTolerations: PodTolerationConfiguration;
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
const tolerations = list(raw);

/** The documents of plugins that have one, by the plugin's name. */
const documents: Readonly<Record<string, Parameters<typeof decodeConfiguration>[1]>> = {
  PodSecurity: {
    kind: 'PodSecurityConfiguration',
    versions: { 'pod-security.admission.config.k8s.io/v1': podSecurity, 'pod-security.admission.config.k8s.io/v1beta1': podSecurity },
  },
  EventRateLimit: {
    kind: 'Configuration',
    versions: { 'eventratelimit.admission.k8s.io/v1alpha1': object('Configuration', { ...typeMeta, limits: list(limit) }) },
  },
  ResourceQuota: { kind: 'ResourceQuotaConfiguration', versions: { 'apiserver.config.k8s.io/v1': quota } },
  PodTolerationRestriction: {
    kind: 'Configuration',
    versions: {
      'podtolerationrestriction.admission.k8s.io/v1alpha1': object('Configuration', {
        ...typeMeta,
        default: tolerations,
        whitelist: tolerations,
      }),
    },
  },
};

/**
 * Reads an AdmissionConfiguration.
 * @param readFile the text of a file that it names, relative to its own place
 * @throws Error
 */
export async function readAdmissionConfiguration(text: string, readFile: (path: string) => Promise<string>): Promise<PluginConfigurations> {
  const { plugins = [] } = decodeConfiguration(text, configurationKind) as {
    plugins?: { name?: string; path?: string; configuration?: unknown }[];
  };
  const given = new Map<string, any>();
  for (const { name = '', path, configuration } of plugins) {
    const own = configuration === undefined ? (path ? await readFile(path) : undefined) : JSON.stringify(configuration);
    if (own === undefined) continue;
    const document = documents[name];
    // PodNodeSelector's is no document of a kind.
    given.set(name, document ? decodeConfiguration(own, document) : parseYaml(own).value);
  }
  return {
    podSecurity: given.get('PodSecurity') ?? {},
    eventLimits: given.get('EventRateLimit')?.limits ?? [],
    limitedResources: given.get('ResourceQuota')?.limitedResources ?? [],
    podNodeSelectors: given.get('PodNodeSelector')?.podNodeSelectorPluginConfig ?? {},
    podTolerations: given.get('PodTolerationRestriction') ?? {},
  };
}
