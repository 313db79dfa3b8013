import { createHash } from 'node:crypto';
import type { OpenAPIV2 } from '../../../openapi/documents/merge.ts';
import type { RuntimeContext } from '../../runtime/context.ts';
import { type ApiServiceSet, isAvailable, type RemoteApiService } from './api-service-set.ts';
import { type ExtensionServers, failureMessage } from './extension-servers.ts';
import { type Fetched, fetchFrom, statusText } from './fetch.ts';
import { refreshMs, startKeeper } from './keeper.ts';

/** The documents of another server. */
interface Documents {
  /** Absent if it has none. */
  readonly v2: { readonly document: OpenAPIV2; readonly tag: string } | undefined;
  /** Names, such as `apis/wardle.example.com/v1alpha1`, with where they are. */
  readonly v3: ReadonlyMap<string, string>;
}

const limitMs = 60_000;
const reader = { username: 'system:aggregator', groups: [] };

/** Keeps the OpenAPI documents of other servers: asked for when one becomes available, and every minute. */
export class RemoteOpenApi {
  private readonly services: ApiServiceSet;
  private readonly servers: ExtensionServers;
  private readonly found = new Map<string, Documents>();
  /** Changes with every change of what was found. */
  version = 0;

  constructor(services: ApiServiceSet, servers: ExtensionServers) {
    this.services = services;
    this.servers = servers;
  }

  /** The v2 documents with the paths for which they count, the APIServices of highest priority first; empty if there are none. */
  v2Documents(): { readonly document: OpenAPIV2; readonly tag: string; readonly pathPrefix: string }[] {
    return this.services.remoteByPriority().flatMap(({ name, group, version }) => {
      const v2 = this.found.get(name)?.v2;
      return v2 ? [{ ...v2, pathPrefix: `/apis/${group}/${version}/` }] : [];
    });
  }

  /** Entries of `/openapi/v3`. */
  v3Paths(): [name: string, serverRelativeURL: string][] {
    return [...this.found.values()].flatMap(({ v3 }) => [...v3]);
  }

  /** Whose document of `/openapi/v3` has this name. */
  v3Owner(document: string): RemoteApiService | undefined {
    for (const [name, { v3 }] of this.found) if (v3.has(document)) return this.services.remoteNamed(name);
    return undefined;
  }

  start(context: RuntimeContext): AsyncDisposable {
    const { services, found: kept } = this;
    const reconcile = (name: string) => this.reconcile(context, name);
    return startKeeper({ name: 'apiservice-openapi', services, kept, initialBackoff: 1000, reconcile }, context);
  }

  private async reconcile(context: RuntimeContext, name: string): Promise<number | undefined> {
    const remote = this.services.remoteNamed(name);
    if (!remote) {
      if (this.found.delete(name)) this.version++;
      return undefined;
    }
    // What it said last stands until it is gone or says something else.
    if (!isAvailable(remote.object)) return undefined;
    const fetch = (path: string) => fetchFrom(this.servers, remote, { path, accept: 'application/json', user: reader, limitMs }, context);
    try {
      const before = this.found.get(name);
      const v2 = v2Of(await fetch('/openapi/v2'), before?.v2);
      const v3 = v3Of(await fetch('/openapi/v3'));
      if (before && before.v2?.tag === v2?.tag && JSON.stringify([...before.v3]) === JSON.stringify([...v3])) return refreshMs;
      this.found.set(name, { v2, v3 });
      this.version++;
    } catch (error) {
      if (context.signal.aborted) return undefined;
      throw new Error(`OpenAPI of ${name}: ${failureMessage(error)}`);
    }
    return refreshMs;
  }
}

function v2Of(fetched: Fetched, before: Documents['v2']): Documents['v2'] {
  const { status, etag, text } = fetched;
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(statusText(fetched));
  const tag = etag || createHash('sha512').update(text).digest('hex');
  return before?.tag === tag ? before : { document: JSON.parse(text), tag };
}

function v3Of(fetched: Fetched): Documents['v3'] {
  const { status, text } = fetched;
  if (status === 404) return new Map();
  if (status !== 200) throw new Error(statusText(fetched));
  const { paths = {} } = JSON.parse(text) as { paths?: Record<string, { serverRelativeURL?: string }> };
  return new Map(Object.entries(paths).map(([name, { serverRelativeURL = '' }]) => [name, serverRelativeURL]));
}
