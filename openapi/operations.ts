import type { Document } from 'openapi-backend';
import type { OpenAPIRouter, Request } from 'openapi-backend/router.js';
import { groupVersionPath } from './documents/names.ts';
import { optionParameters } from './documents/parameters.ts';
import type { DocumentedResource, DocumentedSubresource } from './documents/resource.ts';
import { operationId } from './documents/resource-operations.ts';

/** The documented operation that a request asks for. */
export interface ResolvedOperation<Resource extends DocumentedResource = DocumentedResource> {
  /** As in the documents: `listAppsV1NamespacedDeployment`. */
  readonly operationId: string;
  /** As `x-kubernetes-action` has it: get, list, watch, watchlist, post, put, patch, delete, deletecollection, connect. */
  readonly action: string;
  readonly resource: Resource;
  readonly subresource?: DocumentedSubresource;
  readonly namespace?: string;
  readonly name?: string;
  /** What follows a proxied object in the path. */
  readonly path?: string;
}

export interface OperationResolver<Resource extends DocumentedResource = DocumentedResource> {
  /**
   * @param method in any case
   * @param path without the query, still percent-encoded
   * @returns undefined if no operation is documented there
   */
  resolve(method: string, path: string): ResolvedOperation<Resource> | undefined;
}

/** A class of operations: what one path template and method mean for every resource. */
interface OperationClass {
  readonly action: string;
  /** First word of the operation id. */
  readonly verb: string;
  /** The verb of the resource's or subresource's list that allows it. */
  readonly needs: string;
  readonly suffix?: string;
  readonly everywhere?: boolean;
}

const list: OperationClass = { action: 'list', verb: 'list', needs: 'list' };
const watchList: OperationClass = { action: 'watchlist', verb: 'watch', needs: 'watch', suffix: 'List' };
const collection: Readonly<Record<string, OperationClass>> = {
  get: list,
  post: { action: 'post', verb: 'create', needs: 'create' },
  delete: { action: 'deletecollection', verb: 'deletecollection', needs: 'deletecollection' },
};
const item: Readonly<Record<string, OperationClass>> = {
  get: { action: 'get', verb: 'read', needs: 'get' },
  put: { action: 'put', verb: 'replace', needs: 'update' },
  patch: { action: 'patch', verb: 'patch', needs: 'patch' },
  delete: { action: 'delete', verb: 'delete', needs: 'delete' },
};
const part: Readonly<Record<string, OperationClass>> = {
  ...item,
  post: { action: 'post', verb: 'create', needs: 'create' },
  head: { action: 'connect', verb: 'connect', needs: 'get' },
  options: { action: 'connect', verb: 'connect', needs: 'get' },
};

/** Path templates under a group-version, each for a class of resources; literal segments win over parameters. */
const templates: readonly (readonly [scope: 'Namespaced' | 'Cluster', template: string, Readonly<Record<string, OperationClass>>])[] = [
  ['Cluster', '{resource}', collection],
  ['Cluster', '{resource}/{name}', item],
  ['Cluster', '{resource}/{name}/{subresource}', part],
  ['Cluster', '{resource}/{name}/{subresource}/{path}', part],
  ['Cluster', 'watch/{resource}', { get: watchList }],
  ['Cluster', 'watch/{resource}/{name}', { get: { action: 'watch', verb: 'watch', needs: 'watch' } }],
  ['Namespaced', '{resource}', { get: { ...list, suffix: 'ForAllNamespaces', everywhere: true } }],
  ['Namespaced', 'namespaces/{namespace}/{resource}', collection],
  ['Namespaced', 'namespaces/{namespace}/{resource}/{name}', item],
  ['Namespaced', 'namespaces/{namespace}/{resource}/{name}/{subresource}', part],
  ['Namespaced', 'namespaces/{namespace}/{resource}/{name}/{subresource}/{path}', part],
  ['Namespaced', 'watch/{resource}', { get: { ...watchList, suffix: 'ListForAllNamespaces', everywhere: true } }],
  ['Namespaced', 'watch/namespaces/{namespace}/{resource}', { get: watchList }],
  ['Namespaced', 'watch/namespaces/{namespace}/{resource}/{name}', { get: { action: 'watch', verb: 'watch', needs: 'watch' } }],
];

/**
 * Resolves requests to documented operations. openapi-backend holds the operations of the path templates; its matching, which tries every
 * template's regular expression, is replaced by a trie over its own list of operations. The library is loaded by the first call.
 */
export async function createOperationResolver<Resource extends DocumentedResource>(
  resources: readonly Resource[],
): Promise<OperationResolver<Resource>> {
  const { OpenAPIRouter } = await import('openapi-backend/router.js');
  const byName = new Map(resources.map((resource) => [keyOf(resource.group, resource.version, resource.plural), resource]));
  const definition: Document = { openapi: '3.0.0', info: { title: 'Kubernetes', version: '1.36' }, paths: templatePaths() };
  const router: OpenAPIRouter = new OpenAPIRouter({ definition });
  const trie = new OperationTrie(router);
  const match = ({ method, path }: Pick<Request, 'method' | 'path'>) => trie.find(method, path, (operation) => operation);
  router.matchOperation = match as OpenAPIRouter['matchOperation'];

  return {
    resolve(method, path) {
      const verb = method.toLowerCase();
      return trie.find(verb, path, (operation, values) => {
        const resource = byName.get(keyOf(values['group'] ?? '', values['version']!, values['resource']!));
        return resource === undefined ? undefined : describe(resource, operation, verb, values);
      });
    },
  };
}

