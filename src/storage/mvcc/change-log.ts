import type { Version } from './version.ts';

/** The versions of consecutive revisions, for watches from a revision and for compaction. */
export class ChangeLog {
  private readonly versions: Version[] = [];
  /** How many at the front of `versions` are dropped. */
  private dropped = 0;
  /** The revision before the first version. */
  private base: number;

  constructor(base: number) {
    this.base = base;
  }

  push(version: Version): void {
    this.versions.push(version);
  }

  /** The version of a revision that is neither dropped nor in the future. */
  at(revision: number): Version {
    return this.versions[this.dropped + revision - this.base - 1]!;
  }

  /** The versions up to `revision`, in order; versions may be pushed meanwhile. */
  *through(revision: number): Generator<Version> {
    for (let at = this.base + 1; at <= revision; at++) yield this.at(at);
  }

  /** Drops the versions up to `revision`. */
  dropThrough(revision: number): void {
    if (revision <= this.base) return;
    this.dropped += revision - this.base;
    this.base = revision;
    if (this.dropped > this.versions.length / 2) {
      this.versions.splice(0, this.dropped);
      this.dropped = 0;
    }
  }
}
