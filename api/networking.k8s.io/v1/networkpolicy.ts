import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { cidrContains, parseCIDR, parseIP, validateCIDR } from '../../meta/ip.ts';
import { type LabelSelectorObject, labelSelectorText } from '../../meta/label-selector.ts';
import { isPortName, isPortNumber } from '../../meta/names.ts';
import { countsGenerations } from '../../meta/statuses.ts';
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

function validatePeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, at: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (podSelector) errors.push(...validateLabelSelector(podSelector, at.child('podSelector')));
  if (namespaceSelector) errors.push(...validateLabelSelector(namespaceSelector, at.child('namespaceSelector')));
  if (ipBlock) errors.push(...validateIpBlock(ipBlock, at.child('ipBlock')));
  if (!podSelector && !namespaceSelector && !ipBlock) errors.push(required(at, 'must specify a peer'));
  else if (ipBlock && (podSelector || namespaceSelector)) {
    errors.push(forbidden(at, 'may not specify both ipBlock and another peer'));
  }
  return errors;
}

function validateIpBlock({ cidr, except }: NonNullable<NetworkPolicyPeer['ipBlock']>, at: FieldPath): FieldError[] {
  if (!cidr) return [required(at.child('cidr'))];
  const errors = validateCIDR(at.child('cidr'), cidr);
  const range = parseCIDR(cidr);
  for (const [i, text] of (except ?? []).entries()) {
    const place = at.child('except').index(i);
    const problems = validateCIDR(place, text);
    errors.push(...problems);
    const part = parseCIDR(text);
    if (problems.length > 0 || !range || !part) continue;
    const inside = cidrContains(range, parseIP(text.split('/')[0]!)!) && part.prefix > range.prefix;
    if (!inside) errors.push(invalid(place, text, `must be a strict subset of \`cidr\``));
  }
  return errors;
}

function validateSpec({ spec }: NetworkPolicy): FieldError[] {
  const errors = validateLabelSelector(spec?.podSelector as LabelSelectorObject | undefined, path.child('podSelector'));
  for (const [direction, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const [i, rule] of (spec?.[direction] ?? []).entries()) {
      const at = path.child(direction).index(i);
      for (const [n, port] of (rule.ports ?? []).entries()) errors.push(...validatePort(port, at.child('ports').index(n)));
      const list = (rule as Record<string, NetworkPolicyPeer[] | undefined>)[peers] ?? [];
      for (const [n, peer] of list.entries()) errors.push(...validatePeer(peer, at.child(peers).index(n)));
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

/** NetworkPolicies. Compared with v1.36.3: defaults of ports and types, peers, ports, address blocks, generations, table. */
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
      description: 'The pods that the policy is about.',
      cell: ({ spec }) => labelSelectorText(spec?.podSelector as LabelSelectorObject | undefined),
    },
    ageColumn,
  ],
  defaults({ spec }) {
    if (!spec) return;
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  ...countsGenerations('spec'),
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: true }), ...validateSpec(object)],
  validateUpdate: (object, old) => [...validateCoreMetaUpdate(object.metadata, old.metadata), ...validateSpec(object)],
});
