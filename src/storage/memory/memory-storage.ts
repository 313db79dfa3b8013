import type { Clock } from '../../machinery/clock.ts';
import type { Backend } from '../mvcc/backend.ts';
import { MvccStore } from '../mvcc/mvcc-store.ts';
import type { Version } from '../mvcc/version.ts';
import type { Storage } from '../storage.ts';

/** A store that keeps everything in memory, for `--memory` and for tests. */
export function openMemoryStorage(options: { clock: Clock }): Storage {
  return new MvccStore(new MemoryBackend(), { versions: [], revision: 0, compacted: 0 }, options);
}

/** The bytes stay where the versions are. */
class MemoryBackend implements Backend {
  readonly eagerWrites = Number.POSITIVE_INFINITY;

  schedule(callback: () => void): void {
    queueMicrotask(callback);
  }

  write(): undefined {
    return undefined;
  }

  // What is kept must not keep the larger memory of which the bytes were a part, nor the object of which they were made.
  committed(versions: readonly Version[]): void {
    for (const version of versions) {
      if (!version.value) continue;
      const kept = Buffer.allocUnsafeSlow(version.value.length);
      kept.set(version.value);
      version.value = kept;
    }
  }

  value(version: Version): Uint8Array | undefined {
    return version.value;
  }

  async values(versions: readonly Version[]): Promise<(Uint8Array | undefined)[]> {
    return versions.map((version) => version.value);
  }

  async markCompacted(): Promise<void> {}

  async forget(): Promise<void> {}

  async close(): Promise<void> {}
}
