import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import { BackgroundWork } from './background.ts';

interface Setting {
  readonly width: number;
  readonly signal?: AbortSignal;
  readonly ofOneSource?: number;
  readonly ofAll?: number;
}

/** @returns the work, and what it logs */
function backgroundOf({ width, signal = new AbortController().signal, ofOneSource = 10, ofAll = 10 }: Setting) {
  const lines: any[] = [];
  const logger = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  return { background: new BackgroundWork({ name: 'a test', logger, signal, width, room: { ofOneSource, ofAll } }), lines };
}

/** Pieces of work that are done when the test says so. */
function pieces() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const piece = (name: string) => () =>
    new Promise<void>((resolve) => {
      begun.push(name);
      ends.set(name, resolve);
    });
  async function end(name: string): Promise<void> {
    ends.get(name)!();
    await new Promise(setImmediate);
  }
  return { begun, piece, end };
}

test('sources take turns, each in its own order, a few at a time', async () => {
  const { background } = backgroundOf({ width: 2 });
  const { begun, piece, end } = pieces();
  for (const name of ['a', 'b', 'c']) {
    const source = background.source();
    source.add(piece(`${name}1`));
    source.add(piece(`${name}2`));
  }
  deepEqual(begun, ['a1', 'b1']);
  await end('b1');
  deepEqual(begun, ['a1', 'b1', 'c1']);
  await end('c1');
  await end('a1');
  deepEqual(begun, ['a1', 'b1', 'c1', 'b2', 'c2']);
  await end('b2');
  deepEqual(begun, ['a1', 'b1', 'c1', 'b2', 'c2', 'a2']);
});

test('what has not begun is dropped with the signal', async () => {
  const stopping = new AbortController();
  const { background } = backgroundOf({ width: 1, signal: stopping.signal });
  const source = background.source();
  const { begun, piece, end } = pieces();
  source.add(piece('first'));
  source.add(piece('second'));
  stopping.abort();
  await end('first');
  deepEqual(begun, ['first']);
});

test('no more is admitted than may wait, of one source and of all; what was refused is told once the rest is under way', async () => {
  const { background, lines } = backgroundOf({ width: 1, ofOneSource: 2, ofAll: 3 });
  const { begun, piece, end } = pieces();
  const [one, other] = [background.source(), background.source()];
  const add = (source: typeof one, name: string) => {
    const admitted = source.admits();
    if (admitted) source.add(piece(name));
    return admitted;
  };
  deepEqual(
    ['a', 'b', 'c', 'd'].map((name) => add(one, name)),
    [true, true, true, false],
  );
  deepEqual(
    ['e', 'f'].map((name) => add(other, name)),
    [true, false],
  );
  for (const name of ['a', 'e', 'b']) await end(name);
  deepEqual(begun, ['a', 'e', 'b', 'c']);
  deepEqual(
    lines.map(({ work, refused }) => ({ work, refused })),
    [{ work: 'a test', refused: 2 }],
  );
});
