import { parseQuantity } from '../../api/meta/quantity.ts';
import type { Container, ContainerStatus, Pod } from '../../openapi/types.ts';

type Resources = NonNullable<Container['resources']>;

/** A resize that the pod's node cannot give yet: the containers keep what they have (KEP-1287). */
export interface PendingResize {
  readonly message: string;
  /** What the containers have, by name. */
  readonly resources: ReadonlyMap<string, Resources>;
  /** Of the pod that asks for it. */
  readonly generation: number | undefined;
}

/** A container that is to have other resources than it has. */
export interface Resize {
  readonly container: Container;
  readonly was: Resources;
}

const resizable = ['cpu', 'memory'] as const;

/** The containers whose status tells of other resources than the pod asks for. */
export function resizesOf({ spec, status }: Pod): Resize[] {
  const containers = [...(spec!.initContainers ?? []), ...(spec!.containers ?? [])];
  return containers.flatMap((container) => {
    const was = statusOf(status, container.name)?.resources;
    return was && resizable.some((name) => differs(name, container.resources ?? {}, was)) ? [{ container, was }] : [];
  });
}

/** Whether the container's own policy asks for another start with its new resources. */
export function needsRestart({ container, was }: Resize): boolean {
  return (container.resizePolicy ?? []).some(
    ({ resourceName, restartPolicy }) => restartPolicy === 'RestartContainer' && differs(resourceName, container.resources ?? {}, was),
  );
}

/** As a kubelet's events tell of a resize. @param error why it cannot be */
export function resizeText(pod: Pod, what: string, error?: string): string {
  const summary = (containers: readonly Container[] = []) => containers.map(({ name, resources = {} }) => ({ name, resources }));
  const { initContainers, containers } = pod.spec!;
  const told = {
    ...(initContainers?.length ? { initContainers: summary(initContainers) } : {}),
    containers: summary(containers),
    generation: pod.metadata!.generation ?? 0,
    ...(error ? { error } : {}),
  };
  return `Pod resize ${what}: ${JSON.stringify(told)}`;
}

function statusOf(status: Pod['status'], name: string): ContainerStatus | undefined {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].find((candidate) => candidate.name === name);
}

function differs(name: string, now: Resources, was: Resources): boolean {
  return (['requests', 'limits'] as const).some((list) => amountOf(now[list]?.[name]) !== amountOf(was[list]?.[name]));
}

function amountOf(quantity: string | undefined): number | undefined {
  return quantity === undefined ? undefined : parseQuantity(quantity).milliValue();
}
