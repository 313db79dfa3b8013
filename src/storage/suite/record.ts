import { nextTurn } from '../../machinery/next-turn.ts';
import type { Change, Storage, WatchSink } from '../storage.ts';

/** A change with its bytes as text. */
export interface FlatChange {
  type: 'put' | 'delete';
  key: string;
  revision: number;
  value: string | undefined;
  createRevision: number;
  previous: { value: string; modRevision: number } | undefined;
}

export function flatten(change: Change): FlatChange {
  const { type, key, revision, value, createRevision, previous } = change;
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
  return {
    type,
    key,
    revision,
    value: value && text(value),
    createRevision,
    previous: previous && { value: text(previous.value), modRevision: previous.modRevision },
  };
}

/** A watch that remembers what it was given. */
export interface Recording {
  readonly changes: FlatChange[];
  readonly sink: WatchSink;
  readonly signal: AbortSignal;
  readonly failure: Error | undefined;
  stop(): void;
  /** Resolves when nothing up to the revision is still to come. */
  reaches(storage: Storage, revision: number): Promise<void>;
}

/** @param onChange called for each change as it comes */
export function record(onChange?: (change: Change) => void): Recording {
  const controller = new AbortController();
  const changes: FlatChange[] = [];
  let reached = 0;
  let failure: Error | undefined;
  const advance = (revision: number) => {
    if (revision < reached) throw new Error(`revision ${revision} comes after ${reached}`);
    reached = revision;
  };
  return {
    changes,
    signal: controller.signal,
    get failure() {
      return failure;
    },
    stop: () => controller.abort(),
    sink: {
      changes(given) {
        for (const change of given) {
          if (change.revision < reached || (change.revision === reached && changes.at(-1)?.revision !== reached)) {
            throw new Error(`change ${change.revision} comes after ${reached} was reached`);
          }
          changes.push(flatten(change));
          onChange?.(change);
          advance(change.revision);
        }
      },
      progress: advance,
      failed(error) {
        failure = error;
      },
    },
    async reaches(storage, revision) {
      while (reached < revision && !failure) {
        storage.requestProgress();
        await nextTurn();
      }
      if (failure) throw failure;
    },
  };
}
