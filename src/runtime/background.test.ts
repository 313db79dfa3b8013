import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { BackgroundWork } from './background.ts';

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
  const background = new BackgroundWork(2, new AbortController().signal);
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

test('what has not begun is dropped with the signal, and who waits for the end is told', async () => {
  const stopping = new AbortController();
  const source = new BackgroundWork(1, stopping.signal).source();
  const { begun, piece, end } = pieces();
  source.add(piece('first'));
  source.add(piece('second'));
  const finished = source.finished();
  stopping.abort();
  await end('first');
  await finished;
  deepEqual(begun, ['first']);
});
