import type { ResourceDefinition } from '../../../api/define.ts';
import type { Registry } from '../../registry/registry.ts';
import type { ApiServiceSet } from './api-service-set.ts';
import type { RemoteDiscovery } from './remote-discovery.ts';

type CatalogResource = Pick<ResourceDefinition, 'group' | 'version' | 'plural' | 'kind' | 'scope' | 'verbs'>;

/** What can be reached through this server, for those who look after every kind: what it serves itself, and what other servers say that they serve. */
export class Catalog {
  private readonly registry: Registry;
  private readonly services: ApiServiceSet;
  private readonly discovery: RemoteDiscovery;

  constructor(registry: Registry, services: ApiServiceSet, discovery: RemoteDiscovery) {
    this.registry = registry;
    this.services = services;
    this.discovery = discovery;
  }

  resources(): readonly CatalogResource[] {
    if (!this.services.hasRemote) return this.registry.definitions();
    return [...this.registry.definitions(), ...this.remoteResources()];
  }

  /** Groups and versions of other servers that do not answer. */
  failing(): readonly { readonly group: string; readonly version: string }[] {
    return [...this.services.remote()].filter(({ name }) => this.discovery.of(name)?.freshness === 'Stale');
  }

  /** @returns a function that ends it */
  subscribe(changed: () => void): () => void {
    const ends = [this.registry.subscribe(changed), this.discovery.subscribe(changed)];
    return () => {
      for (const end of ends) end();
    };
  }

  private *remoteResources(): Iterable<CatalogResource> {
    for (const { name, group, version } of this.services.remoteByPriority()) {
      for (const { resource, responseKind, scope, verbs } of this.discovery.of(name)?.resources ?? []) {
        // A kind of another group is made here and kept nowhere.
        if (responseKind.group !== '' && responseKind.group !== group) continue;
        yield {
          group,
          version,
          plural: resource,
          kind: responseKind.kind,
          scope: scope === 'Namespaced' ? scope : 'Cluster',
          verbs: verbs ?? [],
        };
      }
    }
  }
}
