import { FieldPath, invalid } from '../../../api/meta/field.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { jsonText } from '../../../api/meta/json-text.ts';
import { apiVersionOf, groupVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import { sorted } from '../../../api/meta/text.ts';
import type { Schema } from '../../../openapi/schema.ts';
import { applyConfiguration, describeApplied } from '../../machinery/patch/apply/apply.ts';
import { type ApplyBody, parseApplyBody } from '../../machinery/patch/apply/body.ts';
import { PatchError, plainError } from '../../machinery/patch/error.ts';
import { goValue } from '../../machinery/patch/go-format.ts';
import { applyJsonPatch, parseJsonPatch } from '../../machinery/patch/json.ts';
import { mergePatch } from '../../machinery/patch/merge.ts';
import { jsonPatchedText, mergePatchedText } from '../../machinery/patch/patched-text.ts';
import { strategicMergePatch, withoutUnmatchedNulls } from '../../machinery/patch/strategic.ts';
import { conform, DecodeError, strictDecodingError } from '../../machinery/schema/conform.ts';
import { nullEmpties } from '../../machinery/schema/empty-lists.ts';
import { explain } from '../../machinery/schema/explain.ts';
import {
  goNumbers,
  hasOddNumbers,
  infiniteNumber,
  keepWrittenNumbers,
  restoreNumbers,
  wholeFloats,
  writtenNumbers,
} from '../../machinery/schema/json-numbers.ts';
import { BodyError, jsonDuplicates, parseJson } from '../../machinery/schema/parse.ts';
import { explainRestore } from '../../machinery/schema/restore.ts';
import { ApiError, badRequest, conflict, invalid as invalidError, notFound, unsupportedMediaType } from '../../registry/errors.ts';
import { dedupeOwnerReferences, ensureNamespace } from '../../registry/metadata.ts';
import { updateObject } from '../../registry/update.ts';
import type { Answer } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { written } from './answers.ts';
import { groupVersionText, kindProblem, readBody, warn, wrongKind } from './body.ts';
import { type PatchOptions, patchOptions } from './options.ts';
import { authorizeCreate, expectedKind, mutate, operationOf, type Scope, trackAsStored, withManagers } from './scope.ts';
import { checkName, undeterminableName } from './update.ts';

/** Makes the patched object of what is stored; it is not yet conformed. */
interface PatchMechanism {
  /** @param current absent where nothing is stored: only apply makes an object then */
  patch(current: KubeObject | undefined): KubeObject | Promise<KubeObject>;
  /** Of the patch itself: duplicate and unknown fields. */
  readonly strictErrors: readonly string[];
  /** The value that an "Invalid" answer shows. */
  shown(patched: unknown, current: unknown): unknown;
  /** Whether the result says by itself of what kind it is. */
  readonly decodesKind: boolean;
  /** Whether `patch` has worked out managedFields already. */
  readonly tracks: boolean;
  /** Whether the result knows which empty lists and maps were sent. */
  knowsEmpties?: boolean;
  /** Whether the result is a map of values, restored into its type rather than decoded from JSON. */
  readonly restores: boolean;
  /** See `StrategyContext`. */
  wholeFloats?(): ReadonlySet<string> | undefined;
  /** What is said of a result that is of its type, but can't become upstream's internal form; absent where it is "Invalid" as any other. */
  unconvertible?(problem: string): Error;
}

const jsonPatchType = 'application/json-patch+json';
const mergePatchType = 'application/merge-patch+json';
const strategicPatchType = 'application/strategic-merge-patch+json';
const applyPatchType = 'application/apply-patch+yaml';

/** PATCH of an object: JSON patch, merge patch, strategic merge patch or server-side apply, by the content type. */
export async function patch(scope: Scope, context: RequestContext): Promise<Answer> {
  const { name } = context.info;
  const type = (context.request.headers['content-type'] ?? '').split(';')[0]!;
  const types = patchTypes(scope);
  if (!types.includes(type)) {
    throw unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`);
  }
  const { request } = context;
  // An in-process client's patch is data already.
  const bytes = request.object ? Buffer.from(jsonText(request.object)) : await readBody(context);
  const options = patchOptions(context, type === applyPatchType);
  if (context.audit?.recordsRequests) context.audit.notePatch(bytes.toString());
  let mechanism: PatchMechanism | undefined;
  const operation = operationOf(context, scope, options.dryRun, options.asObject('UpdateOptions'), {
    isApply: type === applyPatchType,
    wholeFloats: () => mechanism?.wholeFloats?.(),
  });
  const result = await updateObject(
    scope.store,
    {
      name,
      allowCreate: type === applyPatchType,
      authorizeCreate: () => authorizeCreate(scope, context),
      async transform(current) {
        if (!current && (scope.view || type !== applyPatchType)) throw notFound(scope.store.resource, name);
        mechanism ??= await inApiWords(() => mechanismOf(type, bytes, scope, options, context));
        const view = mechanism.tracks ? undefined : scope.view;
        const before = view ? (view.toPatch ?? view.read)(current!) : current;
        const patched = await inApiWords(() => mechanism!.patch(before));
        const { object: seen, hasEmpty } = await inApiWords(() => conformPatched(scope, patched, before, mechanism!, options, context));
        if (!current && seen.metadata?.uid) throw uidMismatch(scope, name, seen.metadata.uid);
        ensureNamespace((seen.metadata ??= {}), operation.namespace);
        checkName(seen, name, operation.namespace);
        const object = view ? view.write(current!, seen) : seen;
        const tracked = mechanism.tracks
          ? object
          : await withManagers(scope, options.fieldManager, (manager) =>
              view?.track ? view.track(manager, current!, seen, object) : trackAsStored(scope, manager, current, object),
            );
        const verb = current ? 'UPDATE' : 'CREATE';
        const admitted = await mutate(scope, operation, verb, name, tracked, current, view && seen);
        dedupeOwnerReferences(admitted.metadata!, true, operation.warn);
        if (hasEmpty) nullEmpties(admitted, scope.schema);
        return admitted;
      },
    },
    operation,
  );
  return written(scope, result);
}

const builtInPatchTypes: readonly string[] = [jsonPatchType, mergePatchType, strategicPatchType, applyPatchType];
/** Custom resources have no Go types, from which the strategic patch takes its strategies. */
const customPatchTypes: readonly string[] = builtInPatchTypes.filter((type) => type !== strategicPatchType);

function patchTypes(scope: Scope): readonly string[] {
  return isBuiltIn(scope) ? builtInPatchTypes : customPatchTypes;
}

function isBuiltIn({ definition }: Scope): boolean {
  return typeof definition.schema === 'string';
}

/** The schema by whose order of fields messages show an object; custom objects are maps to Go, and their keys sorted. */
function shownSchema(scope: Scope): Schema {
  return scope.view?.expected.schema ?? (isBuiltIn(scope) ? scope.schema : { type: 'any' });
}

function mechanismOf(type: string, bytes: Buffer, scope: Scope, options: PatchOptions, context: RequestContext): PatchMechanism {
  switch (type) {
    case jsonPatchType:
      return jsonMechanism(bytes, scope, options);
    case applyPatchType:
      return applyMechanism(bytes, scope, options, context);
    default:
      return mergeMechanism(bytes, scope, type === strategicPatchType, options);
  }
}

function jsonMechanism(bytes: Buffer, scope: Scope, options: PatchOptions): PatchMechanism {
  const text = bytes.toString();
  const parsed = parseJsonPatch(text);
  if (options.fieldValidation !== 'Ignore') refuseInfinite(text, 'error decoding patch: ', 'Go struct field jsonPatchOp.value');
  const keepsNumbers = hasOddNumbers(text);
  const given = keepsNumbers ? { ...parsed, operations: writtenNumbers(text) } : parsed;
  const mechanism: PatchMechanism = {
    patch: (current) => applyJsonPatch(current, given) as KubeObject,
    strictErrors: parsed.strictErrors,
    shown: (patched) => jsonPatchedText(patched, given, shownSchema(scope)),
    decodesKind: true,
    tracks: false,
    restores: false,
  };
  return keepsNumbers ? overText(mechanism, scope) : mechanism;
}

function isTyped(scope: Scope): boolean {
  return shownSchema(scope).type !== 'any';
}

/** A patch with numbers that JSON.parse does not tell all of: what it leaves is decoded as the text that it is to Go. */
function overText(mechanism: PatchMechanism, scope: Scope): PatchMechanism {
  const schema = shownSchema(scope);
  let text = '';
  return {
    ...mechanism,
    async patch(current) {
      text = mechanism.shown(await mechanism.patch(current), current) as string;
      const infinite = isTyped(scope) ? undefined : infiniteNumber(text);
      if (infinite !== undefined) throw unfit(text, `json: cannot unmarshal number ${infinite} into Go value of type float64`);
      return readNumbered(text, schema) as KubeObject;
    },
    shown: () => text,
    wholeFloats: () => (isTyped(scope) ? undefined : wholeFloats(text)),
  };
}

function readNumbered(text: string, schema: Schema): unknown {
  const body = parseJson(text);
  keepWrittenNumbers(body, schema);
  return body.value;
}

/** Whether the patch is read as plain data, as it is to find duplicate fields; typed objects are patched as text. */
function readsAsData(scope: Scope, { fieldValidation }: PatchOptions): boolean {
  return fieldValidation !== 'Ignore' || !isTyped(scope);
}

/** In plain data, a number is a float at most. @throws ApiError 400 */
function refuseInfinite(text: string, head: string, target: string): void {
  const number = infiniteNumber(text);
  if (number !== undefined) throw badRequest(`${head}json: cannot unmarshal number ${number} into ${target} of type float64`);
}

function mergeMechanism(bytes: Buffer, scope: Scope, strategic: boolean, options: PatchOptions): PatchMechanism {
  const body = parsePatch(bytes, strategic, strategic || readsAsData(scope, options));
  const schema = scope.view?.expected.schema ?? scope.schema;
  const common = { strictErrors: jsonDuplicates(body), tracks: false, decodesKind: !strategic, restores: strategic };
  const isOdd = hasOddNumbers(body.text);
  if (strategic) {
    const shown = isOdd ? goNumbers(body.text) : body.value;
    restoreNumbers(body, schema);
    return {
      ...common,
      patch: (current) => strategicMergePatch(current, body.value, schema) as KubeObject,
      shown: (_patched, current) => goValue(withoutUnmatchedNulls(current, shown, schema)),
      unconvertible: plainError,
    };
  }
  const value = isOdd ? writtenNumbers(body.text) : body.value;
  const mechanism: PatchMechanism = {
    ...common,
    patch: (current) => mergePatch(current, value) as KubeObject,
    shown: (patched, current) => mergePatchedText(current, value, patched, shownSchema(scope)),
  };
  return isOdd ? overText(mechanism, scope) : mechanism;
}

function parsePatch(bytes: Buffer, strategic: boolean, asData: boolean): ReturnType<typeof parseJson> {
  const head = strategic ? '' : 'error decoding patch: ';
  try {
    const body = parseJson(bytes);
    if (body.value === null && !strategic) throw badRequest('Invalid JSON Patch');
    if (typeof body.value === 'object' && !Array.isArray(body.value)) {
      if (asData) refuseInfinite(body.text, head, 'Go value');
      return { ...body, value: body.value ?? {} };
    }
    throw badRequest(
      `${head}json: cannot unmarshal ${Array.isArray(body.value) ? 'array' : goTypeName(body.value)} into Go value of type map[string]interface {}`,
    );
  } catch (error) {
    throw error instanceof BodyError ? badRequest(`${head}${error.message}`) : error;
  }
}

function goTypeName(value: unknown): string {
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function applyMechanism(bytes: Buffer, scope: Scope, options: PatchOptions, context: RequestContext): PatchMechanism {
  const body: ApplyBody = parseApplyBody(bytes, options.fieldValidation, shownSchema(scope));
  return {
    async patch(current) {
      this.knowsEmpties = false;
      const force = options.force ?? false;
      const { object, changed } = await withManagers(scope, options.fieldManager, (manager) =>
        scope.view
          ? { object: scope.view.apply(manager, current!, body.object, force), changed: false }
          : applyConfiguration({ ...manager, live: current, applied: body.object, force }),
      );
      this.knowsEmpties = changed;
      if (body.refusal) throw body.refusal;
      for (const text of body.warnings) warn(context, text);
      return object;
    },
    strictErrors: [],
    shown: (patched) => jsonText(patched),
    decodesKind: false,
    tracks: true,
    restores: false,
    unconvertible: (problem) => plainError(`failed to convert to unversioned (${describeApplied(body.object)}): ${problem}`),
  };
}

// Checks types, prunes and defaults, as decoding a whole object does, with the answers of a patch.
function conformPatched(
  scope: Scope,
  patched: KubeObject,
  before: KubeObject | undefined,
  mechanism: PatchMechanism,
  options: PatchOptions,
  context: RequestContext,
): { readonly object: KubeObject; readonly hasEmpty: boolean } {
  const strict = options.fieldValidation !== 'Ignore' && !mechanism.tracks;
  const fail = (message: string) => unfit(mechanism.shown(patched, before), message);
  const expected = mechanism.tracks ? scope.kind : expectedKind(scope);
  const { kind } = expected;
  const apiVersion = apiVersionOf(expected.group, expected.version);
  try {
    if (Array.isArray(patched)) throw fail(kindProblem(patched)!);
    if (mechanism.decodesKind && !expected.isCustom && !patched.apiVersion) {
      refuseUnversioned(patched, strict ? mechanism.strictErrors : undefined, options, context, fail);
    }
    if (mechanism.decodesKind && (patched.kind !== kind || patched.apiVersion !== apiVersion) && patched.kind && patched.apiVersion) {
      if (expected.isCustom) throw otherKind(patched, apiVersion, kind);
      const wrong = wrongKind(patched, groupVersionText(patched.apiVersion), patched.kind, expected);
      if (wrong !== undefined) throw fail(wrong);
    }
    const { object, strictErrors, hasEmpty } = conform({ ...patched, kind, apiVersion }, expected.schema, {
      strict,
      keepsNulls: mechanism.tracks,
      wraps: mechanism.restores,
      keepsEmpties: mechanism.knowsEmpties === true,
    });
    const problems = strict ? [...mechanism.strictErrors, ...strictErrors] : [];
    if (problems.length > 0) {
      if (options.fieldValidation === 'Strict') throw fail(strictDecodingError(problems));
      for (const text of problems) warn(context, text);
    }
    const problem = expected.unconvertible?.(object);
    if (problem !== undefined) throw mechanism.unconvertible ? mechanism.unconvertible(problem) : fail(problem);
    expected.defaults?.(object);
    return { object, hasEmpty };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const shown = mechanism.shown(patched, before);
    // What is decoded is the text that the patch left, whose keys are not in the order of the request's.
    const words = mechanism.restores
      ? explainRestore(patched, expected.schema)
      : typeof shown === 'string' && !expected.isCustom && explain(readNumbered(shown, expected.schema), expected.schema);
    throw fail(words || error.message);
  }
}

/** @param shown what the patch left */
function unfit(shown: unknown, message: string): ApiError {
  return invalidError({ group: '', kind: '' }, '', [invalid('patch', shown, message)]);
}

/** Custom objects may say that they are of any kind; that it is not theirs is found when they are validated. */
function otherKind({ apiVersion = '', kind = '', metadata }: KubeObject, ownVersion: string, ownKind: string): ApiError {
  const path = (field: string) => FieldPath.of(field);
  return invalidError({ group: groupVersionOf(apiVersion).group, kind }, metadata?.name ?? '', [
    ...(apiVersion === ownVersion ? [] : [invalid(path('apiVersion'), apiVersion, `must be ${ownVersion}`)]),
    ...(kind === ownKind ? [] : [invalid(path('kind'), kind, `must be ${ownKind}`)]),
  ]);
}

/** What has no version is decoded as Go's internal form, which knows no field by its name of the API. */
function refuseUnversioned(
  patched: KubeObject,
  strictErrors: readonly string[] | undefined,
  options: PatchOptions,
  context: RequestContext,
  fail: (message: string) => ApiError,
): never {
  const unknown = sorted(Object.keys(patched).filter((name) => name !== 'kind' && name !== 'apiVersion'));
  const problems = strictErrors ? [...strictErrors, ...unknown.map((name) => `unknown field ${goQuote(name)}`)] : [];
  if (problems.length > 0 && options.fieldValidation === 'Strict') throw fail(strictDecodingError(problems));
  for (const text of problems) warn(context, text);
  throw undeterminableName(context.info.name);
}

function uidMismatch(scope: Scope, name: string, uid: string): ApiError {
  return conflict(scope.store.resource, name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`);
}

async function inApiWords<T>(step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    const causes = error.causes ? { causes: [...error.causes] } : {};
    const isConflict = error.reason === 'Conflict';
    throw new ApiError(error.code, error.reason, error.message, isConflict || error.causes ? causes : error.code === 422 ? {} : undefined);
  }
}
