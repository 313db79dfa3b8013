import type { ResourceDefinition, ScaleSubresource } from '../../../api/define.ts';
import { apiVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import type { Schema } from '../../../openapi/schema.ts';
import { withManagedFields } from '../../machinery/patch/apply/live-object.ts';
import { managersFromScale, managersOfScale } from '../../machinery/patch/apply/scale-managers.ts';
import { trackUpdate } from '../../machinery/patch/apply/track-update.ts';
import type { ManagerContext } from '../../machinery/patch/apply/types.ts';
import { readScale } from '../../registry/subresources/scale.ts';
import type { Scope, View } from './scope.ts';

/** Who owns the replicas is tracked on the Scale, which upstream takes for an object of its own, and carried over to the object. */
export interface ScaleOwnership {
  /** The Scale of an object, with the managers of the replicas. */
  read(object: KubeObject): KubeObject;
  asScale(context: ManagerContext): ManagerContext;
  /** `object` with the managers that it has after its Scale was written. */
  owned(object: KubeObject, current: KubeObject, seen: KubeObject): KubeObject;
  readonly track: NonNullable<View['track']>;
}

/** @param schema of the Scale */
export function scaleOwnership({ parts, definition }: Omit<Scope, 'view'>, scale: ScaleSubresource, schema: Schema): ScaleOwnership {
  const versions = parts.registry.siblings(definition);
  const places = {
    apiVersion: apiVersionOf(definition.group, definition.version),
    paths: new Map(versions.map((version) => [apiVersionOf(version.group, version.version), replicasPath(version)])),
  };
  const asScale = ({ manager, now }: ManagerContext): ManagerContext => ({
    schema,
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    manager,
    subresource: 'scale',
    now,
  });
  const read = (object: KubeObject) => withManagedFields(readScale(scale, object), managersOfScale(object.metadata?.managedFields, places));
  const owned = (object: KubeObject, current: KubeObject, seen: KubeObject) =>
    withManagedFields(object, managersFromScale(current.metadata?.managedFields, seen.metadata?.managedFields, places));
  return {
    read,
    asScale,
    owned,
    track: (context, current, seen, object) => owned(object, current, trackUpdate(asScale(context), read(current), seen)),
  };
}

function replicasPath({ subresources }: ResourceDefinition): readonly string[] | undefined {
  const scale = subresources.find(({ type }) => type === 'scale');
  return scale?.type === 'scale' ? scale.specReplicasPath : undefined;
}
