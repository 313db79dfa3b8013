import { nextTurn } from '../../machinery/next-turn.ts';
import { compareKeys } from '../../machinery/sorted-map.ts';
import { CompactedError } from '../errors.ts';
import type { Change, WatchSink } from '../storage.ts';
import type { Version } from './version.ts';

/** What the hub reads of its store. */
export interface WatchSource {
  readonly revision: number;
  compactedRevision(): number;
  /** The version of a revision after the compacted one. */
  versionAt(revision: number): Version;
  /** The bytes of versions. @throws CompactedError */
  readValues(versions: readonly Version[]): Promise<Uint8Array[]>;
  readValue(version: Version): Uint8Array;
  /** Lets `readValue` have what it could not give at once. */
  prepare(versions: readonly Version[]): Promise<void> | undefined;
}

class Watcher {
  readonly start: string;
  readonly end: string;
  readonly sink: WatchSink;
  readonly signal: AbortSignal;
  /** Nothing at or below it is still to be given. */
  revision: number;
  wantsProgress = false;
  ended = false;

  constructor(start: string, end: string, revision: number, sink: WatchSink, signal: AbortSignal) {
    this.start = start;
    this.end = end;
    this.revision = revision;
    this.sink = sink;
    this.signal = signal;
  }

  covers(key: string): boolean {
    return compareKeys(this.start, key) <= 0 && compareKeys(key, this.end) < 0;
  }
}

// A watcher that catches up looks at so many revisions, then others have their turn.
const stepLength = 1000;

/**
 * Hands changes to watchers. A watcher that begins in the past reads the change log up to the present, then joins the live ones in the
 * same turn in which it found nothing more to read; commits append to the log before they are dispatched, in one turn as well. So
 * nothing is lost or given twice between the two.
 */
export class WatchHub {
  private readonly source: WatchSource;
  private readonly live = new IntervalList();
  private readonly lagging = new Set<Watcher>();
  private progressAsked = false;

  constructor(source: WatchSource) {
    this.source = source;
  }

  /** @throws CompactedError if a change after `revision` may have been compacted away */
  watch(start: string, end: string, revision: number, sink: WatchSink, signal: AbortSignal): void {
    if (signal.aborted) return;
    if (revision < this.source.compactedRevision()) throw new CompactedError(this.source.compactedRevision());
    const watcher = new Watcher(start, end, revision, sink, signal);
    signal.addEventListener('abort', () => this.remove(watcher), { once: true });
    if (revision >= this.source.revision) this.live.add(watcher);
    else {
      this.lagging.add(watcher);
      this.catchUp(watcher).catch((error) => this.fail(watcher, error as Error));
    }
  }

  /** Hands out what was just committed. */
  dispatch(versions: readonly Version[]): void {
    const given = new Map<Watcher, Change[]>();
    for (const version of versions) {
      let change: Change | undefined;
      this.live.forEachAt(version.key, (watcher) => {
        if (version.revision <= watcher.revision) return;
        change ??= new VersionChange(version, version.value, this.source);
        const changes = given.get(watcher);
        if (changes) changes.push(change);
        else given.set(watcher, [change]);
      });
    }
    for (const [watcher, changes] of given) if (!watcher.ended) watcher.sink.changes(changes);
  }

  /** Tells each watcher the current revision, once it has everything up to it. */
  requestProgress(): void {
    if (this.progressAsked) return;
    this.progressAsked = true;
    queueMicrotask(() => {
      this.progressAsked = false;
      for (const watcher of this.lagging) watcher.wantsProgress = true;
      for (const watcher of this.live.all()) if (!watcher.ended) this.tellProgress(watcher);
    });
  }

  close(error: Error): void {
    for (const watcher of [...this.live.all(), ...this.lagging]) this.fail(watcher, error);
  }

