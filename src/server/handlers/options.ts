import { type FieldError, FieldPath, forbidden, notSupported, notSupportedText, required } from '../../../api/meta/field.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { int64Problem } from '../../../api/meta/text.ts';
import { validateFieldManager } from '../../../api/meta/validation.ts';
import { badRequest, invalid as invalidError } from '../../registry/errors.ts';
import { type DeleteOptions, defaultListOptions, type ListOptions, validateDryRun } from '../../registry/options.ts';
import type { RequestContext } from '../context.ts';

/** The options that create, update and patch share. */
export interface WriteOptions {
  readonly dryRun: boolean;
  /** As given, or made from the User-Agent. */
  readonly fieldManager: string;
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  /** The options as the object that admission sees (CreateOptions, UpdateOptions). */
  asObject(kind: 'CreateOptions' | 'UpdateOptions'): KubeObject;
}

export interface PatchOptions extends WriteOptions {
  readonly force: boolean | undefined;
}

/** @throws ApiError 422 for options that do not hold */
export function createOptions(context: RequestContext): WriteOptions {
  return writeOptions(context, 'CreateOptions', []);
}

/** @throws ApiError 422 for options that do not hold */
export function updateOptions(context: RequestContext): WriteOptions {
  return writeOptions(context, 'UpdateOptions', []);
}

/** @throws ApiError 422 for options that do not hold */
export function patchOptions(context: RequestContext, apply: boolean): PatchOptions {
  const force = booleanParameter(context.request.query, 'force');
  const first: FieldError[] = [];
  if (apply) {
    if (!context.request.query.get('fieldManager')) first.push(required('fieldManager', 'is required for apply patch'));
  } else if (force !== undefined) {
    first.push(forbidden('force', 'may not be specified for non-apply patch'));
  }
  return { ...writeOptions(context, 'PatchOptions', first), force };
}

function writeOptions(context: RequestContext, kind: string, first: readonly FieldError[]): WriteOptions {
  const { query, headers } = context.request;
  const empty = query.size === 0;
  const manager = empty ? '' : (query.get('fieldManager') ?? '');
  const dryRun = empty ? noValues : query.getAll('dryRun');
  const validation = empty ? '' : (query.get('fieldValidation') ?? '');
  if (first.length > 0 || !empty) {
    const errors = [
      ...first,
      ...validateFieldManager(manager, managerPath),
      ...validateDryRun(dryRun),
      ...validateFieldValidation(validation),
    ];
    if (errors.length > 0) throw invalidError({ group: 'meta.k8s.io', kind }, '', errors);
  }
  return {
    dryRun: dryRun.length > 0,
    fieldManager: manager || managerOfUserAgent(headers['user-agent'] ?? '') || 'unknown',
    fieldValidation: (validation || 'Warn') as WriteOptions['fieldValidation'],
    asObject: (objectKind) => ({
      kind: objectKind,
      apiVersion: 'meta.k8s.io/v1',
      ...(dryRun.length > 0 ? { dryRun } : {}),
      ...(manager ? { fieldManager: manager } : {}),
      ...(validation ? { fieldValidation: validation } : {}),
    }),
  };
}

const managerPath = FieldPath.of('fieldManager');
const noValues: string[] = [];
const maximumManagerLength = 128;
const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

// The part before the first slash, without what cannot be printed, cut to the limit in bytes.
function managerOfUserAgent(userAgent: string): string {
  const slash = userAgent.indexOf('/');
  const head = slash < 0 ? userAgent : userAgent.slice(0, slash);
  if (head.length <= 42 && !unprintable.test(head)) return head;
  let manager = '';
  let bytes = 0;
  for (const character of head) {
    if (unprintable.test(character)) continue;
    bytes += Buffer.byteLength(character);
    if (bytes > maximumManagerLength) break;
    manager += character;
  }
  return manager;
}

const fieldValidations = ['', 'Ignore', 'Strict', 'Warn'];

function validateFieldValidation(value: string): FieldError[] {
  return fieldValidations.includes(value) ? [] : [notSupportedText('fieldValidation', value, fieldValidations)];
}

