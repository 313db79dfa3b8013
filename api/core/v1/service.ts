import type { Service } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { FieldPath } from '../../meta/field.ts';
import { cidrWarnings, ipWarnings } from '../../meta/ip.ts';
import { labelsText } from '../../meta/label-selector.ts';
import { statusSubresource } from '../../meta/statuses.ts';
import { sorted } from '../../meta/text.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { proxySubresource } from './proxy.ts';
import { isHeadless, mayHaveNodePort, needsClusterIP, needsHealthCheckPort, sameClusterIPs, sameFamilies } from './service.addresses.ts';
import {
  isExternallyAccessible,
  trafficPolicies,
  validateServiceCreate,
  validateServiceStatusUpdate,
  validateServiceUpdate,
} from './service.validation.ts';

const path = FieldPath.of('spec');

function defaults(service: Service): void {
  const spec = (service.spec ??= {});
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } };
  }
  spec.type ||= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    if (!port.targetPort) port.targetPort = port.port;
  }
  if (isExternallyAccessible(service)) spec.externalTrafficPolicy ||= 'Cluster';
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type !== 'LoadBalancer') return;
  spec.allocateLoadBalancerNodePorts ??= true;
  for (const point of service.status?.loadBalancer?.ingress ?? []) if (point.ip) point.ipMode ??= 'VIP';
}

/** An external name shows no policy, though whoever gave one owns it; a wrong one stays to be refused. */
function dropTrafficPolicy({ spec }: Service): void {
  if (spec?.type === 'ExternalName' && trafficPolicies.includes(spec.internalTrafficPolicy ?? '')) delete spec.internalTrafficPolicy;
}

/** A change of type drops what the old type needed and the new one cannot have, unless the client changed it too. */
function dropTypeDependentFields(service: Service, old: Service): void {
  const now = service.spec!;
  const before = old.spec!;
  if (needsClusterIP(old) && !needsClusterIP(service)) {
    if (sameClusterIPs(old, service)) {
      delete now.clusterIP;
      delete now.clusterIPs;
    }
    if (sameFamilies(old, service)) delete now.ipFamilies;
    if (now.ipFamilyPolicy === before.ipFamilyPolicy) delete now.ipFamilyPolicy;
  }
  const nodePorts = new Set((before.ports ?? []).map((port) => port.nodePort ?? 0));
  if (
    mayHaveNodePort(old) &&
    !mayHaveNodePort(service) &&
    (now.ports ?? []).every((port) => !port.nodePort || nodePorts.has(port.nodePort))
  ) {
    for (const port of now.ports ?? []) delete port.nodePort;
  }
  if (needsHealthCheckPort(old) && !needsHealthCheckPort(service) && now.healthCheckNodePort === before.healthCheckNodePort) {
    delete now.healthCheckNodePort;
  }
  if (before.type === 'LoadBalancer' && now.type !== 'LoadBalancer') {
    if (now.allocateLoadBalancerNodePorts === before.allocateLoadBalancerNodePorts) delete now.allocateLoadBalancerNodePorts;
    if (now.loadBalancerClass === before.loadBalancerClass) delete now.loadBalancerClass;
  }
  if (isExternallyAccessible(old) && !isExternallyAccessible(service) && now.externalTrafficPolicy === before.externalTrafficPolicy) {
    delete now.externalTrafficPolicy;
  }
  if (now.type !== 'LoadBalancer') service.status = { ...service.status, loadBalancer: {} };
}

