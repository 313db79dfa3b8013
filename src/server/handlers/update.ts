import type { KubeObject } from '../../../api/meta/object.ts';
import { nullEmpties } from '../../machinery/schema/empty-lists.ts';
import { type ApiError, badRequest } from '../../registry/errors.ts';
import { dedupeOwnerReferences, ensureNamespace } from '../../registry/metadata.ts';
import { updateObject } from '../../registry/update.ts';
import type { Answer } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { written } from './answers.ts';
import { readObject } from './body.ts';
import { updateOptions } from './options.ts';
import { authorizeCreate, expectedKind, mutate, operationOf, type Scope, trackAsStored, withManagers } from './scope.ts';

/** PUT of a whole object, to the resource or to a part of it. */
export async function update(scope: Scope, context: RequestContext): Promise<Answer> {
  const { name } = context.info;
  const options = updateOptions(context);
  const expected = expectedKind(scope);
  const body = await readObject(context, expected, options.fieldValidation, scope.parts);
  const operation = operationOf(context, scope, options.dryRun, options.asObject('UpdateOptions'), body);
  ensureNamespace((body.object.metadata ??= {}), operation.namespace);
  checkName(body.object, name, operation.namespace);
  dedupeOwnerReferences(body.object.metadata, false, operation.warn);
  const uid = body.object.metadata.uid;
  let first: KubeObject | undefined = body.object;
  const result = await updateObject(
    scope.store,
    {
      name,
      ...(uid ? { preconditions: { uid } } : {}),
      allowCreate: false,
      authorizeCreate: () => authorizeCreate(scope, context),
      async transform(current) {
        const seen = first ?? body.again();
        first = undefined;
        ensureNamespace((seen.metadata ??= {}), operation.namespace);
        const object = scope.view ? scope.view.write(current!, seen) : seen;
        const tracked = await withManagers(scope, options.fieldManager, (manager) =>
          scope.view?.track ? scope.view.track(manager, current!, seen, object) : trackAsStored(scope, manager, current, object),
        );
        const verb = current ? 'UPDATE' : 'CREATE';
        const admitted = await mutate(scope, operation, verb, name, tracked, current, seen);
        dedupeOwnerReferences(admitted.metadata!, true, operation.warn);
        if (body.hasEmpty) nullEmpties(admitted, expected.schema);
        return admitted;
      },
    },
    operation,
  );
  return written(scope, result);
}

/** An object that does not say its name, where the URL does. */
export function undeterminableName(name: string): ApiError {
  return badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
}

/** @throws ApiError 400 if the object's name or namespace is not that of the URL */
export function checkName(object: KubeObject, name: string, namespace: string): void {
  const own = object.metadata?.name ?? '';
  if (own === '') throw undeterminableName(name);
  if (own !== name) throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
  const ownNamespace = object.metadata?.namespace ?? '';
  if (namespace !== '' && ownNamespace !== '' && ownNamespace !== namespace) {
    throw badRequest(`the namespace of the object (${ownNamespace}) does not match the namespace on the request (${namespace})`);
  }
}