function describe<Resource extends DocumentedResource>(
  resource: Resource,
  operation: ClassOperation,
  method: string,
  values: Values,
): ResolvedOperation<Resource> | undefined {
  const [scope, pattern, classes] = templates[operation.template]!;
  const found = classes[method];
  if (found === undefined || scope !== resource.scope) return undefined;
  const answer = (verb: string, action: string, suffix: string | undefined, subresource?: DocumentedSubresource) =>
    new Resolved(resource, action, values, subresource, () => operationId(resource, verb, suffix, found.everywhere === true));
  if (!pattern.includes('{subresource}')) {
    return resource.verbs.includes(found.needs) ? answer(found.verb, found.action, found.suffix) : undefined;
  }
  const subresource = resource.subresources.find(({ name }) => name === values['subresource']);
  if (subresource === undefined) return undefined;
  const suffix = capitalize(subresource.name);
  const isConnect = (subresource.kind?.kind ?? '') in optionParameters;
  if (isConnect) {
    const hasPath = pattern.endsWith('{path}');
    const isProxy = subresource.name === 'proxy';
    if (!isProxy && (hasPath || !['get', 'post'].includes(method))) return undefined;
    return answer(`connect ${capitalize(method)}`, 'connect', `${suffix}${hasPath ? 'WithPath' : ''}`, subresource);
  }
  if (pattern.endsWith('{path}') || !subresource.verbs.includes(found.needs) || found.action === 'connect') return undefined;
  return answer(found.verb, found.action, suffix, subresource);
}

/** Few callers ask for the operation's id, which is composed only then. */
class Resolved<Resource extends DocumentedResource> implements ResolvedOperation<Resource> {
  readonly resource: Resource;
  readonly action: string;
  readonly subresource?: DocumentedSubresource;
  readonly namespace?: string;
  readonly name?: string;
  readonly path?: string;
  private readonly composeId: () => string;

  constructor(resource: Resource, action: string, values: Values, subresource: DocumentedSubresource | undefined, composeId: () => string) {
    this.resource = resource;
    this.action = action;
    this.composeId = composeId;
    if (subresource !== undefined) this.subresource = subresource;
    if (values['namespace'] !== undefined) this.namespace = decode(values['namespace']);
    if (values['name'] !== undefined) this.name = decode(values['name']);
    if (values['path'] !== undefined) this.path = decode(values['path']);
  }

  get operationId(): string {
    return this.composeId();
  }
}

/** A malformed escape stays as it is. */
function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function keyOf(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`;
}

function templatePaths(): Record<string, Record<string, { operationId: string; responses: Record<string, never> }>> {
  const paths: Record<string, Record<string, { operationId: string; responses: Record<string, never> }>> = {};
  for (const root of [groupVersionPath('', '{version}'), groupVersionPath('{group}', '{version}')]) {
    templates.forEach(([, template, classes], index) => {
      const path = (paths[`${root}/${template}`] ??= {});
      for (const method of Object.keys(classes)) path[method] ??= { operationId: `${method} ${index}`, responses: {} };
    });
  }
  return paths;
}

type RouterOperation = ReturnType<OpenAPIRouter['getOperations']>[number];

/** An operation of the router, with the index of its class in `templates`. */
type ClassOperation = RouterOperation & { readonly template: number };

/** What stands in the path for each parameter of the template. */
type Values = Readonly<Record<string, string>>;

interface Node {
  readonly literals: Map<string, Node>;
  readonly parameters: Map<string, Node>;
  readonly operations: Map<string, ClassOperation[]>;
}

/** Finds operations by path segments. A template's `{path}` takes all that is left. */
class OperationTrie {
  private readonly root: Node = emptyNode();

  constructor(router: OpenAPIRouter) {
    for (const operation of router.getOperations()) this.add(operation);
  }

  /** Offers the operations whose template fits, the most literal first, until one is accepted. */
  find<T>(method: string, path: string, accept: (operation: ClassOperation, values: Values) => T | undefined): T | undefined {
    const segments = path.split('/');
    const values: Record<string, string> = {};

    function search(node: Node, at: number): T | undefined {
      if (at >= segments.length) {
        for (const operation of node.operations.get(method) ?? []) {
          const accepted = accept(operation, values);
          if (accepted !== undefined) return accepted;
        }
        return undefined;
      }
      const segment = segments[at]!;
      const literal = node.literals.get(segment);
      const found = literal === undefined ? undefined : search(literal, at + 1);
      return found !== undefined || segment === '' ? found : searchParameters(node, at);
    }

    function searchParameters(node: Node, at: number): T | undefined {
      for (const [name, next] of node.parameters) {
        const isRest = name === 'path';
        values[name] = isRest ? segments.slice(at).join('/') : segments[at]!;
        const found = search(next, isRest ? segments.length : at + 1);
        if (found !== undefined) return found;
        delete values[name];
      }
      return undefined;
    }

    return search(this.root, 1);
  }

  /** Namespaced and cluster-wide resources share a template's path; the router knows it once, the trie under each class. */
  private add(operation: RouterOperation): void {
    let node = this.root;
    for (const segment of operation.path.split('/').slice(1)) {
      const parameter = /^\{(\w+)\}$/.exec(segment)?.[1];
      const children = parameter === undefined ? node.literals : node.parameters;
      const key = parameter ?? segment;
      const next = children.get(key) ?? emptyNode();
      children.set(key, next);
      node = next;
    }
    const template = operation.path.replace(/^\/(api\/\{version\}|apis\/\{group\}\/\{version\})\//, '');
    const sharing = templates.flatMap(([, each, classes], index) => (each === template && operation.method in classes ? [index] : []));
    node.operations.set(
      operation.method,
      sharing.map((index) => ({ ...operation, template: index })),
    );
  }
}

function emptyNode(): Node {
  return { literals: new Map(), parameters: new Map(), operations: new Map() };
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
