import { customScaleColumns } from '../../../api/autoscaling/v1/scale.columns.ts';
import type { ScaleSubresource } from '../../../api/define.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { applyPatch } from '../../machinery/patch/apply/apply.ts';
import { plainError } from '../../machinery/patch/error.ts';
import { copyData } from '../../registry/copy.ts';
import { badRequest, internalError } from '../../registry/errors.ts';
import { readPath, readScale, writePath } from '../../registry/subresources/scale.ts';
import type { ExpectedKind } from './body.ts';
import type { ScaleOwnership } from './scale-ownership.ts';
import type { View } from './scope.ts';

/** Stands for replicas that are not there, which only a patch sees. */
const absent = -2147483648;
const scaleVersion = 'autoscaling/v1';

/**
 * The Scale of a custom resource, which is stricter than that of a built-in kind: replicas must be there, the object's own rules judge them, and
 * it cannot be applied, which is said once nobody else owns what is.
 */
export function customScaleView(scale: ScaleSubresource, expected: ExpectedKind, ownership: ScaleOwnership): View {
  const path = `.${scale.specReplicasPath.join('.')}`;
  return {
    expected: {
      ...expected,
      registered: undefined,
      undecodable: 'no kind is registered for the type v1.Scale in scheme "pkg/runtime/scheme.go:111"',
    },
    shown: { columns: customScaleColumns, type: '*v1.Scale' },
    track: ownership.track,
    show(object) {
      if (typeof readPath(object, scale.specReplicasPath) !== 'number') {
        throw internalError(`the spec replicas field ${goQuote(path)} does not exist`);
      }
      return readScale(scale, object);
    },
    read: (object) => readScale(scale, object),
    toPatch(object) {
      const seen = ownership.read(object);
      return readPath(object, scale.specReplicasPath) === undefined ? { ...seen, spec: { replicas: absent } } : seen;
    },
    write(object, seen) {
      const replicas = seen['spec']?.replicas ?? 0;
      if (replicas === absent) throw badRequest(`the spec replicas field ${goQuote(path)} cannot be empty`);
      const result = copyData(object);
      writePath(result, scale.specReplicasPath, replicas);
      const { resourceVersion } = seen.metadata ?? {};
      if (resourceVersion) result.metadata!.resourceVersion = resourceVersion;
      return result;
    },
    apply(context, current, applied, force) {
      applyPatch({ ...ownership.asScale(context), live: ownership.read(current), applied, force });
      const { metadata } = applied;
      const name = `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
      throw plainError(
        `failed to convert new object (${name}; ${scaleVersion}, Kind=Scale) to proper version: request to convert CR to an invalid group/version: ${scaleVersion}`,
      );
    },
  };
}
