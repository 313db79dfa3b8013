/**
 * Fields of Services that hang together with what is allocated: cluster IPs, IP families and node ports. The allocators of the registry
 * call `prepareServiceAddresses` before they allocate, and the strategy's other steps come after.
 */
import type { Service } from '../../../openapi/types.ts';
import type { ClusterSettings } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, invalid } from '../../meta/field.ts';
import { parseCIDR, parseIP } from '../../meta/ip.ts';
import { validateClusterIPs } from './service.validation.ts';

type Family = 'IPv4' | 'IPv6';
const path = FieldPath.of('spec');

const other = (family: string): Family => (family === 'IPv4' ? 'IPv6' : 'IPv4');
export const familyOf = (ip: string): Family => (parseIP(ip)?.version === 6 ? 'IPv6' : 'IPv4');

/** Families of the cluster's service ranges, the primary one first. */
export function clusterFamilies(settings: ClusterSettings): Family[] {
  return [...new Set(settings.serviceClusterIPRanges.map((range): Family => (parseCIDR(range)?.version === 6 ? 'IPv6' : 'IPv4')))];
}

export const needsClusterIP = (service: Service): boolean => service.spec?.type !== 'ExternalName';
export const needsNodePort = (service: Service): boolean =>
  service.spec?.type === 'NodePort' || (service.spec?.type === 'LoadBalancer' && service.spec.allocateLoadBalancerNodePorts !== false);
export const mayHaveNodePort = (service: Service): boolean => service.spec?.type === 'NodePort' || service.spec?.type === 'LoadBalancer';
export const needsHealthCheckPort = (service: Service): boolean =>
  service.spec?.type === 'LoadBalancer' && service.spec.externalTrafficPolicy === 'Local';
export const isHeadless = (service: Service | undefined): boolean =>
  service?.spec?.clusterIPs?.length === 1 && service.spec.clusterIPs[0] === 'None';

export const sameClusterIPs = (a: Service, b: Service): boolean =>
  (a.spec?.clusterIP ?? '') === (b.spec?.clusterIP ?? '') && semanticEqual(a.spec?.clusterIPs, b.spec?.clusterIPs);
export const sameFamilies = (a: Service, b: Service): boolean => semanticEqual(a.spec?.ipFamilies, b.spec?.ipFamilies);

/**
 * Fills in what follows from the old object (values that the client left out), from each other (`clusterIP` and `clusterIPs`) and from
 * the cluster (families), so that only addresses and ports remain to be allocated. Changes `service`.
 * @returns what makes that impossible; the request fails with 422
 */
export function prepareServiceAddresses(service: Service, old: Service | undefined, settings: ClusterSettings): FieldError[] {
  if (old) keepAllocatedValues(service, old);
  alignClusterIPs(service, old);
  return initFamilies(service, old, clusterFamilies(settings));
}

function keepAllocatedValues(service: Service, old: Service): void {
  const now = service.spec!;
  const before = old.spec!;
  if (needsClusterIP(old) && needsClusterIP(service)) {
    if (!now.clusterIP && before.clusterIP) now.clusterIP = before.clusterIP;
    if ((now.clusterIPs ?? []).length === 0 && before.clusterIPs?.length) now.clusterIPs = [...before.clusterIPs];
  }
  if (needsNodePort(old) && needsNodePort(service)) {
    const ports = (s: Service): number[] => (s.spec?.ports ?? []).map((port) => port.nodePort ?? 0).filter((port) => port !== 0);
    const current = new Set(ports(service));
    const shared = new Set(ports(old).filter((port) => current.has(port)));
    const byName = new Map((before.ports ?? []).map((port) => [port.name ?? '', port.nodePort ?? 0]));
    for (const port of now.ports ?? []) {
      const previous = byName.get(port.name ?? '') ?? 0;
      if (!port.nodePort && previous !== 0 && !shared.has(previous)) port.nodePort = previous;
    }
  }
  if (needsHealthCheckPort(old) && needsHealthCheckPort(service) && !now.healthCheckNodePort && before.healthCheckNodePort) {
    now.healthCheckNodePort = before.healthCheckNodePort;
  }
}

