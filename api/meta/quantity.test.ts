import assert from 'node:assert/strict';
import test from 'node:test';
import { canonicalQuantity, canonicalResourceQuantity, parseQuantity, Quantity } from './quantity.ts';

const canonical: readonly (readonly [text: string, canonical: string])[] = [
  ['0', '0'],
  ['0Gi', '0'],
  ['000', '0'],
  ['1', '1'],
  ['1000m', '1'],
  ['1500m', '1500m'],
  ['1.5', '1500m'],
  ['0.5Gi', '512Mi'],
  ['1024Mi', '1Gi'],
  ['1Ki', '1Ki'],
  ['1000Ki', '1000Ki'],
  ['0.5Ki', '512'],
  ['1.1Ki', '1126400m'],
  ['10000', '10k'],
  ['12345', '12345'],
  ['5e3', '5e3'],
  ['5E3', '5E3'],
  ['15e4', '150e3'],
  ['1e-3', '1e-3'],
  ['+1', '+1'],
  ['-1', '-1'],
  ['-1.5', '-1500m'],
  ['.5', '500m'],
  ['0.500', '500m'],
  ['0.125', '125m'],
  ['0.250k', '250'],
  ['1.500', '1.500'],
  ['-n', '0'],
  ['.', '0'],
  ['+', '0'],
  ['.Ti', '0'],
  ['5.', '5.'],
  ['100E', '100E'],
  ['16Ei', '9223372036854775807'],
  ['1E', '1E'],
  ['0.1n', '1n'],
];

test('quantities print as the API gives them back', () => {
  assert.deepEqual(
    canonical.map(([text]) => [text, canonicalQuantity(text)]),
    canonical.map(([text, expected]) => [text, expected]),
  );
});

test('resource lists keep thousandths', () => {
  assert.deepEqual(['100u', '1500u', '0.0001', '5n'].map(canonicalResourceQuantity), ['1m', '2m', '1m', '1m']);
});

test('what is no quantity is refused in the words of the API', () => {
  const form = /^quantities must match the regular expression '/;
  for (const text of ['', 'a', '1 ', '1..2', '1.2.3', '1_0']) assert.throws(() => parseQuantity(text), { message: form }, text);
  for (const text of ['.Pi', 'e-10', '-.e-10'])
    assert.throws(() => parseQuantity(text), { message: 'unable to parse numeric part of quantity' }, text);
  for (const text of ['--1', '1mm', '1e', '1K', '1Mm']) {
    assert.throws(() => parseQuantity(text), { message: "unable to parse quantity's suffix" }, text);
  }
});

test('arithmetic keeps the format and is exact', () => {
  const sum = (a: string, b: string): string => parseQuantity(a).add(parseQuantity(b)).toString();
  assert.deepEqual(
    [sum('1Gi', '1Gi'), sum('0', '1Gi'), sum('500m', '1'), sum('1Gi', '1'), parseQuantity('1').sub(parseQuantity('250m')).toString()],
    ['2Gi', '1Gi', '1500m', '1073741825', '750m'],
  );
  assert.equal(parseQuantity('1Gi').compare(parseQuantity('1G')), 1);
  assert.equal(parseQuantity('1000m').compare(parseQuantity('1')), 0);
  assert.deepEqual([parseQuantity('1500m').value(), parseQuantity('1500m').milliValue(), parseQuantity('-1500m').value()], [2, 1500, -2]);
  assert.equal(Quantity.ofMilli(250).toString(), '250m');
});

test('numbers of any length are read in bounded time', () => {
  const digits = '1'.repeat(1_000_000);
  assert.equal(parseQuantity(`${digits}0`).toString(), '9223372036854775807');
  assert.equal(parseQuantity(`-${digits}`).toString(), '-9223372036854775807');
  assert.equal(parseQuantity(`0.${'0'.repeat(1_000_000)}1`).toString(), '1n');
  assert.equal(parseQuantity(`${'0'.repeat(1_000_000)}`).toString(), '0');
});
