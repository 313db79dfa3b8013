import type { CustomResourceDefinition } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { statusSubresource } from '../../meta/statuses.ts';
import { validateDefinition, validateDefinitionStatusUpdate, validateDefinitionUpdate } from './customresourcedefinition.validation.ts';
import { schemaWarnings } from './schema.warnings.ts';

const storageVersion = ({ spec }: CustomResourceDefinition): string | undefined => spec.versions?.find(({ storage }) => storage)?.name;

/** The stored versions with the one that is stored now. */
function withStorageVersion(stored: readonly string[] | undefined, object: CustomResourceDefinition): string[] {
  const version = storageVersion(object);
  const list = [...(stored ?? [])];
  if (version !== undefined && !list.includes(version)) list.push(version);
  return list;
}

/** Keeps a definition until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

function markTerminating(object: CustomResourceDefinition): void {
  const conditions = object.status?.conditions ?? [];
  // A further delete changes nothing.
  if (conditions.some(({ type }) => type === 'Terminating')) return;
  const terminating = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: object.metadata!.deletionTimestamp!,
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  };
  object.status = { ...object.status!, conditions: [...conditions, terminating] };
}

/** CustomResourceDefinitions. Compared with v1.36.3: names, versions, conversion, what stays, stored versions, warnings. */
export const customResourceDefinition = defineResource<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  scope: 'Cluster',
  schema: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
  pinsDeletion: true,
  allowUnconditionalUpdate: false,
  subresources: [statusSubresource<CustomResourceDefinition>({ validateUpdate: validateDefinitionStatusUpdate })],
  resetFields: [['status']],
  staged: {
    mark(object) {
      const metadata = object.metadata!;
      if (!metadata.finalizers?.includes(cleanupFinalizer)) metadata.finalizers = [...(metadata.finalizers ?? []), cleanupFinalizer];
      markTerminating(object);
    },
    holds: ({ metadata }) => !metadata?.deletionTimestamp || metadata.finalizers?.includes(cleanupFinalizer) === true,
  },
  defaults(object) {
    const { spec } = object;
    if (!spec?.names) return;
    const { names } = spec;
    if (!names.singular) names.singular = names.kind?.toLowerCase() ?? '';
    if (!names.listKind && names.kind) names.listKind = `${names.kind}List`;
    spec.conversion ??= { strategy: 'None' };
    // Upstream's internal form has the webhook's two fields beside the strategy: without either there is none.
    const { webhook } = spec.conversion;
    if (webhook && !webhook.clientConfig && !webhook.conversionReviewVersions?.length) delete spec.conversion.webhook;
    const service = webhook?.clientConfig?.service;
    if (service) service.port ??= 443;
    if (object.status?.storedVersions?.length) return;
    const version = storageVersion(object);
    if (version !== undefined) object.status = { ...object.status, storedVersions: [version] } as CustomResourceDefinition['status'];
  },
  prepareForCreate(object) {
    object.metadata!.generation = 1;
    const stored = withStorageVersion(undefined, object);
    object.status = {
      conditions: null,
      acceptedNames: { plural: '', kind: '' },
      storedVersions: stored.length > 0 ? stored : null,
    } as unknown as NonNullable<CustomResourceDefinition['status']>;
  },
  prepareForUpdate(object, old) {
    object.status = { ...old.status!, storedVersions: withStorageVersion(old.status?.storedVersions, object) };
    if (!semanticEqual(object.spec, old.spec)) object.metadata!.generation = (old.metadata?.generation ?? 0) + 1;
  },
  validate: validateDefinition,
  validateUpdate: validateDefinitionUpdate,
  warnings: (object, old) => schemaWarnings(object.spec, old?.spec),
});
