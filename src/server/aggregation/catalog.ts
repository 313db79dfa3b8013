import type { ResourceDefinition } from '../../../api/define.ts';
import type { Clock, Timer } from '../../machinery/clock.ts';
import type { Registry } from '../../registry/registry.ts';
import { compareVersions } from '../discovery/priorities.ts';
import type { ApiServiceSet } from './api-service-set.ts';
import type { RemoteDiscovery } from './remote-discovery.ts';

type CatalogResource = Pick<ResourceDefinition, 'group' | 'version' | 'plural' | 'kind' | 'scope' | 'verbs'> & {
  readonly subresources: readonly { readonly name: string }[];
};

/** The versions that definitions of a group have, in the order of discovery. */
function versionsAmong(definitions: readonly ResourceDefinition[], group: string): string[] {
  const versions = definitions.filter((definition) => definition.group === group).map(({ version }) => version);
  return [...new Set(versions)].sort(compareVersions);
}

/** What is known to be served where no more than that can be asked, as where another process has the API server. */
export function fixedCatalog(definitions: readonly ResourceDefinition[]) {
  return {
    resources: () => definitions,
    versionsOf: (group: string) => versionsAmong(definitions, group),
    failing: () => [],
    subscribe: () => () => {},
  };
}

/** Definitions come in crowds: those of so long are told as one change. */
const crowdMs = 100;

/** What can be reached through this server, for those who look after every kind: what it serves itself, and what other servers say that they serve. */
export class Catalog {
  private readonly registry: Registry;
  private readonly services: ApiServiceSet;
  private readonly discovery: RemoteDiscovery;
  private readonly clock: Clock;

  constructor(registry: Registry, services: ApiServiceSet, discovery: RemoteDiscovery, clock: Clock) {
    this.clock = clock;
    this.registry = registry;
    this.services = services;
    this.discovery = discovery;
  }

  resources(): readonly CatalogResource[] {
    if (!this.services.hasRemote) return this.registry.definitions();
    return [...this.registry.definitions(), ...this.remoteResources()];
  }

  /** The versions of a group, the preferred one first, whether or not they tell what they serve. */
  versionsOf(group: string): readonly string[] {
    const remote = this.services.remoteByPriority().filter((service) => service.group === group);
    return [...remote.map(({ version }) => version), ...versionsAmong(this.registry.definitions(), group)];
  }

  /** Groups and versions of other servers that do not answer. */
  failing(): readonly { readonly group: string; readonly version: string }[] {
    return [...this.services.remote()].filter(({ name }) => this.discovery.of(name)?.freshness === 'Stale');
  }

  /** @returns a function that ends it */
  subscribe(changed: () => void): () => void {
    let timer: Timer | undefined;
    const told = () => {
      timer = undefined;
      changed();
    };
    const soon = () => {
      timer ??= this.clock.timer(crowdMs, told, { background: true });
    };
    const ends = [this.registry.subscribe(soon), this.discovery.subscribe(soon), () => timer?.cancel()];
    return () => {
      for (const end of ends) end();
    };
  }

  private *remoteResources(): Iterable<CatalogResource> {
    for (const { name, group, version } of this.services.remoteByPriority()) {
      for (const { resource, responseKind, scope, verbs, subresources } of this.discovery.of(name)?.resources ?? []) {
        // A kind of another group is made here and kept nowhere.
        if (responseKind.group !== '' && responseKind.group !== group) continue;
        yield {
          group,
          version,
          plural: resource,
          kind: responseKind.kind,
          scope: scope === 'Namespaced' ? scope : 'Cluster',
          verbs: verbs ?? [],
          subresources: (subresources ?? []).map(({ subresource }: { subresource: string }) => ({ name: subresource })),
        };
      }
    }
  }
}
