import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { CidrRanges } from './index.ts';

test('a range is handed out part by part until it is used up', () => {
  const range = new CidrRanges('10.244.0.0/22', 24);
  range.occupy('10.244.1.0/24');
  range.occupy('100.64.0.0/24');
  const all = [0, 1, 2, 3, 4].map(() => range.allocate());
  deepEqual(all, ['10.244.0.0/24', '10.244.2.0/24', '10.244.3.0/24', undefined, undefined]);
  range.release('10.244.2.0/24');
  range.release('100.64.3.0/24');
  deepEqual(range.allocate(), '10.244.2.0/24');
  deepEqual(range.allocate(), undefined);
});

test('of an IPv6 range, parts of 64 bits', () => {
  const range = new CidrRanges('fd00:10:244::/62', 64);
  range.occupy('fd00:10:244:1::/64');
  range.occupy('10.244.0.0/24');
  const all = [0, 1, 2, 3].map(() => range.allocate());
  deepEqual(all, ['fd00:10:244::/64', 'fd00:10:244:2::/64', 'fd00:10:244:3::/64', undefined]);
  range.release('fd00:10:244:2::/64');
  deepEqual(range.allocate(), 'fd00:10:244:2::/64');
});
