import type { ScaleSubresource } from '../../../api/define.ts';
import { apiVersionOf } from '../../../api/meta/object.ts';
import { readScale, scaleConfiguration, writeScale } from '../../registry/subresources/scale.ts';
import { isCustom } from '../encoding/list-json.ts';
import { customScaleView } from './custom-scale.ts';
import { type Scope, schemaName, type View } from './scope.ts';

const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

/** The Scale through which requests to `scale` see an object. */
export function scaleView(scope: Omit<Scope, 'view'>, scale: ScaleSubresource): View {
  const { parts, definition } = scope;
  const expected = { ...scaleKind, schema: parts.schemas.get(schemaName(scaleKind)) };
  if (isCustom(definition)) return customScaleView(scope, scale, expected);
  return {
    expected,
    read: (object) => readScale(scale, object),
    write: (object, seen) => writeScale(scale, object, seen),
    configuration: (applied) => scaleConfiguration(scale, definition, apiVersionOf(definition.group, definition.version), applied),
  };
}
