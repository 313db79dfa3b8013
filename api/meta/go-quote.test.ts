import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goQuote, goQuoteCharacter, goTimeQuote } from './go-quote.ts';

test('texts are quoted as Go quotes them', () => {
  const cases: [string, string][] = [
    ['a"b\'\\', `"a\\"b'\\\\"`],
    ['\n\t\r\b\f', '"\\n\\t\\r\\b\\f"'],
    ['\x00\x07\x0b\x1f\x7f', '"\\x00\\a\\v\\x1f\\x7f"'],
    ['\\u0001', '"\\\\u0001"'],
    ['\x80é\xad€\u200b😀\u{e0001}', '"\\u0080é\\u00ad€\\u200b😀\\U000e0001"'],
    ['a b<&>', '"a b<&>"'],
  ];
  for (const [text, quoted] of cases) assert.equal(goQuote(text), quoted);
  assert.deepEqual(["'", '"', '\x7f', '\x01'].map(goQuoteCharacter), ["'\\''", `'"'`, "'\\x7f'", "'\\x01'"]);
});

test('times and durations are quoted byte by byte', () => {
  assert.equal(goTimeQuote('a"b\\\n\x7fé😀'), '"a\\"b\\\\\\x0a\x7f\\xc3\\xa9\\xf0\\x9f\\x98\\x80"');
});
