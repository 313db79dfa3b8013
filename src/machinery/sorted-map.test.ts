import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Heap } from './heap.ts';
import { seededRandom } from './random.ts';
import { compareKeys, SortedMap } from './sorted-map.ts';

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('SortedMap', () => {
  it('equals a sorted array after random changes', () => {
    const random = seededRandom(7);
    const map = new SortedMap<number>();
    const model = new Map<string, number>();
    const randomKey = () =>
      `/${Math.floor(random.next() * 3000).toString(36)}${random.next() < 0.02 ? '\u{1f600}' : ''}${random.next() < 0.02 ? '\uffee' : ''}`;
    const check = () => {
      const sorted = [...model].sort(([a], [b]) => byBytes(a, b));
      assert.deepEqual([...map.entries()], sorted);
      assert.equal(map.size, model.size);
      const [start, end] = [randomKey(), randomKey()].sort(byBytes) as [string, string];
      const inside = sorted.filter(([key]) => byBytes(start, key) <= 0 && byBytes(key, end) < 0);
      assert.deepEqual([...map.entries(start, end)], inside);
      assert.deepEqual(
        [...map.values(start, end)],
        inside.map(([, value]) => value),
      );
      assert.equal(map.count(start, end), inside.length);
      const some: number[] = [];
      map.scan(start, end, (value) => some.push(value) < 10);
      assert.deepEqual(
        some,
        inside.slice(0, 10).map(([, value]) => value),
      );
      assert.equal(map.rank(start), sorted.filter(([key]) => byBytes(key, start) < 0).length);
    };
    for (let i = 0; i < 20_000; i++) {
      const key = randomKey();
      // First it grows, then it shrinks.
      if (random.next() < (i < 10_000 ? 0.7 : 0.3)) {
        assert.equal(map.set(key, i), model.get(key));
        model.set(key, i);
      } else {
        assert.equal(map.delete(key), model.get(key));
        model.delete(key);
      }
      assert.equal(map.get(key), model.get(key));
      if (i % 1000 === 0) check();
    }
    for (const key of [...model.keys()]) {
      map.delete(key);
      model.delete(key);
    }
    check();
  });

  it('compares keys by their bytes', () => {
    const keys = ['', '/', '/a', '/a/b', '/é', '/\ud7ff', '/\ue000', '/\uffee', '/\u{10000}', '/\u{1f600}', '0'];
    for (const a of keys) for (const b of keys) assert.equal(Math.sign(compareKeys(a, b)), byBytes(a, b), `${a} ${b}`);
  });
});

describe('Heap', () => {
  it('gives the least first', () => {
    const random = seededRandom(3);
    const heap = new Heap<number>((a, b) => a - b);
    const items = Array.from({ length: 500 }, () => Math.floor(random.next() * 100));
    for (const item of items) heap.push(item);
    assert.equal(heap.peek(), Math.min(...items));
    assert.deepEqual(
      items.map(() => heap.pop()),
      [...items].sort((a, b) => a - b),
    );
    assert.equal(heap.pop(), undefined);
  });
});
