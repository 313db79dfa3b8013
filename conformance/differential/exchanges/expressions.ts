import type { Random } from '../../../src/machinery/random.ts';
import { pick } from '../mutations.ts';

/** The types of CEL that expressions are made of; `any` stands for whatever there is. */
export type ExpressionType =
  | 'bool'
  | 'int'
  | 'double'
  | 'string'
  | 'bytes'
  | 'strings'
  | 'ints'
  | 'map'
  | 'timestamp'
  | 'duration'
  | 'quantity'
  | 'ip'
  | 'cidr'
  | 'url'
  | 'semver'
  | 'optional'
  | 'any';

/** What an expression may name, by type. */
export type Names = Partial<Readonly<Record<ExpressionType, readonly string[]>>>;

interface Production {
  /** Types of the parts that stand for `$1`, `$2`, … */
  readonly parts: readonly ExpressionType[];
  readonly text: string;
  /** The type of a variable that the last part may name: `$x`. */
  readonly binds?: ExpressionType;
}

const of = (text: string, ...parts: ExpressionType[]): Production => ({ text, parts });
const over = (binds: ExpressionType, text: string, ...parts: ExpressionType[]): Production => ({ text, parts, binds });

const literals: Readonly<Record<ExpressionType, readonly string[]>> = {
  bool: ['true', 'false'],
  int: ['0', '1', '2', '-1', '10', '9223372036854775807', '-9223372036854775808', '0x1F', '9007199254740993'],
  double: ['0.0', '1.5', '-2.25', '1e300', '1e-7', '100000000000000000000.0'],
  string: [
    "''",
    "'a'",
    "'b'",
    "'A b'",
    "'10.0.0.1'",
    "'1Gi'",
    "'é😀'",
    "'1.2.3'",
    "'https://h:80/p?q=1'",
    'r"\\d+"',
    "'a-b-c'",
    "'2024-01-01T00:00:00Z'",
  ],
  bytes: ["b'abc'", "b''", "b'\\xff'"],
  strings: ["['a', 'b']", '[]', "['b', 'a', 'a']", "['']"],
  ints: ['[1, 2, 3]', '[3, 1]', '[0]'],
  map: ["{'a': 'b'}", '{}', "{'a': '1', 'b': '2'}"],
  timestamp: ["timestamp('2024-02-29T23:59:59.5Z')", "timestamp('1969-12-31T00:00:00-08:00')"],
  duration: ["duration('1h30m')", "duration('-1.5s')", "duration('0')"],
  quantity: ["quantity('1Gi')", "quantity('1.5')", "quantity('-100m')", "quantity('12e6')"],
  ip: ["ip('10.0.0.1')", "ip('::1')", "ip('2001:db8::68')"],
  cidr: ["cidr('10.0.0.0/8')", "cidr('2001:db8::/32')", "cidr('10.0.0.1/24')"],
  url: ["url('https://user@example.com:80/path/a%20b?k=v&k=w#f')", "url('/abs')", "url('https://[::1]:8080')"],
  semver: ["semver('1.2.3')", "semver('1.2.3-rc.1+build')", "semver('v1.2', true)"],
  optional: ["optional.of('a')", 'optional.none()', "optional.ofNonZeroValue('')"],
  any: ['null', '1', "'x'", '[]', '1u', 'dyn(1)'],
};

