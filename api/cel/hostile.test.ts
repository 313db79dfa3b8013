import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubernetesEnvironment } from './library/index.ts';
import { CompileError, compileProgram } from './program.ts';

const overBudget = 'operation cancelled: actual cost limit exceeded';

/** @returns the error, or `ok` */
function attempt(expression: string): string {
  try {
    const outcome = compileProgram(expression, kubernetesEnvironment).evaluate([]);
    return 'error' in outcome ? outcome.error : 'ok';
  } catch (error) {
    if (error instanceof CompileError) return error.message.split('\n')[0]!;
    throw error;
  }
}

test('expressions made to be slow or large are refused, or cost what they may', () => {
  const nested = (open: string, inner: string, close: string, depth: number) => open.repeat(depth) + inner + close.repeat(depth);
  const tooDeep = 'ERROR: <input>:-1:0: expression recursion limit exceeded: 250';
  const tooLong = 'ERROR: <input>:-1:0: max recursion depth exceeded';
  const cases: readonly (readonly [name: string, expression: string, outcome: string])[] = [
    ['parentheses', nested('(', '1', ')', 40_000), tooDeep],
    ['too long', '1'.repeat(100_001), 'ERROR: <input>:-1:0: expression code point size exceeds limit: size: 100001, limit 100000'],
    ['additions', `1${'+1'.repeat(40_000)}`, tooLong],
    ['selections', `a${'.b'.repeat(40_000)}`, tooLong],
    ['as many as may be', `1${'+1'.repeat(250)}`, 'ok'],
    ['one more', `1${'+1'.repeat(251)}`, tooLong],
    ['brackets without end', '['.repeat(90_000), tooDeep],
    ['a long number', '9'.repeat(90_000), 'ERROR: <input>:1:1: invalid int literal'],
    ['a large list', `[${'1,'.repeat(40_000)}1].size() > 0`, 'ok'],
    ['loops in loops', nested('[1,2,3,4,5,6,7,8,9].all(a,', 'true', ')', 12), overBudget],
    ['a large range', 'lists.range(1000000000).size() > 0', overBudget],
    ['growing texts', `${"'aaaaaaaaaa'"}${`.replace('a', '${'a'.repeat(100)}')`.repeat(8)}.size() > 0`, overBudget],
    ['a regular expression that backtracks elsewhere', `'${'a'.repeat(5000)}'.matches('(a*)*(a*)*b')`, 'ok'],
    ['a regular expression with large counts', "'a'.matches('((a{100}){100}){100}')", 'ERROR: <input>:1:13: invalid matches argument'],
    ['a quantity with a large exponent', "quantity('1e999999999').isInteger()", 'ok'],
    ['a precision beyond reason', "'%.999999999999f'.format([1.0])", 'ok'],
  ];
  for (const [name, expression, wanted] of cases) {
    const start = performance.now();
    assert.equal(attempt(expression), wanted, name);
    assert.ok(performance.now() - start < 5000, `${name} takes too long`);
  }
});

test('no more than a hundred syntax errors are listed', () => {
  assert.throws(
    () => compileProgram('$'.repeat(50_000), kubernetesEnvironment),
    ({ message }: CompileError) => message.endsWith('1 more errors were truncated'),
  );
});
