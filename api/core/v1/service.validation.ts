/** Validation of Services: type, ports, addresses, families, traffic policies, load balancers; and what may change between types. */
import type { Service, ServicePort, ServiceSpec } from '../../../openapi/types.ts';
import { duplicate, type FieldError, FieldPath, forbidden, internalError, invalid, notSupported, required } from '../../meta/field.ts';
import { parseIP, validateLegacyCIDR, validateLegacyIP } from '../../meta/ip.ts';
import { isDns1123Label, isDns1123Subdomain, isPortNumber, isQualifiedName, nameIsDnsLabel } from '../../meta/names.ts';
import { validateLabels } from '../../meta/validation.ts';
import { validatePort } from './container.validation.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from './core-meta.validation.ts';
import { validateEndpointIP } from './endpoints.validation.ts';
import { invalids } from './volume.validation.ts';

const path = FieldPath.of('spec');
const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const hintsAnnotation = 'service.kubernetes.io/topology-aware-hints';
const modeAnnotation = 'service.kubernetes.io/topology-mode';
const sourceRangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const onlyLoadBalancer = "may only be used when `type` is 'LoadBalancer'";

const isHeadless = (spec: ServiceSpec): boolean => spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None';

/** Reachable from outside the cluster by node port, load balancer or external addresses. */
export function isExternallyAccessible(service: Service): boolean {
  const spec = service.spec ?? {};
  return spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0);
}

export function validateServiceCreate(service: Service): FieldError[] {
  return [...validateCoreMeta(service.metadata, { namespaced: true, nameFn: nameIsDnsLabel }), ...validateService(service, undefined)];
}

export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
  const errors = validateCoreMetaUpdate(service.metadata, old.metadata);
  errors.push(...validateClusterIPChange(service.spec!, old.spec!), ...validateFamilyChange(service.spec!, old.spec!));
  errors.push(...validateLoadBalancerClass(service.spec!, old.spec));
  const checks = (s: ServiceSpec) => s.type === 'LoadBalancer' && s.externalTrafficPolicy === 'Local';
  if (checks(old.spec!) && checks(service.spec!) && (old.spec!.healthCheckNodePort ?? 0) !== (service.spec!.healthCheckNodePort ?? 0)) {
    errors.push(forbidden(path.child('healthCheckNodePort'), 'field is immutable'));
  }
  return [...errors, ...validateService(service, old)];
}

function validateService(service: Service, old: Service | undefined): FieldError[] {
  const spec = service.spec ?? {};
  const errors = validateTopologyAnnotations(service);
  if ((spec.ports ?? []).length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName') errors.push(required(path.child('ports')));
  errors.push(...validateByType(spec));
  errors.push(...validatePorts(spec));
  errors.push(...validateLabels(spec.selector, path.child('selector')));
  errors.push(...validateSessionAffinity(spec));
  errors.push(...validateClusterIPs(service, old));
  (spec.externalIPs ?? []).forEach((ip, i) => {
    const at = path.child('externalIPs').index(i);
    const own = validateLegacyIP(at, ip, old?.spec?.externalIPs);
    errors.push(...(own.length > 0 ? own : validateEndpointIP(ip, at)));
  });
  if (!spec.type) errors.push(required(path.child('type')));
  else if (!types.includes(spec.type)) errors.push(notSupported(path.child('type'), spec.type, types));
  errors.push(...validateNodePorts(spec));
  errors.push(...validateSourceRanges(service, old));
  if (spec.allocateLoadBalancerNodePorts !== undefined && spec.type !== 'LoadBalancer') {
    errors.push(forbidden(path.child('allocateLoadBalancerNodePorts'), onlyLoadBalancer));
  }
  if (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === undefined)
    errors.push(required('allocateLoadBalancerNodePorts'));
  errors.push(...validateLoadBalancerClass(spec, undefined));
  return [...errors, ...validateTrafficPolicies(service)];
}

function validateTopologyAnnotations(service: Service): FieldError[] {
  const hints = service.metadata?.annotations?.[hintsAnnotation];
  const mode = service.metadata?.annotations?.[modeAnnotation];
  if (hints === undefined || mode === undefined || hints === mode) return [];
  return [
    invalid(
      FieldPath.of('metadata', 'annotations').key(modeAnnotation),
      mode,
      `must match annotations[${hintsAnnotation}] when both are specified`,
    ),
  ];
}

function validateByType(spec: ServiceSpec): FieldError[] {
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') {
    if (!isHeadless(spec)) return [];
    return [invalid(path.child('clusterIPs').index(0), 'None', `may not be set to 'None' for ${spec.type} services`)];
  }
  if (spec.type !== 'ExternalName') return [];
  const errors: FieldError[] = [];
  const refused = 'may not be set for ExternalName services';
  if ((spec.clusterIPs ?? []).length > 0) errors.push(forbidden(path.child('clusterIPs'), refused));
  if ((spec.ipFamilies ?? []).length > 0) errors.push(forbidden(path.child('ipFamilies'), refused));
  if (spec.ipFamilyPolicy !== undefined) errors.push(forbidden(path.child('ipFamilyPolicy'), refused));
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') return [...errors, required(path.child('externalName'))];
  return [...errors, ...invalids(path.child('externalName'), name, isDns1123Subdomain(name))];
}

