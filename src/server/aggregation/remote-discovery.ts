import type { UserInfo } from '../../auth/types.ts';
import { groupVersionPath } from '../../client/paths.ts';
import type { RuntimeContext } from '../../runtime/context.ts';
import type { ApiServiceSet, RemoteApiService } from './api-service-set.ts';
import { aggregatorUser, type ExtensionServers, failureMessage } from './extension-servers.ts';
import { fetchFrom, statusText } from './fetch.ts';
import { refreshMs, startKeeper } from './keeper.ts';

/** What aggregated discovery says of one version of a group. */
export interface DiscoveredVersion {
  readonly version: string;
  /** As aggregated discovery has them. */
  readonly resources?: readonly Record<string, any>[];
  readonly freshness: 'Current' | 'Stale';
}

const firstRetryMs = 500;
const groupListType = /^application\/json\s*;.*\bas=APIGroupDiscoveryList\b/;
const acceptGroupList = ['v2', 'v2beta1'].map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`);
const reader = { ...aggregatorUser, groups: [] };

/**
 * Keeps what other servers say of their resources, for aggregated discovery: asked for when an APIService changes, and every minute. A server that does
 * not answer is there all the same, as `Stale` and without resources.
 */
export class RemoteDiscovery {
  private readonly services: ApiServiceSet;
  private readonly servers: ExtensionServers;
  private readonly found = new Map<string, DiscoveredVersion>();
  /** Changes with every change of what was found. */
  version = 0;
  private readonly listeners = new Set<() => void>();

  constructor(services: ApiServiceSet, servers: ExtensionServers) {
    this.services = services;
    this.servers = servers;
  }

  /** @param name of the APIService @returns undefined if it has not been asked yet */
  of(name: string): DiscoveredVersion | undefined {
    return this.found.get(name);
  }

  /** @param changed called after each change @returns a function that ends it */
  subscribe(changed: () => void): () => void {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  }

  private change(): void {
    this.version++;
    for (const changed of this.listeners) changed();
  }

  start(context: RuntimeContext): AsyncDisposable {
    const { services, found: kept } = this;
    const reconcile = (name: string) => this.reconcile(context, name);
    return startKeeper({ name: 'apiservice-discovery', services, kept, initialBackoff: firstRetryMs, reconcile }, context);
  }

  private async reconcile(context: RuntimeContext, name: string): Promise<number | undefined> {
    const remote = this.services.remoteNamed(name);
    if (!remote) {
      if (this.found.delete(name)) this.change();
      return undefined;
    }
    try {
      const resources = await this.resourcesOf(remote, context);
      this.set(name, { version: remote.version, ...(resources.length > 0 ? { resources } : {}), freshness: 'Current' });
    } catch (error) {
      if (context.signal.aborted) return undefined;
      this.set(name, { version: remote.version, freshness: 'Stale' });
      throw new Error(`discovery of ${name}: ${failureMessage(error)}`);
    }
    return refreshMs;
  }

  private set(name: string, version: DiscoveredVersion): void {
    if (JSON.stringify(this.found.get(name)) === JSON.stringify(version)) return;
    this.found.set(name, version);
    this.change();
  }

  /** In the aggregated form where the server knows it, else made of the list of resources. */
  private async resourcesOf(remote: RemoteApiService, context: RuntimeContext): Promise<readonly Record<string, any>[]> {
    const { group, version } = remote;
    const fetch = (path: string, accept: string, user: UserInfo = reader) =>
      fetchFrom(this.servers, remote, { path, accept, user }, context);
    const groups = await fetch('/apis', acceptGroupList.join(','), aggregatorUser);
    if (groups.status === 503) throw new Error(statusText(groups));
    if (groups.status === 200 && groupListType.test(groups.contentType)) {
      const { items = [] } = JSON.parse(groups.text);
      const own = items.find(({ metadata }: any) => metadata?.name === group)?.versions?.find((each: any) => each.version === version);
      return (own?.resources ?? []).map(withKinds);
    }
    const list = await fetch(groupVersionPath(remote), 'application/json');
    if (list.status !== 200) throw new Error(statusText(list));
    return discoveredResources(JSON.parse(list.text).resources ?? []);
  }
}

const noKind = { group: '', version: '', kind: '' };

/** Clients count on the kind of an answer being there, whatever it says. */
function withKinds(resource: any): Record<string, unknown> {
  const { responseKind = noKind, subresources } = resource;
  return {
    ...resource,
    responseKind,
    ...(subresources ? { subresources: subresources.map((each: any) => ({ ...each, responseKind: each.responseKind ?? noKind })) } : {}),
  };
}

interface LegacyResource {
  readonly name: string;
  readonly singularName?: string;
  readonly namespaced?: boolean;
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** The entries of an APIResourceList, with subresources below their resources. */
function discoveredResources(list: readonly LegacyResource[]): Record<string, unknown>[] {
  const resources = new Map<string, Record<string, unknown> & { subresources?: unknown[] }>();
  for (const { name, singularName = '', namespaced = false, group = '', version = '', kind, verbs, shortNames, categories } of list) {
    const responseKind = { group, version, kind };
    const scope = namespaced ? 'Namespaced' : 'Cluster';
    const [resource = '', subresource] = name.split(/\/(.*)/s);
    if (subresource === undefined) {
      const of = {
        resource,
        responseKind,
        scope,
        singularResource: singularName,
        verbs,
        ...(shortNames?.length ? { shortNames } : {}),
        ...(categories?.length ? { categories } : {}),
      };
      resources.set(resource, {
        ...of,
        ...(resources.get(resource)?.subresources ? { subresources: resources.get(resource)!.subresources } : {}),
      });
      continue;
    }
    // A resource may have nothing but subresources.
    let parent = resources.get(resource);
    if (!parent) resources.set(resource, (parent = { resource, responseKind: noKind, scope, singularResource: '', verbs: null }));
    (parent.subresources ??= []).push({ subresource, responseKind, verbs });
  }
  return [...resources.values()];
}
