import { defineResource, type ResourceDefinition } from '../../../api/define.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { alreadyExists, notFound } from '../../registry/errors.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import type { Answer, WatchAnswerEvent, WatchAnswerSink } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { methodNotAllowed, noSuchResource } from '../errors.ts';

/** A namespaced kind of the core group with a status and a scale, for tests of what surrounds the handlers. */
export const things: ResourceDefinition = defineResource({
  group: '',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  shortNames: ['th'],
  scope: 'Namespaced',
  schema: 'test.Thing',
  subresources: [{ type: 'part', name: 'status', verbs: ['get', 'update', 'patch'], strategy: {} }],
  columns: [
    { name: 'Name', type: 'string', format: 'name', description: 'The name.', cell: (o: KubeObject) => o.metadata?.name ?? '' },
    { name: 'Size', type: 'integer', description: 'How large it is.', priority: 1, cell: (o: KubeObject) => o['size'] ?? 0 },
  ],
});

export function storedObject(key: string, revision: number, object: KubeObject): StoredObject {
  return { key, revision, object, json: Buffer.from(JSON.stringify(object)) };
}

/** Serves things from a Map: enough of the verbs to test clients and transport with. */
export class ThingStore {
  readonly stored = new Map<string, StoredObject>();
  readonly sinks = new Set<WatchAnswerSink>();
  revision = 1;

  readonly dispatch = async (context: RequestContext): Promise<Answer> => {
    const { info, request } = context;
    if (info.resource !== 'things' || info.version !== 'v1') throw noSuchResource();
    const { namespace, name } = info;
    if (info.verb === 'list') return this.list(namespace);
    if (info.verb === 'watch') return this.watch();
    if (info.verb === 'create' && name === '') return this.create(namespace, await bodyOf(context));
    const stored = this.stored.get(`${namespace}/${name}`);
    if (!stored) throw notFound({ group: '', resource: 'things' }, name);
    switch (info.verb) {
      case 'get':
        return { type: 'object', status: 200, definition: things, stored };
      case 'update':
        return this.put('MODIFIED', namespace, await bodyOf(context), 200);
      case 'patch': {
        const patch = JSON.parse((await request.readBody(1024 * 1024)).toString());
        return this.put('MODIFIED', namespace, { ...stored.object, ...patch }, 200);
      }
      case 'delete':
        this.stored.delete(stored.key);
        this.emit({ type: 'DELETED', stored });
        return {
          type: 'object',
          status: 200,
          definition: things,
          object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' },
        };
      default:
        throw methodNotAllowed();
    }
  };

  put(type: 'ADDED' | 'MODIFIED', namespace: string, object: KubeObject, status: number): Answer {
    const { metadata, kind: _kind, apiVersion: _apiVersion, ...rest } = object;
    this.revision++;
    const complete = {
      kind: 'Thing',
      apiVersion: 'v1',
      metadata: { ...metadata, namespace, resourceVersion: String(this.revision) },
      ...rest,
    };
    const stored = storedObject(`${namespace}/${metadata?.name}`, this.revision, complete);
    this.stored.set(stored.key, stored);
    this.emit({ type, stored });
    return { type: 'object', status, definition: things, stored };
  }

  emit(event: WatchAnswerEvent): void {
    for (const sink of this.sinks) sink.events([event]);
  }

  private create(namespace: string, object: KubeObject): Answer {
    const name = object.metadata?.name ?? '';
    if (this.stored.has(`${namespace}/${name}`)) throw alreadyExists({ group: '', resource: 'things' }, name);
    return this.put('ADDED', namespace, object, 201);
  }

  private list(namespace: string): Answer {
    const items = [...this.stored.values()].filter(({ key }) => namespace === '' || key.startsWith(`${namespace}/`));
    return { type: 'list', definition: things, items, metadata: { resourceVersion: String(this.revision) } };
  }

  private watch(): Answer {
    return {
      type: 'watch',
      definition: things,
      start: (sink) => {
        this.sinks.add(sink);
        sink.events([...this.stored.values()].map((stored) => ({ type: 'ADDED', stored })));
        return () => this.sinks.delete(sink);
      },
    };
  }
}

async function bodyOf({ request }: RequestContext): Promise<KubeObject> {
  return request.object ?? JSON.parse((await request.readBody(3 * 1024 * 1024)).toString());
}
