import { goQuote } from '../../../api/meta/go-quote.ts';
import { isQualifiedName } from '../../../api/meta/names.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Authorizer } from '../../auth/types.ts';
import type { Clock } from '../../machinery/clock.ts';
import { wrongKind } from '../../machinery/expected-kind.ts';
import type { Logger } from '../../machinery/logger.ts';
import type { Random } from '../../machinery/random.ts';
import { type CredentialsFor, WebhookCallError, type WebhookClient } from '../../machinery/webhook-client.ts';
import { badRequest, internalError } from '../../registry/errors.ts';
import type { WebhookMetrics, WebhookType } from '../metrics/webhook-metrics.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import type { Match, MatchParts } from './match.ts';
import { CallFailure, Refusal } from './outcomes.ts';
import { type AdmissionResponse, admissionReview, InvalidReviewError, responseOf, reviewOf } from './review.ts';
import type { Webhook } from './webhook.ts';

/** What the plugins that call webhooks are made of. */
export interface WebhookParts extends MatchParts {
  readonly client: WebhookClient;
  /** As whom the plugin calls webhooks. */
  readonly credentials?: CredentialsFor | undefined;
  readonly clock: Clock;
  readonly metrics: { readonly webhooks: WebhookMetrics };
  readonly random: Random;
  readonly logger: Logger;
  readonly authorizer: Authorizer;
  /** An object with its keys in the order in which Go's encoder writes them. */
  inOrder(object: KubeObject): KubeObject;
}

const userAgent = 'kube-apiserver-admission';

/** Configurations of admission itself are never shown to webhooks, so that a broken one can be mended. */
export function isExempt({ definition }: AdmissionAttributes): boolean {
  return definition.group === 'admissionregistration.k8s.io';
}

/**
 * Asks a webhook.
 * @throws CallFailure if it gave no valid answer; ApiError 400 if it may not be asked in a dry run, or its refusal
 */
export async function ask(
  webhook: Webhook,
  attributes: AdmissionAttributes,
  match: Match,
  mutating: boolean,
  { client, credentials, random, inOrder }: WebhookParts,
): Promise<AdmissionResponse> {
  if (attributes.dryRun && !webhook.allowsDryRun) {
    throw badRequest(`admission webhook ${goQuote(webhook.name)} does not support dry run`);
  }
  const uid = random.uuid();
  const { reviewVersion } = webhook;
  let response: AdmissionResponse;
  try {
    const { definition, object, old } = match;
    const ordered = { definition, object: object && inOrder(object), old: old && inOrder(old) };
    const review = reviewOf(attributes, ordered, uid, reviewVersion);
    const answer = await client.post(webhook.client, review, userAgent, webhook.timeoutSeconds, credentials);
    const wrong = wrongKind(answer, reviewVersion, admissionReview);
    if (wrong) throw new WebhookCallError(wrong);
    response = responseOf(answer, uid, reviewVersion, mutating);
  } catch (error) {
    if (error instanceof WebhookCallError) throw failure(webhook, `failed to call webhook: ${error.message}`, error.code);
    if (error instanceof InvalidReviewError) throw failure(webhook, `received invalid webhook response: ${error.message}`);
    throw error;
  }
  if (attributes.annotate) {
    for (const [key, value] of Object.entries(response.auditAnnotations ?? {})) {
      const qualified = `${webhook.name}/${key}`;
      if (isQualifiedName(qualified).length === 0) attributes.annotate(qualified, value);
    }
  }
  for (const text of response.warnings ?? []) attributes.warn(text);
  if (!response.allowed) throw refusal(webhook, response);
  return response;
}

export function failure({ name }: Webhook, message: string, code = 503): CallFailure {
  return new CallFailure(`failed calling webhook ${goQuote(name)}: ${message}`, code);
}

/** Counts and times the call of a webhook. */
export async function observed<T>(
  { name, ignoresFailure }: Webhook,
  type: WebhookType,
  { operation }: AdmissionAttributes,
  { clock, metrics: { webhooks } }: WebhookParts,
  call: () => Promise<T>,
): Promise<T> {
  const began = clock.monotonic();
  try {
    const result = await call();
    webhooks.allowed(name, type, operation, clock.monotonic() - began);
    return result;
  } catch (error) {
    webhooks.failed(name, type, operation, clock.monotonic() - began, error, ignoresFailure);
    throw error;
  }
}

/** Lets a failed call pass where the webhook's policy says so. @throws ApiError */
export function failOrIgnore(webhook: Webhook, error: unknown, { logger }: WebhookParts): void {
  if (!(error instanceof CallFailure)) throw error;
  if (!webhook.ignoresFailure) throw internalError(error.message);
  logger.warn({ webhook: webhook.name, error: error.message }, 'a webhook failed, which its policy ignores');
}

function refusal({ name }: Webhook, { status = {} }: AdmissionResponse): Refusal {
  const denied = `admission webhook ${goQuote(name)} denied the request`;
  const { message, reason, code, details, metadata } = status;
  const explained = message || reason || '';
  return new Refusal(
    Math.max(code ?? 0, 400),
    reason ?? '',
    explained ? `${denied}: ${explained}` : `${denied} without explanation`,
    details,
    metadata,
  );
}
