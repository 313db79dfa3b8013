import type { Column, ResourceDefinition } from '../../api/define.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { StoredObject } from '../storage/stored-object.ts';

/**
 * What a handler answers, before it is encoded. The transport turns it into bytes of the negotiated type (JSON, YAML, protobuf, Table,
 * PartialObjectMetadata); an in-process client takes it as it is.
 */
export type Answer = ObjectAnswer | ListAnswer | WatchAnswer | RawAnswer | StreamAnswer | UpgradeAnswer;

/** One object of a resource, stored (its bytes are sent as they are) or made for this answer (Status, Scale, TokenRequest, reviews). */
export interface ObjectAnswer {
  readonly type: 'object';
  readonly status: number;
  /** The resource asked for: gives the Table columns, and the protobuf message of `stored`. */
  readonly definition: ResourceDefinition | undefined;
  /** How an object is shown that is of another kind than the resource asked for (Scale). */
  readonly shown?: Shown;
  readonly stored?: StoredObject;
  /** Present where `stored` is not. Has apiVersion and kind. */
  readonly object?: KubeObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What forms of an answer say of a kind that no definition is of. */
export interface Shown {
  readonly columns: readonly Column[];
  /** Its type by its name upstream, for messages. */
  readonly type: string;
}

export interface ListAnswer {
  readonly type: 'list';
  readonly definition: ResourceDefinition;
  readonly items: readonly StoredObject[];
  /** Without a revision where nothing is stored. */
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string; readonly remainingItemCount?: number };
}

export interface WatchAnswer {
  readonly type: 'watch';
  readonly definition: ResourceDefinition;
  /**
   * Starts the stream. The sink is called synchronously, with batches as they come; `end` follows when the watch is over (timeout,
   * closed, error after its ERROR event). Returns a function that stops it.
   */
  readonly start: (sink: WatchAnswerSink) => () => void;
}

export interface WatchAnswerSink {
  /** @returns a promise when the receiver's buffer is full: the next call comes after it is fulfilled, or not at all if that takes too long */
  events(events: readonly WatchAnswerEvent[]): void | boolean | Promise<void>;
  end(): void;
}

export interface WatchAnswerEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  /**
   * The same event object is given to every watcher that gets it unchanged, so that the transport can keep its encoded frame on it (in a WeakMap).
   * Absent for ERROR and BOOKMARK, which have `object`.
   */
  readonly stored?: StoredObject;
  readonly object?: KubeObject;
  /** `{"type":…,"object":…}` and a newline, as JSON watches send it, where the source shares it among all watchers. */
  readonly line?: Buffer;
}

/** Bytes or text of a fixed type: health, metrics, documents, plain-text errors. */
export interface RawAnswer {
  readonly type: 'raw';
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent in gzip to who takes it. */
  readonly compressible?: boolean;
  /** Given before the stage that tells caches to keep nothing. */
  readonly beforeCacheControl?: boolean;
}

/** What another server answers, passed on as it comes. */
export interface StreamAnswer {
  readonly type: 'stream';
  readonly status: number;
  /** Besides those of the chain: a header that both have is sent twice. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: import('node:stream').Readable;
  /** It can be sent over a WebSocket as well. */
  readonly overWebSocket?: boolean;
}

/** The connection is taken over (exec, attach, port-forward, proxied upgrades). */
export interface UpgradeAnswer {
  readonly type: 'upgrade';
  readonly accept: (connection: {
    readonly socket: import('node:stream').Duplex;
    readonly request: unknown;
    readonly head: Buffer;
  }) => void;
}
