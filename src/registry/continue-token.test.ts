import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeContinue, encodeContinue } from './continue-token.ts';

const prefix = '/registry/core/pods/';

test('a token comes back as it was given', () => {
  const token = encodeContinue(`${prefix}one/p1\0`, prefix, 7, false);
  assert.deepEqual(decodeContinue(token, prefix), { startKey: `${prefix}one/p1\0`, revision: 7 });
});

test("a token begins with a slash where upstream's would", () => {
  const own = `${prefix}one/`;
  const text = encodeContinue(`${own}p1\0`, own, 7, true);
  assert.equal(Buffer.from(text, 'base64url').toString(), '{"v":"meta.k8s.io/v1","rv":7,"start":"/p1\\u0000"}');
  assert.deepEqual(decodeContinue(text, own), { startKey: `${own}p1\0`, revision: 7 });
});

const token = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

for (const [name, text, message] of [
  ['no base64', '!!!', 'illegal base64 data at input byte 0'],
  ['too short for base64', 'x', 'illegal base64 data at input byte 0'],
  ['no text', Buffer.from([0x9e]).toString('base64url'), "invalid character '\\u009e' looking for beginning of value"],
  ['no JSON', Buffer.from('hello').toString('base64url'), "invalid character 'h' looking for beginning of value"],
  ['another version', token({ v: 'meta.k8s.io/v9', rv: 5, start: 'x' }), 'server does not recognize this encoded version meta.k8s.io/v9'],
  ['no revision', token({ v: 'meta.k8s.io/v1', rv: 0, start: 'x' }), 'incorrect encoded start resourceVersion (version meta.k8s.io/v1)'],
  ['a path that climbs', token({ v: 'meta.k8s.io/v1', rv: 5, start: '../../x' }), '../../x'],
] as const) {
  test(`refused: ${name}`, () => {
    assert.throws(() => decodeContinue(text, prefix), {
      code: 400,
      message: `invalid continue token: continue key is not valid: ${message}`,
    });
  });
}
