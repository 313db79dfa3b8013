import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printType } from './check/types.ts';
import { kubernetesEnvironment } from './library/index.ts';
import { CompileError, compileProgram } from './program.ts';

function refusal(expression: string): string {
  try {
    return `compiles to ${printType(compileProgram(expression, kubernetesEnvironment).type)}`;
  } catch (error) {
    if (error instanceof CompileError) return error.message.split('\n | ')[0]!.replace('ERROR: <input>:', '');
    throw error;
  }
}

function outcome(expression: string): unknown {
  const result = compileProgram(expression, kubernetesEnvironment).evaluate([]);
  return 'error' in result ? result.error : result.value;
}

const cost = (expression: string) => compileProgram(expression, kubernetesEnvironment).evaluate([]).cost;

test('an expression that does not compile is refused in the words of cel-go, with the place', () => {
  const cases: readonly (readonly [expression: string, refusal: string])[] = [
    ["1 + 'a'", "1:3: found no matching overload for '_+_' applied to '(int, string)'"],
    ['x == 1', "1:1: undeclared reference to 'x' (in container '')"],
    ['[1, 2', "1:6: Syntax error: mismatched input '<EOF>' expecting {']', ','}"],
    [
      '1 +',
      "1:4: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
    ],
    ["'a", "1:1: Syntax error: token recognition error at: ''a'"],
    ['package == 1', '1:1: reserved identifier: package'],
    ['[1].all(1, true)', '1:9: argument must be a simple name'],
    ['has(1)', '1:5: invalid argument to has() macro'],
    ["[1, 'a']", "1:5: expected type 'int' but found 'string'"],
    ["'a'.matches('(')", '1:13: invalid matches argument'],
    ["timestamp('x')", '1:11: invalid timestamp argument'],
    [
      "'%s %v'.format([quantity('1'), 1])",
      '1:25: error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given kubernetes.Quantity',
    ],
    ["'%d'.format(['a'])", '1:14: error during formatting: decimal clause can only be used on integers, was given string'],
    ['9223372036854775808', '1:1: invalid int literal'],
    ['{1: 2}.a.b', "1:9: type 'int' does not support field selection"],
    ['1 ? 2 : 3', "1:3: found no matching overload for '_?_:_' applied to '(int, int, int)'"],
    ['math.greatest(1, 2)', "1:1: undeclared reference to 'math' (in container '')"],
  ];
  for (const [expression, wanted] of cases) assert.equal(refusal(expression), wanted, expression);
});

test('what is no character of the language is in no quote', () => {
  assert.throws(() => compileProgram('has(self.é)', kubernetesEnvironment), /no viable alternative at input '\.\)'/);
});

test('what names no field is told more than once, as cel-go tells it', () => {
  const told = (expression: string) => {
    try {
      compileProgram(expression, kubernetesEnvironment);
    } catch (error) {
      return (error as Error).message
        .split('\n')
        .flatMap((line) => /^ERROR: <input>:(\d+:\d+: .*?)(?: at input.*| expecting.*)?$/.exec(line)?.[1] ?? []);
    }
    return [];
  };
  const noTest = 'invalid argument to has() macro';
  const cases: readonly (readonly [expression: string, told: readonly string[]])[] = [
    ['has([1].true)', [`1:5: ${noTest}`, "1:9: Syntax error: mismatched input 'true'"]],
    ['has(f(1).true)', [`1:6: ${noTest}`, "1:10: Syntax error: mismatched input 'true'"]],
    ['has(a.true)', [`1:5: ${noTest}`, "1:7: Syntax error: mismatched input 'true'"]],
    ['has(a.)', [`1:5: ${noTest}`, '1:7: Syntax error: no viable alternative']],
    ["has(a.b['x'].true)", [`1:8: ${noTest}`, "1:14: Syntax error: mismatched input 'true'"]],
    ['has(a.b.true)', ["1:9: Syntax error: mismatched input 'true'"]],
    ['a.?true', ["1:4: Syntax error: mismatched input 'true'", '1:4: unsupported ident kind']],
    ['has(a.?true)', [`1:6: ${noTest}`, "1:8: Syntax error: mismatched input 'true'", '1:8: unsupported ident kind']],
    ['W{?true: 1}', ['1:3: unsupported ident kind', "1:4: Syntax error: mismatched input 'true'"]],
  ];
  for (const [expression, wanted] of cases) assert.deepStrictEqual(told(expression), wanted, expression);
});

