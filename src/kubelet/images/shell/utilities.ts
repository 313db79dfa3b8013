import { formatTime } from '../../../machinery/clock.ts';
import { kernelVersion } from '../../node-status.ts';
import { modeText } from '../file-modes.ts';
import { absolutePath, type ContainerFiles } from '../files.ts';
import type { Input } from '../input.ts';
import { NotEmulated } from '../not-emulated.ts';
import type { Pause } from '../process.ts';
import { evaluate } from './arithmetic.ts';
import { complain } from './complain.ts';
import { dd } from './dd.ts';
import { gzip } from './gzip.ts';
import { tar } from './tar.ts';
import { testExpression } from './test-expression.ts';

/** As whom programs run. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  /** Further groups. */
  readonly groups: readonly number[];
}

/** One call of a utility. */
export interface Invocation {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly files: ContainerFiles;
  readonly folder: string;
  readonly input: Input;
  readonly user: User;
  /** Milliseconds since the epoch. */
  now(): number;
  out(text: string): void;
  err(text: string): void;
}

/** A program beside the shell: it returns its exit code. */
export type Utility = (call: Invocation) => number | Generator<Pause, number, void>;

const forever: Pause = { for: Number.POSITIVE_INFINITY };
const secondsOf: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86400 };

function* sleep(call: Invocation): Generator<Pause, number, void> {
  let total = 0;
  if (call.args.length === 0) return complain(call, 'missing operand');
  for (const text of call.args) {
    const found = /^(?:(\d+(?:\.\d*)?|\.\d+)([smhd]?)|inf(?:inity)?)$/.exec(text);
    if (!found) return complain(call, `invalid number '${text}'`);
    total += found[1] === undefined ? Number.POSITIVE_INFINITY : Number(found[1]) * secondsOf[found[2]!]!;
  }
  yield { for: total * 1000 };
  return 0;
}

function* cat(call: Invocation): Generator<Pause, number, void> {
  const { args, files, folder, input, out } = call;
  let code = 0;
  for (const name of args.length > 0 ? args : ['-']) {
    if (name.startsWith('-') && name !== '-') throw new NotEmulated(`cat ${name}`);
    if (name === '-') {
      for (let text = yield* input.some(); text !== undefined; text = yield* input.some()) out(text);
      continue;
    }
    const text = readable(files, absolutePath(folder, name));
    if (text === undefined) code = complain(call, `can't open '${name}': No such file or directory`);
    else out(text);
  }
  return code;
}

function readable(files: ContainerFiles, path: string): string | undefined {
  return path === '/dev/null' || path === '/dev/stdin' ? '' : files.read(path);
}

/** What one of a command's files holds, `-` being its input; undefined where it is not there, which has been said then. */
function* contents(call: Invocation, name: string): Generator<Pause, string | undefined, void> {
  const text = name === '-' ? yield* call.input.all() : readable(call.files, absolutePath(call.folder, name));
  if (text === undefined) complain(call, `${name}: No such file or directory`);
  return text;
}

function linesOf(text: string): string[] {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  return all;
}

function* tail(call: Invocation): Generator<Pause, number, void> {
  const follow = call.args.some((argument) => /^-[fF]$/.test(argument));
  const names = call.args.filter((argument) => !/^-[fF]$/.test(argument));
  const code = yield* lines(call, names, (all, count) => all.slice(-count));
  if (follow) yield forever;
  return code;
}

function head(call: Invocation): Generator<Pause, number, void> {
  return lines(call, call.args, (all, count) => all.slice(0, count));
}

function* lines(
  call: Invocation,
  args: readonly string[],
  pick: (all: string[], count: number) => string[],
): Generator<Pause, number, void> {
  let count = 10;
  const names: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const found = /^-(?:n)?(\d+)?$/.exec(args[at]!);
    if (!found) names.push(args[at]!);
    else count = Number(found[1] ?? args[++at]);
  }
  for (const name of names.length > 0 ? names : ['-']) {
    const text = yield* contents(call, name);
    if (text === undefined) return 1;
    for (const line of pick(linesOf(text), count)) call.out(`${line}\n`);
  }
  return 0;
}

