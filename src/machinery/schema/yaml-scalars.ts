import { WrittenNumber } from '../../../api/meta/json-text.ts';
import { parseTime } from '../clock.ts';

/** Why YAML cannot be read, in the words of Go's library. */
export class YamlFault extends Error {}

const words: ReadonlyMap<string, boolean | null> = new Map([
  ...['', '~', 'null', 'Null', 'NULL'].map((word): [string, null] => [word, null]),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'].map((word): [string, boolean] => [word, true]),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'].map((word): [string, boolean] => [word, false]),
]);

const couldBeNumber = /^[-+.0-9]/;
const decimal = /^[-+]?(?:0|[1-9][0-9]*)$/;
const octal = /^([-+]?)0[oO]?([0-7]+)$/;
const hexadecimal = /^([-+]?)0[xX]([0-9a-fA-F]+)$/;
const binary = /^([-+]?)0[bB]([01]+)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const infinite = /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/;

/** What an unquoted scalar means in YAML 1.1 as sigs.k8s.io/yaml reads it, which may be no finite number; times stay text. */
export function resolvePlain(text: string): unknown {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (!couldBeNumber.test(text)) return text;
  return resolveNumber(text) ?? text;
}

function resolveNumber(text: string): number | WrittenNumber | undefined {
  if (infinite.test(text)) return /n[aA][nN]|N[aA][nN]/.test(text) ? Number.NaN : text.startsWith('-') ? -Infinity : Infinity;
  const plain = text.replaceAll('_', '');
  if (decimal.test(plain)) return exactly(BigInt(plain));
  const integer = basedInteger(plain);
  if (integer !== undefined) return exactly(integer);
  const value = Number(plain);
  // What is beyond a double is text.
  if (!float.test(plain) || !Number.isFinite(value)) return undefined;
  return Number.isSafeInteger(value) || !Number.isInteger(value) ? value : new WrittenNumber(String(value));
}

/** Integers of 64 bits are what they are, with or without a sign; all that is larger is a double, as Go's JSON has it. */
function exactly(integer: bigint): number | WrittenNumber {
  const value = Number(integer);
  if (Number.isSafeInteger(value)) return value;
  return new WrittenNumber(String(integer >= smallestInteger && integer <= largestInteger ? integer : value));
}

function basedInteger(text: string): bigint | undefined {
  const forms = [
    ['0x', hexadecimal],
    ['0b', binary],
    ['0o', octal],
  ] as const;
  for (const [prefix, form] of forms) {
    const match = form.exec(text);
    if (match) return (match[1] === '-' ? -1n : 1n) * BigInt(prefix + match[2]);
  }
  return undefined;
}

/** Tags whose values Go's library looks at; what has any other is text. */
const resolvable: ReadonlySet<string> = new Set(['!!bool', '!!int', '!!float', '!!null', '!!timestamp']);
const time =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})| \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const smallestInteger = -(2n ** 63n);
const largestInteger = 2n ** 64n - 1n;

/**
 * What a scalar means that has a tag, quoted or not.
 * @throws YamlFault where it is not of the type that the tag says
 */
export function resolveTagged(text: string, tag: string): unknown {
  const wanted = tag.replace('tag:yaml.org,2002:', '!!');
  if (wanted === '!!binary') return textOfBase64(text);
  if (!resolvable.has(wanted)) return text;
  const found = wanted === '!!timestamp' && isTime(text) ? wanted : tagOf(text);
  const isWanted = found === wanted || (found === '!!int' && wanted === '!!float');
  if (!isWanted) throw new YamlFault(`yaml: cannot decode ${found} \`${text}\` as a ${wanted}`);
  return wanted === '!!timestamp' ? text : resolvePlain(text);
}

/** The type that a scalar without a tag has. */
function tagOf(text: string): string {
  const word = words.get(text);
  if (word !== undefined) return word === null ? '!!null' : '!!bool';
  if (infinite.test(text)) return '!!float';
  const number = couldBeNumber.test(text) ? resolveNumber(text) : undefined;
  if (number === undefined) return '!!str';
  const plain = text.replaceAll('_', '');
  if (decimal.test(plain)) return BigInt(plain) <= largestInteger ? '!!int' : '!!float';
  return basedInteger(plain) === undefined ? '!!float' : '!!int';
}

function isTime(text: string): boolean {
  const [, year, month, day] = time.exec(text) ?? [];
  if (day === undefined) return false;
  return !Number.isNaN(parseTime(`${year}-${month!.padStart(2, '0')}-${day.padStart(2, '0')}T00:00:00Z`));
}

function textOfBase64(text: string): string {
  const given = text.replace(/[\r\n]/g, '');
  if (!base64.test(given)) throw new YamlFault('yaml: !!binary value contains invalid base64 data');
  return Buffer.from(given, 'base64').toString('utf8');
}
