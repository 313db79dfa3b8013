/**
 * One change of one key, and by its links the key's history. The versions of a key, newest first:
 *
 *     put 9 ─previous→ delete 7 ─previous→ put 5 ─previous→ put 4        create revisions 9, 4, 4, 4
 *
 * As of revision 8 the key is absent (7 is a delete), as of 6 it is what 5 put. After compaction at 7, only `put 9` is left;
 * after compaction at 5 `put 9 → delete 7 → put 5`.
 */
export class Version {
  readonly key: string;
  readonly revision: number;
  /** The revision that created the entry (of a delete: the entry that it removed). */
  readonly createRevision: number;
  readonly deleted: boolean;
  /** When the entry deletes itself, in milliseconds since the epoch. */
  readonly expiry: number | undefined;
  /** The version before; absent for the first, and when compaction has removed it. */
  previous: Version | undefined;
  /** The bytes, as long as the engine keeps them here. */
  value: Uint8Array | undefined;

  constructor(version: Omit<Version, 'value' | 'previous'> & { value?: Uint8Array | undefined; previous?: Version | undefined }) {
    this.key = version.key;
    this.revision = version.revision;
    this.createRevision = version.createRevision;
    this.deleted = version.deleted;
    this.expiry = version.expiry;
    this.previous = version.previous;
    this.value = version.value;
  }
}
