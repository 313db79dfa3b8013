import { semanticEqual } from '../../../api/meta/equal.ts';
import { type FieldError, invalid as invalidField } from '../../../api/meta/field.ts';
import { isIPv6 } from '../../../api/meta/ip.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { type ApiError, invalid } from '../errors.ts';

/** The fields of a Service's spec that hold what is allocated. */
export interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  clusterIPs?: string[];
  ipFamilies?: string[];
  ipFamilyPolicy?: string;
  selector?: Record<string, string>;
  ports?: ServicePort[];
  healthCheckNodePort?: number;
  externalTrafficPolicy?: string;
  allocateLoadBalancerNodePorts?: boolean;
}

export interface ServicePort {
  name?: string;
  port: number;
  protocol?: string;
  nodePort?: number;
}

export function isHeadless(spec: ServiceSpec): boolean {
  return spec.clusterIPs?.[0] === 'None' || spec.clusterIP === 'None';
}

export function serviceInvalid(service: KubeObject, errors: readonly FieldError[]): ApiError {
  return invalid({ group: '', kind: 'Service' }, service.metadata?.name ?? '', errors);
}

/** An update that says nothing of the addresses keeps them; clusterIP and clusterIPs follow each other. */
export function carryAddresses(spec: ServiceSpec, old: ServiceSpec | undefined): void {
  if (!old) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  if (needsAddress(old) && needsAddress(spec)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs?.length) spec.clusterIPs = [...old.clusterIPs];
  }
  if (old.clusterIPs?.length && !spec.clusterIPs?.length && old.clusterIP === spec.clusterIP) spec.clusterIPs = [...old.clusterIPs];
  if (old.clusterIP === spec.clusterIP || !semanticEqual(old.clusterIPs, spec.clusterIPs)) return;
  if (!spec.clusterIP) delete spec.clusterIPs;
  else spec.clusterIPs = [spec.clusterIP];
}

function needsAddress(spec: ServiceSpec): boolean {
  return ['ClusterIP', 'NodePort', 'LoadBalancer'].includes(spec.type ?? 'ClusterIP');
}

const policyPath = 'spec.ipFamilyPolicy';

/**
 * Fills in the family policy and the families of a Service's addresses.
 * @param families those that the cluster has, primary first
 * @throws ApiError 422 for families that it does not have or that do not go together
 */
export function fillFamilies(service: KubeObject, old: ServiceSpec | undefined, families: readonly string[]): void {
  const spec: ServiceSpec = service['spec'];
  if (spec.type === 'ExternalName' || keepsDualStack(spec, old)) return;
  const headlessWithoutSelector = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= old?.ipFamilyPolicy ?? (headlessWithoutSelector ? 'RequireDualStack' : 'SingleStack');
  const errors = old ? reduce(spec, old) : [];
  if (spec.ipFamilyPolicy === 'SingleStack') errors.push(...singleStackErrors(spec));
  errors.push(...familiesOfAddresses(spec, families));
  if (errors.length > 0) throw serviceInvalid(service, errors);
  if (headlessWithoutSelector) {
    spec.ipFamilies = spec.ipFamilies?.length ? spec.ipFamilies : [families[0]!];
    if (spec.ipFamilies.length < 2 && spec.ipFamilyPolicy !== 'SingleStack') spec.ipFamilies.push(other(spec.ipFamilies[0]!));
    return;
  }
  const missing: FieldError[] = [];
  if (spec.ipFamilyPolicy === 'RequireDualStack' && families.length < 2) {
    missing.push(invalidField(policyPath, spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'));
  }
  for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
    if (!families.includes(family)) missing.push(invalidField(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'));
  }
  if (missing.length > 0) throw serviceInvalid(service, missing);
  if (!spec.ipFamilies?.length) spec.ipFamilies = [families[0]!];
  if (spec.ipFamilyPolicy !== 'SingleStack' && spec.ipFamilies.length === 1 && families.length === 2)
    spec.ipFamilies.push(other(spec.ipFamilies[0]!));
}

function other(family: string): string {
  return family === 'IPv4' ? 'IPv6' : 'IPv4';
}

// A Service that prefers two stacks and already has what it can get is left as it is.
function keepsDualStack(spec: ServiceSpec, old: ServiceSpec | undefined): boolean {
  if (!old || spec.ipFamilyPolicy !== 'PreferDualStack' || spec.type !== old.type) return false;
  if (old.ipFamilyPolicy !== undefined && old.ipFamilyPolicy !== 'PreferDualStack') return false;
  return semanticEqual(spec.clusterIPs, old.clusterIPs) && semanticEqual(spec.ipFamilies, old.ipFamilies);
}

function reduce(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (spec.ipFamilyPolicy === 'SingleStack') {
    if (semanticEqual(old.clusterIPs, spec.clusterIPs) && (spec.clusterIPs?.length ?? 0) > 1)
      spec.clusterIPs = spec.clusterIPs!.slice(0, 1);
    if (semanticEqual(old.ipFamilies, spec.ipFamilies) && (spec.ipFamilies?.length ?? 0) > 1)
      spec.ipFamilies = spec.ipFamilies!.slice(0, 1);
    return [];
  }
  const errors: FieldError[] = [];
  const fewer = (now: readonly string[] | undefined, before: readonly string[] | undefined) =>
    !!now?.length && now.length < (before?.length ?? 0);
  if (fewer(spec.clusterIPs, old.clusterIPs)) {
    errors.push(invalidField(policyPath, spec.ipFamilyPolicy, "must be 'SingleStack' to release the secondary cluster IP"));
  }
  if (fewer(spec.ipFamilies, old.ipFamilies)) {
    errors.push(invalidField(policyPath, spec.ipFamilyPolicy, "must be 'SingleStack' to release the secondary IP family"));
  }
  return errors;
}

function singleStackErrors(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const needsDual = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";
  if (spec.clusterIPs?.length === 2) errors.push(invalidField(policyPath, spec.ipFamilyPolicy, `${needsDual} cluster IPs are specified`));
  if (spec.ipFamilies?.length === 2) errors.push(invalidField(policyPath, spec.ipFamilyPolicy, `${needsDual} IP families are specified`));
  return errors;
}

// Addresses that are given say which families are wanted.
function familiesOfAddresses(spec: ServiceSpec, families: readonly string[]): FieldError[] {
  const errors: FieldError[] = [];
  for (const [i, address] of (spec.clusterIPs ?? []).entries()) {
    if (address === 'None') break;
    if (i < (spec.ipFamilies?.length ?? 0)) continue;
    const family = isIPv6(address) ? 'IPv6' : address.includes('.') ? 'IPv4' : 'unknown';
    if (families.includes(family)) spec.ipFamilies = [...(spec.ipFamilies ?? []), family];
    else errors.push(invalidField(`spec.clusterIPs[${i}]`, spec.clusterIPs, `${family} is not configured on this cluster`));
  }
  return errors;
}