function validatePorts(spec: ServiceSpec): FieldError[] {
  const ports = spec.ports ?? [];
  const names = new Set<string>();
  return ports.flatMap((port, i) => {
    const at = path.child('ports').index(i);
    const errors: FieldError[] = [];
    if (ports.length > 1 && !port.name) errors.push(required(at.child('name')));
    else if (port.name) {
      errors.push(...invalids(at.child('name'), port.name, isDns1123Label(port.name)));
      if (names.has(port.name)) errors.push(duplicate(at.child('name'), port.name));
      names.add(port.name);
    }
    errors.push(...invalids(at.child('port'), port.port ?? 0, isPortNumber(port.port ?? 0)));
    if (!port.protocol) errors.push(required(at.child('protocol')));
    else if (!protocols.includes(port.protocol)) errors.push(notSupported(at.child('protocol'), port.protocol, protocols));
    errors.push(...validatePort(port.targetPort, at.child('targetPort')));
    if (port.appProtocol !== undefined)
      errors.push(...invalids(at.child('appProtocol'), port.appProtocol, isQualifiedName(port.appProtocol)));
    return errors;
  });
}

function validateSessionAffinity(spec: ServiceSpec): FieldError[] {
  const at = path.child('sessionAffinity');
  if (!spec.sessionAffinity) return [required(at)];
  if (spec.sessionAffinity !== 'ClientIP' && spec.sessionAffinity !== 'None')
    return [notSupported(at, spec.sessionAffinity, ['ClientIP', 'None'])];
  const config = spec.sessionAffinityConfig;
  const configPath = path.child('sessionAffinityConfig');
  if (spec.sessionAffinity === 'None') return config ? [forbidden(configPath, 'must not be set when session affinity is None')] : [];
  const when = 'when session affinity type is ClientIP';
  if (!config) return [required(configPath, when)];
  if (!config.clientIP) return [required(configPath.child('clientIP'), when)];
  const seconds = config.clientIP.timeoutSeconds;
  const secondsPath = configPath.child('clientIP', 'timeoutSeconds');
  if (seconds === undefined) return [required(secondsPath, when)];
  return seconds <= 0 || seconds > 86400 ? [invalid(secondsPath, seconds, 'must be greater than 0 and less than 86400')] : [];
}

const familyPolicies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

/** Cluster IPs and families, against each other. */
export function validateClusterIPs(service: Service, old: Service | undefined): FieldError[] {
  const spec = service.spec ?? {};
  if (spec.type === 'ExternalName') return [];
  const errors: FieldError[] = [];
  const at = path.child('clusterIPs');
  const ips = spec.clusterIPs ?? [];
  if (spec.clusterIP) {
    if (ips.length === 0) errors.push(required(at));
    else if (ips[0] !== spec.clusterIP) errors.push(invalid(at, ips, 'first value must match `clusterIP`'));
  } else if (ips.length > 0) errors.push(invalid(at, ips, 'must be empty when `clusterIP` is not specified'));
  const seen = new Set<string>();
  (spec.ipFamilies ?? []).forEach((family, i) => {
    const own = path.child('ipFamilies').index(i);
    if (family !== 'IPv4' && family !== 'IPv6') errors.push(notSupported(own, family, ['IPv4', 'IPv6']));
    if (seen.has(family)) errors.push(duplicate(own, family));
    seen.add(family);
  });
  if (spec.ipFamilyPolicy !== undefined && !familyPolicies.includes(spec.ipFamilyPolicy)) {
    errors.push(notSupported(path.child('ipFamilyPolicy'), spec.ipFamilyPolicy, familyPolicies));
  }
  let bad = false;
  ips.forEach((ip, i) => {
    if (i === 0 && ip === 'None') {
      if (ips.length > 1) {
        bad = true;
        errors.push(invalid(at, ips, "'None' must be the first and only value"));
      }
      return;
    }
    const own = validateLegacyIP(at.index(i), ip, old?.spec?.clusterIPs);
    bad ||= own.length > 0;
    errors.push(...own);
  });
  if (ips.length > 2) errors.push(invalid(at, ips, 'may only hold up to 2 values'));
  if (bad) return errors;
  errors.push(...validateDualStack(ips, at));
  if (isHeadless(spec)) return errors;
  (spec.ipFamilies ?? []).forEach((family, i) => {
    if (i >= ips.length || (family === 'IPv6') === (parseIP(ips[i]!)?.version === 6)) return;
    if (family === 'IPv4' || family === 'IPv6') {
      errors.push(invalid(at.index(i), ips[i], `expected an ${family} value as indicated by \`ipFamilies[${i}]\``));
    }
  });
  return errors;
}

