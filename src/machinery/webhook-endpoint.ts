/** As whom a webhook is called. */
export interface WebhookCredentials {
  /** PEM. */
  readonly certificate?: string;
  readonly key?: string;
  /** The header. */
  readonly authorization?: string;
}

/** Where a webhook is, and as whom it is called. */
export interface WebhookEndpoint extends WebhookCredentials {
  readonly server: string;
  /** PEM; absent: the authorities that Node trusts. */
  readonly authority?: string;
  readonly insecure?: boolean;
}
