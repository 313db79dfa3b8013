import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { backoffLeft, nextRecord } from './backoff.ts';
import { IndexSet } from './indexes.ts';
import { matchSuccessPolicy } from './success-policy.ts';

test('indexes are read, joined and written as the status has them', () => {
  const cases: [text: string, completions: number, expected: string, total: number][] = [
    ['', 5, '', 0],
    ['0,1', 5, '0,1', 2],
    ['0-2,4', 5, '0-2,4', 4],
    ['0-2,3,5', 9, '0-3,5', 5],
    ['1-9', 5, '1-4', 4],
    ['x,2', 5, '2', 1],
  ];
  deepEqual(
    cases.map(([text, completions]) => [String(IndexSet.parse(text, completions)), IndexSet.parse(text, completions).total]),
    cases.map(([, , expected, total]) => [expected, total]),
  );
  const joined = IndexSet.parse('0-2,7', 10).with(IndexSet.of([4, 3, 9]));
  equal(String(joined), '0-4,7,9');
  deepEqual([joined.has(3), joined.has(5), joined.has(9)], [true, false, true]);
  deepEqual(joined.firstMissing(3, 10), [5, 6, 8]);
  deepEqual(IndexSet.parse('0-9', 10).firstMissing(3, 10), []);
  equal(joined.countIn(IndexSet.parse('2-7', 10)), 4);
});

test('the first rule that the succeeded indexes meet ends a Job', () => {
  const rules = [{ succeededIndexes: '0,2-4', succeededCount: 3 }, { succeededIndexes: '7' }, { succeededCount: 5 }];
  const match = (indexes: number[]) => matchSuccessPolicy({ rules }, 10, IndexSet.of(indexes));
  deepEqual(
    [match([]), match([0, 2]), match([0, 2, 4]), match([7]), match([1, 5, 6, 8, 9])],
    [undefined, undefined, 'Matched rules at index 0', 'Matched rules at index 1', 'Matched rules at index 2'],
  );
});

test('pods that fail one after the other are made again later each time, until one succeeds', () => {
  const pod = (seconds: number) => {
    const finishedAt = new Date(seconds * 1000).toISOString();
    return { metadata: { creationTimestamp: finishedAt }, status: { containerStatuses: [{ state: { terminated: { finishedAt } } }] } };
  };
  const one = nextRecord(undefined, [], [pod(100)]);
  const three = nextRecord(one, [], [pod(110), pod(120)]);
  deepEqual(
    [one, three].map((record) => backoffLeft(record, 125_000)),
    [0, 35_000],
  );
  deepEqual(nextRecord(three, [pod(130)], [pod(125)]), { failures: 0, lastFailure: 0 });
  deepEqual(nextRecord(three, [pod(130)], [pod(125), pod(140)]), { failures: 1, lastFailure: 140_000 });
  equal(backoffLeft({ failures: 40, lastFailure: 0 }, 0), 600_000);
});
