/** Lists of resources (`cpu: 500m`): sums, a pod's requests and limits, its quality of service. */
import { parseQuantity, Quantity } from './quantity.ts';

export type ResourceTexts = Readonly<Record<string, string>>;
export type ResourceAmounts = Map<string, Quantity>;

interface ContainerResources {
  readonly restartPolicy?: string;
  readonly resources?: { readonly requests?: ResourceTexts; readonly limits?: ResourceTexts };
}

interface PodResources {
  readonly containers?: readonly ContainerResources[];
  readonly initContainers?: readonly ContainerResources[];
  readonly overhead?: ResourceTexts;
  readonly resources?: { readonly requests?: ResourceTexts; readonly limits?: ResourceTexts };
}

type Part = 'requests' | 'limits';

/** Resources that a pod may state as a whole (`spec.resources`), besides huge pages. */
const podLevelResources = new Set(['cpu', 'memory']);

export function isPodLevelResource(name: string): boolean {
  return podLevelResources.has(name) || name.startsWith('hugepages-');
}

export function parseResources(list: ResourceTexts | undefined): ResourceAmounts {
  return new Map(Object.entries(list ?? {}).map(([name, text]) => [name, parseQuantity(text)]));
}

export function printResources(amounts: ReadonlyMap<string, Quantity>): Record<string, string> {
  return Object.fromEntries([...amounts].map(([name, amount]) => [name, amount.toString()]));
}

/** Adds `more` to `total` in place. */
export function addResources(total: ResourceAmounts, more: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of more) total.set(name, (total.get(name) ?? Quantity.zero).add(amount));
}

/** Raises `total` in place to at least `other`. */
export function maxResources(total: ResourceAmounts, other: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of other) {
    const present = total.get(name);
    if (!present || amount.compare(present) > 0) total.set(name, amount);
  }
}

/** What a pod requests: the larger of its containers with its sidecars and of each init container with the sidecars before it; plus overhead. */
export function podRequests(spec: PodResources): ResourceAmounts {
  return podTotal(spec, 'requests');
}

/** As `podRequests` for limits; overhead counts only for resources that are limited. */
export function podLimits(spec: PodResources): ResourceAmounts {
  return podTotal(spec, 'limits');
}

function podTotal(spec: PodResources, part: Part): ResourceAmounts {
  const total = containersTotal(spec, part);
  for (const [name, amount] of parseResources(spec.resources?.[part])) if (isPodLevelResource(name)) total.set(name, amount);
  for (const [name, amount] of parseResources(spec.overhead)) {
    const present = total.get(name);
    if (part === 'requests' || (present && !present.isZero())) total.set(name, (present ?? Quantity.zero).add(amount));
  }
  return total;
}

/** The containers alone, without the pod's own resources and overhead. */
export function containersTotal(spec: PodResources, part: Part): ResourceAmounts {
  const total: ResourceAmounts = new Map();
  for (const container of spec.containers ?? []) addResources(total, parseResources(container.resources?.[part]));
  const sidecars: ResourceAmounts = new Map();
  const initPeak: ResourceAmounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const own = parseResources(container.resources?.[part]);
    if (container.restartPolicy === 'Always') {
      addResources(total, own);
      addResources(sidecars, own);
      maxResources(initPeak, sidecars);
    } else {
      addResources(own, sidecars);
      maxResources(initPeak, own);
    }
  }
  maxResources(total, initPeak);
  return total;
}

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const qosResources = ['cpu', 'memory'];

/** The quality of service class that the pod's requests and limits of cpu and memory make. */
export function podQosClass(spec: PodResources): QosClass {
  const requests: ResourceAmounts = new Map();
  const limits: ResourceAmounts = new Map();
  let guaranteed = true;
  const count = (resources: ContainerResources['resources']): void => {
    const positive = (part: Part) =>
      [...parseResources(resources?.[part])].filter(([name, amount]) => qosResources.includes(name) && amount.sign() > 0);
    const limited = positive('limits');
    addResources(requests, new Map(positive('requests')));
    addResources(limits, new Map(limited));
    if (limited.length < qosResources.length) guaranteed = false;
  };
  if (spec.resources) count(spec.resources);
  else for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) count(container.resources);
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  const same = requests.size === limits.size && [...requests].every(([name, amount]) => limits.get(name)?.compare(amount) === 0);
  return guaranteed && same ? 'Guaranteed' : 'Burstable';
}
