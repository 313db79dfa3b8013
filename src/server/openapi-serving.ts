import { createHash } from 'node:crypto';
import { goJson } from '../../api/meta/go-json.ts';
import { jsonText } from '../../api/meta/json-text.ts';
import { type Clock, formatHttpDate } from '../machinery/clock.ts';
import type { Random } from '../machinery/random.ts';
import type { Aggregation } from './aggregation/aggregation.ts';
import type { Answer, RawAnswer } from './answer.ts';
import type { ResourceRegistry } from './discovery/resource-index.ts';
import { serveContent } from './http/serve-content.ts';
import { type Clause, parseAccept } from './negotiation/accept.ts';
import type { ServerContext } from './request-context.ts';

type Documents = typeof import('../../openapi/documents/index.ts');

interface Served {
  readonly json: Buffer;
  readonly etag: string;
  readonly lastModified: string;
  /** The version of what is served for which the hash was last found to be right. */
  checkedAt: string;
  protobuf?: Buffer;
}

const year = 365 * 24 * 3600 * 1000;
const v2Name = 'v2';

/**
 * /openapi/v2, /openapi/v3 and the documents below it, with the caching headers of the real server. A document is built when it is first asked for, and
 * anew when what it is made of has changed; the builders are loaded with the first request. What other servers serve is merged in, of v3 by sending them
 * the request.
 */
export class OpenApiServing {
  private readonly registry: ResourceRegistry;
  private readonly aggregation: Aggregation;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly documents = new Map<string, Served>();
  private index: Buffer | undefined;
  private seen: string | undefined;
  /** When the list of documents was last found to be another, in milliseconds since the epoch. */
  private changedAt = Number.NEGATIVE_INFINITY;

  constructor(registry: ResourceRegistry, aggregation: Aggregation, clock: Clock, random: Random) {
    this.registry = registry;
    this.aggregation = aggregation;
    this.clock = clock;
    this.random = random;
  }

  /** @returns undefined if the path is none of these */
  async handle(context: ServerContext): Promise<Answer | undefined> {
    const { path } = context.info;
    if (!path.startsWith('/openapi/')) return undefined;
    const builders = await import('../../openapi/documents/index.ts');
    if (this.seen !== this.version) {
      if (this.seen !== undefined) this.changedAt = this.clock.now();
      this.seen = this.version;
      this.index = undefined;
    }
    if (path === '/openapi/v2') return this.v2(context, builders);
    if (path === '/openapi/v3') return this.v3Index(context, builders);
    if (path.startsWith('/openapi/v3/')) return this.v3(context, path.slice('/openapi/v3/'.length), builders);
    return undefined;
  }

  private get version(): string {
    return `${this.registry.version}/${this.aggregation.openApi.version}`;
  }

  private v2(context: ServerContext, builders: Documents): RawAnswer {
    const vary = 'Accept-Encoding, Accept';
    const type = acceptedType(clausesOf(context), 'v2');
    if (!type) return empty(406, { vary });
    const others = this.aggregation.openApi.v2Documents();
    const build = () => {
      const own = builders.buildOpenAPIV2(this.registry.definitions());
      return others.length === 0 ? own : builders.mergeOpenAPIV2(own, others);
    };
    const served = this.document(v2Name, builders, build, jsonText, others)!;
    return { ...this.send(context, served, type, { vary }, builders.encodeOpenAPIV2), compressible: true };
  }

  private v3Index(context: ServerContext, builders: Documents): RawAnswer {
    this.index ??= Buffer.from(JSON.stringify(this.v3Paths(builders)));
    // As upstream's, it is always of now: what changes within a second of a client's last look would not be seen for as long as nothing else changes.
    const now = this.clock.now();
    const lastModified = formatHttpDate(now);
    // Nor would be what changes between two looks within one second: who was there in this one is told all.
    const { 'if-modified-since': since, ...unconditional } = context.request.headers;
    const isSettled = Math.floor(this.changedAt / 1000) < Math.floor(now / 1000);
    return serveContent(
      isSettled || Date.parse(since ?? '') !== Date.parse(lastModified) ? context.request.headers : unconditional,
      { body: this.index, lastModified, contentType: 'text/plain; charset=utf-8', isSniffed: true, headers: {} },
      this.random,
    );
  }

