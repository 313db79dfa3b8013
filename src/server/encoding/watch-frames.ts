import { goJson } from '../../../api/meta/go-json.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import type { WatchAnswerEvent } from '../answer.ts';

const closing = Buffer.from('}\n');
const opening: Readonly<Record<WatchAnswerEvent['type'], Buffer>> = {
  ADDED: Buffer.from('{"type":"ADDED","object":'),
  MODIFIED: Buffer.from('{"type":"MODIFIED","object":'),
  DELETED: Buffer.from('{"type":"DELETED","object":'),
  BOOKMARK: Buffer.from('{"type":"BOOKMARK","object":'),
  ERROR: Buffer.from('{"type":"ERROR","object":'),
};

/**
 * The frames of events, encoded once for all watchers that get the same event. They get it in the same turn of the event loop, so nothing is
 * kept longer; lines that the source shares are taken from it.
 */
export class WatchFrames {
  private readonly frames = new Map<string, Map<StoredObject, Buffer>>();
  private last: { readonly events: readonly WatchAnswerEvent[]; readonly batch: FrameBatch } | undefined;

  /** JSON lines. Watchers that see the same are given the same array, and get the same batch. */
  json(events: readonly WatchAnswerEvent[]): FrameBatch {
    if (this.last?.events === events) return this.last.batch;
    if (!this.last) setImmediate(() => (this.last = undefined));
    const batch = new FrameBatch(events.map((event) => event.line ?? this.shared(event.type, event, jsonFrame)));
    this.last = { events, batch };
    return batch;
  }

  /** @param form names the form; there are only a handful */
  shared(form: string, event: WatchAnswerEvent, encode: (event: WatchAnswerEvent) => Buffer): Buffer {
    const { stored, type } = event;
    if (!stored) return encode(event);
    if (this.frames.size === 0) setImmediate(() => this.frames.clear());
    const key = `${form} ${type}`;
    let frames = this.frames.get(key);
    if (!frames) {
      frames = new Map();
      this.frames.set(key, frames);
    }
    let frame = frames.get(stored);
    if (!frame) {
      frame = encode(event);
      frames.set(stored, frame);
    }
    return frame;
  }
}

/** The frames of events that came together. */
export class FrameBatch {
  readonly frames: readonly Buffer[];
  private joined: Buffer | undefined;

  constructor(frames: readonly Buffer[]) {
    this.frames = frames;
  }

  /** All frames in one piece. */
  get bytes(): Buffer {
    this.joined ??= this.frames.length === 1 ? this.frames[0]! : Buffer.concat(this.frames);
    return this.joined;
  }
}

function jsonFrame({ type, stored, object }: WatchAnswerEvent): Buffer {
  const json = stored ? stored.json : Buffer.from(goJson(object));
  const head = opening[type];
  return Buffer.concat([head, json, closing], head.length + json.length + closing.length);
}

/** A metav1.WatchEvent (type = 1, object = 2 as RawExtension with raw = 1). */
export function protobufWatchEvent(type: string, object: Buffer): Buffer {
  const name = Buffer.from(type);
  const raw = Buffer.concat([Buffer.from([0x0a]), varint(object.length), object]);
  return Buffer.concat([Buffer.from([0x0a]), varint(name.length), name, Buffer.from([0x12]), varint(raw.length), raw]);
}

/** Bytes behind their length in four bytes, as protobuf streams are delimited. */
export function withLength(event: Buffer): Buffer {
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(event.length);
  return Buffer.concat([length, event]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
