import type { MutatingWebhookConfiguration } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { countsGenerations } from '../../meta/statuses.ts';
import { webhookColumns } from './webhook.columns.ts';
import { defaultWebhook } from './webhook.defaults.ts';

/** MutatingWebhookConfigurations. Compared with v1.36.3: table, status, generations. */
export const mutatingWebhookConfiguration = defineResource<MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  singular: 'mutatingwebhookconfiguration',
  scope: 'Cluster',
  schema: 'io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration',
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  categories: ['api-extensions'],
  subresources: [],
  columns: webhookColumns,
  defaults({ webhooks }) {
    for (const webhook of webhooks ?? []) {
      defaultWebhook(webhook as Parameters<typeof defaultWebhook>[0]);
      webhook.reinvocationPolicy ??= 'Never';
    }
  },
  ...countsGenerations('webhooks'),
});