  private v3Paths(builders: Documents): ReturnType<Documents['buildOpenAPIV3Index']> {
    const own = builders.buildOpenAPIV3Index(this.registry.definitions());
    const others = this.aggregation.openApi.v3Paths().filter(([name]) => !(name in own.paths));
    if (others.length === 0) return own;
    const paths = [...Object.entries(own.paths), ...others.map(([name, serverRelativeURL]) => [name, { serverRelativeURL }] as const)];
    return { paths: Object.fromEntries(paths.sort(([a], [b]) => (a < b ? -1 : 1))) };
  }

  private v3(context: ServerContext, name: string, builders: Documents): Answer | Promise<Answer> {
    const served = this.document(name, builders, () => builders.buildOpenAPIV3(name, this.registry.definitions()), goJson, []);
    if (!served) return this.aggregation.openApiV3(name, context) ?? empty(404, {});
    const accepted = clausesOf(context);
    // Upstream says nothing, and that it is well, where it can read nothing of the header.
    if (accepted.length === 0) return empty(200, { vary: 'Accept' });
    const type = acceptedType(accepted, 'v3');
    if (!type) return empty(406, { vary: 'Accept' });
    const headers: Record<string, string> = { vary: 'Accept' };
    const hash = context.request.query.get('hash');
    if (hash && hash !== served.etag) {
      const location = `/openapi/v3/${name}?hash=${served.etag}`;
      return empty(301, { ...headers, etag: `"${served.etag}"`, location, 'content-type': type });
    }
    if (hash) {
      headers['cache-control'] = 'public, immutable';
      headers['expires'] = formatHttpDate(this.clock.now() + year).replace('GMT', 'UTC');
    }
    return this.send(context, served, type, headers, builders.encodeOpenAPIV3);
  }

  /** A document that was built before is kept as long as its hash is the same. @param others what is merged into it */
  private document(
    name: string,
    builders: Documents,
    build: () => object | undefined,
    encode: (document: object) => string,
    others: readonly { readonly tag: string; readonly pathPrefix: string }[],
  ): Served | undefined {
    let served = this.documents.get(name);
    if (served?.checkedAt === this.version) return served;
    const ownTag = builders.documentHash(name, this.registry.definitions());
    const etag = others.length === 0 ? ownTag : hashOf([ownTag, ...others.map(({ tag, pathPrefix }) => [tag, pathPrefix])]);
    if (served?.etag !== etag) {
      const document = build();
      if (!document) {
        this.documents.delete(name);
        return undefined;
      }
      served = { json: Buffer.from(encode(document)), etag, lastModified: formatHttpDate(this.clock.now()), checkedAt: '' };
      this.documents.set(name, served);
    }
    served.checkedAt = this.version;
    return served;
  }

  private send(
    context: ServerContext,
    served: Served,
    contentType: string,
    headers: Readonly<Record<string, string>>,
    encode: (document: Record<string, unknown>) => Uint8Array,
  ): RawAnswer {
    const isJson = contentType === 'application/json';
    if (!isJson) served.protobuf ??= Buffer.from(encode(JSON.parse(served.json.toString())));
    const body = isJson ? served.json : served.protobuf!;
    const content = { contentType, body, etag: `"${served.etag}"`, lastModified: served.lastModified, headers };
    return serveContent(context.request.headers, content, this.random);
  }
}

function clausesOf({ request }: ServerContext): readonly Clause[] {
  return parseAccept(request.headers['accept'] || '*/*');
}

function empty(status: number, headers: Readonly<Record<string, string>>): RawAnswer {
  return { type: 'raw', status, contentType: '', body: '', headers: { ...headers, 'content-length': '0' } };
}

/** The best of JSON and protobuf for what a client accepts; undefined if it takes neither. */
function acceptedType(accepted: readonly Clause[], version: 'v2' | 'v3'): string | undefined {
  const protobuf = `application/com.github.proto-openapi.spec.${version}.v1.0+protobuf`;
  for (const { type, subtype } of accepted) {
    if (type !== 'application' && type !== '*') continue;
    if (subtype === 'json' || subtype === '*' || subtype === '') return 'application/json';
    // Newer clients write a dot where older ones write an @, which is no valid media type.
    if (`application/${subtype.replace('@', '.')}` === protobuf) return protobuf;
  }
  return undefined;
}

function hashOf(value: unknown): string {
  return createHash('sha512').update(JSON.stringify(value)).digest('hex').toUpperCase();
}
