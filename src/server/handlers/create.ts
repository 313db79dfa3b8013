import { namespace as namespaces } from '../../../api/core/v1/namespace.ts';
import { nullEmpties } from '../../machinery/schema/empty-lists.ts';
import { createObject } from '../../registry/create.ts';
import { dedupeOwnerReferences, ensureNamespace, wipeSystemFields } from '../../registry/metadata.ts';
import type { Answer } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { written } from './answers.ts';
import { checkMediaType, readObject } from './body.ts';
import { createOptions } from './options.ts';
import { expectedKind, mutate, operationOf, type Scope, trackAsStored, withManagers } from './scope.ts';

/** POST of a new object to a resource. */
export async function create(scope: Scope, context: RequestContext): Promise<Answer> {
  checkMediaType(context);
  const options = createOptions(context);
  const expected = expectedKind(scope);
  const { object, hasEmpty, wholeFloats } = await readObject(context, expected, options.fieldValidation, scope.parts);
  const metadata = (object.metadata ??= {});
  const isNamespace = scope.definition.group === namespaces.group && scope.definition.plural === namespaces.plural;
  const admissionNamespace = isNamespace && metadata.name ? metadata.name : undefined;
  const operation = operationOf(context, scope, options.dryRun, options.asObject('CreateOptions'), { admissionNamespace, wholeFloats });
  wipeSystemFields(metadata);
  ensureNamespace(metadata, operation.namespace);
  dedupeOwnerReferences(metadata, false, operation.warn);
  const tracked = await withManagers(scope, options.fieldManager, (manager) => trackAsStored(scope, manager, undefined, object));
  const admitted = await mutate(scope, operation, 'CREATE', metadata.name ?? '', tracked, undefined);
  dedupeOwnerReferences(admitted.metadata!, true, operation.warn);
  if (hasEmpty) nullEmpties(admitted, expected.schema);
  return written(scope, await createObject(scope.store, admitted, operation));
}
