import type { DiscoveryV1EndpointPort, Endpoint, EndpointHints, EndpointSlice } from '../../../openapi/types.ts';
import { validateCoreMeta } from '../../core/v1/core-meta.validation.ts';
import { validateEndpointIP } from '../../core/v1/endpoints.validation.ts';
import { invalids } from '../../core/v1/volume.validation.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { duplicate, type FieldError, FieldPath, invalid, notSupported, required, tooMany } from '../../meta/field.ts';
import { parseIP, validateIP, validateLegacyIP } from '../../meta/ip.ts';
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName, nameIsDnsSubdomain } from '../../meta/names.ts';

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const maxAddresses = 100;
const maxPorts = 20000;
const maxEndpoints = 1000;
const maxHints = 8;

/** @param old of an update; endpoints that did not change may stay as they are */
export function validateEndpointSlice(slice: EndpointSlice, old: EndpointSlice | undefined): FieldError[] {
  const errors = [
    ...validateCoreMeta(slice.metadata, { namespaced: true }),
    ...validateAddressType(slice.addressType),
    ...validatePorts(slice.ports ?? [], FieldPath.of('ports')),
  ];
  if (old && semanticEqual(old.endpoints, slice.endpoints)) return errors;
  return [...errors, ...validateEndpoints(slice.endpoints ?? [], slice.addressType, FieldPath.of('endpoints'))];
}

function validateAddressType(type: string | undefined): FieldError[] {
  if (!type) return [required('addressType')];
  return addressTypes.includes(type) ? [] : [notSupported('addressType', type, addressTypes)];
}

function validatePorts(ports: readonly DiscoveryV1EndpointPort[], path: FieldPath): FieldError[] {
  if (ports.length > maxPorts) return [tooMany(path, ports.length, maxPorts)];
  const names = new Set<string>();
  return ports.flatMap(({ name = '', protocol, appProtocol }, i) => {
    const at = path.index(i);
    const errors = name === '' ? [] : invalids(at.child('name'), name, isDns1123Label(name));
    if (names.has(name)) errors.push(duplicate(at.child('name'), name));
    names.add(name);
    if (protocol === undefined) errors.push(required(at.child('protocol')));
    else if (!protocols.includes(protocol)) errors.push(notSupported(at.child('protocol'), protocol, protocols));
    if (appProtocol !== undefined) errors.push(...invalids(at.child('appProtocol'), appProtocol, isQualifiedName(appProtocol)));
    return errors;
  });
}

function validateEndpoints(endpoints: readonly Endpoint[], type: string, path: FieldPath): FieldError[] {
  if (endpoints.length > maxEndpoints) return [tooMany(path, endpoints.length, maxEndpoints)];
  return endpoints.flatMap((endpoint, i) => {
    const at = path.index(i);
    const { nodeName, hostname, hints } = endpoint;
    // Required lists that are left out are null, as in Go.
    const addresses = endpoint.addresses ?? [];
    const errors: FieldError[] = [];
    const addressesPath = at.child('addresses');
    if (addresses.length === 0) errors.push(required(addressesPath, 'must contain at least 1 address'));
    else if (addresses.length > maxAddresses) errors.push(tooMany(addressesPath, addresses.length, maxAddresses));
    errors.push(...addresses.flatMap((address, n) => validateAddress(address, type, addressesPath, n)));
    if (nodeName !== undefined) errors.push(...invalids(at.child('nodeName'), nodeName, nameIsDnsSubdomain(nodeName, false)));
    if (hostname !== undefined) errors.push(...invalids(at.child('hostname'), hostname, isDns1123Label(hostname)));
    if (hints) errors.push(...validateHints(hints, at.child('hints')));
    return errors;
  });
}

function validateAddress(address: string, type: string, path: FieldPath, index: number): FieldError[] {
  const at = path.index(index);
  if (type === 'FQDN') return validateDomain(address, at);
  if (type !== 'IPv4' && type !== 'IPv6') return [];
  const errors = type === 'IPv4' ? validateLegacyIP(at, address) : validateIP(at, address);
  if (errors.length > 0) return errors;
  const family = parseIP(address)!.version === 4 ? 'IPv4' : 'IPv6';
  // The family is an error of the list, in upstream's answers.
  const wrong = family === type ? [] : [invalid(path, address, `must be an ${type} address`)];
  return [...wrong, ...validateEndpointIP(address, at)];
}

function validateDomain(name: string, path: FieldPath): FieldError[] {
  if (name === '') return [required(path)];
  const domain = name.endsWith('.') ? name.slice(0, -1) : name;
  const problems = isDns1123Subdomain(domain);
  if (problems.length > 0) return [invalid(path, domain, problems.join(','))];
  const labels = domain.split('.');
  if (labels.length < 2) return [invalid(path, domain, 'should be a domain with at least two segments separated by dots')];
  const bad = labels.find((label) => isDns1123Label(label).length > 0);
  return bad === undefined ? [] : [invalid(path, bad, isDns1123Label(bad).join(','))];
}

function validateHints({ forZones = [], forNodes = [] }: EndpointHints, path: FieldPath): FieldError[] {
  const zones = path.child('forZones');
  const nodes = path.child('forNodes');
  if (forZones.length > maxHints) return [tooMany(zones, forZones.length, maxHints)];
  const errors = validateHintNames(forZones, zones, isLabelValue);
  if (forNodes.length > maxHints) return [...errors, tooMany(nodes, forNodes.length, maxHints)];
  return [...errors, ...validateHintNames(forNodes, nodes, (name) => nameIsDnsSubdomain(name, false))];
}

function validateHintNames(hints: readonly { name: string }[], path: FieldPath, check: (name: string) => string[]): FieldError[] {
  const names = new Set<string>();
  return hints.flatMap(({ name }, i) => {
    const at = path.index(i).child('name');
    const repeated = names.has(name) ? [duplicate(at, name)] : [];
    names.add(name);
    return [...repeated, ...invalids(at, name, check(name))];
  });
}