function warnings(service: Service): string[] {
  const spec = service.spec ?? {};
  const list: string[] = [];
  if (service.metadata?.annotations?.['service.kubernetes.io/topology-aware-hints'] !== undefined) {
    list.push(
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    );
  }
  const external = spec.externalIPs ?? [];
  if (!isHeadless(service)) list.push(...(spec.clusterIPs ?? []).flatMap((ip, i) => ipWarnings(path.child('clusterIPs').index(i), ip)));
  else {
    if (spec.loadBalancerIP) list.push('spec.loadBalancerIP is ignored for headless services');
    if (external.length > 0) list.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity !== 'None') list.push('spec.SessionAffinity is ignored for headless services');
  }
  list.push(...external.flatMap((ip, i) => ipWarnings(path.child('externalIPs').index(i), ip)));
  if (external.length > 0 && !isHeadless(service) && spec.type !== 'ExternalName') {
    list.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  }
  if (spec.loadBalancerIP) list.push(...ipWarnings(path.child('loadBalancerIP'), spec.loadBalancerIP));
  list.push(
    ...(spec.loadBalancerSourceRanges ?? []).flatMap((range, i) => cidrWarnings(path.child('loadBalancerSourceRanges').index(i), range)),
  );
  if (spec.type === 'ExternalName' && external.length > 0) list.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (spec.type !== 'ExternalName' && spec.externalName) list.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  if (spec.trafficDistribution === 'PreferClose') {
    list.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return list;
}

function externalCell(service: Service): string {
  const spec = service.spec ?? {};
  const external = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return external.length > 0 ? external.join(',') : '<none>';
    case 'LoadBalancer': {
      const points = (service.status?.loadBalancer?.ingress ?? [])
        .map((point) => point.ip || point.hostname || '')
        .filter((text) => text !== '');
      const all = [...sorted(new Set(points)), ...external];
      return all.length > 0 ? all.join(',') : '<pending>';
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

function portsCell(service: Service): string {
  const ports = (service.spec?.ports ?? []).map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`);
  return ports.length > 0 ? ports.join(',') : '<none>';
}

/**
 * Services. Compared with v1.36.3: defaults, changes of type, families and traffic policies, validation, warnings, table. Addresses and node
 * ports are the registry's to allocate (`service.addresses.ts` prepares an object for that).
 */
export const service = defineResource<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  upstreamPrefix: 'services/specs',
  returnsDeletedObject: true,
  allowCreateOnUpdate: true,
  shortNames: ['svc'],
  categories: ['all'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.Service',
  subresources: [
    proxySubresource('ServiceProxyOptions'),
    statusSubresource<Service>({
      validateUpdate: validateServiceStatusUpdate,
      warnings: (object) =>
        (object.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }, i) =>
          ip ? ipWarnings(FieldPath.of('status', 'loadBalancer', 'ingress').index(i), ip) : [],
        ),
    }),
  ],
  selectableFields: {
    'spec.clusterIP': (object) => object.spec?.clusterIP ?? '',
    'spec.type': (object) => object.spec?.type ?? '',
  },
  columns: [
    nameColumn,
    { name: 'Type', type: 'string', description: ['io.k8s.api.core.v1.ServiceSpec', 'type'], cell: (object) => object.spec?.type ?? '' },
    {
      name: 'Cluster-IP',
      type: 'string',
      description: ['io.k8s.api.core.v1.ServiceSpec', 'clusterIP'],
      cell: (object) => object.spec?.clusterIPs?.[0] ?? '<none>',
    },
    { name: 'External-IP', type: 'string', description: ['io.k8s.api.core.v1.ServiceSpec', 'externalIPs'], cell: externalCell },
    { name: 'Port(s)', type: 'string', description: ['io.k8s.api.core.v1.ServiceSpec', 'ports'], cell: portsCell },
    ageColumn,
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      description: ['io.k8s.api.core.v1.ServiceSpec', 'selector'],
      cell: (object) => labelsText(object.spec?.selector),
    },
  ],
  defaults,
  allocations: ['clusterIP', 'nodePort'],
  resetFields: [['status']],
  prepareForCreate(object) {
    object.status = { loadBalancer: {} };
    dropTrafficPolicy(object);
  },
  prepareForUpdate(object, old) {
    if (old.status) object.status = old.status;
    else delete object.status;
    dropTypeDependentFields(object, old);
    dropTrafficPolicy(object);
  },
  validate: validateServiceCreate,
  validateUpdate: validateServiceUpdate,
  warnings,
});
