import { jsonText } from '../../api/meta/json-text.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type {
  Client,
  DeleteOptions,
  GetOptions,
  ListOptions,
  ObjectList,
  PatchOptions,
  PatchType,
  ResourceClient,
  ResourceReference,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './client.ts';
import { queryOf, resourcePath } from './paths.ts';

/** One request in the terms that both clients share. */
export interface ClientRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query: URLSearchParams;
  /** The body: an object, or the text of a patch. */
  readonly body?: KubeObject | string;
  readonly contentType?: string;
}

/** How a client reaches a server. */
export interface Transport {
  /** @throws ApiError */
  send(request: ClientRequest): Promise<KubeObject>;
  /** @throws ApiError */
  list(request: ClientRequest): Promise<ObjectList<any>>;
  watch(request: ClientRequest, signal: AbortSignal): AsyncIterable<WatchEvent<any>>;
}

/** The methods of a client over any transport. */
export function clientOver(transport: Transport): Client {
  return { resource: <T extends KubeObject>(reference: ResourceReference) => new TransportClient<T>(transport, reference) };
}

class TransportClient<T extends KubeObject> implements ResourceClient<T> {
  readonly reference: ResourceReference;
  private readonly transport: Transport;

  constructor(transport: Transport, reference: ResourceReference) {
    this.transport = transport;
    this.reference = reference;
  }

  get(namespace: string, name: string, options: GetOptions = {}): Promise<T> {
    return this.send('GET', resourcePath(this.reference, namespace, name, options.subresource), options);
  }

  list(namespace: string, options: ListOptions = {}): Promise<ObjectList<T>> {
    return this.transport.list({ method: 'GET', path: resourcePath(this.reference, namespace), query: queryOf(options) });
  }

  watch(namespace: string, options: WatchOptions, signal: AbortSignal): AsyncIterable<WatchEvent<T>> {
    const query = queryOf(options);
    query.set('watch', 'true');
    return this.transport.watch({ method: 'GET', path: resourcePath(this.reference, namespace), query }, signal);
  }

  create(namespace: string, object: T, options: WriteOptions = {}): Promise<T> {
    return this.send('POST', resourcePath(this.reference, namespace), options, object);
  }

  update(namespace: string, object: T, options: WriteOptions = {}): Promise<T> {
    return this.send('PUT', resourcePath(this.reference, namespace, object.metadata?.name ?? '', options.subresource), options, object);
  }

  patch(namespace: string, name: string, type: PatchType, body: unknown, options: PatchOptions = {}): Promise<T> {
    const text = typeof body === 'string' ? body : jsonText(body);
    return this.send('PATCH', resourcePath(this.reference, namespace, name, options.subresource), options, text, type);
  }

  delete(namespace: string, name: string, options: DeleteOptions = {}): Promise<KubeObject> {
    return this.send('DELETE', resourcePath(this.reference, namespace, name), {}, deleteOptions(options));
  }

  deleteCollection(namespace: string, list: ListOptions = {}, options: DeleteOptions = {}): Promise<KubeObject> {
    return this.send('DELETE', resourcePath(this.reference, namespace), list, deleteOptions(options));
  }

  createSubresource(
    namespace: string,
    name: string,
    subresource: string,
    object: KubeObject,
    options: WriteOptions = {},
  ): Promise<KubeObject> {
    return this.send('POST', resourcePath(this.reference, namespace, name, subresource), options, object);
  }

  private send<R extends KubeObject>(
    method: ClientRequest['method'],
    path: string,
    options: object,
    body?: KubeObject | string,
    contentType?: string,
  ): Promise<R> {
    return this.transport.send({ method, path, query: queryOf(options), body, contentType }) as Promise<R>;
  }
}

function deleteOptions({ dryRun, ...options }: DeleteOptions): KubeObject {
  return { kind: 'DeleteOptions', apiVersion: 'v1', ...options, ...(dryRun ? { dryRun: ['All'] } : {}) };
}
