import { createHash } from 'node:crypto';
import type { Clock } from '../../machinery/clock.ts';
import { EndpointClient } from '../../machinery/endpoint-client.ts';
import { statusOf } from '../../machinery/review-status.ts';
import { boolean, list, map, object, string, typeMeta } from '../../machinery/schema/shapes.ts';
import type { WebhookEndpoint } from '../../machinery/webhook-endpoint.ts';
import { AnswerCache } from '../answer-cache.ts';
import type { Authenticator, UserInfo } from '../types.ts';
import { bearerToken } from './bearer.ts';

export interface TokenWebhookOptions {
  readonly endpoint: WebhookEndpoint;
  /** Of authentication.k8s.io. */
  readonly version: string;
  /** Milliseconds for which answers are kept. */
  readonly cacheTtl: number;
  /** What the token should be good for. */
  readonly audiences: readonly string[];
}

const reviewKind = { group: 'authentication.k8s.io', kind: 'TokenReview', versions: ['v1', 'v1beta1'] };
const user = object('io.k8s.api.authentication.v1.UserInfo', {
  username: string,
  uid: string,
  groups: list(string),
  extra: map(list(string)),
});
const status = object('io.k8s.api.authentication.v1.TokenReviewStatus', {
  authenticated: boolean,
  user,
  audiences: list(string),
  error: string,
});
const reviewShape = object('io.k8s.api.authentication.v1.TokenReview', { ...typeMeta, status });
const callTimeout = 30_000;

/** Asks a webhook whose a bearer token is, with a TokenReview. */
export class TokenWebhook implements Authenticator, Disposable {
  private readonly options: TokenWebhookOptions;
  private readonly client: EndpointClient;
  private readonly cache: AnswerCache<UserInfo | undefined>;

  constructor(options: TokenWebhookOptions, clock: Clock) {
    this.options = options;
    this.client = new EndpointClient(options.endpoint, clock);
    this.cache = new AnswerCache(clock, () => options.cacheTtl);
  }

  authenticate(credentials: Parameters<Authenticator['authenticate']>[0]): Promise<UserInfo | undefined> | undefined {
    const token = bearerToken(credentials);
    if (token === undefined) return undefined;
    return this.cache.get(createHash('sha256').update(token).digest('base64'), () => this.ask(token));
  }

  private async ask(token: string): Promise<UserInfo | undefined> {
    const { version, audiences } = this.options;
    const { group, kind } = reviewKind;
    const review = {
      kind,
      apiVersion: `${group}/${version}`,
      metadata: {},
      spec: { token, audiences },
      status: { user: {} },
    };
    const status = statusOf(await this.client.review(review, callTimeout), version, reviewKind, reviewShape);
    if (status.error) throw new Error(status.error);
    if (!status.authenticated) return undefined;
    const common = (status.audiences ?? audiences).some((audience: string) => audiences.includes(audience));
    if (!common) return undefined;
    const { username = '', uid, groups = [], extra } = status.user ?? {};
    return { username, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) };
  }

  [Symbol.dispose](): void {
    this.client[Symbol.dispose]();
  }
}