// Old clients know only `clusterIP`.
function alignClusterIPs(service: Service, old: Service | undefined): void {
  const spec = service.spec!;
  if (!old) {
    if (spec.clusterIP && (spec.clusterIPs ?? []).length === 0) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const before = old.spec!;
  const same = (spec.clusterIP ?? '') === (before.clusterIP ?? '');
  if (before.clusterIPs?.length && (spec.clusterIPs ?? []).length === 0 && same) spec.clusterIPs = [...before.clusterIPs];
  if (same || !semanticEqual(spec.clusterIPs, before.clusterIPs)) return;
  if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  else delete spec.clusterIPs;
}

function keepsPreferredDualStack(service: Service, old: Service | undefined): boolean {
  return (
    old !== undefined &&
    service.spec?.ipFamilyPolicy === 'PreferDualStack' &&
    service.spec.type === old.spec?.type &&
    ['PreferDualStack', undefined].includes(old.spec?.ipFamilyPolicy) &&
    semanticEqual(service.spec.clusterIPs, old.spec?.clusterIPs) &&
    sameFamilies(service, old)
  );
}

function initFamilies(service: Service, old: Service | undefined, families: readonly Family[]): FieldError[] {
  const spec = service.spec!;
  if (!needsClusterIP(service) || keepsPreferredDualStack(service, old)) return [];
  const withoutSelector = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= old?.spec?.ipFamilyPolicy ?? (withoutSelector ? 'RequireDualStack' : 'SingleStack');
  const invalidIPs = validateClusterIPs(service, old);
  if (invalidIPs.length > 0) return invalidIPs;
  const errors = [...checkPolicyAgainstOld(service, old), ...checkPolicyAgainstCounts(service)];
  (spec.clusterIPs ?? []).forEach((ip, i) => {
    if (spec.clusterIPs![0] === 'None' || i < (spec.ipFamilies ?? []).length) return;
    const family = familyOf(ip);
    if (families.includes(family)) spec.ipFamilies = [...(spec.ipFamilies ?? []), family];
    else errors.push(invalid(path.child('clusterIPs').index(i), spec.clusterIPs, `${family} is not configured on this cluster`));
  });
  if (errors.length > 0) return errors;
  if (withoutSelector) {
    completeFamilies(service, families[0]!, spec.ipFamilyPolicy !== 'SingleStack');
    return [];
  }
  if (spec.ipFamilyPolicy === 'RequireDualStack' && families.length < 2) {
    errors.push(invalid(path.child('ipFamilyPolicy'), spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'));
  }
  (spec.ipFamilies ?? []).forEach((family, i) => {
    if (!families.includes(family as Family))
      errors.push(invalid(path.child('ipFamilies').index(i), family, 'not configured on this cluster'));
  });
  if (errors.length === 0) completeFamilies(service, families[0]!, spec.ipFamilyPolicy !== 'SingleStack' && families.length === 2);
  return errors;
}

function completeFamilies(service: Service, primary: Family, dual: boolean): void {
  const spec = service.spec!;
  if ((spec.ipFamilies ?? []).length === 0) spec.ipFamilies = [primary];
  if (dual && spec.ipFamilies!.length === 1) spec.ipFamilies = [...spec.ipFamilies!, other(spec.ipFamilies![0]!)];
}

function checkPolicyAgainstOld(service: Service, old: Service | undefined): FieldError[] {
  if (!old) return [];
  const spec = service.spec!;
  if (spec.ipFamilyPolicy === 'SingleStack') {
    if (semanticEqual(old.spec?.clusterIPs, spec.clusterIPs) && (spec.clusterIPs ?? []).length > 1)
      spec.clusterIPs = spec.clusterIPs!.slice(0, 1);
    if (sameFamilies(old, service) && (spec.ipFamilies ?? []).length > 1) spec.ipFamilies = spec.ipFamilies!.slice(0, 1);
    return [];
  }
  const reduced = (now: readonly string[] | undefined, before: readonly string[] | undefined): boolean =>
    (now ?? []).length > 0 && now!.length < (before ?? []).length;
  const errors: FieldError[] = [];
  const at = path.child('ipFamilyPolicy');
  if (reduced(spec.clusterIPs, old.spec?.clusterIPs)) {
    errors.push(invalid(at, spec.ipFamilyPolicy, "must be 'SingleStack' to release the secondary cluster IP"));
  }
  if (reduced(spec.ipFamilies, old.spec?.ipFamilies)) {
    errors.push(invalid(at, spec.ipFamilyPolicy, "must be 'SingleStack' to release the secondary IP family"));
  }
  return errors;
}

function checkPolicyAgainstCounts(service: Service): FieldError[] {
  const { ipFamilyPolicy, clusterIPs = [], ipFamilies = [] } = service.spec!;
  if (ipFamilyPolicy !== 'SingleStack') return [];
  const words = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";
  const at = path.child('ipFamilyPolicy');
  return [
    ...(clusterIPs.length === 2 ? [invalid(at, ipFamilyPolicy, `${words} cluster IPs are specified`)] : []),
    ...(ipFamilies.length === 2 ? [invalid(at, ipFamilyPolicy, `${words} IP families are specified`)] : []),
  ];
}
