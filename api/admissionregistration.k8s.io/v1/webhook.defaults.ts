/** Defaults that mutating and validating webhooks share. */
interface Defaulted {
  failurePolicy?: string;
  matchPolicy?: string;
  namespaceSelector?: object;
  objectSelector?: object;
  timeoutSeconds?: number;
  clientConfig?: { service?: { port?: number } };
  rules?: { scope?: string }[];
}

export function defaultWebhook(webhook: Defaulted): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  const service = webhook.clientConfig?.service;
  if (service) service.port ??= 443;
  for (const rule of webhook.rules ?? []) rule.scope ??= '*';
}
