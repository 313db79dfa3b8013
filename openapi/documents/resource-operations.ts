import { customDefinitionName } from './custom-schema.ts';
import { groupVersionPath, groupVersionTitle, tagOf } from './names.ts';
import type { Method, Operation } from './operation.ts';
import { actionParameters, optionParameters, pathParameters, queryParameters } from './parameters.ts';
import type { DocumentedResource, DocumentedSubresource } from './resource.ts';

/** Finds the definition of a kind. @throws Error if there is none */
export type DefinitionOf = (gvk: { readonly group: string; readonly version: string; readonly kind: string }) => string;

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
export const objectTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const streamTypes = [...objectTypes, 'application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];
const patchTypes = [
  ...['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json'],
  'application/apply-patch+yaml',
];
const watchHint = "deprecated: use the 'watch' parameter with a list operation instead";

const customTypes = ['application/json', 'application/yaml'];
const customParameters = { ...actionParameters, get: ['resourceVersion', 'pretty'], deletecollection: actionParameters['list']! };
const customPatchTypes = patchTypes.filter((type) => !type.includes('strategic'));

/** Every operation of a resource, its subresources included, as kube-apiserver documents it. */
export function resourceOperations(resource: DocumentedResource, definitionOf: DefinitionOf): Operation[] {
  if (resource.documentation) return customOperations(resource, definitionOf);
  const describe = new Describer(resource, definitionOf);
  return [...describe.collection(), ...describe.item(), ...describe.watches(), ...describe.subresources()];
}

/** Custom resources have no old watch paths, no protobuf, no strategic merge patch, and fewer answers. */
function customOperations(resource: DocumentedResource, definitionOf: DefinitionOf): Operation[] {
  const own = (gvk: Parameters<DefinitionOf>[0]): string =>
    gvk.group === resource.group && gvk.version === resource.version
      ? customDefinitionName(gvk.group, gvk.version, gvk.kind)
      : definitionOf(gvk);
  const describe = new Describer(resource, own, customParameters);
  const operations = [...describe.collection(), ...describe.item(), ...describe.subresources()];
  return operations.map(({ body, ...operation }) => ({
    ...operation,
    description: operation.description.replace('list or watch ', 'list '),
    gvk: { group: resource.group, version: resource.version, kind: resource.kind },
    ...(operation.action === 'deletecollection' || body === undefined ? {} : { body }),
    consumes: operation.action === 'patch' ? customPatchTypes : customTypes,
    produces: customTypes,
    codes: operation.action === 'patch' ? [200, 401] : operation.codes,
  }));
}

/** An operation before what follows from its path and action is filled in. */
interface Draft {
  readonly path: string;
  readonly method: Method;
  readonly verb: string;
  readonly action: string;
  readonly description: string;
  readonly suffix?: string;
  readonly codes: readonly number[];
  readonly answer: string | undefined;
  readonly body?: { readonly definition: string; readonly required: boolean };
  readonly gvk?: { readonly group: string; readonly version: string; readonly kind: string };
  readonly produces?: readonly string[];
  readonly consumes?: readonly string[];
  /** Set of query parameters; default: those of the action. */
  readonly options?: string;
  /** Whether the operation is not of one namespace. */
  readonly everywhere?: boolean;
}

class Describer {
  private readonly resource: DocumentedResource;
  private readonly definitionOf: DefinitionOf;
  private readonly own: string;
  private readonly root: string;
  private readonly collectionPath: string;
  private readonly isNamespaced: boolean;
  private readonly actions: Readonly<Record<string, readonly string[]>>;

  constructor(resource: DocumentedResource, definitionOf: DefinitionOf, actions = actionParameters) {
    this.resource = resource;
    this.actions = actions;
    this.definitionOf = definitionOf;
    this.own = definitionOf(resource);
    this.root = groupVersionPath(resource.group, resource.version);
    this.isNamespaced = resource.scope === 'Namespaced';
    this.collectionPath = this.pathUnder(this.root);
  }

  collection(): Operation[] {
    const { kind, verbs } = this.resource;
    const operations: Operation[] = [];
    const add = (draft: Draft) => operations.push(this.complete(draft));
    if (verbs.includes('list')) {
      const description = `list ${verbs.includes('watch') ? 'or watch ' : ''}objects of kind ${kind}`;
      const answer = this.definitionOf({ ...this.gvk(), kind: this.resource.listKind });
      const list = { method: 'get', verb: 'list', action: 'list', description, codes: [200, 401], answer, produces: streamTypes } as const;
      add({ path: this.collectionPath, ...list });
      if (this.isNamespaced) add({ path: this.everywherePath(this.root), ...list, everywhere: true, suffix: 'ForAllNamespaces' });
    }
    if (verbs.includes('create')) {
      add({
        ...{ path: this.collectionPath, method: 'post', verb: 'create', action: 'post', description: `create${article(kind)} ${kind}` },
        ...{ codes: [200, 201, 202, 401], answer: this.own, body: { definition: this.own, required: true } },
      });
    }
    if (verbs.includes('deletecollection')) {
      add({
        ...{ path: this.collectionPath, method: 'delete', verb: 'deletecollection', action: 'deletecollection' },
        ...{ description: `delete collection of ${kind}`, codes: [200, 401], answer: `${meta}.Status` },
        body: { definition: `${meta}.DeleteOptions`, required: false },
      });
    }
    return operations;
  }

  item(): Operation[] {
    const { kind, verbs } = this.resource;
    const path = `${this.collectionPath}/{name}`;
    const operations = this.readAndWrite(path, verbs, this.own, this.gvk(), `the specified ${kind}`, '');
    if (!verbs.includes('delete')) return operations;
    const remove = this.complete({
      ...{ path, method: 'delete', verb: 'delete', action: 'delete', description: `delete${article(kind)} ${kind}` },
      ...{ codes: [200, 202, 401], answer: this.resource.returnsDeletedObject === true ? this.own : `${meta}.Status` },
      body: { definition: `${meta}.DeleteOptions`, required: false },
    });
    return [...operations, remove];
  }

  /** The paths from before `?watch=true`: deprecated and still served. */
  watches(): Operation[] {
    const { kind, verbs } = this.resource;
    if (!verbs.includes('watch')) return [];
    const root = `${this.root}/watch`;
    const common = { method: 'get', verb: 'watch', codes: [200, 401], answer: `${meta}.WatchEvent`, produces: streamTypes } as const;
    const list = { ...common, action: 'watchlist', description: `watch individual changes to a list of ${kind}. ${watchHint}.` };
    const drafts: Draft[] = [{ ...list, path: this.pathUnder(root), suffix: 'List' }];
    if (this.isNamespaced) drafts.push({ ...list, path: this.everywherePath(root), everywhere: true, suffix: 'ListForAllNamespaces' });
    if (verbs.includes('get')) {
      const one = `watch changes to an object of kind ${kind}. ${watchHint}, filtered to a single item with the 'fieldSelector' parameter.`;
      drafts.push({ ...common, action: 'watch', description: one, path: `${this.pathUnder(root)}/{name}` });
    }
    return drafts.map((draft) => this.complete(draft));
  }

  subresources(): Operation[] {
    return this.resource.subresources.flatMap((subresource) => {
      const kind = subresource.kind?.kind ?? this.resource.kind;
      if (kind in optionParameters) return this.connects(subresource, kind);
      return subresource.name === 'log' ? [this.log()] : this.part(subresource);
    });
  }

  private part(subresource: DocumentedSubresource): Operation[] {
    const gvk = subresource.kind ?? this.gvk();
    const definition = this.definitionOf(gvk);
    const path = `${this.collectionPath}/{name}/${subresource.name}`;
    const suffix = capitalize(subresource.name);
    const place = `${subresource.name} of the specified ${this.resource.kind}`;
    const operations = this.readAndWrite(path, subresource.verbs, definition, gvk, place, suffix);
    if (!subresource.verbs.includes('create')) return operations;
    const { kind } = this.resource;
    const create = this.complete({
      ...{ path, method: 'post', verb: 'create', action: 'post', suffix, gvk, codes: [200, 201, 202, 401], answer: definition },
      ...{ description: `create ${subresource.name} of${article(kind)} ${kind}`, body: { definition, required: true } },
    });
    return [...operations, create];
  }

  private readAndWrite(
    path: string,
    verbs: readonly string[],
    definition: string,
    gvk: { group: string; version: string; kind: string },
    place: string,
    suffix: string,
  ): Operation[] {
    const common = { path, suffix, gvk, answer: definition };
    const drafts: Draft[] = [];
    if (verbs.includes('get')) {
      drafts.push({ ...common, method: 'get', verb: 'read', action: 'get', description: `read ${place}`, codes: [200, 401] });
    }
    if (verbs.includes('update')) {
      const body = { definition, required: true };
      const put = { method: 'put', verb: 'replace', action: 'put', description: `replace ${place}`, codes: [200, 201, 401], body } as const;
      drafts.push({ ...common, ...put });
    }
    if (verbs.includes('patch')) {
      const body = { definition: `${meta}.Patch`, required: true };
      const patch = { method: 'patch', verb: 'patch', action: 'patch', description: `partially update ${place}`, body } as const;
      drafts.push({ ...common, ...patch, codes: [200, 201, 401], consumes: patchTypes, options: 'patch' });
    }
    return drafts.map((draft) => this.complete(draft));
  }

  private log(): Operation {
    return this.complete({
      ...{ path: `${this.collectionPath}/{name}/log`, method: 'get', verb: 'read', action: 'get', suffix: 'Log', options: 'log' },
      ...{ description: `read log of the specified ${this.resource.kind}`, codes: [200, 401], answer: undefined },
      produces: ['text/plain', ...objectTypes],
    });
  }

  private connects(subresource: DocumentedSubresource, kind: string): Operation[] {
    const path = `${this.collectionPath}/{name}/${subresource.name}`;
    const isProxy = subresource.name === 'proxy';
    const paths = isProxy ? [path, `${path}/{path}`] : [path];
    const methods: Method[] = isProxy ? ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] : ['get', 'post'];
    return paths.flatMap((each) =>
      methods.map((method) =>
        this.complete({
          ...{ path: each, method, verb: `connect ${capitalize(method)}`, action: 'connect', options: kind },
          ...{ description: `connect ${method.toUpperCase()} requests to ${subresource.name} of ${this.resource.kind}` },
          ...{ suffix: `${capitalize(subresource.name)}${each === path ? '' : 'WithPath'}`, gvk: subresource.kind! },
          ...{ codes: [200, 401], answer: undefined, produces: ['*/*'] },
        }),
      ),
    );
  }

  private complete(draft: Draft): Operation {
    const gvk = draft.gvk ?? this.gvk();
    const set = draft.options ?? draft.action;
    const names = draft.action === 'connect' ? [] : (this.actions[draft.action.replace('watchlist', 'watch')] ?? []);
    const parameters = [
      ...queryParameters([...names, ...(optionParameters[set] ?? [])], set),
      ...pathParameters(draft.path, this.resource.documentation ? this.resource.kind : gvk.kind),
    ];
    return {
      path: draft.path,
      method: draft.method,
      operationId: operationId(this.resource, draft.verb, draft.suffix, draft.everywhere === true),
      description: draft.description,
      tag: tagOf(this.resource.group, this.resource.version),
      action: draft.action,
      gvk,
      parameters: parameters.sort((a, b) => (a.name === b.name ? (a.in < b.in ? -1 : 1) : a.name < b.name ? -1 : 1)),
      ...(draft.body !== undefined && { body: draft.body }),
      consumes: draft.consumes ?? ['*/*'],
      produces: draft.produces ?? objectTypes,
      codes: draft.codes,
      answer: draft.answer,
    };
  }

  private gvk(): { group: string; version: string; kind: string } {
    return { group: this.resource.group, version: this.resource.version, kind: this.resource.kind };
  }

  private pathUnder(root: string): string {
    return this.isNamespaced ? `${root}/namespaces/{namespace}/${this.resource.plural}` : this.everywherePath(root);
  }

  private everywherePath(root: string): string {
    return `${root}/${this.resource.plural}`;
  }
}

/** @param verb the id's first word, with the method after a space for `connect` */
export function operationId(resource: DocumentedResource, verb: string, suffix = '', everywhere = false): string {
  const title = groupVersionTitle(resource.group, resource.version);
  const namespaced = resource.scope === 'Namespaced' && !everywhere ? 'Namespaced' : '';
  const noun = `${namespaced}${resource.kind}${suffix}`;
  if (verb === 'deletecollection') return `delete${title}Collection${noun}`;
  const [first, method = ''] = verb.split(' ') as [string, string?];
  return `${first}${title}${method}${noun}`;
}

/** With a leading space; plurals have none. */
function article(kind: string): string {
  if (/[^s]s$/.test(kind)) return '';
  return /^[AEIOU]/.test(kind) ? ' an' : ' a';
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
