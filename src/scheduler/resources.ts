import { parseQuantity, type Quantity } from '../../api/meta/quantity.ts';
import { podRequests } from '../../api/meta/resources.ts';
import type { Container, ContainerStatus, Pod } from '../../openapi/types.ts';
import { Memo } from '../machinery/memo.ts';

/** Amounts by resource: CPU in thousandths, all others in their base unit. */
export type Amounts = Map<string, number>;
export type ReadonlyAmounts = ReadonlyMap<string, number>;

type Texts = Readonly<Record<string, string>>;

export function amountsOf(list: Texts | undefined): Amounts {
  const amounts: Amounts = new Map();
  for (const [name, text] of Object.entries(list ?? {})) {
    if (name === 'pods' || isCounted(name)) amounts.set(name, amountOf(name, parseQuantity(text)));
  }
  return amounts;
}

export function amountOf(name: string, quantity: Quantity): number {
  return name === 'cpu' ? quantity.milliValue() : quantity.value();
}

/** The resources that a node's room is counted in: the three basic ones, and those that have a name of somebody else's or of a kind. */
function isCounted(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || isScalarResource(name);
}

/** Extended resources, huge pages and attachable volumes. */
export function isScalarResource(name: string): boolean {
  return name.includes('/') || name.startsWith('hugepages-') || name.startsWith('attachable-volumes-');
}

/** A resource that is not Kubernetes' own: its name has a domain other than kubernetes.io. */
export function isExtendedResource(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');
}

/** What a pod asks for and takes, as the plugins count it. Shared by all pods with the same text. */
export interface PodAmounts {
  /** All that the amounts come from. */
  readonly text: string;
  /** As filters count it. */
  readonly requests: ReadonlyAmounts;
  /** What a pod on a node takes of it: while its containers are resized, the larger of what they have and what they should have (KEP-1287). */
  readonly taken: ReadonlyAmounts;
  /**
   * What a pod on a node counts for the scores. Where it states requests as a whole, containers are assumed to use only what nothing
   * states.
   */
  readonly scoredTaken: ScoredRequests;
  /** What a pod that looks for a node would count for the scores. */
  readonly scoredRequests: ScoredRequests;
}

/** A cluster has few sorts of pods at one time. */
const alike = new Memo<PodAmounts>(256);

/** Several plugins ask about one pod in a cycle. */
const byPod = new WeakMap<Pod, PodAmounts>();

export function podAmounts(pod: Pod): PodAmounts {
  let amounts = byPod.get(pod);
  if (!amounts) byPod.set(pod, (amounts = countAmounts(pod)));
  return amounts;
}

function countAmounts(pod: Pod): PodAmounts {
  const text = JSON.stringify([statedBySpec(pod), statedByStatus(pod)]);
  return alike.get(text, () => {
    const spec = pod.spec!;
    const effective = effectiveSpec(pod);
    return {
      text,
      requests: countedRequests(spec),
      taken: countedRequests(effective),
      scoredTaken: scoredTaken(effective),
      scoredRequests: scored(effective, assumedRequests),
    };
  });
}

/** What of a spec decides what the pod asks for. */
function statedBySpec({ spec }: Pod): unknown[] {
  const { containers = [], initContainers = [], overhead, resources } = spec as Spec;
  const ofContainer = ({ name, restartPolicy, resources: own }: Container) => [name, restartPolicy, own?.requests];
  return [containers.map(ofContainer), initContainers.map(ofContainer), overhead, resources?.requests];
}

/** What of a status decides what the pod takes: nothing in nearly all. */
export function statedByStatus({ status }: Pod): unknown[] | undefined {
  if (!status) return undefined;
  const { containerStatuses = [], initContainerStatuses = [], conditions = [] } = status;
  const stated: unknown[] = [];
  for (const { name, resources, allocatedResources } of [...containerStatuses, ...initContainerStatuses])
    if (resources || allocatedResources) stated.push([name, resources, allocatedResources]);
  const { resources, allocatedResources } = status as { resources?: unknown; allocatedResources?: unknown };
  if (resources || allocatedResources) stated.push([resources, allocatedResources]);
  return stated.length > 0 ? [...stated, conditions.find(({ type }) => type === 'PodResizePending')?.reason] : undefined;
}

function countedRequests(spec: Spec): Amounts {
  const amounts: Amounts = new Map();
  for (const [name, quantity] of podRequests(spec as Parameters<typeof podRequests>[0])) {
    if (isCounted(name)) amounts.set(name, amountOf(name, quantity));
  }
  return amounts;
}

/** What a container without requests is taken to use, so that such pods spread as well. */
const assumedRequests: Texts = { cpu: '100m', memory: '209715200' };

export interface ScoredRequests {
  readonly cpu: number;
  readonly memory: number;
}

function scoredTaken(spec: Spec): ScoredRequests {
  if (!Object.keys(spec.resources?.requests ?? {}).length) return scored(spec, assumedRequests);
  const stated = countedRequests(spec);
  return scored(spec, Object.fromEntries(Object.entries(assumedRequests).filter(([name]) => !stated.has(name))));
}

function scored(spec: Spec, assumed: Texts): ScoredRequests {
  const filled = countedRequests(withRequests(spec, (container) => ({ ...assumed, ...container.resources?.requests })));
  return { cpu: filled.get('cpu') ?? 0, memory: filled.get('memory') ?? 0 };
}

type Spec = Pod['spec'] & { resources?: { requests?: Texts } };

function withRequests(spec: Spec, requestsFor: (container: Container) => Texts | undefined): Spec {
  const change = (container: Container) => ({ ...container, resources: { requests: requestsFor(container) as any } });
  return { ...spec, containers: (spec.containers ?? []).map(change), initContainers: (spec.initContainers ?? []).map(change) } as Spec;
}

/** The spec with the requests that count while resizes are on their way. */
function effectiveSpec(pod: Pod): Spec {
  const spec = pod.spec as Spec;
  const statuses = new Map<string, ContainerStatus>();
  for (const status of [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]) {
    if (status.resources) statuses.set(status.name, status);
  }
  const whole = (pod.status as any)?.resources?.requests as Texts | undefined;
  if (statuses.size === 0 && !whole) return spec;
  const infeasible = (pod.status?.conditions ?? []).some(({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible');
  const effective = (asked: Texts | undefined, actual: Texts | undefined, allocated: Texts | undefined) =>
    largest([...(infeasible ? [] : [asked]), actual, allocated]);
  const resized = withRequests(spec, (container) => {
    const status = statuses.get(container.name);
    const asked = container.resources?.requests;
    return status ? effective(asked, status.resources!.requests, status.allocatedResources) : asked;
  });
  if (!whole || !spec.resources?.requests) return resized;
  const requests = effective(spec.resources.requests, whole, (pod.status as any).allocatedResources);
  return { ...resized, resources: { requests } };
}

function largest(lists: readonly (Texts | undefined)[]): Texts {
  const result: Record<string, string> = {};
  for (const list of lists) {
    for (const [name, text] of Object.entries(list ?? {})) {
      const present = result[name];
      if (present === undefined || parseQuantity(text).compare(parseQuantity(present)) > 0) result[name] = text;
    }
  }
  return result;
}
