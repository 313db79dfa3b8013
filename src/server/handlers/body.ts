import { invalid as invalidField } from '../../../api/meta/field.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { jsonText } from '../../../api/meta/json-text.ts';
import { apiVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import type { Schema } from '../../../openapi/schema.ts';
import { notRegistered } from '../../machinery/expected-kind.ts';
import { MessageError } from '../../machinery/protobuf/codec.ts';
import { conform, DecodeError, strictDecodingError } from '../../machinery/schema/conform.ts';
import { infiniteNumber, keepWrittenNumbers, wholeFloats } from '../../machinery/schema/json-numbers.ts';
import { BodyError, type ParsedBody, parseJson, parseYaml } from '../../machinery/schema/parse.ts';
import { badRequest, invalid } from '../../registry/errors.ts';
import type { RequestContext } from '../context.ts';
import type { MediaType } from '../negotiation/accept.ts';
import { requestMediaType } from '../negotiation/content-type.ts';
import { internalGroup } from '../registered-kinds.ts';
import type { HandlerParts } from './scope.ts';

export const bodyLimit = 3 * 1024 * 1024;

/** What was sent with a request. @throws ApiError 413 */
export async function readBody({ request, bodySizes }: Pick<RequestContext, 'request' | 'bodySizes'>): Promise<Buffer> {
  const bytes = await request.readBody(bodyLimit);
  bodySizes?.observe(bytes.length);
  return bytes;
}

/** A kind that bodies are read as before it is seen that another one is wanted. */
export interface RegisteredKind {
  /** Where it is handled. */
  readonly group: string;
  readonly version: string;
  readonly schema: Schema;
}

/** What a body should be. */
export interface ExpectedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schema: Schema;
  /** What is said of every body that cannot be decoded, instead of the reason. */
  readonly undecodable?: string;
  /** Data without a type: the body must say what it is. */
  readonly isCustom?: boolean;
  /** Other versions whose objects of this kind are the same. */
  readonly alsoReads?: readonly string[];
  /** What is known of another kind. */
  readonly registered?: (apiVersion: string, kind: string) => RegisteredKind | undefined;
  /** Fills in what depends on other fields; the schema's own defaults are there already. */
  readonly defaults?: (object: any) => void;
  /** What the types do not say of a body that cannot be decoded. */
  readonly unconvertible?: (object: any) => string | undefined;
}

export interface DecodedBody {
  /** Checked, pruned, defaulted; belongs to the caller. */
  readonly object: KubeObject;
  /** The same once more, as it came: for a retry after the first was changed. */
  again(): KubeObject;
  /** See `nullEmpties`. */
  readonly hasEmpty: boolean;
  /** See `StrategyContext`. */
  readonly wholeFloats: () => ReadonlySet<string> | undefined;
}

/** A create is refused for its media type before its options are looked at, an update after them. @throws ApiError 415 */
export function checkMediaType({ request }: RequestContext): void {
  if (!request.object) requestMediaType(request.headers['content-type']);
}

/**
 * Reads and decodes a request's object.
 * @throws ApiError 413, 415, 400 in the words of upstream's decoders
 */
export async function readObject(
  context: RequestContext,
  expected: ExpectedKind,
  fieldValidation: 'Ignore' | 'Warn' | 'Strict',
  parts: HandlerParts,
): Promise<DecodedBody> {
  const { request } = context;
  let body: ParsedBody;
  if (request.object) body = { value: request.object, format: 'json', text: '', yamlDuplicates: [] };
  else {
    const mediaType = requestMediaType(request.headers['content-type']);
    body = parseBody(await readBody(context), mediaType, expected, parts);
  }
  const decoded = decodeValue(body, expected, fieldValidation, context, request.object !== undefined);
  context.audit?.noteObject(decoded.object, expected.schema);
  return decoded;
}

function parseBody(bytes: Buffer, mediaType: MediaType, expected: ExpectedKind, parts: HandlerParts): ParsedBody {
  try {
    if (mediaType === 'protobuf') return { value: parts.protobuf.decode(bytes, expected), format: 'json', text: '', yamlDuplicates: [] };
    return mediaType === 'yaml' ? parseYaml(bytes) : parseJson(bytes);
  } catch (error) {
    if (error instanceof MessageError) throw cannotHandle(error, expected, error.message);
    if (!(error instanceof BodyError || error instanceof DecodeError)) throw error;
    const message = mediaType === 'json' ? `couldn't get version/kind; json parse error: ${error.message}` : error.message;
    throw unrecognized(expected, message, bytes);
  }
}

