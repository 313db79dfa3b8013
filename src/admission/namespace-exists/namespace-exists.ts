import { namespace as namespaces } from '../../../api/core/v1/namespace.ts';
import { notFound } from '../../registry/errors.ts';
import type { Lookup } from '../lookup.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';

/** Refuses requests in namespaces that are not there. */
export function namespaceExistsPlugin(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'NamespaceExists',
    concerns: isWithinNamespace,
    async validate({ namespace }) {
      const found = lookup.cached(namespaces, '', namespace) ?? (await lookup.get(namespaces, '', namespace));
      if (!found) throw notFound({ group: '', resource: namespaces.plural }, namespace);
    },
  };
}

export function isWithinNamespace({ definition, namespace }: AdmissionAttributes): boolean {
  return namespace !== '' && !(definition.plural === namespaces.plural && definition.group === namespaces.group);
}
