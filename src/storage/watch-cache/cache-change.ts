import type { CachedEntry } from './cached-entry.ts';
import type { CachedObject, CacheEvent, CacheFilter } from './types.ts';

/** A change of one object, and the events as which watchers see it. */
export class CacheChange<A> {
  readonly revision: number;
  /** The object after the change; absent if it was deleted. */
  readonly current: CachedEntry<A> | undefined;
  readonly previous: CachedEntry<A> | undefined;
  /** When the cache learned of it, in monotonic milliseconds. */
  readonly time: number;
  private readonly lines: LineStore;
  private changed: SharedEvent<A> | undefined;
  private appeared: SharedEvent<A> | undefined;
  private vanished: SharedEvent<A> | undefined;

  constructor(
    change: { revision: number; current: CachedEntry<A> | undefined; previous: CachedEntry<A> | undefined; time: number },
    lines: LineStore,
  ) {
    this.revision = change.revision;
    this.current = change.current;
    this.previous = change.previous;
    this.time = change.time;
    this.lines = lines;
  }

  get key(): string {
    return (this.current ?? this.previous)!.key;
  }

  /** What a watcher with this filter sees: an object that begins to pass it is added, one that no longer does is deleted. */
  seenThrough(filter: CacheFilter<A> | undefined): CacheEvent<A> | undefined {
    const { current, previous } = this;
    const is = current !== undefined && (!filter || filter(current.attributes, current));
    const was = previous !== undefined && (!filter || filter(previous.attributes, previous));
    if (is && was) return (this.changed ??= new SharedEvent('MODIFIED', current, this.lines));
    if (is) return (this.appeared ??= new SharedEvent('ADDED', current, this.lines));
    if (was) return (this.vanished ??= new SharedEvent('DELETED', previous.at(this.revision), this.lines));
    return undefined;
  }
}

const tail = Buffer.from('}\n');
const heads = {
  ADDED: Buffer.from('{"type":"ADDED","object":'),
  MODIFIED: Buffer.from('{"type":"MODIFIED","object":'),
  DELETED: Buffer.from('{"type":"DELETED","object":'),
};

export class SharedEvent<A> implements CacheEvent<A> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly stored: CachedObject<A>;
  private readonly lines: LineStore | undefined;
  private made: Buffer | undefined;

  /** @param lines keeps the line for other watchers; absent if there is only one */
  constructor(type: 'ADDED' | 'MODIFIED' | 'DELETED', stored: CachedObject<A>, lines?: LineStore) {
    this.type = type;
    this.stored = stored;
    this.lines = lines;
  }

  get line(): Buffer {
    if (this.made) return this.made;
    const line = Buffer.concat([heads[this.type], this.stored.json, tail]);
    if (this.lines) {
      this.made = line;
      this.lines.keep(this, line.length);
    }
    return line;
  }

  forgetLine(): void {
    this.made = undefined;
  }
}

/** Bounds the bytes of lines that events keep: beyond it, the lines made first are forgotten. */
export class LineStore {
  private kept: { event: SharedEvent<any>; bytes: number }[] = [];
  private bytes = 0;
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  keep(event: SharedEvent<any>, bytes: number): void {
    this.kept.push({ event, bytes });
    this.bytes += bytes;
    if (this.bytes <= this.maxBytes) return;
    // Half at once, so that the cost is spread.
    let count = 0;
    for (; count < this.kept.length && this.bytes > this.maxBytes / 2; count++) {
      this.bytes -= this.kept[count]!.bytes;
      this.kept[count]!.event.forgetLine();
    }
    this.kept.splice(0, count);
  }
}
