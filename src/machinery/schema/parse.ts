import { goJsonError } from '../../../api/meta/json-errors.ts';
import { jsonText } from '../../../api/meta/json-text.ts';
import { hasOddNumbers, readJson, withLongIntegers } from './json-numbers.ts';
import { hasDuplicates } from './strict.ts';
import { utf8Fault, utf8Text, withoutHalfPairs } from './utf8.ts';
import { readYaml } from './yaml.ts';

/** A request body as it was parsed, with what is needed to report duplicate keys. */
export interface ParsedBody {
  /** Integers of 64 bits that a double does not hold are bigints. */
  readonly value: unknown;
  readonly format: 'json' | 'yaml';
  readonly text: string;
  /** YAML only: `line 7: key "k" already set in map`, in order. JSON's duplicates are looked for by `conform` or `jsonDuplicates`, when wanted. */
  readonly yamlDuplicates: readonly string[];
  /** YAML only, where it has numbers that a double does not hold: the JSON that it is turned into. */
  readonly json?: string;
}

/** A body that cannot be parsed; the message is that of Go's decoder (`unexpected end of JSON input`, `yaml: line 2: …`). */
export class BodyError extends Error {}

const none: readonly string[] = [];
const maxDepth = 10_000;

/** @throws BodyError */
export function parseJson(source: string | Buffer): ParsedBody {
  const text = typeof source === 'string' ? source : utf8Text(source);
  try {
    const value = JSON.parse(text);
    checkDepth(text);
    return { value: withoutHalfPairs(text, withLongIntegers(text, value)), format: 'json', text, yamlDuplicates: none };
  } catch (error) {
    if (error instanceof BodyError) throw error;
    throw new BodyError(goJsonError(text));
  }
}

/** Deeply nested text must not exhaust the stack of what walks the value. */
function checkDepth(text: string): void {
  if (text.length < 2 * maxDepth) return;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      while (text.charCodeAt(++i) !== 0x22) if (text.charCodeAt(i) === 0x5c) i++;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) throw new BodyError(`invalid character '${text[i]}' exceeded max depth`);
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
}

/** YAML as sigs.k8s.io/yaml reads it: YAML 1.1 scalars, the first document, string keys (in order, as Go's maps are encoded). @throws BodyError */
export function parseYaml(source: string | Buffer): ParsedBody {
  const fault = typeof source === 'string' ? undefined : utf8Fault(source);
  if (fault !== undefined) throw new BodyError(`yaml: ${fault}`);
  const text = source.toString();
  const quick = text.startsWith('{') ? readAsJson(text) : undefined;
  if (quick !== undefined) return quick;
  const { value, duplicates, hasLargeNumbers, error } = readYaml(text);
  if (error !== undefined) throw new BodyError(error);
  if (!hasLargeNumbers) return { value, format: 'yaml', text, yamlDuplicates: duplicates };
  const json = jsonText(value);
  return { value: readJson(json), format: 'yaml', text, yamlDuplicates: duplicates, json };
}

/** Escapes and characters of JSON that are none of YAML's. */
const notOfYaml = /\\\/|\\u[dD][89a-fA-F]|[\x7f-\x9f\ufffe\uffff]/;

/**
 * Most clients send JSON as YAML, which it nearly is; JSON with a duplicate key, with a number that is written in an odd way or with what YAML does not have is
 * left to the YAML reader.
 */
function readAsJson(text: string): ParsedBody | undefined {
  if (notOfYaml.test(text)) return undefined;
  let body: ParsedBody;
  try {
    body = parseJson(text);
  } catch (error) {
    if (error instanceof BodyError) return undefined;
    throw error;
  }
  return hasDuplicates(body) || hasOddNumbers(text) ? undefined : { ...body, format: 'yaml' };
}

export { jsonDuplicates } from './strict.ts';
