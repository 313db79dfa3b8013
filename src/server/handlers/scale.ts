import type { ScaleSubresource } from '../../../api/define.ts';
import { apiVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import { applyPatch } from '../../machinery/patch/apply/apply.ts';
import { withManagedFields } from '../../machinery/patch/apply/live-object.ts';
import { managersFromScale, managersOfScale } from '../../machinery/patch/apply/scale-managers.ts';
import { trackUpdate } from '../../machinery/patch/apply/track-update.ts';
import type { ManagerContext } from '../../machinery/patch/apply/types.ts';
import { readScale, writeScale } from '../../registry/subresources/scale.ts';
import { isCustom } from '../encoding/list-json.ts';
import { customScaleView } from './custom-scale.ts';
import { kindOf, type Scope, schemaName, type View } from './scope.ts';
import { checkName } from './update.ts';

const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

/** The Scale through which requests to `scale` see an object. Who owns the replicas is tracked on the Scale, an object of its own to upstream. */
export function scaleView(scope: Omit<Scope, 'view'>, scale: ScaleSubresource): View {
  const { parts, definition } = scope;
  const schema = parts.schemas.get(schemaName(scaleKind));
  const expected = { ...scaleKind, schema, schemaOfKind: kindOf(parts, definition, schema).schemaOfKind! };
  if (isCustom(definition)) return customScaleView(scope, scale, expected);
  const place = { apiVersion: apiVersionOf(definition.group, definition.version), path: scale.specReplicasPath };
  const withManagers = (object: KubeObject) =>
    withManagedFields(readScale(scale, object), managersOfScale(object.metadata?.managedFields, place));
  const asScale = ({ manager, now }: ManagerContext): ManagerContext => ({
    schema: expected.schema,
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    manager,
    subresource: 'scale',
    now,
  });
  const write = (object: KubeObject, seen: KubeObject) => writeScale(scale, object, seen);
  const owned = (object: KubeObject, current: KubeObject, seen: KubeObject) =>
    withManagedFields(object, managersFromScale(current.metadata?.managedFields, seen.metadata?.managedFields, place));
  return {
    expected,
    read: (object) => readScale(scale, object),
    toPatch: withManagers,
    write,
    track: (context, current, seen, object) =>
      owned(object, current, trackUpdate({ ...asScale(context), live: withManagers(current), updated: seen })),
    apply(context, current, applied, force) {
      const merged = applyPatch({ ...asScale(context), live: withManagers(current), applied, force });
      checkName(merged, current.metadata!.name!, current.metadata?.namespace ?? '');
      return owned(write(current, merged), current, merged);
    },
  };
}
