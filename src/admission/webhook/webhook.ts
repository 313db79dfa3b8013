import { LabelSelector, selectorFromObject } from '../../../api/meta/label-selector.ts';
import { compareText } from '../../../api/meta/text.ts';
import type { MutatingWebhook, ValidatingWebhook } from '../../../openapi/types.ts';
import type { WebhookClientConfig } from '../../machinery/webhook-client.ts';
import { MatchConditions } from '../policy/conditions.ts';
import type { Criteria, Rule } from './match.ts';
import { reviewVersionOf } from './review.ts';

/** One webhook of a configuration, ready to be matched and called. */
export interface Webhook extends Criteria {
  /** Of the configuration and the webhook's place in it. */
  readonly uid: string;
  readonly name: string;
  /** The configuration's name. */
  readonly configuration: string;
  readonly client: WebhookClientConfig;
  readonly rules: readonly Rule[];
  readonly ignoresFailure: boolean;
  readonly conditions: MatchConditions;
  readonly timeoutSeconds: number;
  /** `v1` or `v1beta1`. */
  readonly reviewVersion: string;
  readonly allowsDryRun: boolean;
  /** Whether it is called again when a later plugin changed the object. */
  readonly reinvocable: boolean;
}

/** A Mutating- or ValidatingWebhookConfiguration. */
export interface WebhookConfiguration {
  readonly metadata?: { readonly name?: string; readonly uid?: string };
  readonly webhooks?: readonly (MutatingWebhook | ValidatingWebhook)[];
}

/** The webhooks of all configurations of one kind, in the order in which they are called: by the configurations' names. */
export class Webhooks {
  private readonly byName = new Map<string, readonly Webhook[]>();
  private ordered: readonly Webhook[] = [];

  get all(): readonly Webhook[] {
    return this.ordered;
  }

  set(configuration: WebhookConfiguration): void {
    const { name, uid } = configuration.metadata!;
    this.byName.set(
      name!,
      (configuration.webhooks ?? []).map((webhook, i) => prepare(webhook, `${uid}/${i}/${webhook.name}`, name!)),
    );
    this.order();
  }

  remove(name: string): void {
    this.byName.delete(name);
    this.order();
  }

  private order(): void {
    this.ordered = [...this.byName.entries()].sort(([a], [b]) => compareText(a, b)).flatMap(([, webhooks]) => webhooks);
  }
}

function prepare(webhook: MutatingWebhook & ValidatingWebhook, uid: string, configuration: string): Webhook {
  return {
    uid,
    name: webhook.name,
    configuration,
    client: webhook.clientConfig as WebhookClientConfig,
    rules: (webhook.rules ?? []).map(({ operations = [], apiGroups = [], apiVersions = [], resources = [], scope = '*' }) => ({
      operations,
      apiGroups,
      apiVersions,
      resources,
      scope,
    })),
    ignoresFailure: webhook.failurePolicy === 'Ignore',
    conditions: new MatchConditions(webhook.matchConditions, false),
    exact: webhook.matchPolicy === 'Exact',
    namespaceSelector: selectorOf(webhook.namespaceSelector),
    objectSelector: selectorOf(webhook.objectSelector),
    timeoutSeconds: webhook.timeoutSeconds ?? 10,
    reviewVersion: reviewVersionOf(webhook.admissionReviewVersions),
    allowsDryRun: webhook.sideEffects === 'None' || webhook.sideEffects === 'NoneOnDryRun',
    reinvocable: webhook.reinvocationPolicy === 'IfNeeded',
  };
}

function selectorOf(selector: MutatingWebhook['namespaceSelector']): LabelSelector {
  return selector ? selectorFromObject(selector as Parameters<typeof selectorFromObject>[0]) : LabelSelector.everything;
}
