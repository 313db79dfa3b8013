import { namespace as namespaces } from '../../../api/core/v1/namespace.ts';
import { ApiError } from '../../registry/errors.ts';
import type { Lookup } from '../lookup.ts';
import { isWithinNamespace } from '../namespace-exists/namespace-exists.ts';
import type { AdmissionPlugin } from '../plugin.ts';

/** Makes the namespace of what is created, if it is not there. @param create a namespace, in the API server's own name */
export function namespaceAutoProvisionPlugin(lookup: Lookup, create: (name: string) => Promise<unknown>): AdmissionPlugin {
  return {
    name: 'NamespaceAutoProvision',
    concerns: (attributes) => attributes.operation === 'CREATE' && isWithinNamespace(attributes) && !attributes.dryRun,
    async mutate({ namespace }) {
      if (lookup.cached(namespaces, '', namespace) ?? (await lookup.get(namespaces, '', namespace))) return;
      await create(namespace).catch((error) => {
        // Somebody else was quicker.
        if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
      });
    },
  };
}
