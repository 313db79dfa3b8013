import type { Container, ContainerStatus, EphemeralContainer, PodSpec, PodStatus } from '../../../openapi/types.ts';
import type { FieldPath } from '../../meta/field.ts';

/** Calls back with each container and its path: init containers first, then containers, then ephemeral ones. */
export function eachContainer(
  spec: PodSpec,
  path: FieldPath,
  visit: (container: Container | EphemeralContainer, path: FieldPath) => void,
): void {
  for (const field of ['initContainers', 'containers', 'ephemeralContainers'] as const) {
    spec[field]?.forEach((container, i) => {
      visit(container, path.child(field).index(i));
    });
  }
}

/** What is told of each container, in the same order. */
export function containerStatuses(status: PodStatus | undefined): ContainerStatus[] {
  return [status?.initContainerStatuses, status?.containerStatuses, status?.ephemeralContainerStatuses].flatMap((list) => list ?? []);
}

/** An init container that keeps running beside the others. */
export function isSidecar(container: { restartPolicy?: string } | undefined): boolean {
  return container?.restartPolicy === 'Always';
}
