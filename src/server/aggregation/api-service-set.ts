import { apiService } from '../../../api/apiregistration.k8s.io/v1/apiservice.ts';
import type { APIService, APIServiceSpec } from '../../../openapi/types.ts';
import type { Client, ResourceClient } from '../../client/client.ts';
import { followResource } from '../../client/follow.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';

export interface ApiServiceSetParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the API server itself; its user agent is `kube-apiserver`. */
  readonly client: () => Client;
}

/** An APIService whose group and version another server serves. */
export interface RemoteApiService {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly service: Readonly<NonNullable<APIServiceSpec['service']>>;
  readonly object: APIService;
}

const retryMs = 1000;

/** The APIService objects that there are, by name, and which of them are for other servers. */
export class ApiServiceSet {
  readonly known = new Map<string, APIService>();
  /** Changes with every change of an object's spec, so that what is made of the set can be kept. */
  version = 0;
  private readonly parts: ApiServiceSetParts;
  private readonly remotes = new Map<string, RemoteApiService>();
  private readonly listeners = new Set<(name: string) => void>();

  constructor(parts: ApiServiceSetParts) {
    this.parts = parts;
  }

  get client(): ResourceClient<APIService> {
    return this.parts.client().resource<APIService>(apiService);
  }

  /** @param changed called with the name of each object that has come, changed or gone */
  subscribe(changed: (name: string) => void): void {
    this.listeners.add(changed);
  }

  /** Those that are for other servers. */
  remote(): Iterable<RemoteApiService> {
    return this.remotes.values();
  }

  /** The same, those that come first in discovery first. */
  remoteByPriority(): RemoteApiService[] {
    const specOf = ({ object }: RemoteApiService) => object.spec!;
    return [...this.remotes.values()].sort((left, right) => {
      const [a, b] = [specOf(left), specOf(right)];
      return b.groupPriorityMinimum - a.groupPriorityMinimum || b.versionPriority - a.versionPriority || (left.name < right.name ? -1 : 1);
    });
  }

  get hasRemote(): boolean {
    return this.remotes.size > 0;
  }

  remoteNamed(name: string): RemoteApiService | undefined {
    return this.remotes.get(name);
  }

  /** Follows the objects until the signal is aborted; resolves when those that there are have been taken in. */
  async start(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.parts;
    const failed = (error: unknown) => logger.warn({ error }, 'APIServices cannot be followed for now');
    const present = await this.client.list('');
    this.replace(present.items);
    const following = {
      replace: (items: readonly APIService[]) => this.replace(items),
      changed: (object: APIService) => this.set(object),
      deleted: ({ metadata }: APIService) => this.remove(metadata!.name!),
    };
    const { resourceVersion } = present.metadata;
    void followResource(this.client, following, { clock, signal, retryMs, failed, resourceVersion });
  }

  /** Takes in what a write has answered, before the watch tells of it. */
  set(object: APIService): void {
    const name = object.metadata!.name!;
    const before = this.known.get(name);
    if (before && before.metadata!.resourceVersion === object.metadata!.resourceVersion) return;
    this.known.set(name, object);
    if (before?.metadata?.uid !== object.metadata!.uid || before?.spec !== object.spec) this.version++;
    const { service, group = '', version = '' } = object.spec!;
    if (service) this.remotes.set(name, { name, group, version, service, object });
    else this.remotes.delete(name);
    for (const changed of this.listeners) changed(name);
  }

  remove(name: string): void {
    if (!this.known.delete(name)) return;
    this.remotes.delete(name);
    this.version++;
    for (const changed of this.listeners) changed(name);
  }

  private replace(items: readonly APIService[]): void {
    const names = new Set(items.map(({ metadata }) => metadata!.name!));
    for (const name of [...this.known.keys()]) if (!names.has(name)) this.remove(name);
    for (const item of items) this.set(item);
  }
}

/** Whether the object says that its server can be reached. */
export function isAvailable({ status }: APIService): boolean {
  return status?.conditions?.some(({ type, status: state }) => type === 'Available' && state === 'True') ?? false;
}
