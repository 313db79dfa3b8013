import { pod as pods } from '../../../api/core/v1/pod.ts';
import { resourceClaim as resourceClaims } from '../../../api/resource.k8s.io/v1/resourceclaim.ts';
import type { AllocationResult, Node, Pod, ResourceV1ResourceClaim } from '../../../openapi/types.ts';
import { formatTime } from '../../machinery/clock.ts';
import { sameJson } from '../../machinery/json-equal.ts';
import { isConflict, messageOf } from '../../runtime/errors.ts';
import { matchesTerm } from '../../runtime/node-selection.ts';
import { Allocation, AllocationImpossible, type AllocatorSources } from '../devices/allocator.ts';
import { hasBindingConditions, isOverdue, readinessOf } from '../devices/binding-conditions.ts';
import { deviceResourcesOf, newExtendedClaim, type RequestMapping, requestsFor } from '../devices/extended-resources.ts';
import { claimsOfPod, isReservedFor } from '../devices/pod-claims.ts';
import { claimText, requestsOfClaim } from '../devices/requests.ts';
import { normalizeByHighest, type Plugin, type Refusal } from '../framework.ts';
import type { Handle } from '../handle.ts';
import type { NodeInfo } from '../node-info.ts';
import { podAmounts } from '../resources.ts';
import { unresolvable, unschedulable } from './refuse.ts';

const name = 'DynamicResources';
const finalizer = 'resource.kubernetes.io/delete-protection';
/** An alternative of a request counts more the earlier it stands; there can be this many. */
const mostAlternatives = 8;
/** Of five attempts. */
const mostConflicts = 4;

export interface DynamicResourcesArguments {
  /** In milliseconds, for devices to be prepared before a pod is bound. */
  readonly bindingTimeout: number;
}

export const defaultDynamicResourcesArguments: DynamicResourcesArguments = { bindingTimeout: 600_000 };

interface Data {
  readonly claims: readonly ResourceV1ResourceClaim[];
  /** Absent where all claims have devices already. */
  readonly sources?: AllocatorSources;
  /** What each node would give to the claims that have nothing yet, in their order. */
  readonly byNode: Map<string, readonly AllocationResult[]>;
  /** Claims whose devices are out of reach of some node. */
  readonly unavailable: Set<ResourceV1ResourceClaim>;
  /** What was decided for each claim. */
  readonly decided: Map<string, AllocationResult>;
  /** What the pod's containers ask for by the names of resources that device classes serve. */
  readonly extended?: ExtendedData;
}

interface ExtendedData {
  /** To be made for it; on each node with other requests. */
  readonly claim: ResourceV1ResourceClaim;
  /** The one that an earlier attempt has made. */
  readonly stale?: ResourceV1ResourceClaim;
  readonly resources: readonly (readonly [resource: string, amount: number])[];
  readonly byNode: Map<string, { readonly claim: ResourceV1ResourceClaim; readonly mappings: readonly RequestMapping[] }>;
  /** Made by this attempt. */
  made?: ResourceV1ResourceClaim;
}

