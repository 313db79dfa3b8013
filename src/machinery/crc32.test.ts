import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, plainCrc32 } from './crc32.ts';

test('the check value of CRC-32, with and without zlib', () => {
  for (const sum of [crc32, plainCrc32]) {
    assert.equal(sum(Buffer.from('123456789')), 0xcbf43926);
    assert.equal(sum(Buffer.alloc(0)), 0);
  }
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * 167) & 0xff));
  assert.equal(crc32(bytes), plainCrc32(bytes));
});
