/** What a pod's status says of the resources that its containers were given. */
import type { Container, ContainerStatus, Pod } from '../../../openapi/types.ts';
import { duplicate, type FieldError, type FieldPath, forbidden, invalid, notSupported, required, tooLong } from '../../meta/field.ts';
import { isDns1123Label, nameIsDnsSubdomain } from '../../meta/names.ts';
import { byteLength } from '../../meta/text.ts';
import { invalids } from './volume.validation.ts';

const healths = ['Healthy', 'Unhealthy', 'Unknown'];
const maxMessageBytes = 1024;

/** The health of what containers were given: under the names of their requests or claims, each device once. */
export function validateAllocatedResources(pod: Pod, path: FieldPath): FieldError[] {
  const of = (field: 'containerStatuses' | 'initContainerStatuses', containers: readonly Container[] | undefined) =>
    (pod.status?.[field] ?? []).flatMap((status, i) => validateResources(status, containers, path.child(field).index(i)));
  const ephemeral = (pod.status?.ephemeralContainerStatuses ?? []).flatMap((status, i) => {
    if (!status.allocatedResourcesStatus?.length) return [];
    return [
      forbidden(
        path.child('ephemeralContainerStatuses').index(i).child('allocatedResourcesStatus'),
        'must not be specified in container status',
      ),
    ];
  });
  return [...of('containerStatuses', pod.spec?.containers), ...of('initContainerStatuses', pod.spec?.initContainers), ...ephemeral];
}

function validateResources(status: ContainerStatus, containers: readonly Container[] | undefined, at: FieldPath): FieldError[] {
  const container = containers?.find(({ name }) => name === status.name);
  return (status.allocatedResourcesStatus ?? []).flatMap(({ name = '', resources = [] }, j) => {
    const own = at.child('allocatedResourcesStatus').index(j);
    const errors: FieldError[] = container ? validateResourceName(name, container, own.child('name')) : [];
    const seen = new Set<string>();
    resources.forEach(({ resourceID = '', health = '', message }, k) => {
      const place = own.child('resources').index(k);
      if (!healths.includes(health)) errors.push(notSupported(place.child('health'), health, healths));
      if (message === '') errors.push(required(place.child('message'), 'must be non-empty if specified'));
      else if (byteLength(message ?? '') > maxMessageBytes) errors.push(tooLong(place.child('message'), maxMessageBytes));
      if (seen.has(resourceID)) errors.push(duplicate(place.child('resourceID'), resourceID));
      seen.add(resourceID);
    });
    return errors;
  });
}

function validateResourceName(name: string, { resources }: Container, path: FieldPath): FieldError[] {
  if (!name.startsWith('claim:')) {
    if (resources?.requests?.[name] !== undefined) return [];
    return [invalid(path, name, "must match one of the container's resource requests")];
  }
  const claims = (resources?.claims ?? []).map((claim) => `claim:${claim.name}${claim.request ? `/${claim.request}` : ''}`);
  if (claims.includes(name)) return [];
  const detail =
    "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty";
  return [invalid(path, name, detail)];
}

/** The claim that stands for the extended resources of a pod's containers. */
export function validateExtendedResourceClaim({ spec, status }: Pod, path: FieldPath): FieldError[] {
  const claim = status?.extendedResourceClaimStatus;
  if (!claim) return [];
  const containers = new Map(
    [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map((container) => [container.name, container]),
  );
  const list = path.child('requestMappings');
  const mappings = claim.requestMappings ?? [];
  const errors: FieldError[] = mappings.length === 0 ? [required(list, 'at least one request mapping is required')] : [];
  const seen = new Set<string>();
  mappings.forEach(({ containerName = '', resourceName = '', requestName = '' }, i) => {
    const at = list.index(i);
    const container = containers.get(containerName);
    const places = (lists: string) => `spec.initContainers.${lists} or spec.containers.${lists}`;
    if (!container) {
      errors.push(invalid(at.child('containerName'), containerName, `must match the name of an entry in ${places('name')}`));
    } else if (container.resources?.requests?.[resourceName] === undefined) {
      const detail = `must match the extended resource name of an entry in ${places('resources.requests')}`;
      errors.push(invalid(at.child('resourceName'), resourceName, detail));
    }
    errors.push(...invalids(path.child('requestName'), requestName, isDns1123Label(requestName)));
    const key = JSON.stringify([containerName, resourceName, requestName]);
    if (seen.has(key)) {
      errors.push(duplicate(at.child('containerName'), containerName), duplicate(at.child('resourceName'), resourceName));
      errors.push(duplicate(at.child('requestName'), requestName));
    }
    seen.add(key);
  });
  const name = claim.resourceClaimName;
  if (!name) return [...errors, required(path.child('resourceClaimName'))];
  return [...errors, ...invalids(path.child('resourceClaimName'), name, nameIsDnsSubdomain(name, false))];
}
