import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { cidrWarnings, type ParsedCIDR, parseCIDR, validateLegacyCIDR } from '../../meta/ip.ts';
import { type LabelSelectorObject, labelSelectorText } from '../../meta/label-selector.ts';
import { isPortName, isPortNumber } from '../../meta/names.ts';
import { countsExactGenerations } from '../../meta/statuses.ts';
import { validateLabelSelector } from '../../meta/validation.ts';

const path = FieldPath.of('spec');
const protocols = ['TCP', 'UDP', 'SCTP'];
const policyTypes = ['Ingress', 'Egress'];

function validatePort({ protocol, port, endPort }: NetworkPolicyPort, at: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (protocol !== undefined && !protocols.includes(protocol)) errors.push(notSupported(at.child('protocol'), protocol, protocols));
  if (port === undefined) {
    if (endPort !== undefined) errors.push(invalid(at.child('endPort'), endPort, 'may not be specified when `port` is not specified'));
    return errors;
  }
  if (typeof port === 'number') {
    errors.push(...isPortNumber(port).map((message) => invalid(at.child('port'), port, message)));
    if (endPort !== undefined) {
      // The message shows the port, as v1.36.3 does.
      if (endPort < port) errors.push(invalid(at.child('endPort'), port, 'must be greater than or equal to `port`'));
      errors.push(...isPortNumber(endPort).map((message) => invalid(at.child('endPort'), endPort, message)));
    }
    return errors;
  }
  if (endPort !== undefined) {
    errors.push(invalid(at.child('endPort'), endPort, 'may not be specified when `port` is non-numeric'));
  }
  errors.push(...isPortName(port).map((message) => invalid(at.child('port'), port, message)));
  return errors;
}

function validatePeer(
  { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer,
  known: readonly string[],
  at: FieldPath,
): FieldError[] {
  const errors: FieldError[] = [];
  if (podSelector) errors.push(...validateLabelSelector(podSelector, at.child('podSelector')));
  if (namespaceSelector) errors.push(...validateLabelSelector(namespaceSelector, at.child('namespaceSelector')));
  if (ipBlock) errors.push(...validateIpBlock(ipBlock, known, at.child('ipBlock')));
  if (!podSelector && !namespaceSelector && !ipBlock) errors.push(required(at, 'must specify a peer'));
  else if (ipBlock && (podSelector || namespaceSelector)) {
    errors.push(forbidden(at, 'may not specify both ipBlock and another peer'));
  }
  return errors;
}

/** @param known ranges that the stored policy has, which may stay as they are written */
function validateIpBlock({ cidr, except }: IPBlock, known: readonly string[], at: FieldPath): FieldError[] {
  if (!cidr) return [required(at.child('cidr'))];
  const errors = validateLegacyCIDR(at.child('cidr'), cidr, known);
  const range = parseCIDR(cidr);
  if (!range) return errors;
  for (const [i, text] of (except ?? []).entries()) {
    const place = at.child('except').index(i);
    errors.push(...validateLegacyCIDR(place, text, known));
    const part = parseCIDR(text);
    if (!part) continue;
    const inside =
      part.version === range.version && part.first >= range.first && part.first <= range.last && writtenPrefix(part) > writtenPrefix(range);
    if (!inside) errors.push(invalid(place, text, `must be a strict subset of \`cidr\``));
  }
  return errors;
}

const directions = [
  ['ingress', 'from'],
  ['egress', 'to'],
] as const;

/** The address ranges of a policy, each with its path. */
function rangesOf({ spec }: NetworkPolicy): [at: FieldPath, cidr: string][] {
  return directions.flatMap(([direction, peers]) =>
    (spec?.[direction] ?? []).flatMap((rule, i) =>
      ((rule as Record<string, NetworkPolicyPeer[] | undefined>)[peers] ?? []).flatMap(({ ipBlock }, n): [FieldPath, string][] => {
        if (!ipBlock) return [];
        const at = path.child(direction).index(i).child(peers).index(n).child('ipBlock');
        const excepted = (ipBlock.except ?? []).map((cidr, k): [FieldPath, string] => [at.child('except').index(k), cidr]);
        return [[at.child('cidr'), ipBlock.cidr], ...excepted];
      }),
    ),
  );
}

function validateSpec({ spec }: NetworkPolicy, old?: NetworkPolicy): FieldError[] {
  const known = old ? rangesOf(old).map(([, cidr]) => cidr) : [];
  const errors = validateLabelSelector(spec?.podSelector as LabelSelectorObject | undefined, path.child('podSelector'));
  for (const [direction, peers] of directions) {
    for (const [i, rule] of (spec?.[direction] ?? []).entries()) {
      const at = path.child(direction).index(i);
      for (const [n, port] of (rule.ports ?? []).entries()) errors.push(...validatePort(port, at.child('ports').index(n)));
      const list = (rule as Record<string, NetworkPolicyPeer[] | undefined>)[peers] ?? [];
      for (const [n, peer] of list.entries()) errors.push(...validatePeer(peer, known, at.child(peers).index(n)));
    }
  }
  const types = spec?.policyTypes ?? [];
  const at = path.child('policyTypes');
  if (types.length > policyTypes.length) errors.push(invalid(at, types, 'may not specify more than two policyTypes'));
  else {
    for (const [i, type] of types.entries()) if (!policyTypes.includes(type)) errors.push(notSupported(at.index(i), type, policyTypes));
  }
  return errors;
}

/** NetworkPolicies. Compared with v1.36.3: defaults of ports and types, peers, ports, address blocks, warnings, generations, table. */
export const networkPolicy = defineResource<NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.networking.v1.NetworkPolicy',
  allowUnconditionalUpdate: true,
  columns: [
    nameColumn,
    {
      name: 'Pod-Selector',
      type: 'string',
      description: ['io.k8s.api.networking.v1.NetworkPolicySpec', 'podSelector'],
      cell: ({ spec }) => labelSelectorText(spec?.podSelector as LabelSelectorObject | undefined),
    },
    ageColumn,
  ],
  defaults({ spec }) {
    if (!spec) return;
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  ...countsExactGenerations('spec'),
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: true }), ...validateSpec(object)],
  validateUpdate: (object, old) => [...validateCoreMetaUpdate(object.metadata, old.metadata), ...validateSpec(object, old)],
  warnings: (object) => rangesOf(object).flatMap(([at, cidr]) => cidrWarnings(at, cidr)),
});

/** Of an IPv4-mapped network, the mask of the IPv6 one that it was written as. */
function writtenPrefix({ ip, version, prefix }: ParsedCIDR): number {
  return ip.mapped && version === 4 ? prefix + 96 : prefix;
}
