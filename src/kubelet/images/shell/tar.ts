import { formatTime } from '../../../machinery/clock.ts';
import { modeText } from '../file-modes.ts';
import { absolutePath, type ContainerFiles } from '../files.ts';
import { NotEmulated } from '../not-emulated.ts';
import type { Pause } from '../process.ts';
import { unzipped, zipped } from './gzip.ts';
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
  /** Seconds since the epoch. */
  readonly time: number;
}

interface Wish {
  /** What is to be done: `c`, `x` or `t`. */
  readonly action: string;
  readonly letters: ReadonlySet<string>;
  readonly archive: string;
  readonly folder: string;
  readonly names: readonly string[];
}

const longOptions: Readonly<Record<string, string>> = {
  ...{ create: 'c', extract: 'x', get: 'x', list: 't', file: 'f', directory: 'C', gzip: 'z', verbose: 'v', 'to-stdout': 'O', touch: 'm' },
  ...{ 'no-same-owner': 'o', 'no-same-permissions': 'o', 'same-permissions': 'p', overwrite: 'o' },
};
/** Whose users and times a file has is not known here, so that letters about them change nothing. */
const knownLetters = new Set('cxtfCzvOmopkhP');

/** Archives that are compressed are known by their first bytes. */
const gzipMagic = '\x1f\x8b';

/** `tar`: makes an archive (`c`), unpacks one (`x`) or lists it (`t`), as `kubectl cp` and other clients want it. Reads and writes bytes, a character each. */
export function* tar(call: Invocation): Generator<Pause, number, void> {
  const { files, out, err } = call;
  const wish = readWish(call);
  const { action, letters, archive, folder, names } = wish;
  if (action === '') return fail(call, 'need at least one option');
  const place = absolutePath(call.folder, archive);
  const tell = (name: string, to: (text: string) => void = out) => void (letters.has('v') && to(`${name}\n`));
  if (action === 'c') {
    let text = '';
    for (const name of names) {
      const path = absolutePath(folder, name);
      if (files.mode(path) === undefined && !files.isFolder(path)) return fail(call, `${name}: No such file or directory`);
      for (const entry of entriesOf(files, path, name.replace(/^\/+/, '').replace(/\/+$/, '') || '.', call.now() / 1000)) {
        tell(entry.name, archive === '-' ? err : out);
        text += packed(entry);
      }
    }
    text += '\0'.repeat(2 * block);
    if (letters.has('z')) text = zipped(text);
    if (archive === '-') out(text);
    else files.write(place, text);
    return 0;
  }
  const read = archive === '-' ? yield* call.input.all() : files.read(place);
  if (read === undefined) return fail(call, `can't open '${archive}': No such file or directory`);
  const bytes = read.startsWith(gzipMagic) ? unzipped(read) : read;
  if (bytes === undefined) return fail(call, 'invalid tar magic');
  const missing = new Set(names);
  for (const entry of entriesIn(bytes)) {
    const name = entry.name.replace(/\/$/, '');
    const wanted = names.filter((part) => `${name}/`.startsWith(`${part.replace(/\/$/, '')}/`));
    if (names.length > 0 && wanted.length === 0) continue;
    for (const found of wanted) missing.delete(found);
    if (action === 't') out(`${letters.has('v') ? `${described(entry)} ` : ''}${entry.name}\n`);
    else {
      tell(entry.name);
      unpack(entry, folder, call, letters.has('O'));
    }
  }
  for (const name of missing) err(`tar: ${name}: not found in archive\n`);
  return missing.size > 0 ? 1 : 0;
}

/** The first word may do without a dash; values of letters follow in their order. @throws NotEmulated */
function readWish({ args, folder }: Invocation): Wish {
  const letters = new Set<string>();
  const values: Record<string, string> = {};
  const names: string[] = [];
  const rest = [...args];
  const take = (letter: string, value: string | undefined) => {
    if (!knownLetters.has(letter)) throw new NotEmulated(`tar -${letter}`);
    letters.add(letter);
    if (letter === 'f' || letter === 'C') values[letter] = value ?? rest.shift() ?? '';
  };
  for (let first = true; rest.length > 0; first = false) {
    const word = rest.shift()!;
    const long = /^--([a-z-]+)(?:=(.*))?$/s.exec(word);
    if (word === '--') names.push(...rest.splice(0));
    else if (long) {
      const letter = longOptions[long[1]!];
      if (letter === undefined) throw new NotEmulated(`tar ${word}`);
      take(letter, long[2]);
    } else if (/^-./.test(word)) {
      for (let at = 1; at < word.length; at++) {
        const attached = word.slice(at + 1);
        take(word[at]!, attached || undefined);
        if ((word[at] === 'f' || word[at] === 'C') && attached) break;
      }
    } else if (first) for (const letter of word) take(letter, undefined);
    else names.push(word);
  }
  const action = ['c', 'x', 't'].find((letter) => letters.has(letter)) ?? '';
  return { action, letters, archive: values['f'] ?? '-', folder: absolutePath(folder, values['C'] ?? '.'), names };
}

