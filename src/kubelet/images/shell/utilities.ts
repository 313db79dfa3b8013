import { formatTime } from '../../../machinery/clock.ts';
import { absolutePath, type ContainerFiles } from '../files.ts';
import { NotEmulated } from '../not-emulated.ts';
import type { Pause } from '../process.ts';
import { evaluate } from './arithmetic.ts';
import { testExpression } from './test-expression.ts';

/** One call of a utility. */
export interface Invocation {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly files: ContainerFiles;
  readonly folder: string;
  /** What stands on its standard input; empty where that is closed. */
  readonly input: string;
  /** Milliseconds since the epoch. */
  now(): number;
  out(text: string): void;
  err(text: string): void;
}

/** A program beside the shell: it returns its exit code. */
export type Utility = (call: Invocation) => number | Generator<Pause, number, void>;

const forever: Pause = { for: Number.POSITIVE_INFINITY };
const secondsOf: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86400 };

function complain({ name, err }: Invocation, message: string, code = 1): number {
  err(`${name}: ${message}\n`);
  return code;
}

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

function cat(call: Invocation): number {
  const { args, files, folder, input, out } = call;
  let code = 0;
  for (const name of args.length > 0 ? args : ['-']) {
    if (name.startsWith('-') && name !== '-') throw new NotEmulated(`cat ${name}`);
    const text = name === '-' ? input : readable(files, absolutePath(folder, name));
    if (text === undefined) code = complain(call, `can't open '${name}': No such file or directory`);
    else out(text);
  }
  return code;
}

function readable(files: ContainerFiles, path: string): string | undefined {
  return path === '/dev/null' || path === '/dev/stdin' ? '' : files.read(path);
}

function* tail(call: Invocation): Generator<Pause, number, void> {
  const follow = call.args.some((argument) => /^-[fF]$/.test(argument));
  const names = call.args.filter((argument) => !/^-[fF]$/.test(argument));
  const code = lines(call, names, (all, count) => all.slice(-count));
  if (follow) yield forever;
  return code;
}

function head(call: Invocation): number {
  return lines(call, call.args, (all, count) => all.slice(0, count));
}

function lines(call: Invocation, args: readonly string[], pick: (all: string[], count: number) => string[]): number {
  let count = 10;
  const names: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const found = /^-(?:n)?(\d+)?$/.exec(args[at]!);
    if (!found) names.push(args[at]!);
    else count = Number(found[1] ?? args[++at]);
  }
  for (const name of names.length > 0 ? names : ['-']) {
    const text = name === '-' ? call.input : readable(call.files, absolutePath(call.folder, name));
    if (text === undefined) return complain(call, `can't open '${name}': No such file or directory`);
    const all = text.split('\n');
    if (all.at(-1) === '') all.pop();
    for (const line of pick(all, count)) call.out(`${line}\n`);
  }
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
  if (args.some((argument) => /^-\w*l/.test(argument))) throw new NotEmulated('ls -l');
  for (const name of names.length > 0 ? names : ['.']) {
    const path = absolutePath(folder, name);
    if (files.isFolder(path)) for (const entry of files.list(path)) out(`${entry}\n`);
    else if (files.read(path) !== undefined) out(`${name}\n`);
    else return complain(call, `${name}: No such file or directory`);
  }
  return 0;
}

function* date({ args, now, out }: Invocation): Generator<Pause, number, void> {
  const time = formatTime(now());
  const format = args.find((argument) => argument.startsWith('+'));
  if (args.some((argument) => argument !== format && argument !== '-u')) throw new NotEmulated(`date ${args.join(' ')}`);
  const [year, month, day, hour, minute, second] = time.match(/\d+/g) as [string, string, string, string, string, string];
  const fields: Record<string, string> = { Y: year, m: month, d: day, H: hour, M: minute, S: second, s: String(Math.floor(now() / 1000)) };
  fields.F = `${year}-${month}-${day}`;
  fields.T = `${hour}:${minute}:${second}`;
  const text = (format?.slice(1) ?? '%F %T UTC').replace(/%(.)/g, (_, field: string) => {
    if (field === '%') return '%';
    if (fields[field] === undefined) throw new NotEmulated(`date +%${field}`);
    return fields[field];
  });
  out(`${text}\n`);
  return 0;
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

function environment({ args, env, out }: Invocation): number {
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

/** What a shell's image has beside the shell, by name. */
export const utilities: Readonly<Record<string, Utility>> = {
  true: () => 0,
  ':': () => 0,
  false: () => 1,
  '[': test,
  cat,
  date,
  echo,
  env: environment,
  expr,
  head,
  hostname,
  ls: list,
  mkdir: makeFolder,
  printenv: environment,
  printf,
  rm: remove,
  seq: sequence,
  sleep,
  sync: () => 0,
  tail,
  test,
  touch,
};
