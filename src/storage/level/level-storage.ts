import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ValueCodec } from '../encryption/value-codec.ts';
import { StorageUnusableError } from '../errors.ts';
import type { Inventory } from '../mvcc/backend.ts';
import { type MvccOptions, MvccStore } from '../mvcc/mvcc-store.ts';
import type { Version } from '../mvcc/version.ts';
import type { Storage } from '../storage.ts';
import { Database } from './database.ts';
import { damageAdvice, LevelBackend } from './level-backend.ts';
import { compactedKey, decodeVersion, formatKey, formatName, formatVersion, versionKeys } from './records.ts';

const newDirectory = 'Choose another data directory, or move this one away to start with an empty cluster.';

/**
 * Opens the store in a directory that is its own; makes it if there is none.
 * @throws StorageUnusableError if it is in use by another process, or not what this version of Orrery wrote
 */
export async function openLevelStorage(directory: string, options: MvccOptions & { readonly codec?: ValueCodec }): Promise<Storage> {
  const hadData = await refuseForeignDirectory(directory);
  const database = new Database(directory);
  try {
    await database.open();
  } catch (error) {
    throw unusable(directory, error as Error);
  }
  try {
    await checkFormat(directory, database, hadData);
    return new MvccStore(new LevelBackend(database, options.codec), await readInventory(directory, database), options);
  } catch (error) {
    await database.close();
    throw error instanceof StorageUnusableError ? error : unusable(directory, error as Error);
  }
}

// What LevelDB itself makes; without a CURRENT file, anything else is someone's.
const levelFiles = /^(LOCK|LOG|LOG\.old|MANIFEST-\d+|\d+\.(log|ldb|sst|dbtmp))$/;

/** Looks at the files before LevelDB does. @returns whether something was written there before */
async function refuseForeignDirectory(directory: string): Promise<boolean> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw unusable(directory, error as Error);
  }
  const tables = names.some((name) => /\.(ldb|sst)$/.test(name));
  if (!names.includes('CURRENT')) {
    const foreign = names.find((name) => !levelFiles.test(name));
    if (foreign) throw new StorageUnusableError(`${directory} is not a store of Orrery: it holds ${foreign}`, newDirectory);
    if (tables) throw damaged(directory, 'its CURRENT file is missing');
  }
  const logs = await Promise.all(names.filter((name) => name.endsWith('.log')).map((name) => stat(join(directory, name))));
  return tables || logs.some(({ size }) => size > 0);
}

function unusable(directory: string, error: Error): StorageUnusableError {
  const cause = (error.cause ?? error) as NodeJS.ErrnoException;
  if (cause.code === 'LEVEL_LOCKED') {
    return new StorageUnusableError(
      `${directory} is in use by another process`,
      'Stop the other Orrery first, or choose another data directory.',
    );
  }
  if (/EACCES|EPERM|EROFS|ENOTDIR|Permission denied|Read-only|Not a directory|File exists/i.test(`${cause.code} ${cause.message}`)) {
    return new StorageUnusableError(`${directory} cannot be used: ${cause.message}`, 'Choose a data directory that this user may write.');
  }
  return damaged(directory, cause.message);
}

function damaged(directory: string, what: string): StorageUnusableError {
  return new StorageUnusableError(`the store in ${directory} is damaged: ${what}`, damageAdvice);
}

/** Leaves the mark of this format in an empty database and in one of an earlier format, which is read as well, and refuses one that has another mark. */
async function checkFormat(directory: string, database: Database, hadData: boolean): Promise<void> {
  const mark = await database.get(formatKey);
  if (mark === undefined) {
    for await (const _ of database.keys({ limit: 1 })) {
      throw new StorageUnusableError(`${directory} holds a database that Orrery did not make`, newDirectory);
    }
    if (hadData) throw damaged(directory, 'nothing of what it held can be read');
    return markFormat(database);
  }
  const { format, version } = JSON.parse(mark.toString()) as { format?: unknown; version?: unknown };
  if (format !== formatName || typeof version !== 'number') throw damaged(directory, 'its format record is unreadable');
  if (version > formatVersion) {
    throw new StorageUnusableError(
      `the store in ${directory} has format ${version}; this version of Orrery knows formats up to ${formatVersion}`,
      `Use a newer version of Orrery. ${newDirectory}`,
    );
  }
  // Before anything is written that an earlier version would take for damage.
  if (version < formatVersion) await markFormat(database);
}

function markFormat(database: Database): Promise<void> {
  const format = Buffer.from(JSON.stringify({ format: formatName, version: formatVersion }));
  return database.writeDurably([{ type: 'put', key: formatKey, value: format }]);
}

/** Reads all versions, and sees that none is missing: revisions after the compacted one are consecutive. */
async function readInventory(directory: string, database: Database): Promise<Inventory> {
  const compacted = Number((await database.get(compactedKey))?.toString() ?? 0);
  const versions: Version[] = [];
  let revision = compacted;
  const iterator = database.iterator(versionKeys);
  try {
    for (let records = await iterator.nextv(1000); records.length > 0; records = await iterator.nextv(1000)) {
      for (const [key, record] of records) {
        const version = decodeVersion(key, record);
        if (version.revision > compacted && version.revision !== ++revision) throw damaged(directory, `revision ${revision} is missing`);
        versions.push(version);
      }
    }
  } finally {
    await iterator.close();
  }
  return { versions, revision, compacted };
}
