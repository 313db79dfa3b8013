import { absolutePath, type ContainerFiles } from '../files.ts';
import type { Pause } from '../process.ts';
import type { Invocation } from './utilities.ts';

const block = 512;
/** Where the fields of a header stand (POSIX.1-1988, `ustar`): from, length. */
const fields = {
  name: [0, 100],
  mode: [100, 8],
  size: [124, 12],
  time: [136, 12],
  sum: [148, 8],
  type: [156, 1],
  prefix: [345, 155],
} as const;

interface Entry {
  readonly name: string;
  readonly mode: number;
  readonly folder: boolean;
  readonly text: string;
}

/** `tar`: makes an archive on its output (`c`) and unpacks one from its input (`x`), as `kubectl cp` wants it. Reads and writes bytes, a character each. */
export function* tar(call: Invocation): Generator<Pause, number, void> {
  const [first = '', ...rest] = call.args;
  const letters = first.replace(/^-/, '');
  let { folder } = call;
  const names: string[] = [];
  let archive = '-';
  let skipArchive = letters.includes('f') ? 1 : 0;
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at]!;
    if (skipArchive > 0) {
      archive = word;
      skipArchive = 0;
    } else if (word === '-C') folder = absolutePath(folder, rest[++at] ?? '.');
    else if (word === '-f') archive = rest[++at] ?? '-';
    else if (!word.startsWith('-')) names.push(word);
  }
  if (letters.includes('x')) {
    const bytes = archive === '-' ? yield* call.input.all() : call.files.read(absolutePath(folder, archive));
    if (bytes === undefined) return fail(call, `can't open '${archive}': No such file or directory`);
    unpack(bytes, folder, call.files);
    return 0;
  }
  if (!letters.includes('c')) return fail(call, 'need at least one option');
  let text = '';
  for (const name of names) {
    const path = absolutePath(folder, name);
    if (call.files.mode(path) === undefined && !call.files.isFolder(path)) {
      return fail(call, `${name}: No such file or directory`);
    }
    for (const entry of entriesOf(call.files, path, name.replace(/^\/+/, '').replace(/\/+$/, '') || '.')) text += packed(entry, call.now());
  }
  text += '\0'.repeat(2 * block);
  if (archive === '-') call.out(text);
  else call.files.write(absolutePath(folder, archive), text);
  return 0;
}

function fail({ err }: Invocation, message: string): number {
  err(`tar: ${message}\n`);
  return 1;
}

function* entriesOf(files: ContainerFiles, path: string, name: string): Generator<Entry> {
  const text = files.read(path);
  const mode = files.mode(path) ?? 0o755;
  if (text !== undefined) return yield { name, mode, folder: false, text };
  yield { name: `${name}/`, mode, folder: true, text: '' };
  for (const child of files.list(path)) yield* entriesOf(files, absolutePath(path, child), `${name}/${child}`);
}

function packed({ name, mode, folder, text }: Entry, now: number): string {
  const octal = (value: number, length: number) =>
    `${Math.floor(value)
      .toString(8)
      .padStart(length - 1, '0')}\0`;
  const cut = name.length <= fields.name[1] ? 0 : name.lastIndexOf('/', fields.prefix[1]) + 1;
  const own = name.slice(cut);
  const prefix = cut > 0 ? name.slice(0, cut - 1) : '';
  const before = own.padEnd(100, '\0') + octal(mode, 8) + octal(0, 8) + octal(0, 8) + octal(text.length, 12) + octal(now / 1000, 12);
  const after = `${folder ? '5' : '0'}${'\0'.repeat(100)}ustar\x0000${'root'.padEnd(32, '\0')}${'root'.padEnd(32, '\0')}${octal(0, 8)}${octal(0, 8)}${prefix.padEnd(155, '\0')}`;
  const unsummed = `${before}${' '.repeat(8)}${after}`.padEnd(block, '\0');
  let sum = 0;
  for (let at = 0; at < block; at++) sum += unsummed.charCodeAt(at);
  const head = `${before}${sum.toString(8).padStart(6, '0')}\0 ${after}`.padEnd(block, '\0');
  return head + text.padEnd(Math.ceil(text.length / block) * block, '\0');
}

function unpack(bytes: string, folder: string, files: ContainerFiles): void {
  let longName = '';
  for (let at = 0; at + block <= bytes.length && bytes[at] !== '\0'; ) {
    const field = ([from, length]: readonly [number, number]) => bytes.slice(at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(field(fields.size), 8) || 0;
    const mode = Number.parseInt(field(fields.mode), 8) & 0o7777;
    const type = field(fields.type);
    const prefix = field(fields.prefix);
    const ownName = (prefix ? `${prefix}/` : '') + field(fields.name);
    const text = bytes.slice(at + block, at + block + size);
    at += block + Math.ceil(size / block) * block;
    // What GNU and PAX archives say of the entry that follows.
    if (type === 'L') longName = text.replace(/\0.*$/s, '');
    else if (type === 'x') longName = /^\d+ path=(.*)\n/m.exec(text)?.[1] ?? longName;
    if ('LxgK'.includes(type) && type !== '') continue;
    const path = absolutePath(folder, longName || ownName);
    longName = '';
    if (type === '5') files.makeFolder(path);
    else if (type === '' || type === '0') files.write(path, text, mode);
  }
}
