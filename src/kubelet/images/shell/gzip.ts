import { gunzipSync, gzipSync } from 'node:zlib';
import { absolutePath } from '../files.ts';
import type { Pause } from '../process.ts';
import { complain } from './complain.ts';
import type { Invocation } from './utilities.ts';

/** Compressed bytes, a character each. */
export function zipped(text: string): string {
  return gzipSync(Buffer.from(text, 'latin1')).toString('latin1');
}

/** What was compressed, a character a byte; undefined where it cannot be read. */
export function unzipped(text: string): string | undefined {
  try {
    return gunzipSync(Buffer.from(text, 'latin1')).toString('latin1');
  } catch {
    return undefined;
  }
}

/** `gzip`, `gunzip` and `zcat`: of the input, or of files that take the place of one another. Bytes are characters. */
export function* gzip(call: Invocation): Generator<Pause, number, void> {
  const { name, args, files, folder, input, out } = call;
  const letters = args.filter((argument) => /^-[a-z0-9]+$/.test(argument)).join('');
  const unpacks = name !== 'gzip' || letters.includes('d');
  const toOutput = name === 'zcat' || letters.includes('c');
  const converted = unpacks ? unzipped : zipped;
  const named = args.filter((argument) => !argument.startsWith('-'));
  if (named.length === 0) {
    const text = converted(yield* input.all());
    if (text === undefined) return complain(call, 'invalid magic');
    out(text);
    return 0;
  }
  let code = 0;
  for (const file of named) {
    const path = absolutePath(folder, file);
    const text = files.read(path);
    const target = unpacks ? path.replace(/\.gz$/, '') : `${path}.gz`;
    const result = text === undefined ? undefined : converted(text);
    if (text === undefined) code = complain(call, `${file}: No such file or directory`);
    else if (result === undefined) code = complain(call, 'invalid magic');
    else if (toOutput) out(result);
    else if (target === path) code = complain(call, `${file}: unknown suffix - ignored`);
    else {
      files.write(target, result);
      if (!letters.includes('k')) files.remove(path);
    }
  }
  return code;
}
