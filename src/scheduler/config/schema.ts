import type { ObjectSchema, Schema } from '../../../openapi/schema.ts';
import { createSchemaSource } from '../../../openapi/source.ts';
import { boolean, int32, int64, list, object, raw, string, typeMeta } from '../../machinery/schema/shapes.ts';
import { extensionPoints } from './configuration.ts';

/** The types of a KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1, and of the arguments of its plugins. */
export interface ConfigurationSchemas {
  readonly configuration: ObjectSchema;
  readonly arguments: ReadonlyMap<string, ObjectSchema>;
}

export function configurationSchemas(): ConfigurationSchemas {
  const source = createSchemaSource();
  const plugin = object('Plugin', { name: string, weight: int32 });
  const pluginSet = object('PluginSet', { enabled: list(plugin), disabled: list(plugin) });
  const points = [...extensionPoints, 'multiPoint', 'placementGenerate', 'placementScore'];
  const plugins = object('Plugins', Object.fromEntries(points.map((point) => [point, pluginSet])));
  const profile = object('KubeSchedulerProfile', {
    schedulerName: string,
    percentageOfNodesToScore: int32,
    plugins,
    pluginConfig: list(object('PluginConfig', { name: string, args: raw })),
  });
  const extender = object('Extender', {
    urlPrefix: string,
    filterVerb: string,
    preemptVerb: string,
    prioritizeVerb: string,
    weight: int64,
    bindVerb: string,
    enableHTTPS: boolean,
    tlsConfig: object('ExtenderTLSConfig', {
      insecure: boolean,
      serverName: string,
      certFile: string,
      keyFile: string,
      caFile: string,
      certData: string,
      keyData: string,
      caData: string,
    }),
    httpTimeout: string,
    nodeCacheCapable: boolean,
    managedResources: list(object('ExtenderManagedResource', { name: string, ignoredByScheduler: boolean })),
    ignorable: boolean,
  });
  const resource = object('ResourceSpec', { name: string, weight: int64 });
  const shape = list(object('UtilizationShapePoint', { utilization: int32, score: int32 }));
  const argumentsOf = (name: string, fields: Readonly<Record<string, Schema>>) =>
    [name, object(`${name}Args`, { ...typeMeta, ...fields })] as const;
  return {
    configuration: object('KubeSchedulerConfiguration', {
      ...typeMeta,
      parallelism: int32,
      leaderElection: raw,
      clientConnection: raw,
      healthzBindAddress: string,
      metricsBindAddress: string,
      enableProfiling: boolean,
      enableContentionProfiling: boolean,
      percentageOfNodesToScore: int32,
      podInitialBackoffSeconds: int64,
      podMaxBackoffSeconds: int64,
      profiles: list(profile),
      extenders: list(extender),
      delayCacheUntilActive: boolean,
    }),
    arguments: new Map([
      argumentsOf('DefaultPreemption', { minCandidateNodesPercentage: int32, minCandidateNodesAbsolute: int32 }),
      argumentsOf('InterPodAffinity', { hardPodAffinityWeight: int32, ignorePreferredTermsOfExistingPods: boolean }),
      argumentsOf('NodeAffinity', { addedAffinity: source.get('io.k8s.api.core.v1.NodeAffinity') }),
      argumentsOf('NodeResourcesBalancedAllocation', { resources: list(resource) }),
      argumentsOf('NodeResourcesFit', {
        ignoredResources: list(string),
        ignoredResourceGroups: list(string),
        scoringStrategy: object('ScoringStrategy', {
          type: string,
          resources: list(resource),
          requestedToCapacityRatio: object('RequestedToCapacityRatioParam', { shape }),
        }),
      }),
      argumentsOf('PodTopologySpread', {
        defaultConstraints: list(source.get('io.k8s.api.core.v1.TopologySpreadConstraint')),
        defaultingType: string,
      }),
      argumentsOf('VolumeBinding', { bindTimeoutSeconds: int64, shape }),
      argumentsOf('DynamicResources', { filterTimeout: string, bindingTimeout: string }),
    ]),
  };
}
