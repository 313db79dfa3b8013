import { goQuote } from '../../meta/go-quote.ts';
import { declareFunction, type FunctionDeclaration } from '../check/declarations.ts';
import { structType } from '../check/types.ts';
import { CelError, succeeds } from '../runtime/errors.ts';
import { OpaqueValue, type Value } from '../runtime/values.ts';

export const semverType = structType('kubernetes.Semver');

class Semver extends OpaqueValue {
  readonly type = semverType;

  readonly numbers: readonly [bigint, bigint, bigint];
  /** Numbers and words of the pre-release. */
  readonly preRelease: readonly (bigint | string)[];

  constructor(numbers: readonly [bigint, bigint, bigint], preRelease: readonly (bigint | string)[]) {
    super();
    this.numbers = numbers;
    this.preRelease = preRelease;
  }

  equals(other: Value): boolean {
    return other instanceof Semver && this.compare(other) === 0;
  }

  /** By the rules of semver.org: build metadata does not count. */
  compare(other: Semver): number {
    for (let i = 0; i < 3; i++) if (this.numbers[i] !== other.numbers[i]) return this.numbers[i]! > other.numbers[i]! ? 1 : -1;
    const [a, b] = [this.preRelease, other.preRelease];
    if (a.length === 0 || b.length === 0) return a.length === b.length ? 0 : a.length === 0 ? 1 : -1;
    for (let i = 0; i < a.length && i < b.length; i++) {
      const [x, y] = [a[i]!, b[i]!];
      if (x === y) continue;
      if (typeof x !== typeof y) return typeof x === 'bigint' ? -1 : 1;
      return x > y ? 1 : -1;
    }
    return Math.sign(a.length - b.length);
  }
}

/** semver('1.2.3') and its functions, version 1 of the library. */
export function semverLibrary(): FunctionDeclaration[] {
  const options = { names: { semver: semverType } };
  const part = (name: string, index: number) =>
    declareFunction(name, { [`semver_${name}`]: ['semver.(): int', ({ numbers }: Semver) => numbers[index]!] }, options);
  return [
    declareFunction(
      'semver',
      {
        string_to_semver: ['(string): semver', parseSemver],
        string_bool_to_semver: ['(string, bool): semver', (text: string, loose: boolean) => parseSemver(loose ? normalize(text) : text)],
      },
      options,
    ),
    declareFunction(
      'isSemver',
      {
        is_semver_string: ['(string): bool', (text: string) => isSemver(text, false)],
        is_semver_string_bool: ['(string, bool): bool', isSemver],
      },
      options,
    ),
    declareFunction(
      'isGreaterThan',
      { semver_is_greater_than: ['semver.(semver): bool', (a: Semver, b: Semver) => a.compare(b) > 0] },
      options,
    ),
    declareFunction('isLessThan', { semver_is_less_than: ['semver.(semver): bool', (a: Semver, b: Semver) => a.compare(b) < 0] }, options),
    declareFunction('compareTo', { semver_compare_to: ['semver.(semver): int', (a: Semver, b: Semver) => BigInt(a.compare(b))] }, options),
    part('major', 0),
    part('minor', 1),
    part('patch', 2),
  ];
}

function isSemver(text: string, loose: boolean): boolean {
  return succeeds(() => parseSemver(loose ? normalize(text) : text));
}

/** @throws CelError */
export function parseSemver(text: string): OpaqueValue {
  if (text === '') throw new CelError('Version string empty');
  const parts = splitAtMost(text, '.', 3);
  if (parts.length !== 3) throw new CelError('No Major.Minor.Patch elements found');
  const major = number('major number', 'Major', parts[0]!);
  const minor = number('minor number', 'Minor', parts[1]!);
  let rest = parts[2]!;
  const plus = rest.indexOf('+');
  const build = plus < 0 ? [] : rest.slice(plus + 1).split('.');
  if (plus >= 0) rest = rest.slice(0, plus);
  const dash = rest.indexOf('-');
  const preRelease = dash < 0 ? [] : rest.slice(dash + 1).split('.');
  if (dash >= 0) rest = rest.slice(0, dash);
  const patch = number('patch number', 'Patch', rest);
  const parsed = preRelease.map(preReleasePart);
  for (const word of build) {
    if (word === '') throw new CelError('Build meta data is empty');
    if (!/^[0-9A-Za-z-]+$/.test(word)) throw new CelError(`Invalid character(s) found in build meta data ${goQuote(word)}`);
  }
  return new Semver([major, minor, patch], parsed);
}

function number(name: string, title: string, text: string): bigint {
  if (!/^[0-9]*$/.test(text)) throw new CelError(`Invalid character(s) found in ${name} ${goQuote(text)}`);
  if (text.length > 1 && text[0] === '0') throw new CelError(`${title} number must not contain leading zeroes ${goQuote(text)}`);
  if (text === '') throw new CelError(`strconv.ParseUint: parsing "": invalid syntax`);
  const value = BigInt(text.slice(0, 25));
  if (text.length > 20 || value >= 2n ** 64n) throw new CelError(`strconv.ParseUint: parsing ${goQuote(text)}: value out of range`);
  return value;
}

function preReleasePart(text: string): bigint | string {
  if (text === '') throw new CelError('Prerelease is empty');
  if (/^[0-9]+$/.test(text)) {
    if (text.length > 1 && text[0] === '0')
      throw new CelError(`Numeric PreRelease version must not contain leading zeroes ${goQuote(text)}`);
    return BigInt(text.slice(0, 25));
  }
  if (!/^[0-9A-Za-z-]+$/.test(text)) throw new CelError(`Invalid character(s) found in prerelease ${goQuote(text)}`);
  return text;
}

/** A version with a v in front, leading zeros or fewer than three parts, in the strict form. */
function normalize(text: string): string {
  const parts = splitAtMost(text.replace(/^v/, ''), '.', 3).map((part) => {
    if (Buffer.byteLength(part) < 2) return part;
    const rest = part.replace(/^0+/, '');
    return /^\d/.test(rest) ? rest : `0${rest}`;
  });
  if (parts.length < 3) {
    if (/[+-]/.test(parts.at(-1)!)) throw new CelError('short version cannot contain PreRelease/Build meta data');
    while (parts.length < 3) parts.push('0');
  }
  return parts.join('.');
}

function splitAtMost(text: string, separator: string, limit: number): string[] {
  const parts = text.split(separator);
  return parts.length <= limit ? parts : [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}
