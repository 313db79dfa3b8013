import { compileReviewCondition } from '../../../api/cel/authorization/review-environment.ts';
import { dynamicValue } from '../../../api/cel/policy/dynamic-values.ts';
import type { Program } from '../../../api/cel/program.ts';
import type { LabelOperator } from '../../../api/meta/label-selector.ts';
import { aggregate } from '../../../api/meta/text.ts';
import type { Clock } from '../../machinery/clock.ts';
import { EndpointClient } from '../../machinery/endpoint-client.ts';
import { statusOf } from '../../machinery/review-status.ts';
import { boolean, object, string, typeMeta } from '../../machinery/schema/shapes.ts';
import type { WebhookEndpoint } from '../../machinery/webhook-endpoint.ts';
import { AnswerCache } from '../answer-cache.ts';
import type { AccessAttributes, Authorizer, Decision, UserRules } from '../types.ts';

export interface WebhookAuthorizerOptions {
  readonly endpoint: WebhookEndpoint;
  /** Of authorization.k8s.io. */
  readonly version: string;
  /** Milliseconds for a call, and for which allowing and other answers are kept. */
  readonly timeout: number;
  readonly authorizedTtl: number;
  readonly unauthorizedTtl: number;
  readonly failurePolicy: 'NoOpinion' | 'Deny';
  readonly matchConditions: readonly string[];
}

const reviewKind = { group: 'authorization.k8s.io', kind: 'SubjectAccessReview', versions: ['v1', 'v1beta1'] };
const status = object('io.k8s.api.authorization.v1.SubjectAccessReviewStatus', {
  allowed: boolean,
  denied: boolean,
  reason: string,
  evaluationError: string,
});
const reviewShape = object('io.k8s.api.authorization.v1.SubjectAccessReview', { ...typeMeta, status });
const longestKey = 10_000;
const noOpinion: Decision = { decision: 'no-opinion', reason: '' };

/** Asks a webhook with a SubjectAccessReview, where its match conditions hold. */
export class WebhookAuthorizer implements Authorizer, Disposable {
  private readonly options: WebhookAuthorizerOptions;
  private readonly client: EndpointClient;
  private readonly cache: AnswerCache<Decision>;
  private readonly conditions: readonly Program[];

  /** @throws Error of a condition that does not compile */
  constructor(options: WebhookAuthorizerOptions, clock: Clock) {
    this.options = options;
    this.client = new EndpointClient(options.endpoint, clock);
    const { authorizedTtl, unauthorizedTtl } = options;
    this.cache = new AnswerCache(clock, ({ decision }) => (decision === 'allow' ? authorizedTtl : unauthorizedTtl));
    this.conditions = options.matchConditions.map(compileReviewCondition);
  }

  authorize(attributes: AccessAttributes): Decision | Promise<Decision> {
    const spec = reviewSpec(attributes, this.options.version);
    const failed = this.conditionsFail(attributes);
    if (failed) return failed;
    const key = JSON.stringify(spec);
    const asked = key.length > longestKey ? this.ask(spec) : this.cache.get(key, () => this.ask(spec));
    return asked.catch((error: Error) => this.failure(error.message));
  }

  async rulesFor(): Promise<UserRules> {
    return {
      resourceRules: [],
      nonResourceRules: [],
      incomplete: true,
      errors: ['webhook authorizer does not support user rule resolution'],
    };
  }

  [Symbol.dispose](): void {
    this.client[Symbol.dispose]();
  }

  /** What is decided without asking; undefined where all conditions hold. A condition that is false counts more than one that cannot be judged. */
  private conditionsFail(attributes: AccessAttributes): Decision | undefined {
    if (this.conditions.length === 0) return undefined;
    const values = [dynamicValue(conditionSpec(attributes))];
    const errors: string[] = [];
    for (const program of this.conditions) {
      const outcome = program.evaluate(values);
      if ('error' in outcome)
        errors.push(`cel evaluation error: expression '${program.parsed.source.text}' resulted in error: ${outcome.error}`);
      else if (outcome.value !== true) return noOpinion;
    }
    if (errors.length === 0) return undefined;
    return this.failure(aggregate(errors));
  }

  private failure(error: string): Decision {
    return { decision: this.options.failurePolicy === 'Deny' ? 'deny' : 'no-opinion', reason: '', error };
  }

  private async ask(spec: object): Promise<Decision> {
    const { version, timeout } = this.options;
    const { group, kind } = reviewKind;
    const review = { kind, apiVersion: `${group}/${version}`, metadata: {}, spec, status: { allowed: false } };
    const answer = await this.client.review(review, timeout);
    const { allowed, denied, reason } = statusOf(answer, version, reviewKind, reviewShape);
    if (allowed && denied) {
      return { decision: 'deny', reason: reason ?? '', error: 'webhook subject access review returned both allow and deny response' };
    }
    return { decision: allowed ? 'allow' : denied ? 'deny' : 'no-opinion', reason: reason ?? '' };
  }
}

const labelOperators: Readonly<Partial<Record<LabelOperator, string>>> = {
  '=': 'In',
  '==': 'In',
  in: 'In',
  '!=': 'NotIn',
  notin: 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
};

/** The spec of a SubjectAccessReview, without what is empty. */
function reviewSpec(attributes: AccessAttributes, version: string): object {
  const { user, resourceRequest, path, verb } = attributes;
  const { username, groups, uid, extra } = user;
  return {
    ...(resourceRequest ? { resourceAttributes: resourceAttributes(attributes) } : { nonResourceAttributes: { path, verb } }),
    user: username,
    ...(groups.length > 0 ? { [version === 'v1beta1' ? 'group' : 'groups']: groups } : {}),
    ...(extra && Object.keys(extra).length > 0 ? { extra } : {}),
    ...(uid ? { uid } : {}),
  };
}

/** What match conditions see: the spec with what is empty. */
function conditionSpec(attributes: AccessAttributes): object {
  const { user, resourceRequest, path, verb } = attributes;
  const about = resourceRequest
    ? { resourceAttributes: { ...resourceTexts(attributes), ...selectorsOf(attributes) } }
    : { nonResourceAttributes: { path, verb } };
  return { ...about, user: user.username, groups: user.groups, uid: user.uid ?? '', extra: user.extra ?? {} };
}

function resourceTexts({ namespace, verb, group, version, resource, subresource, name }: AccessAttributes): Record<string, string> {
  return { namespace, verb, group, version, resource, subresource, name };
}

function resourceAttributes(attributes: AccessAttributes): object {
  const texts = Object.entries(resourceTexts(attributes)).filter(([, text]) => text !== '');
  return { ...Object.fromEntries(texts), ...selectorsOf(attributes) };
}

function selectorsOf({ fieldSelector, labelSelector }: AccessAttributes): object {
  const fields = fieldSelector?.map(({ field, operator, value }) => ({
    key: field,
    operator: operator === '=' ? 'In' : 'NotIn',
    values: [value],
  }));
  // Comparisons by number have no form in a review, which is asked without them then.
  const labels = labelSelector?.flatMap(({ key, operator, values }) => {
    const known = labelOperators[operator];
    return known ? [{ key, operator: known, ...(values.length > 0 ? { values } : {}) }] : [];
  });
  return {
    ...(fields?.length ? { fieldSelector: { requirements: fields } } : {}),
    ...(labels?.length ? { labelSelector: { requirements: labels } } : {}),
  };
}
