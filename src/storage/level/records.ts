import { crc32 } from '../../machinery/crc32.ts';
import { Version } from '../mvcc/version.ts';

/*
 * What lies in the database:
 *
 *     m format            {"format":"orrery-storage","version":2}
 *     m compacted         the compacted revision, decimal
 *     k <revision>        the version: see encodeVersion
 *     v <revision>        the value of a put, and its CRC-32 (in format 1: its FNV-1a, which is still read)
 *
 * The present state, the history and the change log are one and the same records; the index of keys is made of the `k` records at open.
 */
export const formatKey = Buffer.from('mformat');
export const compactedKey = Buffer.from('mcompacted');
export const formatName = 'orrery-storage';
export const formatVersion = 2;

const keyLength = 9;
const deletedFlag = 1;
const expiryFlag = 2;
const checksumLength = 4;
// checksum, flags, create revision, expiry
const fixedLength = checksumLength + 1 + 6 + 6;

export function versionKey(revision: number): Buffer {
  return revisionKey(0x6b, revision);
}

export function valueKey(revision: number): Buffer {
  return revisionKey(0x76, revision);
}

/** All `k` records lie between them. */
export const versionKeys = { gt: Buffer.from('k'), lt: Buffer.from('l') };

function revisionKey(kind: number, revision: number): Buffer {
  const key = Buffer.allocUnsafe(keyLength);
  key[0] = kind;
  key.writeUInt32BE(Math.floor(revision / 2 ** 32), 1);
  key.writeUInt32BE(revision % 2 ** 32, 5);
  return key;
}

export function encodeVersion(version: Version): Buffer {
  const record = Buffer.allocUnsafe(fixedLength + Buffer.byteLength(version.key));
  record[4] = (version.deleted ? deletedFlag : 0) | (version.expiry === undefined ? 0 : expiryFlag);
  record.writeUIntBE(version.createRevision, 5, 6);
  record.writeUIntBE(version.expiry === undefined ? 0 : Math.ceil(version.expiry), 11, 6);
  record.write(version.key, fixedLength, 'utf8');
  record.writeUInt32BE(checksum(record, checksumLength, record.length), 0);
  return record;
}

/** @throws Error if the record is damaged */
export function decodeVersion(key: Buffer, record: Buffer): Version {
  if (
    key.length !== keyLength ||
    record.length < fixedLength ||
    record.readUInt32BE(0) !== checksum(record, checksumLength, record.length)
  ) {
    throw new Error(`the record ${key.toString('hex')} is damaged`);
  }
  const flags = record[4]!;
  return new Version({
    key: record.toString('utf8', fixedLength),
    revision: key.readUInt32BE(1) * 2 ** 32 + key.readUInt32BE(5),
    createRevision: record.readUIntBE(5, 6),
    deleted: (flags & deletedFlag) !== 0,
    expiry: (flags & expiryFlag) === 0 ? undefined : record.readUIntBE(11, 6),
  });
}

export function encodeValue(value: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(value.length + checksumLength);
  record.set(value);
  record.writeUInt32BE(crc32(value), value.length);
  return record;
}

/** The value without its checksum, or undefined if the record is damaged. */
export function decodeValue(record: Buffer): Buffer | undefined {
  const length = record.length - checksumLength;
  if (length < 0) return undefined;
  const value = record.subarray(0, length);
  const sum = record.readUInt32BE(length);
  return sum === crc32(value) || sum === checksum(record, 0, length) ? value : undefined;
}

/** FNV-1a of a part of a record. */
function checksum(record: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ record[i]!, 0x01000193);
  return hash >>> 0;
}