function* grep(call: Invocation): Generator<Pause, number, void> {
  const options = call.args.filter((argument) => /^-[a-zA-Z]+$/.test(argument)).join('');
  if (/[^-qivEcoF]/.test(options)) throw new NotEmulated(`grep ${options}`);
  const [pattern = '', ...names] = call.args.filter((argument) => !/^-[a-zA-Z]+$/.test(argument));
  const source = options.includes('F') ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : pattern;
  const expression = new RegExp(source, options.includes('i') ? 'i' : '');
  let found = 0;
  for (const name of names.length > 0 ? names : ['-']) {
    const text = yield* contents(call, name);
    if (text === undefined) return 2;
    for (const line of linesOf(text)) {
      const match = expression.exec(line);
      if ((match === null) !== options.includes('v')) continue;
      found++;
      if (!/[qc]/.test(options)) call.out(`${options.includes('o') ? match?.[0] : line}\n`);
    }
  }
  if (options.includes('c')) call.out(`${found}\n`);
  return found > 0 ? 0 : 1;
}

function* wordCount(call: Invocation): Generator<Pause, number, void> {
  const options = call.args.filter((argument) => argument.startsWith('-')).join('') || '-lwc';
  const names = call.args.filter((argument) => !argument.startsWith('-'));
  for (const name of names.length > 0 ? names : ['-']) {
    const text = yield* contents(call, name);
    if (text === undefined) return 1;
    const counts = [
      ...(options.includes('l') ? [text.split('\n').length - 1] : []),
      ...(options.includes('w') ? [text.split(/\s+/).filter((word) => word !== '').length] : []),
      ...(options.includes('c') ? [text.length] : []),
    ];
    const shown = counts.length === 1 ? String(counts[0]) : counts.map((count) => String(count).padStart(9)).join(' ');
    call.out(`${shown}${name === '-' ? '' : ` ${name}`}\n`);
  }
  return 0;
}

function* hexDump(call: Invocation): Generator<Pause, number, void> {
  const [option, ...names] = call.args;
  if (option !== '-C') throw new NotEmulated(`hexdump ${call.args.join(' ')}`);
  for (const name of names.length > 0 ? names : ['-']) {
    const text = yield* contents(call, name);
    if (text === undefined) return 1;
    const offset = (at: number) => at.toString(16).padStart(8, '0');
    for (let at = 0; at < text.length; at += 16) {
      const row = [...text.slice(at, at + 16)];
      const digits = row.map((char) => char.charCodeAt(0).toString(16).padStart(2, '0'));
      const halves = [digits.slice(0, 8).join(' '), digits.slice(8).join(' ')].map((half) => half.padEnd(23)).join('  ');
      call.out(`${offset(at)}  ${halves}  |${row.map((char) => (/[ -~]/.test(char) ? char : '.')).join('')}|\n`);
    }
    if (text !== '') call.out(`${offset(text.length)}\n`);
  }
  return 0;
}

/** Of awk, what takes fields out of lines: `{ print $2 }`. */
function* awk(call: Invocation): Generator<Pause, number, void> {
  const [program = '', ...names] = call.args;
  const field = /^\s*\{\s*print\s+\$(\d+)\s*;?\s*\}\s*$/.exec(program)?.[1];
  if (field === undefined) throw new NotEmulated(`awk ${program}`);
  for (const name of names.length > 0 ? names : ['-']) {
    const text = yield* contents(call, name);
    if (text === undefined) return 2;
    for (const line of linesOf(text)) call.out(`${field === '0' ? line : (line.trim().split(/\s+/)[Number(field) - 1] ?? '')}\n`);
  }
  return 0;
}

