/** Why YAML cannot be read, in the words of Go's library. */
export class YamlFault extends Error {}

const words: ReadonlyMap<string, boolean | null> = new Map([
  ...['', '~', 'null', 'Null', 'NULL'].map((word): [string, null] => [word, null]),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'].map((word): [string, boolean] => [word, true]),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'].map((word): [string, boolean] => [word, false]),
]);

const couldBeNumber = /^[-+.0-9]/;
const decimal = /^[-+]?(?:0|[1-9][0-9]*)$/;
const octal = /^([-+]?)0o?([0-7]+)$/;
const hexadecimal = /^([-+]?)0[xX]([0-9a-fA-F]+)$/;
const binary = /^([-+]?)0[bB]([01]+)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const infinite = /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/;

/** What an unquoted scalar means in YAML 1.1 as sigs.k8s.io/yaml reads it; times stay text. */
export function resolvePlain(text: string): unknown {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (!couldBeNumber.test(text)) return text;
  return resolveNumber(text) ?? text;
}

function resolveNumber(text: string): number | undefined {
  if (infinite.test(text))
    throw new YamlFault(
      `json: unsupported value: ${text.includes('n') && !text.includes('f') ? 'NaN' : text.startsWith('-') ? '-Inf' : '+Inf'}`,
    );
  const plain = text.replaceAll('_', '');
  if (decimal.test(plain)) return Number(plain);
  const [radix, match] = based(plain);
  if (match) return Number.parseInt(`${match[1]}${match[2]}`, radix);
  return float.test(plain) ? Number(plain) : undefined;
}

function based(text: string): [radix: number, match: RegExpExecArray | null] {
  const hex = hexadecimal.exec(text);
  if (hex) return [16, hex];
  const bits = binary.exec(text);
  return bits ? [2, bits] : [8, octal.exec(text)];
}

/** What a scalar means that has a tag. */
export function resolveTagged(text: string, tag: string): unknown {
  switch (tag.replace('tag:yaml.org,2002:', '!!')) {
    case '!!binary':
      return Buffer.from(text, 'base64').toString('utf8');
    case '!!int':
    case '!!float': {
      const value = resolveNumber(text);
      if (value === undefined) throw new YamlFault(`yaml: cannot decode !!str \`${text}\` as a ${tag}`);
      return value;
    }
    case '!!bool':
    case '!!null': {
      const word = words.get(text);
      if (word === undefined) throw new YamlFault(`yaml: cannot decode !!str \`${text}\` as a ${tag}`);
      return word;
    }
    default:
      return text;
  }
}
