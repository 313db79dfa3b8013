import { goJson } from '../../../api/meta/go-json.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { isJsonObject } from '../../../api/meta/json.ts';
import { jsonText } from '../../../api/meta/json-text.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { compareText } from '../../../api/meta/text.ts';
import { sameJson } from '../../machinery/json-equal.ts';
import { PatchError } from '../../machinery/patch/error.ts';
import { applyJsonPatch, parseJsonPatch } from '../../machinery/patch/json.ts';
import { DecodeError } from '../../machinery/schema/conform.ts';
import { readJson } from '../../machinery/schema/json-numbers.ts';
import { copyData } from '../../registry/copy.ts';
import { ApiError, internalError } from '../../registry/errors.ts';
import type { AdmissionAttributes, AdmissionPlugin, Reinvocation } from '../plugin.ts';
import { ask, failOrIgnore, failure, isExempt, observed, type WebhookParts } from './caller.ts';
import { conditionsHold } from './conditions.ts';
import { inVersion, type Match, seenIn, versionHeardBy } from './match.ts';
import { type AdmissionResponse, jsonPatchType } from './review.ts';
import type { Webhook, Webhooks } from './webhook.ts';

const annotationPrefix = 'webhook.admission.k8s.io/';

export interface MutatingWebhookParts extends WebhookParts {
  /** A patched object as decoding it would give it: types checked, pruned, defaulted. @throws DecodeError */
  conform(object: KubeObject): KubeObject;
}

/** What the plugin keeps of its first round for a second one. */
interface Round {
  /** Webhooks that were called and may be again. */
  readonly called: Set<string>;
  /** Webhooks to call again, as something changed after them. */
  readonly again: Set<string>;
  /** What the last round left. */
  output: KubeObject | undefined;
}

/**
 * Calls mutating webhooks one after the other and applies their patches. Where one changes the object after another that asked to be reinvoked, a second
 * round calls those again.
 */
export class MutatingWebhookPlugin implements AdmissionPlugin {
  readonly name = 'MutatingAdmissionWebhook';
  private readonly webhooks: Webhooks;
  private readonly parts: MutatingWebhookParts;

  constructor(webhooks: Webhooks, parts: MutatingWebhookParts) {
    this.webhooks = webhooks;
    this.parts = parts;
  }

  mutate(attributes: AdmissionAttributes, reinvocation: Reinvocation): Promise<void> | void {
    if (this.webhooks.all.length === 0 || isExempt(attributes)) return;
    return this.callAll(attributes, reinvocation);
  }

  private async callAll(attributes: AdmissionAttributes, reinvocation: Reinvocation): Promise<void> {
    const round = reinvocation.stateOf<Round>(this.name, () => ({ called: new Set(), again: new Set(), output: undefined }));
    if (reinvocation.isSecond && !sameJson(round.output, attributes.object)) requireAll(round);
    for (const [index, webhook] of this.webhooks.all.entries()) {
      const definition = await versionHeardBy(webhook, attributes, this.parts);
      const match = definition && (await seenIn(definition, attributes).catch(unconverted));
      if (!match || !(await conditionsHold(webhook, attributes, match, 'admit', this.parts))) continue;
      if (reinvocation.isSecond && !round.again.has(webhook.uid)) continue;
      round.again.delete(webhook.uid);
      const call = `${annotationPrefix}round_${reinvocation.isSecond ? 1 : 0}_index_${index}`;
      let mutated = false;
      try {
        mutated = await observed(webhook, 'admit', attributes, this.parts, async () => {
          const response = await this.ask(webhook, attributes, match);
          return this.patch(webhook, attributes, match, response, call);
        });
        if (mutated) {
          requireAll(round);
          reinvocation.request();
        }
      } catch (error) {
        failOrIgnore(webhook, error, this.parts);
        attributes.annotate?.(`failed-open.mutation.${call}`, webhook.name);
      } finally {
        const { configuration, name } = webhook;
        attributes.annotate?.(`mutation.${call}`, goJson({ configuration, webhook: name, mutated }));
      }
      if (webhook.reinvocable) round.called.add(webhook.uid);
    }
    // A copy: the plugins of the second round change the object itself.
    if (reinvocation.isSecond || round.called.size > 0) round.output = copyData(attributes.object);
  }

  private async ask(webhook: Webhook, attributes: AdmissionAttributes, match: Match): Promise<AdmissionResponse> {
    const { clock } = this.parts;
    const began = clock.monotonic();
    try {
      return await ask(webhook, attributes, match, true, this.parts);
    } finally {
      attributes.waited?.(clock.monotonic() - began);
    }
  }

  /** @returns whether the object is another now. @throws CallFailure, ApiError 500 */
  private async patch(
    webhook: Webhook,
    attributes: AdmissionAttributes,
    match: Match,
    response: AdmissionResponse,
    call: string,
  ): Promise<boolean> {
    const text = response.patch;
    if (!text?.length) return false;
    const operations = decode(webhook, text);
    if (operations.operations.length === 0) return false;
    if (match.object === undefined)
      throw internalError('the API server does not support patching when the admission request has no object');
    if (response.patchType !== jsonPatchType) {
      throw failure(webhook, `unsupported patch type ${goQuote(response.patchType ?? '')}`);
    }
    const patched = this.conformed(match.object, operations);
    const changed = !sameJson(patched, match.object);
    attributes.annotate?.(`patch.${call}`, patchAnnotation(webhook, text), 'Request');
    if (changed) attributes.object = await inVersion(patched, match.definition, attributes.definition);
    return changed;
  }

  private conformed(object: KubeObject, operations: ReturnType<typeof parseJsonPatch>): KubeObject {
    try {
      const patched = applyJsonPatch(object, operations);
      // What is no object any more has no kind that could be decoded.
      if (!isJsonObject(patched)) throw internalError(`Object 'Kind' is missing in '${jsonText(patched)}'`);
      return this.parts.conform(patched as KubeObject);
    } catch (error) {
      if (error instanceof PatchError) throw internalError(error.detail ?? error.message);
      if (error instanceof DecodeError) throw internalError(error.message);
      throw error;
    }
  }
}

/** A patch as an audit event tells of it: the fields of its operations in alphabetical order. */
function patchAnnotation({ configuration, name }: Webhook, text: Buffer): string {
  const operations = readJson(text.toString()) as object[];
  const patch = operations.map((operation) => Object.fromEntries(Object.entries(operation).sort(([a], [b]) => compareText(a, b))));
  return goJson({ configuration, webhook: name, patch, patchType: jsonPatchType });
}

/** Upstream wraps it where it converts, and again where it calls. */
function unconverted(error: Error): never {
  throw error instanceof ApiError ? internalError(internalError(error.message).message) : error;
}

function requireAll(round: Round): void {
  for (const uid of round.called) round.again.add(uid);
}

function decode(webhook: Webhook, text: Buffer): ReturnType<typeof parseJsonPatch> {
  try {
    return parseJsonPatch(text, Number.POSITIVE_INFINITY, 'jsonpatch.Patch');
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    const message = error.message.replace(/^error decoding patch: /, '');
    throw failure(webhook, `received undecodable patch in webhook response: ${message}`);
  }
}