function validateDualStack(ips: readonly string[], at: FieldPath): FieldError[] {
  if (ips.length < 2) return [];
  const tooMany = invalid(at, ips, 'may specify no more than one IP for each IP family');
  const versions = ips.map((ip) => parseIP(ip)?.version);
  // One that is no address was taken for its own sake, as the Service had it before: a headless one that is given an address beside its `None`.
  const wrong = versions.indexOf(undefined);
  if (wrong >= 0) return [internalError(at, `failed to check for dual stack with error:invalid IP[${wrong}]: ${ips[wrong]}`), tooMany];
  return new Set(versions).size < 2 ? [tooMany] : [];
}

function validateNodePorts(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const ports = spec.ports ?? [];
  const each = (check: (port: ServicePort, at: FieldPath) => void): void => {
    ports.forEach((port, i) => {
      check(port, path.child('ports').index(i));
    });
  };
  if (spec.type === 'ClusterIP') {
    each((port, at) => {
      if (port.nodePort) errors.push(forbidden(at.child('nodePort'), "may not be used when `type` is 'ClusterIP'"));
    });
  }
  const nodePorts = new Set<string>();
  each((port, at) => {
    const key = `${port.protocol}/${port.nodePort}`;
    if (!port.nodePort) return;
    if (nodePorts.has(key)) errors.push(duplicate(at.child('nodePort'), port.nodePort));
    nodePorts.add(key);
  });
  const seen = new Set<string>();
  each((port, at) => {
    const key = `${port.protocol}/${port.port}`;
    // The real server prints the whole struct, most of it empty.
    if (seen.has(key))
      errors.push(duplicate(at, { Name: '', Protocol: port.protocol, AppProtocol: null, Port: port.port, TargetPort: 0, NodePort: 0 }));
    seen.add(key);
  });
  return errors;
}

function validateSourceRanges(service: Service, old: Service | undefined): FieldError[] {
  const spec = service.spec ?? {};
  const ranges = spec.loadBalancerSourceRanges ?? [];
  const errors: FieldError[] = [];
  if (ranges.length > 0) {
    const at = path.child('LoadBalancerSourceRanges');
    if (spec.type !== 'LoadBalancer') errors.push(forbidden(at, onlyLoadBalancer));
    const kept = (old?.spec?.loadBalancerSourceRanges ?? []).map((range) => range.trim());
    return [...errors, ...ranges.flatMap((range, i) => validateLegacyCIDR(at.index(i), range.trim(), kept))];
  }
  const text = service.metadata?.annotations?.[sourceRangesAnnotation];
  if (text === undefined) return errors;
  const at = FieldPath.of('metadata', 'annotations').key(sourceRangesAnnotation);
  if (spec.type !== 'LoadBalancer') errors.push(forbidden(at, onlyLoadBalancer));
  if (old?.metadata?.annotations?.[sourceRangesAnnotation] === text || text.trim() === '') return errors;
  return [...errors, ...text.split(',').flatMap((range) => validateLegacyCIDR(at, range.trim()))];
}

function validateLoadBalancerClass(spec: ServiceSpec, old: ServiceSpec | undefined): FieldError[] {
  const at = path.child('loadBalancerClass');
  const errors: FieldError[] = [];
  if (old?.type === 'LoadBalancer' && spec.type === 'LoadBalancer' && old.loadBalancerClass !== spec.loadBalancerClass) {
    errors.push(invalid(at, spec.loadBalancerClass, 'may not change once set'));
  }
  if (spec.loadBalancerClass === undefined) return errors;
  if (spec.type === 'LoadBalancer') return [...errors, ...invalids(at, spec.loadBalancerClass, isQualifiedName(spec.loadBalancerClass))];
  return [...errors, forbidden(at, onlyLoadBalancer)];
}

export const trafficPolicies = ['Cluster', 'Local'];
const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];