// Go's conversion of query values: absent is false, `0` and `false` are, everything else is true.
function booleanParameter(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  return !(value === '0' || value.toLowerCase() === 'false');
}

function integerParameter(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  const problem = int64Problem(value);
  if (problem !== undefined) throw badRequest(problem);
  return Number(value);
}

/**
 * The options of list, watch and deletecollection.
 * @throws ApiError 400 for values that cannot be read, 422 for ones that do not go together
 */
export function listOptions(query: URLSearchParams): ListOptions {
  if (query.size === 0) return defaultListOptions;
  const watch = booleanParameter(query, 'watch') ?? false;
  const options = {
    watch,
    allowWatchBookmarks: booleanParameter(query, 'allowWatchBookmarks') ?? false,
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    timeoutSeconds: integerParameter(query, 'timeoutSeconds'),
    limit: integerParameter(query, 'limit') ?? 0,
    continue: query.get('continue') ?? '',
    sendInitialEvents: booleanParameter(query, 'sendInitialEvents'),
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
  };
  return options;
}

/** Checks what of list and watch options may go together. Called after the selectors are parsed. @throws ApiError 422 */
export function validateListOptions(given: ListOptions): ListOptions {
  const options = withDefaults(given);
  if (options.resourceVersionMatch === '' && options.sendInitialEvents === undefined) return options;
  const errors = options.watch ? watchOptionErrors(options) : listOptionErrors(options);
  if (errors.length > 0) throw invalidError({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  return options;
}

// A watch from "now" without a version is answered as a streaming list of the present state.
function withDefaults(options: ListOptions): ListOptions {
  const fromNow = options.resourceVersion === '' || options.resourceVersion === '0';
  if (!options.watch || !fromNow || options.sendInitialEvents !== undefined || options.resourceVersionMatch !== '') return options;
  return { ...options, sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' };
}

const matchPath = 'resourceVersionMatch';

function listOptionErrors(options: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  const match = options.resourceVersionMatch;
  if (match !== '') {
    if (options.resourceVersion === '')
      errors.push(forbidden(matchPath, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (options.continue !== '') errors.push(forbidden(matchPath, 'resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(notSupported(matchPath, match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && options.resourceVersion === '0') {
      errors.push(forbidden(matchPath, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (options.sendInitialEvents !== undefined) errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return errors;
}

function watchOptionErrors(options: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  const match = options.resourceVersionMatch;
  if (options.sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    errors.push(forbidden(matchPath, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  }
  if (match !== '') {
    if (options.sendInitialEvents === undefined) {
      errors.push(forbidden(matchPath, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
    }
    if (match !== 'NotOlderThan') errors.push(notSupported(matchPath, match, ['NotOlderThan']));
    if (options.continue !== '') errors.push(forbidden(matchPath, 'resourceVersionMatch is forbidden when continue is provided'));
  }
  return errors;
}

/** DeleteOptions from the query, for a delete without a body. @throws ApiError 400 */
export function deleteOptionsFromQuery(query: URLSearchParams): DeleteOptions {
  if (query.size === 0) return {};
  const gracePeriodSeconds = integerParameter(query, 'gracePeriodSeconds');
  const orphanDependents = booleanParameter(query, 'orphanDependents');
  const propagationPolicy = query.get('propagationPolicy') ?? undefined;
  const dryRun = query.getAll('dryRun');
  // Upstream reads both preconditions from the query, where an empty one is none.
  const uid = query.get('uid');
  const resourceVersion = query.get('resourceVersion');
  const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(uid || resourceVersion ? { preconditions } : {}),
    ...(orphanDependents === undefined ? {} : { orphanDependents }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(dryRun.length === 0 ? {} : { dryRun }),
  };
}

/** The resourceVersion that a get asks for. @throws ApiError 400 for the long gone `export` */
export function getOptions(query: URLSearchParams): { resourceVersion: string } {
  if (query.size === 0) return { resourceVersion: '' };
  if (booleanParameter(query, 'export')) throw badRequest('the export parameter, deprecated since v1.14, is no longer supported');
  return { resourceVersion: query.get('resourceVersion') ?? '' };
}
