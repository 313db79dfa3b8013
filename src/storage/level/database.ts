import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Level } from 'level';
import { StorageClosedError } from '../errors.ts';

export type Operation =
  | { readonly type: 'put'; readonly key: Buffer; readonly value: Buffer }
  | { readonly type: 'del'; readonly key: Buffer };

/** What classic-level implements for abstract-level's `batch` to call. */
interface BatchWriter {
  _batch(operations: readonly Operation[], options: { readonly sync: boolean }): Promise<void>;
}

/** LevelDB with bytes as keys and values. */
export class Database extends Level<Buffer, Buffer> {
  constructor(directory: string) {
    super(directory, {
      keyEncoding: 'buffer',
      valueEncoding: 'buffer',
      writeBufferSize: 16 * 1024 * 1024,
      cacheSize: 16 * 1024 * 1024,
    });
  }

  /** How many bytes its files have. */
  size(): number {
    const sizes = readdirSync(this.location).map((name) => statSync(join(this.location, name), { throwIfNoEntry: false })?.size ?? 0);
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /**
   * All of the operations or none; durable when the promise is fulfilled. The public `batch` copies each operation and looks at it twice, which costs four
   * times as much, and the native memory of a chained batch is freed only when the collector comes to it.
   */
  async writeDurably(operations: readonly Operation[]): Promise<void> {
    if (this.status !== 'open') throw new StorageClosedError();
    await (this as unknown as BatchWriter)._batch(operations, { sync: true });
  }
}
