import { pod as pods } from '../../../api/core/v1/pod.ts';
import { compareText } from '../../../api/meta/text.ts';
import type { Pod } from '../../../openapi/types.ts';
import { AnswerCache } from '../../auth/answer-cache.ts';
import type { Clock } from '../../machinery/clock.ts';
import { EndpointClient } from '../../machinery/endpoint-client.ts';
import type { Logger } from '../../machinery/logger.ts';
import { statusOf } from '../../machinery/review-status.ts';
import { boolean, map, object, string, typeMeta } from '../../machinery/schema/shapes.ts';
import { WebhookCallError } from '../../machinery/webhook-client.ts';
import type { WebhookEndpoint } from '../../machinery/webhook-endpoint.ts';
import { ApiError } from '../../registry/errors.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';

export interface ImagePolicyOptions {
  readonly endpoint: WebhookEndpoint;
  /** Milliseconds for which a yes and a no are kept, and after the first attempt. */
  readonly allowTtl: number;
  readonly denyTtl: number;
  readonly retryBackoff: number;
  /** Whether pods pass where the webhook gives no answer. */
  readonly defaultAllow: boolean;
}

interface Answer {
  readonly allowed?: boolean;
  readonly reason?: string;
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

const reviewKind = { group: 'imagepolicy.k8s.io', kind: 'ImageReview', versions: ['v1alpha1'] };
const version = 'v1alpha1';
const status = object('io.k8s.api.imagepolicy.v1alpha1.ImageReviewStatus', {
  allowed: boolean,
  reason: string,
  auditAnnotations: map(string),
});
const reviewShape = object('io.k8s.api.imagepolicy.v1alpha1.ImageReview', { ...typeMeta, status });
const callTimeout = 30_000;
const auditPrefix = 'imagepolicywebhook.image-policy.k8s.io/';
/** Annotations of pods that the webhook is told: those whose prefix ends so. */
const toldAnnotation = /^[^/]*\.image-policy\.k8s\.io\//;

/** Asks a webhook with an ImageReview whether pods may use their images. */
export class ImagePolicyWebhookPlugin implements AdmissionPlugin, Disposable {
  readonly name = 'ImagePolicyWebhook';
  private readonly options: ImagePolicyOptions;
  private readonly logger: Logger;
  private readonly client: EndpointClient;
  private readonly cache: AnswerCache<Answer>;

  constructor(options: ImagePolicyOptions, clock: Clock, logger: Logger) {
    this.options = options;
    this.logger = logger;
    this.client = new EndpointClient(options.endpoint, clock);
    this.cache = new AnswerCache(clock, ({ allowed }) => (allowed ? options.allowTtl : options.denyTtl));
  }

  concerns({ definition, operation, subresource, object }: AdmissionAttributes): boolean {
    const writes = operation === 'CREATE' || operation === 'UPDATE';
    const isPod = definition.plural === pods.plural && definition.group === pods.group;
    return writes && isPod && object !== undefined && (subresource === '' || subresource === 'ephemeralcontainers');
  }

  async validate(attributes: AdmissionAttributes): Promise<void> {
    const spec = specOf(attributes);
    const answer = await this.cache.get(JSON.stringify(spec), () => this.ask(spec)).catch((error) => this.failed(error, attributes));
    for (const [key, value] of Object.entries(answer.auditAnnotations ?? {})) attributes.annotate?.(auditPrefix + key, value);
    if (answer.allowed) return;
    const { reason } = answer;
    const denied = reason ? `image policy webhook backend denied one or more images: ${reason}` : undefined;
    throw refuse(attributes, denied ?? 'one or more images rejected by webhook backend');
  }

  private async ask(spec: object): Promise<Answer> {
    const { group, kind } = reviewKind;
    const review = { kind, apiVersion: `${group}/${version}`, metadata: {}, spec, status: { allowed: false } };
    const answer = await this.client.review(review, callTimeout, this.options.retryBackoff);
    return statusOf(answer, version, reviewKind, reviewShape);
  }

  private failed(error: unknown, attributes: AdmissionAttributes): Answer {
    if (!(error instanceof WebhookCallError)) throw error;
    this.logger.warn({ error: error.message }, 'the webhook of image policies could not be asked');
    if (this.options.defaultAllow) return { allowed: true, auditAnnotations: { 'failed-open': 'true' } };
    if (error.code !== 403) throw refuse(attributes, error.message);
    // A refusal to answer is told as it is.
    const causes = [{ reason: 'UnexpectedServerResponse', message: error.message }];
    throw new ApiError(403, 'Forbidden', error.message, { causes });
  }

  [Symbol.dispose](): void {
    this.client[Symbol.dispose]();
  }
}

function specOf({ object, namespace, subresource }: AdmissionAttributes): object {
  const { spec, metadata } = object as Pod;
  const { containers = [], initContainers = [], ephemeralContainers = [] } = spec!;
  const all = subresource === 'ephemeralcontainers' ? ephemeralContainers : [...containers, ...initContainers];
  const annotations = Object.entries(metadata?.annotations ?? {})
    .filter(([key]) => toldAnnotation.test(key))
    .sort(([a], [b]) => compareText(a, b));
  return {
    containers: all.map(({ image }) => (image ? { image } : {})),
    ...(annotations.length > 0 ? { annotations: Object.fromEntries(annotations) } : {}),
    namespace,
  };
}
