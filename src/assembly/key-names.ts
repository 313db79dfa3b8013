import type { ResourceDefinition } from '../../api/define.ts';
import { storagePrefix } from '../registry/resource-store.ts';
import type { KeyNames } from '../storage/encryption/encryption.ts';

const root = '/registry/';
/** In upstream's storage, the group is part of a key only where anyone may define resources. */
const groupInKey = (group: string) => (group === '' ? '' : `${group}/`);

/** What configuration and messages call the keys of built-in resources; all others are custom ones. */
export function keyNames(definitions: readonly ResourceDefinition[]): KeyNames {
  const builtIn = new Map<string, { resource: string; publicPrefix: string }>();
  for (const definition of definitions) {
    const { group, resource } = definition.storage;
    const prefix = storagePrefix(definition);
    if (builtIn.has(prefix) || definition.group !== group) continue;
    builtIn.set(prefix, {
      resource: group === '' ? resource : `${resource}.${group}`,
      publicPrefix: `${root}${definition.upstreamPrefix ?? resource}/`,
    });
  }
  const split = (key: string) => {
    const [group = '', resource = '', ...rest] = key.slice(root.length).split('/');
    return { group, resource, rest: rest.join('/'), prefix: `${root}${group}/${resource}/` };
  };
  return {
    resource(key) {
      if (!key.startsWith(root)) return undefined;
      const { group, resource, prefix, rest } = split(key);
      if (rest === '') return undefined;
      return builtIn.get(prefix)?.resource ?? `${resource}.${group}`;
    },
    public(key) {
      const { group, resource, prefix, rest } = split(key);
      const known = builtIn.get(prefix);
      return known ? known.publicPrefix + rest : `${root}${groupInKey(group)}${resource}/${rest}`;
    },
  };
}
