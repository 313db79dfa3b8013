import { ApiError, internalError } from '../../registry/errors.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { ask, failOrIgnore, isExempt, observed, type WebhookParts } from './caller.ts';
import { conditionsHold } from './conditions.ts';
import { type Match, seenIn, versionHeardBy } from './match.ts';
import type { Webhook, Webhooks } from './webhook.ts';

/** Calls all validating webhooks that hear of a request side by side; the first refusal to come is the answer. */
export class ValidatingWebhookPlugin implements AdmissionPlugin {
  readonly name = 'ValidatingAdmissionWebhook';
  private readonly webhooks: Webhooks;
  private readonly parts: WebhookParts;

  constructor(webhooks: Webhooks, parts: WebhookParts) {
    this.webhooks = webhooks;
    this.parts = parts;
  }

  validate(attributes: AdmissionAttributes): Promise<void> | void {
    if (this.webhooks.all.length === 0 || isExempt(attributes)) return;
    return this.callAll(attributes);
  }

  private async callAll(attributes: AdmissionAttributes): Promise<void> {
    const concerned: [Webhook, Match][] = [];
    for (const webhook of this.webhooks.all) {
      const definition = await versionHeardBy(webhook, attributes, this.parts);
      const match = definition && (await seenIn(definition, attributes).catch(unconverted));
      if (match && (await conditionsHold(webhook, attributes, match, 'validate', this.parts))) concerned.push([webhook, match]);
    }
    if (concerned.length === 0) return;
    const refusals: unknown[] = [];
    const { clock } = this.parts;
    const began = clock.monotonic();
    await Promise.all(
      concerned.map(([webhook, match], index) => this.call(webhook, attributes, match, index).catch((error) => refusals.push(error))),
    );
    attributes.waited?.(clock.monotonic() - began);
    if (refusals.length > 0) throw refusals[0];
  }

  private async call(webhook: Webhook, attributes: AdmissionAttributes, match: Match, index: number): Promise<void> {
    try {
      await observed(webhook, 'validating', attributes, this.parts, () => ask(webhook, attributes, match, false, this.parts));
    } catch (error) {
      failOrIgnore(webhook, error, this.parts);
      attributes.annotate?.(`failed-open.validating.webhook.admission.k8s.io/round_0_index_${index}`, webhook.name);
    }
  }
}

function unconverted(error: Error): never {
  throw error instanceof ApiError ? internalError(error.message) : error;
}