/** Pods whose claims want devices go to nodes that have such devices left (KEP-4381). */
export function dynamicResources({ bindingTimeout }: DynamicResourcesArguments, handle: Handle): Plugin {
  const { client, context } = handle;
  const devices = handle.devices();
  const api = client.resource<ResourceV1ResourceClaim>(resourceClaims);

  function refusalFor(pod: Pod): Refusal | undefined {
    try {
      claimsOfPod(pod, devices);
      return undefined;
    } catch (error) {
      return unresolvable(name, messageOf(error));
    }
  }

  /** Why no node can be found for a claim that has no devices yet. */
  function obstacleTo(claim: ResourceV1ResourceClaim): string | undefined {
    if (devices.isPending(claim.metadata!.uid!)) return `resource claim ${claimText(claim)} is in the process of being allocated`;
    for (const { name: request, exactly, firstAvailable = [] } of requestsOfClaim(claim)) {
      const wanted = exactly
        ? [[request, exactly.deviceClassName] as const]
        : firstAvailable.map((each) => [`${request}/${each.name}`, each.deviceClassName] as const);
      for (const [requestName, className] of wanted) {
        if (!devices.classOf(className)) return `request ${requestName}: device class ${className} does not exist`;
      }
    }
    return undefined;
  }

  function isOutOfReach({ status }: ResourceV1ResourceClaim, node: Node): boolean {
    const selector = status?.allocation?.nodeSelector;
    return selector !== undefined && !selector.nodeSelectorTerms.some((term) => matchesTerm(term, node));
  }

  /** Writes the allocation and that the pod uses it. */
  async function bindClaim(
    stale: ResourceV1ResourceClaim,
    allocation: AllocationResult | undefined,
    pod: Pod,
  ): Promise<ResourceV1ResourceClaim> {
    const { namespace, name: claimName } = stale.metadata!;
    let claim = stale;
    const text = claimText(claim);
    for (let conflicts = 0; ; conflicts++) {
      let writing = '';
      try {
        if (conflicts > 0) {
          writing = `get updated claim ${text} after conflict: `;
          claim = await api.get(namespace!, claimName!);
          writing = '';
        }
        if (claim.metadata!.deletionTimestamp) throw new Error(`claim ${text} got deleted in the meantime`);
        if (allocation && claim.status?.allocation) throw new Error(`claim ${text} got allocated elsewhere in the meantime`);
        if (!allocation && !claim.status?.allocation) throw new Error(`claim ${text} got deallocated elsewhere in the meantime`);
        if (allocation && !claim.metadata!.finalizers?.includes(finalizer)) {
          const finalizers = [...(claim.metadata!.finalizers ?? []), finalizer];
          writing = `add finalizer to claim ${text}: `;
          claim = await api.update(namespace!, { ...claim, metadata: { ...claim.metadata, finalizers } });
        }
        const reservation = { resource: 'pods', name: pod.metadata!.name!, uid: pod.metadata!.uid! };
        const given = allocation ?? claim.status!.allocation!;
        const allocationTimestamp = given.allocationTimestamp ?? formatTime(context.clock.now());
        const status = {
          ...claim.status,
          allocation: { ...given, allocationTimestamp },
          reservedFor: [...(claim.status?.reservedFor ?? []), reservation],
        };
        writing = `add ${allocation ? 'allocation and ' : ''}reservation to claim ${text}: `;
        return await api.update(namespace!, { ...claim, status }, { subresource: 'status' });
      } catch (error) {
        if (!isConflict(error) || conflicts === mostConflicts) throw new Error(`${writing}${messageOf(error)}`, { cause: error });
      }
    }
  }

  /** Resolves when the drivers have prepared the devices. @throws Error where that fails or takes too long */
  function prepared(claims: readonly ResourceV1ResourceClaim[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (end: () => void) => {
        stopWatching();
        timer.cancel();
        end();
      };
      const check = () => {
        for (const { metadata } of claims) {
          const claim = devices.claims.get(metadata!.namespace!, metadata!.name!);
          if (!claim) return finish(() => reject(new Error(`could not find *v1.ResourceClaim "${metadata!.namespace}/${metadata!.name}"`)));
          const readiness = readinessOf(claim);
          if (readiness.state === 'failed') return finish(() => reject(new Error(readiness.message)));
          if (readiness.state === 'waiting') return;
        }
        finish(resolve);
      };
      const stopWatching = devices.onChange(check);
      const late = () => finish(() => reject(new Error('device binding timeout: context deadline exceeded')));
      const timer = context.clock.timer(bindingTimeout, late, { background: true });
      check();
    });
  }

  return {
    name,
    events: [
      { resource: 'Node', actions: ['add', 'updateNodeLabel', 'updateNodeAllocatable'] },
      { resource: 'ResourceClaim', actions: ['add', 'update'], hint: (pod, { object, old }) => claimMayHelp(pod, object, old) },
      {
        resource: 'Pod',
        actions: ['updatePodGeneratedResourceClaim'],
        hint: (pod, { object }) => pod.metadata!.uid === object.metadata.uid && !refusalFor(object),
      },
      { resource: 'DeviceClass', actions: ['add', 'update'] },
      { resource: 'ResourceSlice', actions: ['add', 'update'] },
    ],
    preEnqueue: refusalFor,
    preFilter(state, pod) {
      const data = { byNode: new Map(), unavailable: new Set<ResourceV1ResourceClaim>(), decided: new Map() };
      state.data.set(name, { ...data, claims: [] } satisfies Data);
      let claims: ResourceV1ResourceClaim[];
      try {
        claims = claimsOfPod(pod, devices);
      } catch (error) {
        return { refusal: unresolvable(name, messageOf(error)) };
      }
      const extended = extendedOf(pod);
      if (claims.length === 0 && !extended) return { skip: true };
      const unallocated = claims.filter(({ status }) => !status?.allocation);
      for (const claim of unallocated) {
        const obstacle = obstacleTo(claim);
        if (obstacle) return { refusal: unresolvable(name, obstacle) };
      }
      state.data.set(name, {
        ...data,
        claims,
        ...(unallocated.length > 0 || extended ? { sources: devices.allocatorSources() } : {}),
        ...(extended ? { extended } : {}),
      } satisfies Data);
      return undefined;
    },
    filter(state, pod, nodeInfo) {
      const { node, name: nodeName } = nodeInfo;
      const { claims, sources, byNode, unavailable, extended } = state.data.get(name) as Data;
      if (extended?.stale) return unschedulable(name, 'cannot schedule extended resource claim');
      const own = extended && extendedOn(extended, pod, nodeInfo);
      if (own === 'nothing') return unschedulable(name, 'cannot fit resource');
      const wanted = [...claims.filter(({ status }) => !status?.allocation), ...(own ? [own.claim] : [])];
      const out = claims.filter(
        (claim) =>
          claim.status?.allocation &&
          (isOutOfReach(claim, node) ||
            readinessOf(claim).state === 'failed' ||
            (readinessOf(claim).state === 'waiting' && isOverdue(claim, context.clock.now(), bindingTimeout))),
      );
      if (sources && wanted.length > 0) {
        let allocations: AllocationResult[] | undefined;
        try {
          allocations = new Allocation(sources, node, wanted).run();
        } catch (error) {
          if (error instanceof AllocationImpossible) return unresolvable(name, error.message);
          throw error;
        }
        if (!allocations) return unresolvable(name, 'cannot allocate all claims');
        byNode.set(nodeName, allocations);
        if (own) extended!.byNode.set(nodeName, own);
      }
      if (out.length === 0) return undefined;
      for (const claim of out) unavailable.add(claim);
      return unresolvable(name, 'resourceclaim not available on the node');
    },
    postFilter(state, pod) {
      const data = state.data.get(name) as Data | undefined;
      // As kube-scheduler says it, where an earlier plugin refused the pod before this one saw it.
      if (!data) throw new Error('not found');
      if (data.claims.length === 0 && !data.extended) return { reasons: ['no new claims to deallocate'] };
      for (const claim of data.unavailable) {
        const users = claim.status?.reservedFor ?? [];
        if (users.length > 1 || (users.length === 1 && !isReservedFor(pod, claim))) continue;
        const { allocation: _, reservedFor: __, devices: ___, ...status } = claim.status!;
        api
          .update(claim.metadata!.namespace!, { ...claim, status }, { subresource: 'status' })
          .catch((error) => context.logger.debug({ claim: claimText(claim), error }, 'a claim was not given back'));
        return { reasons: ['deallocation of ResourceClaim completed'] };
      }
      const stale = data.extended?.stale;
      if (stale) {
        discard(stale);
        return { reasons: ['deletion of ResourceClaim completed'] };
      }
      return { reasons: ['still not schedulable'] };
    },
    score(state, _pod, { name: nodeName }) {
      const { claims, byNode } = state.data.get(name) as Data;
      if (claims.length === 0) return 0;
      const given = byNode.get(nodeName)?.values();
      let total = 0;
      for (const claim of claims) {
        const allocation = claim.status?.allocation ?? given?.next().value;
        const results = new Set((allocation?.devices?.results ?? []).map(({ request }) => request));
        for (const { name: request, firstAvailable = [] } of requestsOfClaim(claim)) {
          for (const [i, alternative] of firstAvailable.entries())
            if (results.has(`${request}/${alternative.name}`)) total += mostAlternatives - i;
        }
      }
      return total;
    },
    normalize: (_state, _pod, scores) => normalizeByHighest(scores, false),
    reserve(state, _pod, node) {
      const { claims, byNode, decided, extended } = state.data.get(name) as Data;
      const given = byNode.get(node)?.values();
      const own = extended?.byNode.get(node);
      for (const claim of own ? [...claims, own.claim] : claims) {
        if (claim.status?.allocation) continue;
        const allocation = given?.next().value;
        if (!allocation) throw new Error('claim allocation not found for node');
        decided.set(claim.metadata!.uid!, allocation);
        devices.startAllocation({ ...claim, status: { ...claim.status, allocation } });
      }
      return undefined;
    },
    unreserve(state, pod) {
      const extended = (state.data.get(name) as Data | undefined)?.extended;
      if (extended) {
        for (const claim of [extended.claim, extended.made]) if (claim) devices.cancelAllocation(claim.metadata!.uid!);
        if (extended.made) discard(extended.made);
      }
      for (const { metadata } of (state.data.get(name) as Data | undefined)?.claims ?? []) {
        const claim = devices.claims.get(metadata!.namespace!, metadata!.name!);
        devices.cancelAllocation(metadata!.uid!);
        if (!claim?.status?.allocation || !isReservedFor(pod, claim)) continue;
        const patch = { metadata: { uid: metadata!.uid }, status: { reservedFor: [{ $patch: 'delete', uid: pod.metadata!.uid }] } };
        api
          .patch(metadata!.namespace!, metadata!.name!, 'application/strategic-merge-patch+json', patch, { subresource: 'status' })
          .catch((error) => context.logger.debug({ claim: claimText(claim), error }, 'a reservation was not given back'));
      }
    },
    preBindPreFlight(state, _pod, node) {
      const { claims, extended } = state.data.get(name) as Data;
      return claims.length > 0 || extended?.byNode.has(node) === true;
    },
    async preBind(state, pod, node) {
      const { claims, decided, extended } = state.data.get(name) as Data;
      const bound: ResourceV1ResourceClaim[] = [];
      for (const claim of claims) {
        if (isReservedFor(pod, claim)) {
          bound.push(claim);
          continue;
        }
        const written = await bindClaim(claim, decided.get(claim.metadata!.uid!), pod);
        devices.claims.assume(written);
        bound.push(written);
      }
      const own = extended?.byNode.get(node);
      if (own) bound.push(await makeExtended(extended!, own, decided.get(own.claim.metadata!.uid!)!, pod));
      if (!bound.some(hasBindingConditions)) return;
      const note = `waiting for binding conditions for device on node ${node}`;
      handle.events.record(pod, 'Normal', 'BindingConditionsPending', 'Scheduling', note);
      await prepared(bound);
    },
  };

  /** What of a pod's requests device classes serve; undefined where nothing of it. */
  function extendedOf(pod: Pod): ExtendedData | undefined {
    const resources = deviceResourcesOf(podAmounts(pod).requests);
    if (!resources.some(([resource]) => devices.classServing(resource))) return undefined;
    const stale = devices.extendedClaimOf(pod);
    return { claim: newExtendedClaim(pod, context.random.uuid()), resources, byNode: new Map(), ...(stale ? { stale } : {}) };
  }

  /** The claim as it is for one node: for what the node does not have itself. @returns 'nothing' where nobody has some of it, undefined where the node has all */
  function extendedOn({ claim, resources }: ExtendedData, pod: Pod, { allocatable }: NodeInfo) {
    const served: string[] = [];
    for (const [resource] of resources) {
      if (devices.classServing(resource) && !allocatable.get(resource)) served.push(resource);
      else if (!allocatable.has(resource)) return 'nothing';
    }
    if (served.length === 0) return undefined;
    const { requests, mappings } = requestsFor(pod, served, (resource) => devices.classServing(resource)!);
    return { claim: { ...claim, spec: { devices: { requests } } } as ResourceV1ResourceClaim, mappings };
  }

  /** Makes the claim, with what was decided for it, and tells the pod of it. */
  async function makeExtended(
    extended: ExtendedData,
    { claim, mappings }: { readonly claim: ResourceV1ResourceClaim; readonly mappings: readonly RequestMapping[] },
    allocation: AllocationResult,
    pod: Pod,
  ): Promise<ResourceV1ResourceClaim> {
    const { uid, ...metadata } = claim.metadata!;
    const { namespace, name: podName } = pod.metadata!;
    const made = await api.create(namespace!, { ...claim, metadata });
    extended.made = made;
    // The devices stay given away, to the claim by its own uid from now on.
    devices.startAllocation({ ...made, status: { allocation } });
    devices.cancelAllocation(uid!);
    const bound = await bindClaim(made, allocation, pod);
    const extendedResourceClaimStatus = { requestMappings: mappings, resourceClaimName: bound.metadata!.name };
    const patch = { metadata: { uid: pod.metadata!.uid }, status: { extendedResourceClaimStatus } };
    await client.resource(pods).patch(namespace!, podName!, 'application/strategic-merge-patch+json', patch, { subresource: 'status' });
    return bound;
  }

  /** Deletes a claim that was made for a pod which did not come to its node. */
  function discard({ metadata }: ResourceV1ResourceClaim): void {
    const { namespace, name: claimName, uid, finalizers = [] } = metadata!;
    const patch = { metadata: { uid, finalizers: finalizers.length > 0 ? null : undefined } };
    api
      .patch(namespace!, claimName!, 'application/merge-patch+json', patch)
      .then(() => api.delete(namespace!, claimName!, { preconditions: { uid: uid! } }))
      .catch((error) => context.logger.debug({ claim: `${namespace}/${claimName}`, error }, 'a claim was not deleted'));
  }

  /** A claim of somebody else's may help when it gives its devices back, one of the pod's own whenever its status changes. */
  function claimMayHelp(pod: Pod, claim: ResourceV1ResourceClaim, old: ResourceV1ResourceClaim | undefined): boolean {
    let own: ResourceV1ResourceClaim[];
    try {
      own = claimsOfPod(pod, devices);
    } catch {
      return false; // It still lacks one of its claims.
    }
    if (old?.status?.allocation && !claim.status?.allocation) return true;
    if (!own.some(({ metadata }) => metadata!.uid === claim.metadata!.uid)) return false;
    return !old || !sameJson(claim.status ?? {}, old.status ?? {});
  }
}
