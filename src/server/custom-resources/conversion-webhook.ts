import { errorsText, type FieldError, FieldPath } from '../../../api/meta/field.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { copySorted, isJsonObject } from '../../../api/meta/json.ts';
import { jsonText } from '../../../api/meta/json-text.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { validateAnnotations, validateLabels } from '../../../api/meta/validation.ts';
import { conversionReviewSchemas, readResponse } from '../../admission/webhook/review-schema.ts';
import { wrongKind } from '../../machinery/expected-kind.ts';
import { goKind } from '../../machinery/patch/go-format.ts';
import type { Random } from '../../machinery/random.ts';
import { WebhookCallError, type WebhookClient, type WebhookClientConfig } from '../../machinery/webhook-client.ts';
import { ApiError } from '../../registry/errors.ts';
import { goType } from './go-type.ts';

const reviewGroup = 'apiextensions.k8s.io';
const reviewKind = 'ConversionReview';
const knownReviews = ['v1', 'v1beta1'];
const userAgent = 'kube-apiserver-admission';
const timeoutSeconds = 30;

export interface ConversionWebhookParts {
  readonly client: WebhookClient;
  readonly random: Random;
}

/** The webhook that converts between the versions of one custom kind. */
export class ConversionWebhook {
  private readonly config: WebhookClientConfig;
  private readonly reviewVersion: string;
  private readonly parts: ConversionWebhookParts;

  /** @param reviewVersions in the webhook's order; the first that is known is used */
  constructor(config: WebhookClientConfig, reviewVersions: readonly string[], parts: ConversionWebhookParts) {
    this.config = config;
    this.reviewVersion = reviewVersions.find((version) => knownReviews.includes(version)) ?? 'v1';
    this.parts = parts;
  }

  /** An object in another version, its metadata as it was but for labels and annotations. @throws ApiError 500 in upstream's words */
  async convert(object: KubeObject, apiVersion: string): Promise<KubeObject> {
    const subject = `conversion webhook for ${object.apiVersion}, Kind=${object.kind}`;
    const objects = await this.ask(object, apiVersion).catch((error) => {
      throw error instanceof WebhookCallError ? failure(`${subject} failed: ${error.message}`) : error;
    });
    if (objects.length !== 1) throw failure(`${subject} returned ${objects.length} objects, expected 1`);
    const converted = readObject(objects[0]);
    const problem = problemOf(object, converted, apiVersion);
    if (problem) throw failure(`${subject} returned invalid ${problem}`);
    return withMetadata(object, converted, subject);
  }

  private async ask(object: KubeObject, desiredAPIVersion: string): Promise<unknown[]> {
    const { client, random } = this.parts;
    const uid = random.uuid();
    const { resourceVersion: _, ...metadata } = object.metadata!;
    const review = {
      kind: reviewKind,
      apiVersion: `${reviewGroup}/${this.reviewVersion}`,
      request: { uid, desiredAPIVersion, objects: [{ ...object, metadata }] },
      response: { uid: '', convertedObjects: null, result: { metadata: {} } },
    };
    const answer = await client.post(this.config, review, userAgent, timeoutSeconds);
    const wrong = wrongKind(answer, this.reviewVersion, { group: reviewGroup, kind: reviewKind, versions: knownReviews });
    if (wrong) throw new WebhookCallError(wrong);
    const response = readResponse(answer, conversionReviewSchemas[this.reviewVersion]!);
    // The older version never looked at what the answer says it is, nor at its uid.
    const isStrict = this.reviewVersion === 'v1';
    // What is said of both is right by now.
    if (isStrict && !(answer.apiVersion && answer.kind)) {
      const { apiVersion, kind } = review;
      throw new WebhookCallError(
        `expected webhook response of ${apiVersion}, Kind=${kind}, got ${answer.apiVersion || '/'}, Kind=${answer.kind ?? ''}`,
      );
    }
    if (!response) throw new WebhookCallError('no response provided');
    if (isStrict && (response['uid'] ?? '') !== uid) {
      throw new WebhookCallError(`expected response.uid=${goQuote(uid)}, got ${goQuote(response['uid'] ?? '')}`);
    }
    const { status = '', message = '' } = response['result'] ?? {};
    if (status !== 'Success') throw new WebhookCallError(message || `response.result.status was '${status}', not 'Success'`);
    return response['convertedObjects'] ?? [];
  }
}

function failure(message: string): ApiError {
  return new ApiError(500, '', message);
}

/** One of the answer's objects. @throws ApiError in the words of Go's decoder for what is none */
function readObject(given: unknown): KubeObject {
  if (given === null) throw failure('unexpected end of JSON input');
  if (!isJsonObject(given)) throw failure(`json: cannot unmarshal ${goKind(given)} into Go value of type map[string]interface {}`);
  const isVersion = textOf(given['apiVersion']).split('/').length <= 2;
  if (!isVersion || textOf(given['kind']) === '') throw failure(`Object 'Kind' is missing in '${jsonText(given)}'`);
  return given;
}

// Unstructured data has a text where it is one, and nothing where it is something else.
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What follows `returned invalid`. */
function problemOf(object: KubeObject, converted: KubeObject, apiVersion: string): string | undefined {
  const given = textOf(converted.apiVersion);
  if (given !== apiVersion) return `object at index 0: invalid groupVersion (expected ${apiVersion}, received ${given})`;
  if (converted.kind !== object.kind) return `object at index 0: invalid kind (expected ${object.kind}, received ${converted.kind})`;
  const before = object.metadata!;
  const after = isJsonObject(converted.metadata) ? converted.metadata : undefined;
  for (const [name, member] of identity) {
    const [expected, got] = [textOf(before[member]), textOf(after?.[member])];
    if (expected !== got) return `object: must have the same ${name}: ${expected} != ${got}`;
  }
  return undefined;
}

const identity = [
  ['name', 'name'],
  ['namespace', 'namespace'],
  ['UID', 'uid'],
] as const;

function withMetadata(object: KubeObject, converted: KubeObject, subject: string): KubeObject {
  const invalid = (text: string): ApiError => failure(`${subject} returned invalid metadata: ${text}`);
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const name of ['labels', 'annotations'] as const) {
    const given: unknown = converted.metadata?.[name];
    delete metadata[name];
    if (given === undefined || given === null) continue;
    if (!isJsonObject(given)) throw invalid(`invalid metadata.${name} of type ${goType(given)} in converted object`);
    for (const [key, value] of Object.entries(given)) {
      if (typeof value !== 'string')
        throw invalid(`metadata.${name}[${key}] must be a string, but is ${goType(value)} in converted object`);
    }
    const texts = given as Record<string, string>;
    if (!sameTexts(texts, object.metadata![name] ?? {})) {
      const errors = rules[name](texts);
      if (errors.length > 0) throw invalid(errorsText(errors));
    }
    metadata[name] = texts;
  }
  return copySorted({ ...converted, metadata }) as KubeObject;
}

const rules: Readonly<Record<'labels' | 'annotations', (texts: Record<string, string>) => FieldError[]>> = {
  labels: (texts) => validateLabels(texts, FieldPath.of('metadata', 'labels')),
  // The path is upstream's.
  annotations: (texts) => validateAnnotations(texts, FieldPath.of('metadata', 'annotation')),
};

function sameTexts(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
