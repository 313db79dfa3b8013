import type { Level } from 'level';
import { StorageUnusableError } from '../errors.ts';
import type { Backend } from '../mvcc/backend.ts';
import type { Version } from '../mvcc/version.ts';
import { compactedKey, decodeValue, encodeValue, encodeVersion, valueKey, versionKey } from './records.ts';

export type Database = Level<Buffer, Buffer>;

/** What to do about a damaged store. */
export const damageAdvice = 'Restore it from a copy, or move it away to start with an empty cluster.';

type Batch = ReturnType<typeof newBatch>;

/** Versions in LevelDB, one synchronous batch for many. */
export class LevelBackend implements Backend {
  // With fewer, syncs cost more than they save; with more, requests that arrive together all wait for the last of them, and nothing is
  // computed while the disk works.
  readonly eagerWrites = 4;
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  // After the requests that have already arrived had their turn.
  schedule(callback: () => void): void {
    setImmediate(callback);
  }

  write(versions: readonly Version[]): Promise<void> {
    const batch = newBatch(this.database);
    for (const version of versions) {
      batch.put(versionKey(version.revision), encodeVersion(version));
      if (!version.deleted) batch.put(valueKey(version.revision), encodeValue(version.value!));
    }
    return commit(batch);
  }

  committed(versions: readonly Version[]): void {
    for (const version of versions) version.value = undefined;
  }

  value(version: Version): Uint8Array | undefined {
    return read(version, this.database.getSync(valueKey(version.revision)));
  }

  async values(versions: readonly Version[]): Promise<(Uint8Array | undefined)[]> {
    const records = await this.database.getMany(versions.map((version) => valueKey(version.revision)));
    return records.map((record, i) => read(versions[i]!, record));
  }

  markCompacted(revision: number): Promise<void> {
    return commit(newBatch(this.database).put(compactedKey, Buffer.from(String(revision))));
  }

  forget(versions: readonly Version[]): Promise<void> {
    const batch = newBatch(this.database);
    for (const version of versions) {
      batch.del(versionKey(version.revision));
      if (!version.deleted) batch.del(valueKey(version.revision));
    }
    return commit(batch);
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

// Chained, as a batch given as an array costs four times as much: each operation is copied and looked at twice.
function newBatch(database: Database) {
  return database.batch();
}

// `sync` is classic-level's option, which the type of `level` does not know.
function commit(batch: Batch): Promise<void> {
  return batch.write({ sync: true } as object);
}

function read(version: Version, record: Buffer | undefined): Buffer | undefined {
  const value = record && decodeValue(record);
  if (record && !value) {
    throw new StorageUnusableError(
      `the store is damaged: the value of ${version.key} at revision ${version.revision} is not what was written`,
      damageAdvice,
    );
  }
  return value;
}
