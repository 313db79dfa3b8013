import type { ValidatingWebhookConfiguration } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { countsExactGenerations } from '../../meta/statuses.ts';
import { validateObjectMeta } from '../../meta/validation.ts';
import { defaultWebhook } from './registration.defaults.ts';
import { reservedNameWarnings } from './reserved-names.ts';
import { webhookColumns } from './webhook.columns.ts';
import { validateWebhooks } from './webhook.validation.ts';

/** ValidatingWebhookConfigurations. Compared with v1.36.3: defaults, names, rules, clients, selectors, what an update may keep, generations, table. */
export const validatingWebhookConfiguration = defineResource<ValidatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  singular: 'validatingwebhookconfiguration',
  scope: 'Cluster',
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration',
  categories: ['api-extensions'],
  subresources: [],
  columns: webhookColumns,
  allowUnconditionalUpdate: false,
  defaults({ webhooks }) {
    for (const webhook of webhooks ?? []) defaultWebhook(webhook);
  },
  ...countsExactGenerations('webhooks'),
  validate: ({ webhooks }) => validateWebhooks(webhooks),
  validateUpdate: ({ metadata, webhooks }, old) => [
    ...validateObjectMeta(metadata ?? {}, { namespaced: false }),
    ...validateWebhooks(webhooks, old.webhooks ?? []),
  ],
  warnings: reservedNameWarnings,
});
