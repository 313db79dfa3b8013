import { type FileHandle, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Clock } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import type { AuditSink } from './record.ts';

export interface AuditLogOptions {
  readonly path: string;
  /** Megabytes after which a new file is begun; 0: never. */
  readonly maxSize: number;
  /** So many old files stay; 0: all. */
  readonly maxBackups: number;
  /** Old files stay for so many days; 0: for ever. */
  readonly maxAge: number;
}

const megabyte = 1024 * 1024;
const day = 24 * 3_600_000;

/** A file of audit events, one a line, that only its owner may read. Events are written in the order in which they come, those of one turn together. */
export class AuditLog implements AuditSink, AsyncDisposable {
  private waiting: string[] = [];
  private writing: Promise<void> | undefined;
  private file: FileHandle;
  private size: number;
  private readonly options: AuditLogOptions;
  private readonly clock: Clock;
  private readonly logger: Logger;

  private constructor(file: FileHandle, size: number, options: AuditLogOptions, clock: Clock, logger: Logger) {
    this.file = file;
    this.size = size;
    this.options = options;
    this.clock = clock;
    this.logger = logger;
  }

  /** Opens the file to append to it. @throws Error if it cannot be opened */
  static async open(options: AuditLogOptions, clock: Clock, logger: Logger): Promise<AuditLog> {
    const file = await open(options.path, 'a', 0o600);
    return new AuditLog(file, (await file.stat()).size, options, clock, logger);
  }

  write(line: string): void {
    this.waiting.push(line);
    this.writing ??= this.drain().finally(() => {
      this.writing = undefined;
    });
  }

  private async drain(): Promise<void> {
    // What comes within this turn goes with it.
    await Promise.resolve();
    const { path, maxSize } = this.options;
    while (this.waiting.length > 0) {
      const bytes = Buffer.from(`${this.waiting.join('\n')}\n`);
      this.waiting = [];
      try {
        if (maxSize > 0 && this.size > 0 && this.size + bytes.length > maxSize * megabyte) await this.rotate();
        await this.file.appendFile(bytes);
        this.size += bytes.length;
      } catch (error) {
        this.logger.error({ err: error, path }, 'audit events could not be written');
      }
    }
  }

  private async rotate(): Promise<void> {
    const { path, maxBackups, maxAge } = this.options;
    const extension = extname(path);
    const stem = basename(path, extension);
    const now = this.clock.now();
    const time = new Date(now).toISOString().slice(0, 23).replaceAll(':', '-');
    await this.file.close();
    await rename(path, join(dirname(path), `${stem}-${time}${extension}`));
    this.file = await open(path, 'a', 0o600);
    this.size = 0;
    if (maxBackups === 0 && maxAge === 0) return;
    const isBackup = (name: string) =>
      name.startsWith(`${stem}-`) && /^\d{4}-\d\d-\d\dT[\d.-]+$/.test(name.slice(stem.length + 1, name.length - extension.length));
    const backups = (await readdir(dirname(path))).filter(isBackup).sort().reverse();
    for (const [i, name] of backups.entries()) {
      const old = join(dirname(path), name);
      const tooMany = maxBackups > 0 && i >= maxBackups;
      if (tooMany || (maxAge > 0 && now - (await stat(old)).mtimeMs > maxAge * day)) await unlink(old);
    }
  }

  /** Writes what is left and closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.writing;
    await this.file.close();
  }
}
