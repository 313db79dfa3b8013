import type { ScaleSubresource } from '../../../api/define.ts';
import { apiVersionOf, type KubeObject, type ManagedFieldsEntry } from '../../../api/meta/object.ts';
import { plainError } from '../../machinery/patch/error.ts';
import { copyData } from '../../registry/copy.ts';
import { badRequest, internalError } from '../../registry/errors.ts';
import { readPath, readScale, writePath } from '../../registry/subresources/scale.ts';
import type { ExpectedKind } from './body.ts';
import type { Scope, View } from './scope.ts';

/** Stands for replicas that are not there, which only a patch sees. */
const absent = -2147483648;
const scaleVersion = 'autoscaling/v1';

/**
 * The Scale of a custom resource, which is stricter than that of a built-in kind: replicas must be there, the object's own rules judge them, and
 * it cannot be applied.
 */
export function customScaleView({ definition }: Omit<Scope, 'view'>, scale: ScaleSubresource, expected: ExpectedKind): View {
  const path = `.${scale.specReplicasPath.join('.')}`;
  return {
    expected: { ...expected, undecodable: 'no kind is registered for the type v1.Scale in scheme "pkg/runtime/scheme.go:111"' },
    scalePath: scale.specReplicasPath,
    show(object) {
      if (typeof readPath(object, scale.specReplicasPath) !== 'number') {
        throw internalError(`the spec replicas field ${JSON.stringify(path)} does not exist`);
      }
      return readScale(scale, object);
    },
    read: (object) => readScale(scale, object),
    toPatch(object) {
      const { kind, apiVersion, metadata, spec, status } = readScale(scale, object) as Record<string, any>;
      const entries = scaleEntries(object, scale.specReplicasPath, apiVersionOf(definition.group, definition.version));
      const replicas = readPath(object, scale.specReplicasPath);
      return {
        apiVersion,
        kind,
        metadata: { ...metadata, ...(entries.length > 0 ? { managedFields: entries } : {}) },
        spec: replicas === undefined ? { replicas: absent } : spec,
        status,
      };
    },
    write(object, seen) {
      const replicas = seen['spec']?.replicas ?? 0;
      if (replicas === absent) throw badRequest(`the spec replicas field ${JSON.stringify(path)} cannot be empty`);
      const result = copyData(object);
      writePath(result, scale.specReplicasPath, replicas);
      const { resourceVersion } = seen.metadata ?? {};
      if (resourceVersion) result.metadata!.resourceVersion = resourceVersion;
      return result;
    },
    apply(_context, _current, { metadata }) {
      const name = `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
      throw plainError(
        `failed to convert new object (${name}; ${scaleVersion}, Kind=Scale) to proper version: request to convert CR to an invalid group/version: ${scaleVersion}`,
      );
    },
  };
}

/** Who owns the replicas, as a Scale tells it. */
function scaleEntries(object: KubeObject, path: readonly string[], apiVersion: string): ManagedFieldsEntry[] {
  return (object.metadata?.managedFields ?? [])
    .filter((entry) => entry.apiVersion === apiVersion && owns(entry.fieldsV1, path))
    .map(({ manager, operation, time, fieldsType, subresource }) => ({
      manager,
      operation,
      apiVersion: scaleVersion,
      ...(time ? { time } : {}),
      fieldsType,
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      ...(subresource ? { subresource } : {}),
    }));
}

function owns(fields: unknown, path: readonly string[]): boolean {
  let at: any = fields;
  for (const name of path) at = at?.[`f:${name}`];
  return at !== undefined;
}