function decodeValue(
  body: ParsedBody,
  expected: ExpectedKind,
  fieldValidation: 'Ignore' | 'Warn' | 'Strict',
  context: RequestContext,
  inProcess: boolean,
): DecodedBody {
  const value = checkKind(body, expected);
  const conformed = decodeInto(expected, body, value, !inProcess && fieldValidation !== 'Ignore');
  const { object, strictErrors, hasEmpty } = conformed;
  const problem = expected.unconvertible?.(object);
  if (problem !== undefined) throw cannotHandle(value, expected, problem);
  if (strictErrors.length > 0) {
    if (fieldValidation === 'Strict') throw cannotHandle(asGiven(body, expected), expected, strictDecodingError(strictErrors));
    for (const text of strictErrors) warn(context, text);
  }
  expected.defaults?.(object);
  return {
    object,
    hasEmpty,
    wholeFloats: () => (expected.isCustom && body.format === 'json' ? wholeFloats(body.text) : undefined),
    again() {
      const fresh = conform(value, expected.schema).object;
      expected.defaults?.(fresh);
      return fresh;
    },
  };
}

/** @param value the body's, with the kind and version that it should have */
function decodeInto(expected: ExpectedKind, given: ParsedBody, value: KubeObject, strict: boolean): ReturnType<typeof conform> {
  const body = { ...given, value };
  if (expected.isCustom) refuseInfinite(body, expected);
  keepWrittenNumbers(body, expected.schema);
  try {
    return conform(value, expected.schema, strict ? { strict, body } : {});
  } catch (error) {
    if (error instanceof DecodeError) throw cannotHandle(asGiven(given, expected), expected, error.message);
    throw error;
  }
}

/** The kind and version that a body says it is of, or else those that are wanted. */
function asGiven({ value }: ParsedBody, expected: ExpectedKind): { readonly apiVersion: string; readonly kind: string } {
  const { apiVersion, kind } = (value ?? {}) as KubeObject;
  return { apiVersion: apiVersion || apiVersionOf(expected.group, expected.version), kind: kind || expected.kind };
}

// Data without a type has no place for it, whether or not its schema knows the field.
function refuseInfinite({ value, format, text, json }: ParsedBody, expected: ExpectedKind): void {
  const number = infiniteNumber(format === 'json' ? text : (json ?? ''));
  if (number !== undefined) {
    throw cannotHandle(value as KubeObject, expected, `json: cannot unmarshal number ${number} into Go value of type float64`);
  }
}

/** Adds a warning, once. */
export function warn(context: RequestContext, text: string): void {
  if (!context.warnings.includes(text)) context.warnings.push(text);
}

// The object with the apiVersion and kind that it should have; both may be left out.
function checkKind(body: ParsedBody, expected: ExpectedKind): KubeObject {
  const given = body.value as KubeObject | null;
  const apiVersion = apiVersionOf(expected.group, expected.version);
  if (given?.apiVersion === apiVersion && given.kind === expected.kind) return given;
  const problem = kindProblem(given);
  if (problem !== undefined) throw unrecognized(expected, problem, Buffer.from(body.text || jsonText(given)));
  if (expected.isCustom) throw notThisCustomKind(given, body, expected);
  return withKind(given ?? {}, body, expected, apiVersion);
}

// Null, which YAML without a value is as well, stands for an object without fields.
function withKind(value: KubeObject, body: ParsedBody, expected: ExpectedKind, apiVersion: string): KubeObject {
  const kind = value.kind || expected.kind;
  const given = groupVersionText(value.apiVersion || apiVersion) || apiVersion;
  // A group alone leaves the version open, which that of the path is for its own group only.
  if (given === `${expected.group}/`) return withKind({ ...value, apiVersion }, body, expected, apiVersion);
  if (/^[^/]+\/$/.test(given))
    throw cannotHandle({ apiVersion: given, kind }, expected, `Object 'apiVersion' is missing in '${body.text}'`);
  const isSame = given === apiVersion || expected.alsoReads?.includes(given);
  if (!isSame || kind !== expected.kind) {
    const problem = versionProblem(given);
    if (problem !== undefined) throw unrecognized(expected, problem, Buffer.from(body.text));
    const wrong = wrongKind(value, given, kind, expected);
    if (wrong === undefined)
      throw badRequest(`the API version in the data (${given}) does not match the expected API version (${apiVersion})`);
    throw cannotHandle({ ...value, apiVersion: given, kind }, expected, wrong);
  }
  return { kind, apiVersion, ...withoutKind(value) };
}

