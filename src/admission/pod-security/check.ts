import { sorted } from '../../../api/meta/text.ts';
import type { Container, ObjectMeta, PodSpec } from '../../../openapi/types.ts';

/** What of a pod, or of a template of pods, the standards look at. */
export interface PodParts {
  readonly metadata: Pick<ObjectMeta, 'annotations'>;
  readonly spec: PodSpec;
}

/** What is wrong, as messages name it: `reason (detail)`. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** One control of the Pod Security Standards, as of one version of them. */
export type Check = (pod: PodParts) => Violation | undefined;

export interface VersionedCheck {
  readonly id: string;
  /** From which minor version on (1.N) which check holds, in order. */
  readonly since: readonly (readonly [minor: number, check: Check])[];
  /** The check of the baseline that this stricter one replaces. */
  readonly replaces?: string;
}

/** All containers, ephemeral ones last. */
export function containersOf({ spec }: PodParts): readonly Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers, ...((spec.ephemeralContainers ?? []) as Container[])];
}

/** Names of the containers for which `test` says yes. */
export function namesWhere(pod: PodParts, test: (container: Container) => boolean): string[] {
  return containersOf(pod)
    .filter(test)
    .map(({ name }) => name);
}

/** `container "a"`, `containers "a", "b"`. */
export function counted(one: string, many: string, items: readonly string[]): string {
  return `${items.length === 1 ? one : many} ${quoted(items)}`;
}

export function quoted(items: readonly string[]): string {
  return items.map((item) => `"${item}"`).join(', ');
}

/** Each once, in order. */
export function listed(items: Iterable<string>): string[] {
  return sorted(new Set(items));
}

export function containersText(names: readonly string[]): string {
  return counted('container', 'containers', names);
}

/** Who sets something: `pod`, `container "a"`, or both joined. */
export function settersText(podDoes: boolean, containers: readonly string[], further: readonly string[] = []): string {
  return [...(podDoes ? ['pod'] : []), ...(containers.length > 0 ? [containersText(containers)] : []), ...further].join(' and ');
}

/** The same check, which pods of user namespaces of their own pass (KEP-127). */
export function relaxedForUserNamespaces(check: Check): Check {
  return (pod) => (pod.spec.hostUsers === false ? undefined : check(pod));
}

/** The same check, which says nothing of Windows pods. */
export function linuxOnly(check: Check): Check {
  return (pod) => (pod.spec.os?.name === 'windows' ? undefined : check(pod));
}
