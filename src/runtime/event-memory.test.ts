import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventMemory } from './event-memory.ts';

const minute = 60_000;
const sort = { type: 'Warning', reason: 'Unhealthy', fieldPath: undefined };

test('the same again counts up, of another part of the object it is another', () => {
  const memory = new EventMemory();
  const first = memory.count('a', { ...sort, message: 'x' }, 0).event;
  assert.equal(memory.count('a', { ...sort, message: 'x' }, 11 * minute).event, first);
  assert.equal(first.count, 2);
  for (const other of [{ message: 'y' }, { message: 'x', fieldPath: 'spec.containers{c}' }, { message: 'x', reason: 'Killing' }]) {
    assert.notEqual(memory.count('a', { ...sort, ...other }, 11 * minute).event, first);
  }
  assert.notEqual(memory.count('b', { ...sort, message: 'x' }, 11 * minute).event, first);
});

test('the tenth message of a sort stands for all that follow, until nothing was heard for ten minutes', () => {
  const memory = new EventMemory();
  const messageOf = (text: string, now: number) => memory.count('a', { ...sort, message: text }, now).event.message;
  for (let i = 0; i < 9; i++) assert.equal(messageOf(`m${i}`, i), `m${i}`);
  assert.equal(messageOf('m9', 9), undefined);
  assert.equal(messageOf('m10', 10 * minute), undefined);
  assert.equal(messageOf('m0', 10 * minute), 'm0');
  assert.equal(messageOf('m10', 21 * minute), 'm10');
});

test('an object may have 25 events at once, then one every five minutes', () => {
  const memory = new EventMemory();
  const permitted = (object: string, now: number) => memory.count(object, { ...sort, message: 'x' }, now).permitted;
  assert.equal(Array.from({ length: 30 }, () => permitted('a', 0)).filter(Boolean).length, 25);
  assert.equal(permitted('b', 0), true);
  assert.equal(permitted('a', 4 * minute), false);
  assert.equal(permitted('a', 5 * minute), true);
});

test('what was spoken of longest ago is forgotten', () => {
  const memory = new EventMemory();
  for (let i = 0; i < 5000; i++) memory.count(`o${i}`, { ...sort, message: 'x' }, 0);
  assert.equal(memory.size, 4096);
  assert.equal(memory.count('o4999', { ...sort, message: 'x' }, 0).event.count, 2);
  assert.equal(memory.count('o0', { ...sort, message: 'x' }, 0).event.count, 1);
});
