import type { Container, EphemeralContainer, PodSpec } from '../../../openapi/types.ts';
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

/** An init container that keeps running beside the others. */
export function isSidecar(container: { restartPolicy?: string } | undefined): boolean {
  return container?.restartPolicy === 'Always';
}
