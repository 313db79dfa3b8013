import { NotEmulated } from './not-emulated.ts';

/** The files of one volume, or of a container's own file system, by path from its root; folders are those that hold a file and those that were made. */
export class FileTree {
  private readonly files = new Map<string, string>();
  private readonly folders = new Set<string>(['/']);

  read(path: string): string | undefined {
    return this.files.get(path);
  }

  write(path: string, text: string): void {
    this.files.set(path, text);
  }

  makeFolder(path: string): void {
    for (let at = path; at !== '/'; at = at.slice(0, at.lastIndexOf('/')) || '/') this.folders.add(at);
  }

  isFolder(path: string): boolean {
    return this.folders.has(path) || [...this.files.keys()].some((file) => file.startsWith(path === '/' ? '/' : `${path}/`));
  }

  /** Removes a file, or a folder with all that is in it. */
  remove(path: string): boolean {
    let found = this.files.delete(path) || this.folders.delete(path);
    for (const file of [...this.files.keys(), ...this.folders]) {
      if (!file.startsWith(`${path}/`)) continue;
      found = true;
      this.files.delete(file);
      this.folders.delete(file);
    }
    return found;
  }

  /** The names in a folder, sorted. */
  list(path: string): string[] {
    const prefix = path === '/' ? '/' : `${path}/`;
    const names = [...this.files.keys(), ...this.folders].filter((file) => file.startsWith(prefix) && file !== prefix);
    return [...new Set(names.map((file) => file.slice(prefix.length).split('/')[0]!))].sort();
  }
}

/** A part of a container's file system that lies elsewhere. Without a tree, nobody knows what is in it. */
export interface Mount {
  readonly path: string;
  readonly tree: FileTree | undefined;
  /** The folder of the tree that is mounted: `/` or `/sub/path`. */
  readonly folder: string;
}

/** What a container sees: its own files, and its volumes'. */
export class ContainerFiles {
  private readonly own = new FileTree();
  private readonly mounts: readonly Mount[];

  constructor(mounts: readonly Mount[]) {
    this.mounts = [...mounts].sort((a, b) => b.path.length - a.path.length);
    for (const folder of ['/tmp', '/bin', '/dev', '/etc', '/proc', '/root', '/usr', '/var', '/home']) this.own.makeFolder(folder);
  }

  read(path: string): string | undefined {
    const { tree, rest } = this.resolve(path);
    return tree.read(rest);
  }

  write(path: string, text: string): void {
    const { tree, rest } = this.resolve(path);
    tree.write(rest, text);
  }

  makeFolder(path: string): void {
    const { tree, rest } = this.resolve(path);
    tree.makeFolder(rest);
  }

  isFolder(path: string): boolean {
    const { tree, rest } = this.resolve(path);
    return tree.isFolder(rest);
  }

  remove(path: string): boolean {
    const { tree, rest } = this.resolve(path);
    return tree.remove(rest);
  }

  list(path: string): string[] {
    const { tree, rest } = this.resolve(path);
    return tree.list(rest);
  }

  private resolve(path: string): { tree: FileTree; rest: string } {
    const mount = this.mounts.find((candidate) => path === candidate.path || path.startsWith(`${candidate.path}/`));
    if (!mount) {
      // What an image brings along is not known.
      if (/^\/(proc|sys)\//.test(path)) throw new NotEmulated(path);
      return { tree: this.own, rest: path };
    }
    if (!mount.tree) throw new NotEmulated(`the volume at ${mount.path}`);
    const inside = path.slice(mount.path.length);
    return { tree: mount.tree, rest: (mount.folder === '/' ? inside : mount.folder + inside) || '/' };
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
