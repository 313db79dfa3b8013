import { classPrefix, extendedClaimAnnotation } from '../../../api/resource.k8s.io/v1/extended-resources.ts';
import type { Container, DeviceClass, DeviceRequest, Pod, ResourceV1ResourceClaim } from '../../../openapi/types.ts';
import { isExtendedResource, type ReadonlyAmounts } from '../resources.ts';

/** Which container gets which request of the claim. */
export interface RequestMapping {
  readonly containerName: string;
  readonly resourceName: string;
  readonly requestName: string;
}

/** What a pod asks for by names that device classes may serve. */
export function deviceResourcesOf(requests: ReadonlyAmounts): [resource: string, amount: number][] {
  return [...requests].filter(([name, amount]) => amount > 0 && (isExtendedResource(name) || name.startsWith(classPrefix)));
}

/**
 * The requests of the claim for these resources, and who uses which. Containers that run side by side have a request each; init containers, which run
 * before, use what later ones will have, and ask for what they need beyond that.
 */
export function requestsFor(
  { spec }: Pod,
  resources: readonly string[],
  classOf: (resource: string) => DeviceClass,
): { requests: DeviceRequest[]; mappings: RequestMapping[] } {
  const init = spec!.initContainers ?? [];
  const containers = [...init, ...(spec!.containers ?? [])];
  const isShort = (index: number) => index < init.length && containers[index]!.restartPolicy !== 'Always';
  const requests: DeviceRequest[] = [];
  const mappings: RequestMapping[] = [];
  for (const resource of [...resources].sort()) {
    const className = classOf(resource).metadata!.name!;
    const lasting = new Map<number, DeviceRequest>();
    const before: RequestMapping[] = [];
    for (const [index, container] of containers.entries()) {
      if (isShort(index)) continue;
      const own = requestOf(container, index, resource, className, []);
      if (own.request) lasting.set(index, own.request);
      mappings.push(...own.mappings);
    }
    const short: DeviceRequest[] = [];
    for (const [index, container] of containers.entries()) {
      if (!isShort(index)) continue;
      const usable = [...lasting].filter(([at]) => at >= index).map(([, request]) => request);
      const own = requestOf(container, index, resource, className, usable);
      if (own.request) short.push(own.request);
      before.push(...own.mappings);
    }
    // One after the other, they can all do with what the greediest of them needs.
    const greediest = short.reduce<DeviceRequest | undefined>(
      (most, each) => (most && countOf(most) >= countOf(each) ? most : each),
      undefined,
    );
    const names = new Set(short.map(({ name }) => name));
    mappings.push(...before.map((mapping) => (names.has(mapping.requestName) ? { ...mapping, requestName: greediest!.name } : mapping)));
    if (greediest) requests.push(greediest);
    requests.push(...lasting.values());
  }
  return { requests: requests.sort((a, b) => (a.name < b.name ? -1 : 1)), mappings };
}

function countOf({ exactly }: DeviceRequest): number {
  return exactly?.count ?? 0;
}

/** @param usable requests of others that the container can use first */
function requestOf(
  { name, resources }: Container,
  index: number,
  resourceName: string,
  deviceClassName: string,
  usable: readonly DeviceRequest[],
): { request?: DeviceRequest; mappings: RequestMapping[] } {
  const asked = resources?.requests ?? {};
  const amount = Number(asked[resourceName] ?? 0);
  const mappings: RequestMapping[] = [];
  if (!(amount > 0)) return { mappings };
  let had = 0;
  for (const other of usable) {
    had += countOf(other);
    mappings.push({ containerName: name, resourceName, requestName: other.name });
    if (had >= amount) return { mappings };
  }
  const requestName = `container-${index}-request-${Object.keys(asked).sort().indexOf(resourceName)}`;
  mappings.push({ containerName: name, resourceName, requestName });
  const exactly = { deviceClassName, allocationMode: 'ExactCount', count: amount - had };
  return { request: { name: requestName, exactly } as DeviceRequest, mappings };
}

/** The claim to be made for a pod; it has no name and no requests yet. @param uid one to know it by until it is made */
export function newExtendedClaim({ metadata }: Pod, uid: string): ResourceV1ResourceClaim {
  const { name, namespace, uid: owner } = metadata!;
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: {
      namespace,
      uid,
      generateName: `${name}-extended-resources-`,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid: owner, controller: true }],
      annotations: { [extendedClaimAnnotation]: 'true' },
    },
    spec: { devices: {} },
  } as ResourceV1ResourceClaim;
}

/** Whether a claim was made for what this pod's containers ask for. */
export function isExtendedClaimOf({ metadata }: ResourceV1ResourceClaim, pod: Pod): boolean {
  if (metadata!.annotations?.[extendedClaimAnnotation] !== 'true' || metadata!.deletionTimestamp) return false;
  return (metadata!.ownerReferences ?? []).some(({ uid, controller }) => controller && uid === pod.metadata!.uid);
}
