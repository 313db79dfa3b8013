import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoDuration } from './duration.ts';

test('durations as Go reads them', () => {
  const read: [string, number][] = [
    ['1h30m', 5_400_000],
    ['-1.5s', -1500],
    ['+.5s', 500],
    ['0', 0],
  ];
  for (const [text, milliseconds] of read) assert.equal(parseGoDuration(text), milliseconds, text);
  const refused: [string, string][] = [
    ['x', 'time: invalid duration "x"'],
    ['', 'time: invalid duration ""'],
    ['3', 'time: missing unit in duration "3"'],
    ['3x', 'time: unknown unit "x" in duration "3x"'],
    ['9999999h', 'time: invalid duration "9999999h"'],
    ['1é', 'time: unknown unit "\\xc3\\xa9" in duration "1\\xc3\\xa9"'],
  ];
  for (const [text, message] of refused) assert.throws(() => parseGoDuration(text), { message });
});
