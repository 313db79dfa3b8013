import { equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { breakLines } from './line-breaks.ts';

test('a description gets its lines back', () => {
  equal(breakLines('All of:  - one - two', { 1: '\n\n', 3: '\n' }), 'All of:\n\n- one\n- two');
  equal(breakLines('Nothing  to break.', undefined), 'Nothing  to break.');
  equal(breakLines('The end.', { 1: '\n' }), 'The end.\n');
  throws(() => breakLines('Too short', { 2: '\n' }), /behind the end/);
});
