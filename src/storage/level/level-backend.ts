import type { ValueCodec } from '../encryption/value-codec.ts';
import { StorageUnusableError, UnreadableRangeError, UnreadableValueError } from '../errors.ts';
import type { Backend } from '../mvcc/backend.ts';
import type { Version } from '../mvcc/version.ts';
import type { Database, Operation } from './database.ts';
import { compactedKey, decodeValue, encodeValue, encodeVersion, valueKey, versionKey } from './records.ts';

/** What to do about a damaged store. */
export const damageAdvice = 'Restore it from a copy, or move it away to start with an empty cluster.';

/** Versions in LevelDB, one synchronous batch for many. */
export class LevelBackend implements Backend {
  // With fewer, syncs cost more than they save; with more, requests that arrive together all wait for the last of them, and nothing is
  // computed while the disk works.
  readonly eagerWrites = 4;
  private readonly database: Database;
  private readonly codec: ValueCodec | undefined;

  /** @param codec absent: values lie there as they are */
  constructor(database: Database, codec?: ValueCodec) {
    this.database = database;
    this.codec = codec;
  }

  size(): number {
    return this.database.size();
  }

  // After the requests that have already arrived had their turn.
  schedule(callback: () => void): void {
    setImmediate(callback);
  }

  write(versions: readonly Version[]): Promise<void> {
    const operations: Operation[] = [];
    for (const version of versions) {
      operations.push({ type: 'put', key: versionKey(version.revision), value: encodeVersion(version) });
      if (!version.deleted) operations.push({ type: 'put', key: valueKey(version.revision), value: encodeValue(this.encoded(version)) });
    }
    return this.database.writeDurably(operations);
  }

  committed(versions: readonly Version[]): void {
    for (const version of versions) version.value = undefined;
  }

  value(version: Version): Uint8Array | undefined | Promise<Uint8Array> {
    return this.decoded(version, this.database.getSync(valueKey(version.revision)));
  }

  async values(versions: readonly Version[]): Promise<(Uint8Array | undefined)[]> {
    const records = await this.database.getMany(versions.map((version) => valueKey(version.revision)));
    try {
      const values = records.map((record, i) => this.decoded(versions[i]!, record));
      return values.some((value) => value instanceof Promise) ? await Promise.all(values) : (values as (Uint8Array | undefined)[]);
    } catch (error) {
      throw error instanceof UnreadableValueError ? new UnreadableRangeError(error) : error;
    }
  }

  async prepare(versions: readonly Version[]): Promise<void> {
    if (!this.codec || versions.length === 0) return;
    await this.values(versions).catch((error) => {
      if (!(error instanceof UnreadableRangeError)) throw error;
    });
  }

  refusal(key: string): Error | undefined {
    return this.codec?.refusal(key);
  }

  isStale(version: Version): boolean {
    const stored = this.codec && read(version, this.database.getSync(valueKey(version.revision)));
    return stored !== undefined && this.codec!.isStale(version.key, stored);
  }

  markCompacted(revision: number): Promise<void> {
    return this.database.writeDurably([{ type: 'put', key: compactedKey, value: Buffer.from(String(revision)) }]);
  }

  forget(versions: readonly Version[]): Promise<void> {
    const operations: Operation[] = [];
    for (const version of versions) {
      operations.push({ type: 'del', key: versionKey(version.revision) });
      if (!version.deleted) operations.push({ type: 'del', key: valueKey(version.revision) });
    }
    return this.database.writeDurably(operations);
  }

  close(): Promise<void> {
    return this.database.close();
  }

  private encoded({ key, value }: Version): Uint8Array {
    return this.codec ? this.codec.encode(key, value!) : value!;
  }

  private decoded(version: Version, record: Buffer | undefined): Uint8Array | undefined | Promise<Uint8Array> {
    const stored = read(version, record);
    return stored && this.codec ? this.codec.decode(version.key, stored) : stored;
  }
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