const productions: Readonly<Record<ExpressionType, readonly Production[]>> = {
  bool: [
    of('$1 == $2', 'string', 'string'),
    of('$1 != $2', 'int', 'int'),
    of('$1 < $2', 'int', 'int'),
    of('$1 >= $2', 'string', 'string'),
    of('$1 <= $2', 'double', 'double'),
    of('$1 == $2', 'strings', 'strings'),
    of('$1 == $2', 'map', 'map'),
    of('$1 == $2', 'double', 'double'),
    of('!$1', 'bool'),
    of('$1 && $2', 'bool', 'bool'),
    of('$1 || $2', 'bool', 'bool'),
    of('($1 ? $2 : $3)', 'bool', 'bool', 'bool'),
    of('$1.startsWith($2)', 'string', 'string'),
    of('$1.endsWith($2)', 'string', 'string'),
    of('$1.contains($2)', 'string', 'string'),
    of("$1.matches('^[a-z]+$')", 'string'),
    of('$1.matches($2)', 'string', 'string'),
    of('$1 in $2', 'string', 'strings'),
    of('$1 in $2', 'int', 'ints'),
    of('$1 in $2', 'string', 'map'),
    over('string', '$1.all($x, $2)', 'strings', 'bool'),
    over('string', '$1.exists($x, $2)', 'strings', 'bool'),
    over('int', '$1.exists_one($x, $2)', 'ints', 'bool'),
    over('string', '$1.all($x, $2)', 'map', 'bool'),
    over('string', '$1.all($x, i, $2)', 'strings', 'bool'),
    over('string', '$1.exists(i, $x, $2)', 'strings', 'bool'),
    of('sets.contains($1, $2)', 'strings', 'strings'),
    of('sets.intersects($1, $2)', 'ints', 'ints'),
    of('sets.equivalent($1, $2)', 'strings', 'strings'),
    of('isQuantity($1)', 'string'),
    of('isIP($1)', 'string'),
    of('isCIDR($1)', 'string'),
    of('isURL($1)', 'string'),
    of('isSemver($1)', 'string'),
    of('$1.isGreaterThan($2)', 'quantity', 'quantity'),
    of('$1.isInteger()', 'quantity'),
    of('$1.containsIP($2)', 'cidr', 'ip'),
    of('$1.containsIP($2)', 'cidr', 'string'),
    of('$1.containsCIDR($2)', 'cidr', 'cidr'),
    of('$1.isLoopback()', 'ip'),
    of('$1.isGlobalUnicast()', 'ip'),
    of('$1 < $2', 'timestamp', 'timestamp'),
    of('$1 > $2', 'duration', 'duration'),
    of('$1.isLessThan($2)', 'semver', 'semver'),
    of('$1 == $2', 'semver', 'semver'),
    of('$1.isSorted()', 'strings'),
    of('$1.isSorted()', 'ints'),
    of('$1.hasValue()', 'optional'),
    of("format.named('dns1123Label').value().validate($1).hasValue()", 'string'),
    of('type($1) == string', 'any'),
    of('$1 == $2', 'any', 'any'),
  ],
  int: [
    of('($1 + $2)', 'int', 'int'),
    of('($1 - $2)', 'int', 'int'),
    of('($1 * $2)', 'int', 'int'),
    of('($1 / $2)', 'int', 'int'),
    of('($1 % $2)', 'int', 'int'),
    of('-$1', 'int'),
    of('size($1)', 'string'),
    of('size($1)', 'strings'),
    of('$1.size()', 'map'),
    of('size($1)', 'bytes'),
    of('$1.sum()', 'ints'),
    of('$1.min()', 'ints'),
    of('$1.max()', 'ints'),
    of('$1.indexOf($2)', 'string', 'string'),
    of('$1.lastIndexOf($2)', 'strings', 'string'),
    of('$1.indexOf($2, $3)', 'string', 'string', 'int'),
    of('$1[$2]', 'ints', 'int'),
    of('int($1)', 'string'),
    of('int($1)', 'double'),
    of('int($1)', 'timestamp'),
    of('$1.asInteger()', 'quantity'),
    of('$1.sign()', 'quantity'),
    of('$1.compareTo($2)', 'quantity', 'quantity'),
    of('$1.getFullYear()', 'timestamp'),
    of("$1.getHours('America/New_York')", 'timestamp'),
    of('$1.getDayOfWeek()', 'timestamp'),
    of('$1.getMinutes()', 'duration'),
    of('$1.getMilliseconds()', 'duration'),
    of('$1.family()', 'ip'),
    of('$1.prefixLength()', 'cidr'),
    of('$1.major()', 'semver'),
    of('$1.compareTo($2)', 'semver', 'semver'),
    of('($1 ? $2 : $3)', 'bool', 'int', 'int'),
  ],
  double: [
    of('($1 + $2)', 'double', 'double'),
    of('($1 / $2)', 'double', 'double'),
    of('double($1)', 'int'),
    of('double($1)', 'string'),
    of('$1.asApproximateFloat()', 'quantity'),
  ],
  string: [
    of('($1 + $2)', 'string', 'string'),
    of('$1.lowerAscii()', 'string'),
    of('$1.upperAscii()', 'string'),
    of('$1.trim()', 'string'),
    of('$1.replace($2, $3)', 'string', 'string', 'string'),
    of('$1.replace($2, $3, $4)', 'string', 'string', 'string', 'int'),
    of('$1.substring($2)', 'string', 'int'),
    of('$1.substring($2, $3)', 'string', 'int', 'int'),
    of('$1.charAt($2)', 'string', 'int'),
    of("$1.join(',')", 'strings'),
    of('$1.join($2)', 'strings', 'string'),
    of('$1[$2]', 'strings', 'int'),
    of('$1[$2]', 'map', 'string'),
    of('string($1)', 'int'),
    of('string($1)', 'double'),
    of('string($1)', 'timestamp'),
    of('string($1)', 'duration'),
    of('string($1)', 'bytes'),
    of('string($1)', 'ip'),
    of('string($1)', 'cidr'),
    of("'%s-%d'.format([$1, $2])", 'string', 'int'),
    of("'%s %v'.format([$1, $2])", 'any', 'any'),
    of("'%.2f|%e'.format([$1, $2])", 'double', 'double'),
    of("'%x %X %b %o'.format([$1, $2, $3, $4])", 'string', 'bytes', 'int', 'int'),
    of("$1.find('[a-z]+')", 'string'),
    of('$1.getHost()', 'url'),
    of('$1.getPort()', 'url'),
    of('$1.getEscapedPath()', 'url'),
    of('$1.getScheme()', 'url'),
    of('$1.orValue($2)', 'optional', 'string'),
    of('$1.value()', 'optional'),
    of('($1 ? $2 : $3)', 'bool', 'string', 'string'),
    of('ip.canonical($1)', 'string'),
    of('strings.quote($1)', 'string'),
  ],
  bytes: [of('bytes($1)', 'string'), of('($1 + $2)', 'bytes', 'bytes')],
  strings: [
    over('string', '$1.filter($x, $2)', 'strings', 'bool'),
    over('string', '$1.map($x, $2)', 'strings', 'string'),
    over('string', '$1.map($x, $2)', 'map', 'string'),
    over('int', '$1.map($x, $2)', 'ints', 'string'),
    over('string', '$1.transformList(i, $x, $2)', 'strings', 'string'),
    over('string', '$1.map($x, $2, $3)', 'strings', 'bool', 'string'),
    of('($1 + $2)', 'strings', 'strings'),
    of("$1.split('-')", 'string'),
    of('$1.split($2, $3)', 'string', 'string', 'int'),
    of("$1.findAll('[0-9]')", 'string'),
    of('[$1, $2]', 'string', 'string'),
    of('[?$1, $2]', 'optional', 'string'),
  ],
  ints: [
    over('int', '$1.filter($x, $2)', 'ints', 'bool'),
    over('string', '$1.map($x, $2)', 'strings', 'int'),
    of('[$1, $2]', 'int', 'int'),
    of('($1 + $2)', 'ints', 'ints'),
  ],
  map: [
    of('{$1: $2}', 'string', 'string'),
    of("{'a': $1, 'b': $2}", 'string', 'string'),
    over('string', '$1.transformMap(k, $x, $2)', 'map', 'string'),
    over('string', '$1.transformMapEntry(k, $x, {$x: $2})', 'map', 'string'),
    of("{?'a': $1}", 'optional'),
  ],
  timestamp: [
    of('timestamp($1)', 'string'),
    of('($1 + $2)', 'timestamp', 'duration'),
    of('($1 - $2)', 'timestamp', 'duration'),
    of('timestamp($1)', 'int'),
  ],
  duration: [of('duration($1)', 'string'), of('($1 - $2)', 'timestamp', 'timestamp'), of('($1 + $2)', 'duration', 'duration')],
  quantity: [
    of('quantity($1)', 'string'),
    of('$1.add($2)', 'quantity', 'quantity'),
    of('$1.sub($2)', 'quantity', 'int'),
    of('$1.add($2)', 'quantity', 'int'),
  ],
  ip: [of('ip($1)', 'string'), of('$1.ip()', 'cidr')],
  cidr: [of('cidr($1)', 'string'), of('$1.masked()', 'cidr')],
  url: [of('url($1)', 'string')],
  semver: [of('semver($1)', 'string'), of('semver($1, $2)', 'string', 'bool')],
  optional: [
    of('$1[?$2]', 'map', 'string'),
    of('$1[?$2]', 'strings', 'int'),
    of('optional.of($1)', 'string'),
    of('optional.ofNonZeroValue($1)', 'string'),
    over('string', '$1.optMap($x, $2)', 'optional', 'string'),
    over('string', '$1.optFlatMap($x, $2)', 'optional', 'optional'),
    of('$1.or($2)', 'optional', 'optional'),
    of('$1.first()', 'strings'),
  ],
  any: [
    of('$1', 'string'),
    of('$1', 'int'),
    of('$1', 'strings'),
    of('$1', 'map'),
    of('$1', 'duration'),
    of('dyn($1)', 'int'),
    of('dyn($1)', 'double'),
  ],
};

