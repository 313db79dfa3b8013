import { goKind } from './patch/go-format.ts';
import { BodyError, parseJson, parseYaml } from './schema/parse.ts';

/** A text that is no object of a kind. */
export class UntypedError extends Error {}

const undetermined = "couldn't get version/kind; json parse error: ";

/** Reads a text as an object whose `apiVersion` and `kind` are texts, if they are there. @throws UntypedError in the words of upstream's decoder */
export function parseTyped(text: string): any {
  const value = parseText(text) ?? {};
  const notJson = (of: unknown, target: string) => new UntypedError(`${undetermined}json: cannot unmarshal ${goKind(of)} into ${target}`);
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw notJson(
      value,
      'Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
    );
  }
  for (const name of ['apiVersion', 'kind']) {
    const given = (value as Record<string, unknown>)[name];
    if (given !== undefined && given !== null && typeof given !== 'string') throw notJson(given, `Go struct field .${name} of type string`);
  }
  return value;
}

/** What Go takes for white space has no byte order mark. */
const jsonPrefix = /^(?:(?!\ufeff)[\s\u0085])*\{/;

/** What begins like an object is JSON, everything else is taken for YAML. */
function parseText(text: string): unknown {
  const isJson = jsonPrefix.test(text);
  try {
    return (isJson ? parseJson(text) : parseYaml(text)).value;
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    throw new UntypedError(isJson ? `${undetermined}${error.message}` : error.message);
  }
}