function* sort(call: Invocation): Generator<Pause, number, void> {
  const options = call.args.filter((argument) => argument.startsWith('-')).join('');
  if (/[^-rnu]/.test(options)) throw new NotEmulated(`sort ${options}`);
  const names = call.args.filter((argument) => !argument.startsWith('-'));
  let all: string[] = [];
  for (const name of names.length > 0 ? names : ['-']) all.push(...linesOf((yield* contents(call, name)) ?? ''));
  if (options.includes('u')) all = [...new Set(all)];
  if (options.includes('n')) all.sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b));
  else all.sort();
  if (options.includes('r')) all.reverse();
  for (const line of all) call.out(`${line}\n`);
  return 0;
}

function* tee(call: Invocation): Generator<Pause, number, void> {
  const text = yield* call.input.all();
  call.out(text);
  const append = call.args.includes('-a');
  for (const name of call.args.filter((argument) => !argument.startsWith('-'))) {
    const path = absolutePath(call.folder, name);
    call.files.write(path, append ? (call.files.read(path) ?? '') + text : text);
  }
  return 0;
}

function copy(call: Invocation): number {
  const { args, files, folder, name } = call;
  const names = args.filter((argument) => !argument.startsWith('-')).map((argument) => absolutePath(folder, argument));
  const target = names.pop();
  if (target === undefined || names.length === 0) return complain(call, 'missing file operand');
  for (const source of names) {
    const text = files.read(source);
    if (text === undefined) {
      if (files.isFolder(source)) throw new NotEmulated(`${name} of folders`);
      return complain(call, `can't stat '${source}': No such file or directory`);
    }
    files.write(files.isFolder(target) ? `${target}${source.slice(source.lastIndexOf('/'))}` : target, text, files.mode(source));
    if (name === 'mv') files.remove(source);
  }
  return 0;
}

function changeMode({ args, files, folder }: Invocation): number {
  const [mode = '', ...names] = args;
  if (!/^[0-7]{3,4}$/.test(mode)) throw new NotEmulated(`chmod ${mode}`);
  for (const name of names) files.changeMode(absolutePath(folder, name), Number.parseInt(mode, 8));
  return 0;
}

function identity({ args, user: { uid, gid, groups }, out }: Invocation): number {
  const nameOf = (id: number) => (id === 0 ? '(root)' : '');
  if (args[0] === '-u') out(`${uid}\n`);
  else if (args[0] === '-g') out(`${gid}\n`);
  else if (args[0] === '-G') out(`${[...new Set([gid, ...groups])].join(' ')}\n`);
  else {
    const all = [...new Set([gid, ...groups])].map((group) => `${group}${nameOf(group)}`);
    out(`uid=${uid}${nameOf(uid)} gid=${gid}${nameOf(gid)} groups=${all.join(',')}\n`);
  }
  return 0;
}

function whoami(call: Invocation): number {
  if (call.user.uid !== 0) return complain(call, `unknown uid ${call.user.uid}`);
  call.out('root\n');
  return 0;
}

function systemName({ args, env, out }: Invocation): number {
  const all: Readonly<Record<string, string>> = { s: 'Linux', n: env.get('HOSTNAME') ?? '', r: kernelVersion, m: 'x86_64' };
  const letters = (args[0] ?? '-s').slice(1);
  const shown = letters === 'a' ? Object.values(all) : [...letters].map((letter) => all[letter]);
  if (shown.some((part) => part === undefined)) throw new NotEmulated(`uname ${args.join(' ')}`);
  out(`${shown.join(' ')}\n`);
  return 0;
}

function baseName({ args, out }: Invocation): number {
  const name = (args[0] ?? '').replace(/\/+$/, '');
  const base = name.slice(name.lastIndexOf('/') + 1);
  out(`${args[1] && base.endsWith(args[1]) ? base.slice(0, -args[1].length) : base}\n`);
  return 0;
}

