import { existsSync, readFileSync } from 'node:fs';
import { breakLines, type LineBreaks } from './line-breaks.ts';

/** What a model of the client library tells of a definition. */
export interface Model {
  readonly description: string;
  readonly properties: ReadonlyMap<string, ModelProperty>;
}

export interface ModelProperty {
  /** The library's TypeScript type: `string`, `Array<V1Container>`, `{ [key: string]: string; }`. */
  readonly type: string;
  readonly format: string;
  readonly required: boolean;
  readonly description: string;
}

/** Finds the model of a definition name, or undefined where the library has none (times, quantities, raw JSON). */
export type ModelSource = (definition: string) => Model | undefined;

/** @param directory the library's `dist/gen/models/`, with a trailing slash */
export function loadModels(directory: string): ModelSource {
  return (definition) => {
    const name = modelNames(definition).find((candidate) => existsSync(`${directory}${candidate}.js`));
    return name === undefined ? undefined : readModel(`${directory}${name}`);
  };
}

/** Names that a definition's model may have: the library prefixes the group only where two groups share the rest. */
export function modelNames(definition: string): string[] {
  const [kind, version, group] = definition.split('.').reverse() as [string, string, string];
  return [`${capitalize(group)}${capitalize(version)}${kind}`, `${capitalize(version)}${kind}`];
}

/**
 * Descriptions of the parameters of operations, by set and name. An operation of another set than `common` looks there first.
 * @param source the library's `ObjectParamAPI.d.ts`, where each operation has an interface with a comment on each parameter
 * @param lineBreaks those of the common parameters, by name
 */
export function readParameters(source: string, lineBreaks: LineBreaks[string]): Record<string, Record<string, string>> {
  const interfaces = new Map<string, Record<string, string>>();
  for (const [, name, body] of source.matchAll(/export interface (\w+) \{\n([\s\S]*?)\n\}/g)) {
    const parameters = [...body!.matchAll(/\/\*\*\n {5}\* ([^\n]*)\n(?: {5}\*[^\n]*\n)*? {5}\*\/\n {4}(\w+)\??:/g)];
    interfaces.set(name!, Object.fromEntries(parameters.map(([, text, key]) => [key!.replace(/^_/, ''), unescapeComment(text!)])));
  }
  const sets = Object.entries(parameterSets).map(([set, operations]) => {
    const found = operations.map((operation) => interfaces.get(`CoreV1Api${operation}Request`));
    if (found.includes(undefined)) throw new Error(`The client library lacks one of ${operations.join(', ')}.`);
    return [set, Object.assign({}, ...found)];
  });
  const { common, ...others } = Object.fromEntries(sets);
  const broken = Object.entries<string>(common).map(([name, text]) => [name, breakLines(text, lineBreaks[name])]);
  return { common: Object.fromEntries(broken), ...others };
}

const parameterSets: Record<string, string[]> = {
  common: ['ListNamespacedPod', 'DeleteCollectionNamespacedPod', 'CreateNamespacedPod', 'DeleteNamespacedPod', 'ReadNamespacedPod'],
  patch: ['PatchNamespacedPod'],
  log: ['ReadNamespacedPodLog'],
  PodExecOptions: ['ConnectGetNamespacedPodExec'],
  PodAttachOptions: ['ConnectGetNamespacedPodAttach'],
  PodPortForwardOptions: ['ConnectGetNamespacedPodPortforward'],
  PodProxyOptions: ['ConnectGetNamespacedPodProxy'],
  ServiceProxyOptions: ['ConnectGetNamespacedServiceProxy'],
  NodeProxyOptions: ['ConnectGetNodeProxy'],
};

function readModel(path: string): Model {
  const comments = readComments(readFileSync(`${path}.d.ts`, 'utf8'));
  const properties = new Map<string, ModelProperty>();
  for (const { name, baseName, type, format } of readAttributes(readFileSync(`${path}.js`, 'utf8'))) {
    const declared = comments.properties.get(name);
    if (declared === undefined) throw new Error(`${path}.d.ts declares no property ${name}`);
    properties.set(baseName, { type, format, ...declared });
  }
  return { description: comments.description, properties };
}

interface Attribute {
  readonly name: string;
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

function readAttributes(source: string): Attribute[] {
  const table = /\.attributeTypeMap = (\[[\s\S]*?\n?\]);/.exec(source);
  return table === null ? [] : JSON.parse(table[1]!);
}

function readComments(source: string): {
  description: string;
  properties: Map<string, { required: boolean; description: string }>;
} {
  const properties = new Map<string, { required: boolean; description: string }>();
  for (const match of source.matchAll(/(?:\/\*\*\n([^\n]*)\n {4}\*\/\n)? {4}'([^']+)'(\??):/g)) {
    properties.set(match[2]!, { required: match[3] === '', description: unescapeComment(match[1] ?? '') });
  }
  const description = /\/\*\*\n\* ([^\n]*)\n\*\/\nexport declare class/.exec(source)?.[1] ?? '';
  return { description: unescapeComment(description), properties };
}

/** The library's generator escapes quotes and backslashes, and breaks up ends of comments. */
function unescapeComment(line: string): string {
  return line
    .replace(/^\s*\* /, '')
    .replaceAll('*_/', '*/')
    .replaceAll('/_*', '/*')
    .replace(/\\(.)/g, '$1')
    .replace(/&#x([0-9A-F]+);|&#(\d+);/g, (_, hex, decimal) => String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)))
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
