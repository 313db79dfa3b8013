import type { KubeObject } from '../../../api/meta/object.ts';
import type { Written } from '../../registry/operation.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import type { Answer } from '../answer.ts';
import type { Scope, View } from './scope.ts';

/** The answer to a write: 201 if it made the object. */
export function written(scope: Scope, result: Written): Answer {
  const status = result.created ? 201 : 200;
  const { definition } = scope;
  if (scope.view) return viewed(scope.view, status, scope.view.read(result.stored?.object ?? result.object!));
  return result.stored
    ? { type: 'object', status, definition, stored: result.stored }
    : { type: 'object', status, definition, object: result.object };
}

export function storedAnswer(scope: Scope, stored: StoredObject): Answer {
  if (scope.view) return viewed(scope.view, 200, (scope.view.show ?? scope.view.read)(stored.object));
  return { type: 'object', status: 200, definition: scope.definition, stored };
}

/** An object of another kind than the one that is stored. */
function viewed({ shown }: View, status: number, object: KubeObject): Answer {
  return { type: 'object', status, definition: undefined, shown, object };
}
