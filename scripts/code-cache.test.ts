import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

test('V8 takes the code cache that the build made', () => {
  const bundle = readFileSync(`${dist}main.cjs`);
  assert.ok(
    bundle.every((byte) => byte < 0x80),
    'the bundle is read as ASCII',
  );
  const { cachedDataRejected } = new Script(bundle.toString('latin1'), {
    filename: `${dist}main.cjs`,
    cachedData: readFileSync(`${dist}main.cache`),
  });
  assert.equal(cachedDataRejected, false);
});
