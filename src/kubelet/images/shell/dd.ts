import { absolutePath } from '../files.ts';
import { NotEmulated } from '../not-emulated.ts';
import type { Pause } from '../process.ts';
import type { Invocation } from './utilities.ts';

const units: Readonly<Record<string, number>> = { '': 1, c: 1, w: 2, b: 512, K: 1024, k: 1024, KB: 1000, kB: 1000, M: 1 << 20, MB: 1e6 };
const operands = /^(if|of|bs|ibs|obs|count|skip|seek|conv|iflag|oflag|status)=(.*)$/;
/** Files of simulated containers lie in this process's memory. */
const most = 16 << 20;

/** `dd`: copies blocks of its input, or of a file, into a file or its output, and tells how many on its error output. */
export function* dd(call: Invocation): Generator<Pause, number, void> {
  const { args, files, folder, input, out, err } = call;
  const given = new Map<string, string>();
  for (const argument of args) {
    const [, name, value] = operands.exec(argument) ?? [];
    if (name === undefined) {
      err(`dd: unrecognized operand '${argument}'\n`);
      return 1;
    }
    given.set(name, value!);
  }
  const number = (name: string, otherwise: number) => {
    const value = given.get(name);
    if (value === undefined) return otherwise;
    const [, digits, unit] = /^(\d+)(\D*)$/.exec(value) ?? [];
    if (digits === undefined || units[unit!] === undefined) throw new NotEmulated(`dd ${name}=${value}`);
    return Number(digits) * units[unit!]!;
  };
  if (/(^|,)(?!notrunc|fsync|fdatasync|$)/.test(given.get('conv') ?? '')) throw new NotEmulated(`dd conv=${given.get('conv')}`);
  const size = number('bs', number('ibs', 512));
  const count = number('count', Number.POSITIVE_INFINITY);
  const start = number('skip', 0) * size;
  const source = given.get('if');
  let text: string | undefined;
  if (source === '/dev/zero') {
    if (count * size > most) throw new NotEmulated(`dd of ${count * size} bytes`);
    text = '\0'.repeat(count * size);
  } else if (source === undefined || source === '/dev/stdin') text = (yield* input.all()).slice(start, start + count * size);
  else text = source === '/dev/null' ? '' : files.read(absolutePath(folder, source))?.slice(start, start + count * size);
  if (text === undefined) {
    err(`dd: failed to open '${source}': No such file or directory\n`);
    return 1;
  }
  const target = given.get('of');
  if (target === undefined) out(text);
  else if (target !== '/dev/null') {
    const path = absolutePath(folder, target);
    const offset = number('seek', 0) * number('bs', number('obs', 512));
    const before = files.read(path) ?? '';
    const after = given.get('conv')?.includes('notrunc') ? before.slice(offset + text.length) : '';
    files.write(path, before.slice(0, offset).padEnd(offset, '\0') + text + after);
  }
  if (given.get('status') === 'none') return 0;
  const whole = Math.floor(text.length / size);
  const blocks = `${whole}+${text.length % size === 0 ? 0 : 1}`;
  err(`${blocks} records in\n${blocks} records out\n`);
  if (given.get('status') !== 'noxfer') err(`${text.length} byte${text.length === 1 ? '' : 's'} copied, 0 s, Infinity B/s\n`);
  return 0;
}