function notThisCustomKind(value: KubeObject | null, body: ParsedBody, expected: ExpectedKind): Error {
  if (!value?.kind) {
    const text = body.text || jsonText(value);
    return unrecognized(expected, `Object 'Kind' is missing in '${text}'`, Buffer.from(text));
  }
  const apiVersion = apiVersionOf(expected.group, expected.version);
  if (value.apiVersion !== apiVersion) {
    return badRequest(`the API version in the data (${value.apiVersion ?? ''}) does not match the expected API version (${apiVersion})`);
  }
  const error = invalidField('kind', value.kind, `must be ${expected.kind}`);
  return invalid({ group: expected.group, kind: value.kind }, value.metadata?.name ?? '', [error]);
}

function withoutKind({ kind: _kind, apiVersion: _apiVersion, ...rest }: KubeObject): KubeObject {
  return rest;
}

const typeMeta = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** What the decoder says of a value that cannot name its kind. */
export function kindProblem(value: unknown): string | undefined {
  const head = "couldn't get version/kind; json parse error: json: cannot unmarshal";
  if (value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) return `${head} ${goType(value)} into Go value of type ${typeMeta}`;
  for (const field of ['apiVersion', 'kind']) {
    const given = (value as KubeObject)[field];
    if (given !== undefined && given !== null && typeof given !== 'string') {
      return `${head} ${goType(given)} into Go struct field .${field} of type string`;
    }
  }
  return undefined;
}

/** An apiVersion as it is read: a slash before a version says that it is of no group. */
export function groupVersionText(apiVersion: string): string {
  return apiVersion.startsWith('/') && apiVersion.lastIndexOf('/') === 0 ? apiVersion.slice(1) : apiVersion;
}

/** What the decoder says of an apiVersion that cannot be one. */
export function versionProblem(apiVersion: string): string | undefined {
  return apiVersion.split('/').length > 2 ? `unexpected GroupVersion string: ${apiVersion}` : undefined;
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/**
 * What the decoder says of a body that is of another kind or version: it reads it as what it is, and then cannot turn it into what it should be. Undefined where
 * it can, as of another version of the same kind.
 */
export function wrongKind(value: unknown, apiVersion: string, kind: string, expected: ExpectedKind): string | undefined {
  const known = expected.registered?.(apiVersion, kind);
  if (!known) return notRegistered(apiVersion, kind);
  const isSameKind = kind === expected.kind && known.group === internalGroup(expected.group, kind);
  try {
    conform(value, isSameKind && known.schema.type === 'any' ? expected.schema : known.schema);
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
  if (isSameKind) return undefined;
  const internal = expected.group === '' ? 'core' : expected.group.split('.')[0];
  return `converting (${known.version}.${kind}) to (${internal}.${expected.kind}): unknown conversion`;
}

function cannotHandle(value: Pick<KubeObject, 'apiVersion' | 'kind'>, expected: ExpectedKind, message: string): Error {
  if (expected.undecodable) return badRequest(expected.undecodable);
  const version = (value.apiVersion ?? '').split('/').at(-1)!;
  return badRequest(`${value.kind} in version ${goQuote(version)} cannot be handled as a ${expected.kind}: ${message}`);
}

function unrecognized(expected: ExpectedKind, message: string, bytes: Buffer): Error {
  if (expected.undecodable) return badRequest(expected.undecodable);
  return badRequest(`the object provided is unrecognized (must be of type ${expected.kind}): ${message} (${summary(bytes)})`);
}

const summaryLength = 30;

function summary(bytes: Buffer): string {
  if (bytes.length === 0) return '<empty>';
  const cut = bytes.subarray(0, summaryLength);
  const text = bytes[0] === 0x7b ? cut.toString() : cut.toString('hex');
  return bytes.length > summaryLength ? `${text} ...` : text;
}
