import type { CoreV1EndpointPort, EndpointAddress, Endpoints } from '../../../openapi/types.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, invalid, notSupported, required } from '../../meta/field.ts';
import { parseIP, validateLegacyIP } from '../../meta/ip.ts';
import { isLinkLocalMulticast, isLinkLocalUnicast, isLoopback } from '../../meta/ip-classes.ts';
import { isDns1123Label, isPortNumber, isQualifiedName, nameIsDnsSubdomain } from '../../meta/names.ts';
import { validateCoreMeta } from './core-meta.validation.ts';
import { invalids } from './volume.validation.ts';

/** An address that traffic may be sent to: not unspecified, loopback or link-local. */
export function validateEndpointIP(text: string, path: FieldPath): FieldError[] {
  const ip = parseIP(text);
  if (!ip) return [invalid(path, text, 'must be a valid IP address')];
  const errors: FieldError[] = [];
  if (ip.bits === 0n) errors.push(invalid(path, text, `may not be unspecified (${text})`));
  if (isLoopback(ip)) {
    errors.push(invalid(path, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'));
  }
  if (isLinkLocalUnicast(ip)) {
    errors.push(invalid(path, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'));
  }
  if (isLinkLocalMulticast(ip)) {
    errors.push(invalid(path, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'));
  }
  return errors;
}

/** @param old of an update; subsets that it has already may stay as they are */
export function validateEndpoints(endpoints: Endpoints, old: Endpoints | undefined): FieldError[] {
  const errors = validateCoreMeta(endpoints.metadata, { namespaced: true });
  if (old && semanticEqual(old.subsets, endpoints.subsets)) return errors;
  (endpoints.subsets ?? []).forEach((subset, i) => {
    const at = FieldPath.of('subsets').index(i);
    const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
    if (addresses.length === 0 && notReadyAddresses.length === 0)
      errors.push(required(at, 'must specify `addresses` or `notReadyAddresses`'));
    errors.push(...addresses.flatMap((address, n) => validateAddress(address, at.child('addresses').index(n))));
    errors.push(...notReadyAddresses.flatMap((address, n) => validateAddress(address, at.child('notReadyAddresses').index(n))));
    errors.push(...ports.flatMap((port, n) => validateEndpointPort(port, ports.length > 1, at.child('ports').index(n))));
  });
  return errors;
}

function validateAddress(address: EndpointAddress, path: FieldPath): FieldError[] {
  const { ip = '', hostname, nodeName } = address;
  const errors = validateLegacyIP(path.child('ip'), ip);
  if (hostname) errors.push(...invalids(path.child('hostname'), hostname, isDns1123Label(hostname)));
  if (nodeName !== undefined) errors.push(...invalids(path.child('nodeName'), nodeName, nameIsDnsSubdomain(nodeName, false)));
  return [...errors, ...validateEndpointIP(ip, path.child('ip'))];
}

function validateEndpointPort(port: CoreV1EndpointPort, needsName: boolean, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (needsName && !port.name) errors.push(required(path.child('name')));
  else if (port.name) errors.push(...invalids(path.child('name'), port.name, isDns1123Label(port.name)));
  errors.push(...invalids(path.child('port'), port.port ?? 0, isPortNumber(port.port ?? 0)));
  const protocols = ['SCTP', 'TCP', 'UDP'];
  if (!port.protocol) errors.push(required(path.child('protocol')));
  else if (!protocols.includes(port.protocol)) errors.push(notSupported(path.child('protocol'), port.protocol, protocols));
  if (port.appProtocol !== undefined)
    errors.push(...invalids(path.child('appProtocol'), port.appProtocol, isQualifiedName(port.appProtocol)));
  return errors;
}
