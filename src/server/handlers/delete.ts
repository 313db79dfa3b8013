import type { KubeObject } from '../../../api/meta/object.ts';
import { notRegistered, unversionedKinds } from '../../machinery/expected-kind.ts';
import { ProtobufError } from '../../machinery/protobuf/codec.ts';
import { conform, DecodeError } from '../../machinery/schema/conform.ts';
import { BodyError, parseJson, parseYaml } from '../../machinery/schema/parse.ts';
import { deleteObject } from '../../registry/delete.ts';
import { badRequest } from '../../registry/errors.ts';
import type { Operation } from '../../registry/operation.ts';
import { type DeleteOptions, validateDeleteOptions } from '../../registry/options.ts';
import type { Answer } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { requestMediaType } from '../negotiation/content-type.ts';
import { groupVersionText, kindProblem, readBody, versionProblem } from './body.ts';
import { deleteOptionsFromQuery } from './options.ts';
import { type HandlerParts, operationOf, type Scope } from './scope.ts';

/** DELETE of one object. */
export async function remove(scope: Scope, context: RequestContext): Promise<Answer> {
  const options = await readDeleteOptions(scope.parts, context);
  const operation = operationOf(context, scope, (options.dryRun?.length ?? 0) > 0, deleteOptionsObject(options));
  warnOfDelete(scope, options, operation);
  const { stored, object, gone } = await deleteObject(scope.store, context.info.name, options, operation);
  const status = !gone && options.orphanDependents === false ? 202 : 200;
  const { definition } = scope;
  return stored ? { type: 'object', status, definition, stored } : { type: 'object', status, definition, object: object! };
}

/** Gives the warnings that the kind has for a delete with these options. */
export function warnOfDelete({ definition }: Scope, options: DeleteOptions, operation: Operation): void {
  for (const text of definition.deleteWarnings?.(options) ?? []) operation.warn(text);
}

/** DeleteOptions as admission sees them. */
export function deleteOptionsObject(options: DeleteOptions): KubeObject {
  return { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1', ...options };
}

/** DeleteOptions as audit events show them: in the version that the server works with. */
function auditedOptions({
  gracePeriodSeconds,
  preconditions,
  orphanDependents,
  propagationPolicy,
  dryRun,
  ...rest
}: DeleteOptions): object {
  const { kind: _kind, apiVersion: _apiVersion, ...others } = rest as KubeObject;
  const known = { gracePeriodSeconds, preconditions, orphanDependents, propagationPolicy, dryRun };
  return { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/__internal', ...known, ...others };
}

const optionsSchema = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';

/** DeleteOptions from the body or, without one, from the query. @throws ApiError 400, 413, 415, 422 */
export async function readDeleteOptions(parts: HandlerParts, context: RequestContext): Promise<DeleteOptions> {
  const { request } = context;
  let options: DeleteOptions;
  let hasBody = true;
  if (request.object) options = request.object as DeleteOptions;
  else {
    const bytes = await readBody(context);
    hasBody = bytes.length > 0;
    options = bytes.length === 0 ? deleteOptionsFromQuery(request.query) : decode(parts, bytes, request.headers['content-type']);
  }
  if (context.audit?.recordsRequests && hasBody) context.audit.noteOptions(auditedOptions(options));
  validateDeleteOptions(options);
  return options;
}

function decode(parts: HandlerParts, bytes: Buffer, contentType: string | undefined): DeleteOptions {
  const mediaType = requestMediaType(contentType);
  const schema = parts.schemas.get(optionsSchema);
  try {
    const value = (
      mediaType === 'protobuf' ? parts.protobuf.decode(bytes) : (mediaType === 'yaml' ? parseYaml(bytes) : parseJson(bytes)).value
    ) as KubeObject;
    const problem = mediaType === 'protobuf' ? undefined : (kindProblem(value) ?? versionProblem(value?.apiVersion ?? ''));
    if (problem !== undefined) throw badRequest(problem);
    if (value?.kind && value.kind !== 'DeleteOptions') {
      if (unversionedKinds.has(value.kind)) throw badRequest(`converting (v1.${value.kind}) to (v1.DeleteOptions): unknown conversion`);
      throw badRequest(notRegistered(groupVersionText(value.apiVersion ?? 'meta.k8s.io/v1'), value.kind));
    }
    const { kind: _kind, apiVersion: _apiVersion, ...options } = conform(value ?? {}, schema).object;
    return options;
  } catch (error) {
    if (error instanceof BodyError) {
      throw badRequest(mediaType === 'json' ? `couldn't get version/kind; json parse error: ${error.message}` : error.message);
    }
    if (error instanceof DecodeError || error instanceof ProtobufError) throw badRequest(error.message);
    throw error;
  }
}