test('an evaluation that fails says why in the words of cel-go', () => {
  const cases: readonly (readonly [expression: string, error: string])[] = [
    ['1 / 0 == 1', 'division by zero'],
    ['1 % 0 == 1', 'modulus by zero'],
    ['9223372036854775807 + 1 > 0', 'integer overflow'],
    ['0u - 1u > 0u', 'unsigned integer overflow'],
    ["{'a': 1}['b'] == 1", 'no such key: b'],
    ['[1][1] == 1', 'index out of bounds: 1'],
    ["dyn('a') < 1", 'no such overload'],
    ['dyn({}) < 1', 'no such overload: _<_'],
    ['size(dyn(1)) == 1', 'no such overload: size'],
    ['dyn(1).all(x, true)', "got 'types.Int', expected iterable type"],
    ["int('x') == 1", "type conversion error from 'string' to 'int'"],
    ['optional.none().value()', 'optional.none() dereference'],
    ["quantity('1.5').asInteger() == 1", 'cannot convert value to integer'],
    ["semver('x1', true).major() == 1", 'Invalid character(s) found in major number "0x1"'],
    [
      "'%s'.format([b'\\xff'])",
      'error during formatting: could not convert argument "invalid UTF-8 in bytes, cannot convert to string" to string',
    ],
    ["timestamp('2024-01-01T00:00:00Z').getHours('europe/berlin')", 'unknown time zone europe/berlin'],
    ["timestamp('2024-01-01T00:00:00Z').getHours('../x')", 'time: invalid location name'],
    ["timestamp('2024-01-01T00:00:00Z').getHours('a:b')", 'strconv.Atoi: parsing "a": invalid syntax'],
    ["semver('1.x.3').major() == 1", 'Invalid character(s) found in minor number "x"'],
    ['lists.range(1000000000).size() > 0', 'operation cancelled: actual cost limit exceeded'],
  ];
  for (const [expression, wanted] of cases) assert.equal(outcome(expression), wanted, expression);
});

test('the functions of the libraries', () => {
  const cases: readonly (readonly [expression: string, value: unknown])[] = [
    ["'tacocat'.charAt(3) + 'hello'.substring(1, 3)", 'oel'],
    ["'a,b,c'.split(',', 2).join(';')", 'a;b,c'],
    ["'hello hello'.replace('he', 'we', 1)", 'wello hello'],
    ["'%s %d %.2f %x %b'.format(['a', 5, 1234.567, 255, 5])", 'a 5 1,234.57 ff 101'],
    ["'%.0f %.1f'.format([2.5, 0.25])", '2 0.2'],
    ["'%e'.format([1052.033])", '1.052033×10⁰³'],
    ["'%s'.format([[1, {'a': 'b'}]])", outcome('\'[1, {"a":"b"}]\'')],
    ["string(timestamp('2024-01-01T1:00:00.5+05:30') + duration('1h'))", '2024-01-01T02:00:00.5+05:30'],
    ["timestamp('2024-01-01T00:00:00-08:00').getHours()", 8n],
    ["timestamp('2024-01-01T00:00:00Z').getHours('+5:3')", 5n],
    ["string(duration('9223372036854775807ns'))", '9223372036.854776s'],
    ["[1e5, 1e6, 1234567.5, 1e-5].map(x, string(x)).join(' ')", '100000 1e+06 1.2345675e+06 1e-05'],
    ["double('1_000') + double('0x1p-2')", 1000.25],
    ["string(semver('v01.x'.substring(0, 3), true).major())", '1'],
    ["format.datetime().validate('2024-01-01t00:00:00x5+99:99').hasValue()", false],
    ["'abc 123 def 456'.findAll('[0-9]+', 1).join()", '123'],
    ['[3, 1, 2].sort().map(x, string(x)).join()', '123'],
    ['[{"n": 2}, {"n": 1}].sortBy(x, x.n).map(x, string(x.n)).join()', '12'],
    ['[1, 2, 3].sum() + [1, 5].max() + [4].min()', 15n],
    ['[[1], [2, 3]].flatten().size()', 3n],
    ['[1, 1, 2].distinct().size()', 2n],
    ['sets.equivalent([1, 2], [2, 1, 1])', true],
    ["url('https://a.example:80/p?x=1').getHost()", 'a.example:80'],
    ["cidr('10.0.0.0/8').containsIP('10.1.2.3')", true],
    ["ip('::1').isLoopback() && ip('10.0.0.1').family() == 4", true],
    ["quantity('1Gi').add(quantity('1')).compareTo(quantity('1073741825'))", 0n],
    ["semver('1.2.3').isLessThan(semver('1.10.0'))", true],
    ["format.dns1123Label().validate('A').value()[0]", outcome("format.dns1123Label().validate('B').value()[0]")],
    ["{'a': {'b': 1}}.?a.?c.orValue(3)", 3n],
    ['[1, 2].transformList(i, v, i * 10 + v).map(x, string(x)).join()', '112'],
    ["{'a': 1}.transformMap(k, v, v + 1)['a']", 2n],
    ["timestamp('2024-02-29T12:30:45Z').getDayOfYear('+13:00')", 60n],
    ["string(duration('1h30m'))", '5400s'],
    ["duration('90s').getMilliseconds()", 90000n],
  ];
  for (const [expression, value] of cases) assert.deepEqual(outcome(expression), value, expression);
});

test('an evaluation counts its cost as cel-go does', () => {
  const cases: readonly (readonly [expression: string, cost: number])[] = [
    ['1 + 2 == 3', 2],
    ["'hello'.contains('ell')", 1],
    ["'a'.matches('a+')", 1],
    ['[1, 2, 3].all(x, x > 0)', 16],
    ['[1, 2, 3].map(x, x * 2).size()', 44],
    ["{'a': {'b': 1}}.a.b", 3],
    ["{'a': {'b': 1}}.?c", 1],
    ["quantity('1').isGreaterThan(quantity('2'))", 3],
    ["cidr('10.0.0.0/8').containsIP('10.1.2.3')", 3],
  ];
  for (const [expression, wanted] of cases) assert.equal(cost(expression), wanted, expression);
});
