import { NotEmulated } from './not-emulated.ts';

/** Text as the bytes of its UTF-8 form, a character each: what files hold and programs read and print. */
export function bytesOf(text: string): string {
  return isAscii(text) ? text : Buffer.from(text).toString('latin1');
}

/** What bytes (a character each) mean as UTF-8. */
export function textOf(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString();
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  return /^[\x00-\x7f]*$/.test(text);
}

/** What a file system refuses. */
export class FileError extends Error {}

export interface File {
  /** Bytes, a character each. */
  readonly text: string;
  readonly mode: number;
}

const fileMode = 0o644;
const folderMode = 0o755;

/** The files of one volume, or of a container's own file system, by path from its root; folders are those that hold a file and those that were made. */
export class FileTree {
  private readonly files = new Map<string, File>();
  private readonly folders = new Map<string, number>();

  /** @param mode of the tree's root */
  constructor(mode = folderMode) {
    this.folders.set('/', mode);
  }

  read(path: string): string | undefined {
    return this.files.get(path)?.text;
  }

  /** Permission bits of a file or folder. */
  mode(path: string): number | undefined {
    return this.files.get(path)?.mode ?? this.folders.get(path) ?? (this.isFolder(path) ? folderMode : undefined);
  }

  write(path: string, text: string, mode?: number): void {
    this.files.set(path, { text, mode: mode ?? this.files.get(path)?.mode ?? fileMode });
  }

  changeMode(path: string, mode: number): void {
    const file = this.files.get(path);
    if (file) this.files.set(path, { ...file, mode });
    else this.folders.set(path, mode);
  }

  makeFolder(path: string): void {
    for (let at = path; at !== '/'; at = at.slice(0, at.lastIndexOf('/')) || '/')
      if (!this.folders.has(at)) this.folders.set(at, folderMode);
  }

  isFolder(path: string): boolean {
    return this.folders.has(path) || [...this.files.keys()].some((file) => file.startsWith(path === '/' ? '/' : `${path}/`));
  }

  /** Removes a file, or a folder with all that is in it. */
  remove(path: string): boolean {
    let found = this.files.delete(path) || this.folders.delete(path);
    for (const file of [...this.files.keys(), ...this.folders.keys()]) {
      if (!file.startsWith(`${path}/`)) continue;
      found = true;
      this.files.delete(file);
      this.folders.delete(file);
    }
    return found;
  }

  /** Puts other files in the place of all that there are. */
  replace(files: ReadonlyMap<string, File>): void {
    this.files.clear();
    for (const [path, file] of files) this.files.set(path, file);
  }

  /** The names in a folder, sorted. */
  list(path: string): string[] {
    const prefix = path === '/' ? '/' : `${path}/`;
    const names = [...this.files.keys(), ...this.folders.keys()].filter((file) => file.startsWith(prefix) && file !== prefix);
    return [...new Set(names.map((file) => file.slice(prefix.length).split('/')[0]!))].sort();
  }
}

/** A part of a container's file system that lies elsewhere. Without a tree, nobody knows what is in it. */
export interface Mount {
  readonly path: string;
  readonly tree: FileTree | undefined;
  /** The folder (or file) of the tree that is mounted: `/` or `/sub/path`. */
  readonly folder: string;
  readonly readOnly?: boolean;
  /** As `stat` names the kind of file system. */
  readonly type?: string;
}

export interface FilesOptions {
  readonly readOnly?: boolean;
  /** Files that are there from the beginning. */
  readonly given?: ReadonlyMap<string, string>;
}

interface Place {
  readonly tree: FileTree;
  readonly rest: string;
  readonly readOnly: boolean;
}

/** What a container sees: its own files, and its volumes'. */
export class ContainerFiles {
  private readonly own = new FileTree();
  private readonly mounts: readonly Mount[];
  private readonly readOnly: boolean;

  constructor(mounts: readonly Mount[], { readOnly = false, given }: FilesOptions = {}) {
    this.mounts = [...mounts].sort((a, b) => b.path.length - a.path.length);
    this.readOnly = readOnly;
    for (const folder of ['/tmp', '/bin', '/dev', '/etc', '/proc', '/root', '/usr', '/var', '/home']) this.own.makeFolder(folder);
    this.own.changeMode('/tmp', 0o1777);
    for (const [path, text] of given ?? []) this.own.write(path, text);
  }

  read(path: string): string | undefined {
    const { tree, rest } = this.resolve(path);
    return tree.read(rest);
  }

  mode(path: string): number | undefined {
    const { tree, rest } = this.resolve(path);
    return tree.mode(rest);
  }

  /** The kind of file system that a folder is on; undefined where it is the container's own. */
  typeOf(path: string): string | undefined {
    return this.mounts.find((mount) => mount.path === path)?.type;
  }

  /** @throws FileError */
  write(path: string, text: string, mode?: number): void {
    const { tree, rest } = this.writable(path);
    if (tree.isFolder(rest)) throw new FileError('Is a directory');
    tree.write(rest, text, mode);
  }

  /** @throws FileError */
  changeMode(path: string, mode: number): void {
    const { tree, rest } = this.writable(path);
    tree.changeMode(rest, mode);
  }

  /** @throws FileError */
  makeFolder(path: string): void {
    const { tree, rest } = this.writable(path);
    tree.makeFolder(rest);
  }

  isFolder(path: string): boolean {
    const { tree, rest } = this.resolve(path);
    return tree.isFolder(rest) || this.mounts.some((mount) => mount.path.startsWith(path === '/' ? '/' : `${path}/`));
  }

  /** @throws FileError */
  remove(path: string): boolean {
    const { tree, rest } = this.writable(path);
    return tree.remove(rest);
  }

  list(path: string): string[] {
    const { tree, rest } = this.resolve(path);
    const prefix = path === '/' ? '/' : `${path}/`;
    const mounted = this.mounts.flatMap((mount) => (mount.path.startsWith(prefix) ? [mount.path.slice(prefix.length).split('/')[0]!] : []));
    return [...new Set([...tree.list(rest), ...mounted])].filter((name) => name !== '').sort();
  }

  private writable(path: string): Place {
    const place = this.resolve(path);
    if (place.readOnly) throw new FileError('Read-only file system');
    return place;
  }

  private resolve(path: string): Place {
    const mount = this.mounts.find((candidate) => path === candidate.path || path.startsWith(`${candidate.path}/`));
    if (!mount) {
      // What an image brings along is not known.
      if (/^\/(proc|sys)\//.test(path)) throw new NotEmulated(path);
      return { tree: this.own, rest: path, readOnly: this.readOnly && !path.startsWith('/dev/') };
    }
    if (!mount.tree) throw new NotEmulated(`the volume at ${mount.path}`);
    const inside = path.slice(mount.path.length);
    const rest = (mount.folder === '/' ? inside : mount.folder + inside) || '/';
    return { tree: mount.tree, rest, readOnly: mount.readOnly ?? false };
  }
}

/** A path without `.`, `..` and double slashes, from the root. */
export function absolutePath(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