  private async catchUp(watcher: Watcher): Promise<void> {
    await undefined;
    while (!watcher.ended && watcher.revision < this.source.revision) {
      if (watcher.revision < this.source.compactedRevision()) throw new CompactedError(this.source.compactedRevision());
      const until = Math.min(this.source.revision, watcher.revision + stepLength);
      const versions: Version[] = [];
      for (let revision = watcher.revision + 1; revision <= until; revision++) {
        const version = this.source.versionAt(revision);
        if (watcher.covers(version.key)) versions.push(version);
      }
      if (versions.length > 0) {
        const changes = await this.changesOf(versions);
        if (watcher.ended) return;
        watcher.revision = until;
        watcher.sink.changes(changes);
      } else watcher.revision = until;
      if (watcher.revision < this.source.revision) await nextTurn();
    }
    if (watcher.ended) return;
    this.lagging.delete(watcher);
    this.live.add(watcher);
    if (watcher.wantsProgress) this.tellProgress(watcher);
  }

  private async changesOf(versions: readonly Version[]): Promise<Change[]> {
    const values = await this.source.readValues(versions.filter((version) => !version.deleted));
    await this.source.prepare(versions.flatMap(({ previous }) => (previous && !previous.deleted ? previous : [])));
    let next = 0;
    return versions.map((version) => new VersionChange(version, version.deleted ? undefined : values[next++], this.source));
  }

  private tellProgress(watcher: Watcher): void {
    watcher.wantsProgress = false;
    if (watcher.revision <= this.source.revision) watcher.sink.progress(this.source.revision);
  }

  private remove(watcher: Watcher): void {
    watcher.ended = true;
    this.live.remove(watcher);
    this.lagging.delete(watcher);
  }

  private fail(watcher: Watcher, error: Error): void {
    if (watcher.ended) return;
    this.remove(watcher);
    watcher.sink.failed(error);
  }
}

/** A version as a change. The value before is read when it is asked for, which should be soon: compaction may remove it. */
class VersionChange implements Change {
  readonly value?: Uint8Array;
  private readonly version: Version;
  private readonly before: Version | undefined;
  private readonly source: WatchSource;

  constructor(version: Version, value: Uint8Array | undefined, source: WatchSource) {
    this.version = version;
    this.source = source;
    this.before = version.previous?.deleted ? undefined : version.previous;
    if (!version.deleted) this.value = value!;
  }

  get type(): 'put' | 'delete' {
    return this.version.deleted ? 'delete' : 'put';
  }

  get key(): string {
    return this.version.key;
  }

  get revision(): number {
    return this.version.revision;
  }

  get createRevision(): number {
    return this.version.createRevision;
  }

  get previous(): { readonly value: Uint8Array; readonly modRevision: number } | undefined {
    return this.before && { value: this.source.readValue(this.before), modRevision: this.before.revision };
  }
}

/** Watchers by the ranges that they cover. Sorted by start, each with the greatest end up to it, so that a look-up stops early. */
class IntervalList {
  private watchers: Watcher[] = [];
  private greatestEnds: string[] = [];

  all(): readonly Watcher[] {
    return this.watchers;
  }

  add(watcher: Watcher): void {
    const at = this.firstAfter(watcher.start);
    this.replace([...this.watchers.slice(0, at), watcher, ...this.watchers.slice(at)]);
  }

  remove(watcher: Watcher): void {
    if (this.watchers.includes(watcher)) this.replace(this.watchers.filter((other) => other !== watcher));
  }

  forEachAt(key: string, visit: (watcher: Watcher) => void): void {
    for (let i = this.firstAfter(key) - 1; i >= 0 && compareKeys(key, this.greatestEnds[i]!) < 0; i--) {
      if (compareKeys(key, this.watchers[i]!.end) < 0) visit(this.watchers[i]!);
    }
  }

  /** The index of the first watcher that starts after the key. */
  private firstAfter(key: string): number {
    let low = 0;
    let high = this.watchers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys(this.watchers[middle]!.start, key) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // A new array each time: someone may be walking over the old one.
  private replace(watchers: Watcher[]): void {
    this.watchers = watchers;
    let greatest = '';
    this.greatestEnds = watchers.map(({ end }) => (greatest = compareKeys(end, greatest) > 0 ? end : greatest));
  }
}