const types = Object.keys(literals) as ExpressionType[];

/**
 * A random expression of a type. Some have a part of another type or a mistake in their text, so that what is said of these is compared as well.
 * @param depth how many productions stand within one another at most
 */
export function randomExpression(random: Random, type: ExpressionType, names: Names, depth = 3, mistakes = 0.04): string {
  const text = expression(random, type, names, depth, mistakes, 0);
  return random.next() < mistakes / 2 ? garbled(random, text) : text;
}

function expression(random: Random, wanted: ExpressionType, names: Names, depth: number, mistakes: number, bound: number): string {
  const type = random.next() < mistakes / 2 ? pick(random, types) : wanted;
  const own = names[type] ?? [];
  if (depth === 0 || random.next() < 0.15) return pick(random, own.length > 0 && random.next() < 0.7 ? own : literals[type]);
  const { text, parts, binds } = pick(random, productions[type]);
  const variable = `x${bound}`;
  const inner = binds ? { ...names, [binds]: [...(names[binds] ?? []), variable, variable] } : names;
  // The first part is what is gone over; it knows nothing of the variable.
  const made = parts.map((part, i) => expression(random, part, i === 0 ? names : inner, depth - 1, mistakes, binds ? bound + 1 : bound));
  return text.replace(/\$(x|\d)/g, (_, which) => (which === 'x' ? variable : made[Number(which) - 1]!));
}

function garbled(random: Random, text: string): string {
  const at = Math.floor(random.next() * (text.length + 1));
  const instead = pick(random, ['', ')', '(', ' ', '$', "'", '\n', '.x', ' in ', '==', '[', 'nope', '\u00e9', '😀', ' || ', '.foo()']);
  return text.slice(0, at) + instead + text.slice(at + pick(random, [0, 1]));
}
