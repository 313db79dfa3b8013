/** Where a webhook is, and as whom it is called. */
export interface WebhookEndpoint {
  readonly server: string;
  /** PEM; absent: the authorities that Node trusts. */
  readonly authority?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly insecure?: boolean;
  readonly authorization?: string;
}