function folderName({ args, out }: Invocation): number {
  const name = (args[0] ?? '').replace(/\/+$/, '');
  out(`${name.includes('/') ? name.slice(0, name.lastIndexOf('/')) || '/' : '.'}\n`);
  return 0;
}

function echo({ args, out }: Invocation): number {
  let rest = args;
  let end = '\n';
  let escapes = false;
  for (; /^-[neE]+$/.test(rest[0] ?? ''); rest = rest.slice(1)) {
    if (rest[0]!.includes('n')) end = '';
    if (rest[0]!.includes('e')) escapes = true;
  }
  const text = rest.join(' ');
  out((escapes ? unescaped(text) : text) + end);
  return 0;
}

const escaped: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', a: '\x07', b: '\b', f: '\f', v: '\v' };

function unescaped(text: string): string {
  return text.replace(/\\([ntrabfv\\])/g, (_, char: string) => escaped[char]!);
}

function printf(call: Invocation): number {
  const [format = '', ...values] = call.args;
  let rest = values;
  do {
    const before = rest.length;
    call.out(
      unescaped(format).replace(/%(?:%|(-?0?\d*)([sdi]))/g, (whole, width: string | undefined, conversion: string) => {
        if (whole === '%%') return '%';
        const value = rest[0] ?? (conversion === 's' ? '' : '0');
        rest = rest.slice(1);
        const size = Math.abs(Number(width || 0));
        if (width?.startsWith('-')) return value.padEnd(size);
        return value.padStart(size, width?.startsWith('0') ? '0' : ' ');
      }),
    );
    if (rest.length === before) break;
  } while (rest.length > 0);
  return 0;
}

function touch({ args, files, folder }: Invocation): number {
  for (const name of args.filter((argument) => !argument.startsWith('-'))) {
    const path = absolutePath(folder, name);
    if (files.read(path) === undefined && !files.isFolder(path)) files.write(path, '');
  }
  return 0;
}

function remove(call: Invocation): number {
  const { args, files, folder } = call;
  const force = args.some((argument) => /^-\w*f/.test(argument));
  let code = 0;
  for (const name of args.filter((argument) => !argument.startsWith('-'))) {
    if (!files.remove(absolutePath(folder, name)) && !force) code = complain(call, `can't remove '${name}': No such file or directory`);
  }
  return code;
}

function makeFolder({ args, files, folder }: Invocation): number {
  for (const name of args.filter((argument) => !argument.startsWith('-'))) files.makeFolder(absolutePath(folder, name));
  return 0;
}

function list(call: Invocation): number {
  const { args, files, folder, out } = call;
  const names = args.filter((argument) => !argument.startsWith('-'));
  const long = args.some((argument) => /^-\w*l/.test(argument));
  const line = (path: string, name: string) => {
    if (!long) return `${name}\n`;
    const isFolder = files.isFolder(path);
    const size = String(files.read(path)?.length ?? 4096).padStart(9);
    const owner = `${call.user.uid === 0 ? 'root' : call.user.uid}`.padEnd(8);
    return `${modeText(files.mode(path) ?? 0o755, isFolder)}    1 ${owner} ${owner} ${size} ${dateText(call.now(), '%b %e %H:%M')} ${name}\n`;
  };
  for (const name of names.length > 0 ? names : ['.']) {
    const path = absolutePath(folder, name);
    if (files.isFolder(path)) for (const entry of files.list(path)) out(line(absolutePath(path, entry), entry));
    else if (files.read(path) !== undefined) out(line(path, name));
    else return complain(call, `${name}: No such file or directory`);
  }
  return 0;
}

