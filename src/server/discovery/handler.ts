import { createHash } from 'node:crypto';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Answer } from '../answer.ts';
import type { AnswerEncoder } from '../encoding/encoder.ts';
import { methodNotAllowed, noSuchResource, pageNotFound } from '../errors.ts';
import { mediaTypeNames, type Negotiated, negotiate, negotiateForm, noTransforms, type Transforms } from '../negotiation/accept.ts';
import { wantsPretty } from '../negotiation/pretty.ts';
import type { ServerContext } from '../request-context.ts';
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions } from './documents.ts';
import type { ApiGroup, ResourceIndex } from './resource-index.ts';

export interface DiscoveryParts {
  readonly index: ResourceIndex;
  readonly groups: DiscoveredGroups;
  /** What other servers have said. */
  readonly remote: { readonly version: number; of(apiService: string): object | undefined };
  readonly encoder: AnswerEncoder;
  /** Where clients reach this server, `host:port`. */
  readonly serverAddress: () => string;
}

/** The groups that clients see, in their order. */
export interface DiscoveredGroups {
  readonly version: string;
  group(name: string): ApiGroup | undefined;
  /** All but the core group. */
  groups(): readonly ApiGroup[];
  groupsByName(): readonly ApiGroup[];
}

const aggregated: Transforms = ({ kind, group, version }) =>
  kind === 'APIGroupDiscoveryList' && group === 'apidiscovery.k8s.io' && version === 'v2';

/** Answers /api, /api/VERSION, /apis, /apis/GROUP and /apis/GROUP/VERSION, each also with a slash at the end. */
export class Discovery {
  private readonly parts: DiscoveryParts;
  private tags = new Map<string, string>();
  private tagsOf = '';

  constructor(parts: DiscoveryParts) {
    this.parts = parts;
  }

  /** @returns undefined if the path is none of these */
  handle(context: ServerContext): Answer | undefined {
    const { path } = context.info;
    if (/^\/apis\/{2,}$/.test(path)) return pageNotFound();
    const [prefix, ...segments] = path.replace(/^\//, '').replace(/\/+$/, '').split('/');
    if (prefix === 'api') return this.answer(context, segments.length === 0 ? undefined : '', segments[0], segments.length > 1);
    if (prefix === 'apis' && segments[0] === '') return pageNotFound();
    if (prefix === 'apis') return this.answer(context, segments[0], segments[1], segments.length > 2);
    return undefined;
  }

  private answer(context: ServerContext, group: string | undefined, version: string | undefined, tooLong: boolean): Answer {
    const { index, groups, serverAddress } = this.parts;
    if (group && !groups.group(group)) return pageNotFound();
    // What is served elsewhere was passed on already.
    const custom = group !== undefined && group !== '' && (index.isCustomGroup(group) || !index.hasGroup(group));
    if (custom && (tooLong || (version !== undefined && !index.resources(group, version)))) return pageNotFound();
    if (tooLong) throw noSuchResource();
    if (group === undefined) {
      const core = context.info.path.startsWith('/api/') || context.info.path === '/api';
      if (core) this.checkMethod(context);
      return this.root(context, core, () => (core ? apiVersions(index, serverAddress()) : apiGroupList(groups.groups())));
    }
    const found = version === undefined ? apiGroup(groups.group(group)!) : this.resourceList(group, version);
    // The list of groups and a group's versions are another handler's, which looks at no method.
    if (!custom && version !== undefined) this.checkMethod(context);
    context.negotiated = negotiateDocument(context.request.headers['accept'], !custom && version !== undefined);
    return { type: 'object', status: 200, definition: undefined, object: found };
  }

  private checkMethod(context: ServerContext): void {
    if (context.request.method !== 'GET') throw methodNotAllowed();
  }

  private resourceList(group: string, version: string): KubeObject {
    const definitions = this.parts.index.resources(group, version);
    if (!definitions) throw noSuchResource();
    return apiResourceList(this.parts.index, group, version, definitions);
  }

  private root(context: ServerContext, core: boolean, legacy: () => KubeObject): Answer {
    const { headers, query } = context.request;
    // The aggregated form wins over the old one wherever it stands in the header.
    const { as, mediaType, pretty } = negotiateForm(headers['accept'], aggregated) ?? negotiateDocument(headers['accept'], core);
    context.negotiated = { mediaType, pretty };
    if (!as) return { type: 'object', status: 200, definition: undefined, object: legacy() };
    const { index, groups, remote } = this.parts;
    const shown = core ? [groups.group('')].filter((group) => group !== undefined) : groups.groupsByName();
    const document = aggregatedDiscovery(index, shown, as.version, (group, version) => remote.of(`${version}.${group}`));
    const etag = this.tagOf(core, document);
    const tagged = { vary: 'Accept', 'cache-control': 'public', etag };
    if (headers['if-none-match'] === etag) return { type: 'raw', status: 304, contentType: '', body: '', headers: tagged };
    const { chunks } = this.parts.encoder.encode(document, mediaType, pretty || wantsPretty(query, headers['user-agent']));
    const contentType = `${mediaTypeNames[mediaType]};g=${as.group};v=${as.version};as=${as.kind}`;
    return { type: 'raw', status: 200, contentType, body: chunks[0]!, headers: tagged };
  }

  /** The same for both versions of the document: it names the content. */
  private tagOf(core: boolean, { items }: KubeObject): string {
    const { groups, remote } = this.parts;
    const version = `${groups.version}/${remote.version}`;
    if (this.tagsOf !== version) {
      this.tags = new Map();
      this.tagsOf = version;
    }
    const key = core ? 'api' : 'apis';
    let tag = this.tags.get(key);
    if (!tag) {
      tag = `"${createHash('sha512').update(JSON.stringify(items)).digest('hex').toUpperCase()}"`;
      this.tags.set(key, tag);
    }
    return tag;
  }
}

/** @param routed whether upstream's router stands before it, which has a refusal of its own. @throws ApiError 406 */
function negotiateDocument(accept: string | undefined, routed: boolean): Negotiated {
  return negotiate(accept, 'get', noTransforms, undefined, !routed);
}
