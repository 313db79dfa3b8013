import { scaleColumns } from '../../../api/autoscaling/v1/scale.columns.ts';
import type { ScaleSubresource } from '../../../api/define.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { applyPatch } from '../../machinery/patch/apply/apply.ts';
import { readScale, writeScale } from '../../registry/subresources/scale.ts';
import { isCustom } from '../encoding/list-json.ts';
import { customScaleView } from './custom-scale.ts';
import { scaleOwnership } from './scale-ownership.ts';
import { kindOf, type Scope, schemaName, type View } from './scope.ts';
import { checkName } from './update.ts';

const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

/** The Scale through which requests to `scale` see an object. */
export function scaleView(scope: Omit<Scope, 'view'>, scale: ScaleSubresource): View {
  const { parts, definition } = scope;
  const schema = parts.schemas.get(schemaName(scaleKind));
  const expected = { ...scaleKind, schema, registered: kindOf(parts, definition, schema).registered! };
  const ownership = scaleOwnership(scope, scale, schema);
  if (isCustom(definition)) return customScaleView(scale, expected, ownership);
  const write = (object: KubeObject, seen: KubeObject) => writeScale(scale, object, seen);
  return {
    expected,
    shown: { columns: scaleColumns, type: '*autoscaling.Scale' },
    read: (object) => readScale(scale, object),
    toPatch: ownership.read,
    write,
    track: ownership.track,
    apply(context, current, applied, force) {
      const merged = applyPatch({ ...ownership.asScale(context), live: ownership.read(current), applied, force });
      checkName(merged, current.metadata!.name!, current.metadata?.namespace ?? '');
      return ownership.owned(write(current, merged), current, merged);
    },
  };
}