function* date({ args, now, out }: Invocation): Generator<Pause, number, void> {
  const format = args.find((argument) => argument.startsWith('+'));
  if (args.some((argument) => argument !== format && argument !== '-u')) throw new NotEmulated(`date ${args.join(' ')}`);
  out(`${dateText(now(), format?.slice(1) ?? '%a %b %e %T UTC %Y')}\n`);
  return 0;
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A time as `date` formats it, in UTC. @throws NotEmulated */
function dateText(time: number, format: string): string {
  const [year, month, day, hour, minute, second] = formatTime(time).match(/\d+/g) as [string, string, string, string, string, string];
  const fields: Readonly<Record<string, string>> = {
    ...{ Y: year, m: month, d: day, H: hour, M: minute, S: second, s: String(Math.floor(time / 1000)), Z: 'UTC' },
    ...{ F: `${year}-${month}-${day}`, T: `${hour}:${minute}:${second}`, '%': '%' },
    ...{ a: weekdays[new Date(time).getUTCDay()]!, b: months[Number(month) - 1]!, e: String(Number(day)).padStart(2) },
  };
  return format.replace(/%(.)/g, (_, field: string) => {
    if (fields[field] === undefined) throw new NotEmulated(`date +%${field}`);
    return fields[field];
  });
}

function expr({ args, out }: Invocation): number {
  const text = args.join(' ').replace(/(^| )= /g, '$1== ');
  const result = evaluate(text, () => {
    throw new NotEmulated(`expr ${text}`);
  });
  out(`${result}\n`);
  return result === 0 ? 1 : 0;
}

function sequence({ args, out }: Invocation): number {
  const numbers = args.map(Number);
  if (numbers.length === 0 || numbers.some((value) => !Number.isInteger(value))) throw new NotEmulated(`seq ${args.join(' ')}`);
  const first = numbers.length > 1 ? numbers[0]! : 1;
  const step = numbers.length > 2 ? numbers[1]! : 1;
  const last = numbers.at(-1)!;
  if (step === 0 || (last - first) / step > 100_000) throw new NotEmulated(`seq ${args.join(' ')}`);
  for (let value = first; step > 0 ? value <= last : value >= last; value += step) out(`${value}\n`);
  return 0;
}

function environment({ name, args, env, out }: Invocation): number {
  if (name === 'printenv' && args.length > 0) {
    const values = args.map((variable) => env.get(variable));
    for (const value of values) if (value !== undefined) out(`${value}\n`);
    return values.includes(undefined) ? 1 : 0;
  }
  if (args.length > 0) throw new NotEmulated('env with arguments');
  for (const [name, value] of env) out(`${name}=${value}\n`);
  return 0;
}

function test({ name, args, files, folder }: Invocation): number {
  if (name === '[' && args.at(-1) !== ']') return 2;
  return testExpression(name === '[' ? args.slice(0, -1) : args, files, folder) ? 0 : 1;
}

function hostname({ env, out }: Invocation): number {
  out(`${env.get('HOSTNAME') ?? ''}\n`);
  return 0;
}

/** The node's clock, and a machine that has nothing to do. */
function uptime({ now, out }: Invocation): number {
  out(` ${formatTime(now()).slice(11, 19)} up 0 min,  load average: 0.00, 0.00, 0.00\n`);
  return 0;
}

/** What a shell's image has beside the shell, by name. */
export const utilities: Readonly<Record<string, Utility>> = {
  true: () => 0,
  ':': () => 0,
  false: () => 1,
  '[': test,
  awk,
  basename: baseName,
  cat,
  chmod: changeMode,
  cp: copy,
  date,
  dd,
  dirname: folderName,
  echo,
  env: environment,
  expr,
  grep,
  gunzip: gzip,
  gzip,
  head,
  hexdump: hexDump,
  hostname,
  id: identity,
  ls: list,
  mkdir: makeFolder,
  mv: copy,
  printenv: environment,
  printf,
  rm: remove,
  seq: sequence,
  sleep,
  sort,
  sync: () => 0,
  tail,
  tar,
  tee,
  test,
  touch,
  uname: systemName,
  uptime,
  wc: wordCount,
  whoami,
  zcat: gzip,
};