function described({ mode, folder, text, time }: Entry): string {
  const when = formatTime(time * 1000)
    .slice(0, 19)
    .replace('T', ' ');
  return `${modeText(mode, folder)} root/root ${String(text.length).padStart(9)} ${when}`;
}

function fail({ err }: Invocation, message: string): number {
  err(`tar: ${message}\n`);
  return 1;
}

function* entriesOf(files: ContainerFiles, path: string, name: string, time: number): Generator<Entry> {
  const text = files.read(path);
  const mode = files.mode(path) ?? 0o755;
  if (text !== undefined) return yield { name, mode, folder: false, text, time };
  yield { name: `${name}/`, mode, folder: true, text: '', time };
  for (const child of files.list(path)) yield* entriesOf(files, absolutePath(path, child), `${name}/${child}`, time);
}

function packed({ name, mode, folder, text, time }: Entry): string {
  const octal = (value: number, length: number) =>
    `${Math.floor(value)
      .toString(8)
      .padStart(length - 1, '0')}\0`;
  const cut = name.length <= fields.name[1] ? 0 : name.lastIndexOf('/', fields.prefix[1]) + 1;
  const own = name.slice(cut);
  const prefix = cut > 0 ? name.slice(0, cut - 1) : '';
  const before = own.padEnd(100, '\0') + octal(mode, 8) + octal(0, 8) + octal(0, 8) + octal(text.length, 12) + octal(time, 12);
  const after = `${folder ? '5' : '0'}${'\0'.repeat(100)}ustar\x0000${'root'.padEnd(32, '\0')}${'root'.padEnd(32, '\0')}${octal(0, 8)}${octal(0, 8)}${prefix.padEnd(155, '\0')}`;
  const unsummed = `${before}${' '.repeat(8)}${after}`.padEnd(block, '\0');
  let sum = 0;
  for (let at = 0; at < block; at++) sum += unsummed.charCodeAt(at);
  const head = `${before}${sum.toString(8).padStart(6, '0')}\0 ${after}`.padEnd(block, '\0');
  return head + text.padEnd(Math.ceil(text.length / block) * block, '\0');
}

function* entriesIn(bytes: string): Generator<Entry> {
  let longName = '';
  for (let at = 0; at + block <= bytes.length && bytes[at] !== '\0'; ) {
    const field = ([from, length]: readonly [number, number]) => bytes.slice(at + from, at + from + length).replace(/\0.*$/s, '');
    const number = (place: readonly [number, number]) => Number.parseInt(field(place), 8) || 0;
    const size = number(fields.size);
    const [mode, time] = [number(fields.mode) & 0o7777, number(fields.time)];
    const type = field(fields.type);
    const prefix = field(fields.prefix);
    const ownName = (prefix ? `${prefix}/` : '') + field(fields.name);
    const text = bytes.slice(at + block, at + block + size);
    at += block + Math.ceil(size / block) * block;
    // What GNU and PAX archives say of the entry that follows.
    if (type === 'L') longName = text.replace(/\0.*$/s, '');
    else if (type === 'x') longName = /^\d+ path=(.*)\n/m.exec(text)?.[1] ?? longName;
    if ('LxgK'.includes(type) && type !== '') continue;
    const name = longName || ownName;
    longName = '';
    if (type === '5' || type === '' || type === '0') yield { name, mode, folder: type === '5', text, time };
  }
}

function unpack({ name, mode, folder: isFolder, text }: Entry, folder: string, { files, out }: Invocation, toOutput: boolean): void {
  if (toOutput) return isFolder ? undefined : out(text);
  const path = absolutePath(folder, name);
  if (isFolder) files.makeFolder(path);
  else files.write(path, text, mode);
}
