import { absolutePath, type ContainerFiles } from '../files.ts';
import { NotEmulated } from '../not-emulated.ts';

const comparisons: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '-eq': (a, b) => Number(a) === Number(b),
  '-ne': (a, b) => Number(a) !== Number(b),
  '-lt': (a, b) => Number(a) < Number(b),
  '-le': (a, b) => Number(a) <= Number(b),
  '-gt': (a, b) => Number(a) > Number(b),
  '-ge': (a, b) => Number(a) >= Number(b),
};

const fileTests: Readonly<Record<string, (files: ContainerFiles, path: string) => boolean>> = {
  '-e': (files, path) => files.read(path) !== undefined || files.isFolder(path),
  '-r': (files, path) => files.read(path) !== undefined || files.isFolder(path),
  '-w': (files, path) => files.read(path) !== undefined || files.isFolder(path),
  '-f': (files, path) => files.read(path) !== undefined,
  '-s': (files, path) => Boolean(files.read(path)),
  '-d': (files, path) => files.read(path) === undefined && files.isFolder(path),
};

/** What `test` says of its words. @throws NotEmulated */
export function testExpression(words: readonly string[], files: ContainerFiles, folder: string): boolean {
  let at = 0;

  function either(): boolean {
    let result = both();
    while (words[at] === '-o') {
      at++;
      const right = both();
      result = result || right;
    }
    return result;
  }

  function both(): boolean {
    let result = single();
    while (words[at] === '-a') {
      at++;
      const right = single();
      result = result && right;
    }
    return result;
  }

  function single(): boolean {
    const left = words.length - at;
    const [first, second, third] = words.slice(at, at + 3) as [string, string, string];
    const compare = left >= 3 ? comparisons[second] : undefined;
    if (compare) {
      at += 3;
      return compare(first, third);
    }
    if (left >= 2 && first === '!') {
      at++;
      return !single();
    }
    if (left >= 2 && first === '(') {
      at++;
      const result = either();
      if (words[at++] !== ')') throw new NotEmulated(`test ${words.join(' ')}`);
      return result;
    }
    if (left >= 2 && (first === '-n' || first === '-z')) {
      at += 2;
      return (second === '') === (first === '-z');
    }
    const ofFile = left >= 2 ? fileTests[first] : undefined;
    if (ofFile) {
      at += 2;
      return ofFile(files, absolutePath(folder, second));
    }
    at++;
    return first !== '';
  }

  if (words.length === 0) return false;
  const result = either();
  if (at < words.length) throw new NotEmulated(`test ${words.join(' ')}`);
  return result;
}
