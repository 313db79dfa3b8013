import type { Column, ResourceDefinition } from '../../../api/define.ts';
import { goJson } from '../../../api/meta/go-json.ts';
import { apiVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { ProtobufCodec } from '../../machinery/protobuf/codec.ts';
import { notAcceptable } from '../../registry/errors.ts';
import type { ListAnswer, ObjectAnswer, WatchAnswer, WatchAnswerEvent } from '../answer.ts';
import { mediaTypeNames, type Negotiated, negotiateStatus, notStreamed } from '../negotiation/accept.ts';
import { wantsPretty } from '../negotiation/pretty.ts';
import type { ServerContext } from '../request-context.ts';
import { encodeJson, storedJson } from './json.ts';
import { customListMeta, encodeListJson, isCustom, listMeta } from './list-json.ts';
import { isAList, notAList, partialList, partialObject } from './partial.ts';
import { includeObjectOf, tableOfList, tableOfObject } from './table.ts';
import { FrameBatch, protobufWatchEvent, WatchFrames, withLength } from './watch-frames.ts';
import { encodeYaml } from './yaml.ts';

export interface Body {
  readonly contentType: string;
  readonly chunks: readonly Buffer[];
  readonly length: number;
  /** What further answers will have in common with this one: all of it, or what is between the first and the last chunk. */
  readonly shared?: Buffer;
}

/** How the events of a watch are sent. */
export interface WatchEncoding {
  readonly contentType: string;
  /** @returns undefined for what has no such form: the stream ends there */
  encode(events: readonly WatchAnswerEvent[]): FrameBatch | undefined;
}

/** Kubernetes' protobuf, as `src/machinery/protobuf` has it. */
export type ProtobufEncoder = Pick<ProtobufCodec, 'supports' | 'encode' | 'encodeMessage' | 'encodeList'>;

export interface EncoderParts {
  readonly clock: Clock;
  /** Absent: no kind has a protobuf form. */
  readonly protobuf?: ProtobufEncoder;
}

/** Custom resources have none. */
const withoutMessage =
  'object *unstructured.Unstructured does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message';

const statusFallback: Negotiated = { mediaType: 'json', pretty: false };

/** Turns answers into bytes of the negotiated type. */
export class AnswerEncoder {
  private readonly clock: Clock;
  private readonly codec: ProtobufEncoder | undefined;
  private readonly frames = new WatchFrames();

  constructor({ clock, protobuf }: EncoderParts) {
    this.clock = clock;
    this.codec = protobuf;
  }

  /** @throws ApiError 400 or 406 where the answer has no such form */
  encodeObject(answer: ObjectAnswer, context: ServerContext): Body {
    if (answer.status >= 400 && isStatus(answer)) return this.encodeFailure(answer, context);
    return this.encodeObjectAs(answer, context, formOf(context));
  }

  /**
   * A failure: as the client likes, where that has a plain form; else as indented JSON, which upstream writes past its serializers.
   * @param answer a Status
   */
  encodeFailure({ object }: ObjectAnswer, context: ServerContext): Body {
    const accept = context.request.headers['accept'];
    const form = accept ? negotiateStatus(accept) : statusFallback;
    if (!form) return body('json', encodeJson(object, true));
    return this.encode(object!, form.mediaType, isPretty(form, context));
  }

  private encodeObjectAs(answer: ObjectAnswer, context: ServerContext, { mediaType, as, pretty }: Negotiated): Body {
    const { stored } = answer;
    if (as && !isStatus(answer)) return this.encode(this.transform(answer, as, context), mediaType, pretty);
    if (stored && mediaType === 'json' && !pretty) return body(mediaType, storedJson(stored.json));
    const object = stored ? stored.object : answer.object!;
    return this.encode(object, mediaType, pretty);
  }

  /** @throws ApiError 400 or 406 where the answer has no such form */
  encodeList(answer: ListAnswer, context: ServerContext): Body {
    return this.encodeListAs(answer, context, formOf(context));
  }

  /** An answer in the form that was asked for, as JSON in one line whatever the client reads. @throws ApiError where it has no such form */
  asJson(answer: ObjectAnswer | ListAnswer, context: ServerContext): string {
    const form: Negotiated = { ...formOf(context), mediaType: 'json', pretty: false };
    const { chunks } = answer.type === 'list' ? this.encodeListAs(answer, context, form) : this.encodeObjectAs(answer, context, form);
    return Buffer.concat(chunks).toString();
  }

  private encodeListAs(answer: ListAnswer, context: ServerContext, { mediaType, as, pretty }: Negotiated): Body {
    const { query } = context.request;
    if (as) {
      if (as.kind === 'PartialObjectMetadata') throw isAList(answer.definition);
      const object =
        as.kind === 'Table'
          ? tableOfList(answer, { now: this.clock.now(), version: as.version, includeObject: includeObjectOf(query) })
          : partialList(answer, as.version);
      return this.encode(object, mediaType, pretty);
    }
    if (mediaType === 'json' && !pretty) return { contentType: mediaTypeNames.json, ...encodeListJson(answer) };
    if (mediaType === 'protobuf') return body(mediaType, this.protobufList(answer));
    return this.encode(listObject(answer), mediaType, pretty);
  }

  /**
   * The frames of a watch.
   * @param delimited whether frames follow one another in a stream: protobuf's then have their length before them
   * @throws ApiError 400 or 406 where the stream has no such form
   */
  watch(answer: WatchAnswer, context: ServerContext, { delimited = true } = {}): WatchEncoding {
    const { mediaType, as } = context.negotiated ?? statusFallback;
    if (mediaType === 'yaml') throw notStreamed();
    const { definition } = answer;
    const frames = this.frames;
    const contentType = mediaType === 'json' ? mediaTypeNames.json : `${mediaTypeNames.protobuf};stream=watch`;
    if (mediaType === 'json' && !as) {
      return { contentType, encode: (events) => frames.json(events) };
    }
    // Upstream ends the stream at the first event, which is no list.
    if (as?.kind === 'PartialObjectMetadataList') return { contentType, encode: () => undefined };
    const includeObject = as?.kind === 'Table' ? includeObjectOf(context.request.query) : 'Metadata';
    let first = true;
    const represent = (event: WatchAnswerEvent): KubeObject => {
      const object = event.stored ? event.stored.object : event.object!;
      if (!as || event.type === 'ERROR') return object;
      if (as.kind !== 'Table') return partialObject(definition, object, as.version);
      const withoutColumns = !first;
      first = false;
      return tableOfObject(definition, object, { now: this.clock.now(), version: as.version, includeObject, withoutColumns });
    };
    const key = `${mediaType} ${as?.kind} ${as?.version} ${includeObject} ${delimited}`;
    const frame =
      mediaType === 'json'
        ? (event: WatchAnswerEvent) => Buffer.from(`{"type":"${event.type}","object":${goJson(represent(event))}}\n`)
        : (event: WatchAnswerEvent) => {
            const bytes = protobufWatchEvent(event.type, this.protobuf(represent(event)));
            return delimited ? withLength(bytes) : bytes;
          };
    return {
      contentType,
      encode: (events) =>
        new FrameBatch(events.map((event) => (first && as?.kind === 'Table' ? frame(event) : frames.shared(key, event, frame)))),
    };
  }

  /** Encodes data that belongs to no resource, such as discovery documents. */
  encode(object: KubeObject, mediaType: Negotiated['mediaType'], pretty: boolean): Body {
    if (mediaType === 'json') return body(mediaType, encodeJson(object, pretty));
    if (mediaType === 'yaml') return body(mediaType, Buffer.from(encodeYaml(object)));
    return body(mediaType, this.protobuf(object));
  }

  private protobuf(object: KubeObject): Buffer {
    const { apiVersion = '', kind = '' } = object;
    if (this.codec?.supports(apiVersion, kind)) return this.codec.encode(object);
    throw notAcceptable(withoutMessage);
  }

  private protobufList(answer: ListAnswer): Buffer {
    const { definition, items, metadata } = answer;
    const apiVersion = apiVersionOf(definition.group, definition.version);
    const { codec } = this;
    if (!codec?.supports(apiVersion, definition.kind)) throw notAcceptable(withoutMessage);
    const messages = items.map((item) => codec.encodeMessage(item.object));
    return codec.encodeList({ apiVersion, kind: definition.listKind, metadata: listMeta(metadata) }, messages);
  }

  private transform(answer: ObjectAnswer, as: NonNullable<Negotiated['as']>, context: ServerContext): KubeObject {
    const object = answer.stored ? answer.stored.object : answer.object!;
    if (as.kind === 'PartialObjectMetadataList') throw notAList(answer, object);
    if (as.kind === 'PartialObjectMetadata') return partialObject(answer.definition, object, as.version);
    const options = { now: this.clock.now(), version: as.version, includeObject: includeObjectOf(context.request.query) };
    return tableOfObject(answer.definition ?? unknownDefinition(object, answer.shown?.columns), object, options);
  }
}

function body(mediaType: Negotiated['mediaType'], bytes: Buffer): Body {
  return { contentType: mediaTypeNames[mediaType], chunks: [bytes], length: bytes.length };
}

/** A Status is never turned into another form. */
function isStatus({ object }: ObjectAnswer): boolean {
  return object?.kind === 'Status' && object.apiVersion === 'v1';
}

function formOf(context: ServerContext): Negotiated {
  const negotiated = context.negotiated ?? statusFallback;
  return negotiated.pretty || !isPretty(negotiated, context) ? negotiated : { ...negotiated, pretty: true };
}

function isPretty({ pretty }: Negotiated, { request }: ServerContext): boolean {
  return pretty || wantsPretty(request.query, request.headers['user-agent']);
}

function listObject({ definition, items, metadata }: ListAnswer): KubeObject {
  const apiVersion = apiVersionOf(definition.group, definition.version);
  if (isCustom(definition)) {
    const objects = items.map((item) => item.object);
    return { apiVersion, items: objects, kind: definition.listKind, metadata: customListMeta(metadata) as KubeObject['metadata'] };
  }
  return {
    kind: definition.listKind,
    apiVersion,
    metadata: listMeta(metadata) as KubeObject['metadata'],
    items: items.map((item) => withoutTypeMeta(item.object)),
  };
}

function withoutTypeMeta({ kind: _kind, apiVersion: _apiVersion, ...rest }: KubeObject): KubeObject {
  return rest;
}

/** Of an answer that is of no resource's kind. */
function unknownDefinition(object: KubeObject, columns = plainColumns): ResourceDefinition {
  return { kind: object.kind, columns } as unknown as ResourceDefinition;
}

const plainColumns: readonly Column[] = [
  { name: 'Name', type: 'string', format: 'name', description: '', cell: (o: KubeObject) => o.metadata?.name ?? '' },
  { name: 'Created At', type: 'date', description: '', cell: (o: KubeObject) => o.metadata?.creationTimestamp ?? null },
];