function validateTrafficPolicies(service: Service): FieldError[] {
  const spec = service.spec ?? {};
  const errors: FieldError[] = [];
  const external = path.child('externalTrafficPolicy');
  if (!isExternallyAccessible(service)) {
    if (spec.externalTrafficPolicy)
      errors.push(invalid(external, spec.externalTrafficPolicy, 'may only be set for externally-accessible services'));
  } else if (!spec.externalTrafficPolicy) errors.push(required(external));
  else if (!trafficPolicies.includes(spec.externalTrafficPolicy))
    errors.push(notSupported(external, spec.externalTrafficPolicy, trafficPolicies));
  const health = path.child('healthCheckNodePort');
  const port = spec.healthCheckNodePort ?? 0;
  if (spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local') {
    errors.push(...(port === 0 ? [required(health)] : invalids(health, port, isPortNumber(port))));
  } else if (port !== 0) {
    errors.push(invalid(health, port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"));
  }
  const internal = path.child('internalTrafficPolicy');
  if (spec.internalTrafficPolicy === undefined) {
    if (spec.type === 'NodePort' || spec.type === 'LoadBalancer' || spec.type === 'ClusterIP') errors.push(required(internal));
  } else if (!trafficPolicies.includes(spec.internalTrafficPolicy)) {
    errors.push(notSupported(internal, spec.internalTrafficPolicy, trafficPolicies));
  }
  const distribution = spec.trafficDistribution;
  if (distribution !== undefined && !distributions.includes(distribution)) {
    errors.push(notSupported(path.child('trafficDistribution'), distribution, distributions));
  }
  return errors;
}

const once = 'may not change once set';

function validateClusterIPChange(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName' || (isHeadless(spec) && isHeadless(old))) return [];
  const now = spec.clusterIPs ?? [];
  const before = old.clusterIPs ?? [];
  const at = path.child('clusterIPs');
  const firstChanged = before.length > 0 && now.length > 0 && now[0] !== before[0] ? [invalid(at.index(0), now, once)] : [];
  if (before.length === now.length) return before.flatMap((ip, i) => (ip === now[i] ? [] : [invalid(at.index(i), now, once)]));
  if (before.length < now.length) return firstChanged;
  const errors = now.length === 0 ? [invalid(at.index(0), now, 'primary clusterIP can not be unset')] : firstChanged;
  if (now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    errors.push(
      invalid(path.child('ipFamilyPolicy'), spec.ipFamilyPolicy, "must be set to 'SingleStack' when releasing the secondary clusterIP"),
    );
  }
  return errors;
}

function validateFamilyChange(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName' || isHeadless(spec) || isHeadless(old)) return [];
  const now = spec.ipFamilies ?? [];
  const before = old.ipFamilies ?? [];
  const at = path.child('ipFamilies').index(0);
  if (before.length === now.length) return before.flatMap((family, i) => (family === now[i] ? [] : [invalid(at, now, once)]));
  // The values shown are those of clusterIPs: so does the real server.
  const firstChanged = before.length > 0 && now.length > 0 && now[0] !== before[0] ? [invalid(at, spec.clusterIPs, once)] : [];
  if (before.length < now.length) return firstChanged;
  const errors = [
    ...((spec.clusterIPs ?? []).length === 0 ? [invalid(at, now, 'primary ipFamily can not be unset')] : []),
    ...firstChanged,
  ];
  if (now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    errors.push(
      invalid(path.child('ipFamilyPolicy'), spec.ipFamilyPolicy, "must be set to 'SingleStack' when releasing the secondary ipFamily"),
    );
  }
  return errors;
}

export function validateServiceStatusUpdate(service: Service, old: Service): FieldError[] {
  const errors = validateCoreMetaUpdate(service.metadata, old.metadata);
  const at = FieldPath.of('status', 'loadBalancer', 'ingress');
  const points = service.status?.loadBalancer?.ingress ?? [];
  if (service.spec?.type !== 'LoadBalancer' && points.length > 0) {
    return [...errors, forbidden(at, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  const kept = (old.status?.loadBalancer?.ingress ?? []).map((point) => point.ip ?? '').filter((ip) => ip !== '');
  points.forEach(({ ip, ipMode, hostname }, i) => {
    const own = at.index(i);
    if (ip) errors.push(...validateLegacyIP(own.child('ip'), ip, kept));
    if (ipMode === undefined && ip) errors.push(required(own.child('ipMode'), 'must be specified when `ip` is set'));
    else if (ipMode !== undefined && !ip) errors.push(forbidden(own.child('ipMode'), 'may not be specified when `ip` is not set'));
    else if (ipMode !== undefined && ipMode !== 'VIP' && ipMode !== 'Proxy')
      errors.push(notSupported(own.child('ipMode'), ipMode, ['Proxy', 'VIP']));
    if (!hostname) return;
    errors.push(...invalids(own.child('hostname'), hostname, isDns1123Subdomain(hostname)));
    if (parseIP(hostname)) errors.push(invalid(own.child('hostname'), hostname, 'must be a DNS name, not an IP address'));
  });
  return errors;
}
