import type { ServiceAccount, AuthenticationV1TokenRequest as TokenRequest } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from './core-meta.validation.ts';

const enforceAnnotation = 'kubernetes.io/enforce-mountable-secrets';
const enforceWarning = 'deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets';

function keepSecretNames(object: ServiceAccount): void {
  if (object.secrets) object.secrets = object.secrets.map(({ name }) => (name ? { name } : {}));
}

/** Service accounts. Compared with v1.36.3: references to secrets keep only names, a deprecated annotation, table. */
export const serviceAccount = defineResource<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  returnsDeletedObject: true,
  shortNames: ['sa'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.ServiceAccount',
  subresources: [
    {
      type: 'action',
      name: 'token',
      action: 'token',
      kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
      verbs: ['create'],
      defaults(request: TokenRequest) {
        request.spec.expirationSeconds ??= 3600;
      },
    },
  ],
  columns: [nameColumn, ageColumn],
  prepareForCreate: keepSecretNames,
  prepareForUpdate: keepSecretNames,
  validate: (object) => validateCoreMeta(object.metadata, { namespaced: true }),
  validateUpdate: (object, old) => [
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validateCoreMeta(object.metadata, { namespaced: true }),
  ],
  warnings(object, old) {
    const has = (account: ServiceAccount | undefined): boolean => account?.metadata?.annotations?.[enforceAnnotation] !== undefined;
    return has(object) && !has(old) ? [`metadata.annotations[${enforceAnnotation}]: ${enforceWarning}`] : [];
  },
});
