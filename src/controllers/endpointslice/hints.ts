import type { KubeObject } from '../../../api/meta/object.ts';

/** For whom an endpoint is meant, as kube-proxy reads it. */
export interface Hints {
  forZones?: { name: string }[];
  forNodes?: { name: string }[];
}

const near: readonly string[] = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];

/** Whether the service asks for hints by the share that each zone has of the processors. */
export function asksForTopology(service: KubeObject): boolean {
  const annotations = service.metadata!.annotations ?? {};
  const mode = annotations['service.kubernetes.io/topology-aware-hints'] ?? annotations['service.kubernetes.io/topology-mode'];
  return mode === 'Auto' || mode === 'auto';
}

/** The hints of a ready endpoint of a service whose traffic is to stay near; undefined: none. */
export function nearHints(service: KubeObject, { zone, nodeName }: { zone?: string; nodeName?: string }): Hints | undefined {
  const distribution = service.spec.trafficDistribution;
  if (!near.includes(distribution) || asksForTopology(service)) return undefined;
  const hints: Hints = {
    ...(zone ? { forZones: [{ name: zone }] } : {}),
    ...(nodeName && distribution === 'PreferSameNode' ? { forNodes: [{ name: nodeName }] } : {}),
  };
  return Object.keys(hints).length > 0 ? hints : undefined;
}
