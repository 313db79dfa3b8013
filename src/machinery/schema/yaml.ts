import { goQuote } from '../../../api/meta/go-quote.ts';
import { jsonText, WrittenNumber } from '../../../api/meta/json-text.ts';
import { setOwn } from '../json-object.ts';
import { documentOf, type YamlAlias, type YamlMap, type YamlNode, type YamlScalar } from './yaml-nodes.ts';
import { resolvePlain, resolveTagged, YamlFault } from './yaml-scalars.ts';

export interface YamlResult {
  readonly value: unknown;
  /** `line 7: key "k" already set in map`, in order. */
  readonly duplicates: readonly string[];
  /** Some of its numbers are `WrittenNumber`s. */
  readonly hasLargeNumbers: boolean;
  /** Instead of a value: why the text is no YAML, in the words of Go's library. */
  readonly error?: string;
}

/** From so many nodes read, so many of them through aliases, on it is asked whether these are too many: they may be 99 % of small documents, 10 % of large ones. */
const aliasesWatched = { nodes: 1_000, aliased: 100 };
const small = { nodes: 400_000, share: 0.99 };
const large = { nodes: 4_000_000, share: 0.1 };

/** The first document of the text as JSON data, with the keys of maps in order. */
export function readYaml(text: string): YamlResult {
  const reader = new Reader();
  try {
    const document = documentOf(text);
    return { value: document ? reader.read(document) : null, duplicates: reader.duplicates, hasLargeNumbers: reader.hasLargeNumbers };
  } catch (error) {
    if (error instanceof YamlFault) return { value: undefined, duplicates: [], hasLargeNumbers: false, error: error.message };
    throw error;
  }
}

class Reader {
  readonly duplicates: string[] = [];
  hasLargeNumbers = false;
  private readonly open = new Set<YamlNode>();
  private nodes = 0;
  private aliased = 0;
  private aliasDepth = 0;

  read(node: YamlNode): unknown {
    this.count();
    if (node.kind === 'scalar') {
      const value = readScalar(node);
      this.hasLargeNumbers ||= value instanceof WrittenNumber;
      return value;
    }
    if (node.kind === 'alias') return this.readAlias(node);
    this.open.add(node);
    const value = node.kind === 'map' ? this.readMap(node) : node.items.map((item) => this.read(item));
    this.open.delete(node);
    return value;
  }

  private readAlias({ name, target }: YamlAlias): unknown {
    if (this.open.has(target)) throw new YamlFault(`yaml: anchor '${name}' value contains itself`);
    this.aliasDepth++;
    const value = this.read(target);
    this.aliasDepth--;
    return value;
  }

  /** Aliases of aliases would make gigabytes of a few lines. @throws YamlFault */
  private count(): void {
    this.nodes++;
    if (this.aliasDepth > 0) this.aliased++;
    if (this.nodes <= aliasesWatched.nodes || this.aliased <= aliasesWatched.aliased) return;
    if (this.aliased > this.nodes * shareOfAliases(this.nodes)) throw new YamlFault('yaml: document contains excessive aliasing');
  }

  private readMap({ entries }: YamlMap): unknown {
    const merged = new Map<string, unknown>();
    const own = new Map<string, unknown>();
    for (const [key, value] of entries) {
      if (isMergeKey(key)) {
        this.mergeInto(merged, value);
        continue;
      }
      const resolved = this.read(key);
      if (typeof resolved === 'object' && resolved !== null && !(resolved instanceof WrittenNumber))
        throw new YamlFault(`yaml: invalid map key: ${goKeySyntax(key)}`);
      const content = this.read(value);
      if (resolved === null) {
        throw new YamlFault(`unsupported map key of type: %!s(<nil>), key: <nil>, value: ${goValue(content)}`);
      }
      const name = String(resolved);
      if (own.has(name)) {
        const shown = typeof resolved === 'string' ? JSON.stringify(resolved) : name;
        this.duplicates.push(`line ${lineOf(key)}: key ${shown} already set in map`);
      }
      own.set(name, content);
    }
    for (const [name, value] of own) merged.set(name, value);
    return sortedObject(merged);
  }

  /** `<<`: a map, or a list of maps of which the first wins. */
  private mergeInto(into: Map<string, unknown>, node: YamlNode): void {
    const value = this.read(node);
    const sources = Array.isArray(value) ? [...value].reverse() : [value];
    for (const source of sources) {
      if (typeof source !== 'object' || source === null)
        throw new YamlFault('yaml: map merge requires map or sequence of maps as the value');
      for (const [name, item] of Object.entries(source)) into.set(name, item);
    }
  }
}

/** What part of the nodes may come through aliases: less, the larger the document. */
function shareOfAliases(nodes: number): number {
  const way = Math.min(1, Math.max(0, (nodes - small.nodes) / (large.nodes - small.nodes)));
  return small.share + (large.share - small.share) * way;
}

function isMergeKey(key: YamlNode): boolean {
  return key.kind === 'scalar' && key.plain && key.text === '<<' && key.tag === undefined;
}

function lineOf(key: YamlNode): number {
  return key.kind === 'scalar' || key.kind === 'alias' ? key.line : 0;
}

function readScalar({ text, plain, tag }: YamlScalar): unknown {
  if (tag !== undefined) return resolveTagged(text, tag);
  return plain ? resolvePlain(text) : text;
}

/** A key that is no scalar as Go's `%#v` prints it, of the types that its library reads into. */
function goKeySyntax(node: YamlNode): string {
  if (node.kind === 'alias') return goKeySyntax(node.target);
  if (node.kind === 'sequence') return `[]interface {}{${node.items.map(goKeySyntax).join(', ')}}`;
  if (node.kind === 'map') {
    const entries = node.entries.map(([key, value]) => `${goKeySyntax(key)}:${goKeySyntax(value)}`);
    return `map[interface {}]interface {}{${entries.sort().join(', ')}}`;
  }
  const value = readScalar(node);
  return goInside(value);
}

/** A value as Go's `%#v` prints it. */
function goValue(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goInside).join(', ')}}`;
  if (typeof value === 'string') return goQuote(value);
  if (typeof value !== 'object' || value instanceof WrittenNumber) return jsonText(value);
  const entries = Object.entries(value).map(([key, inside]) => `${goQuote(key)}:${goInside(inside)}`);
  return `map[interface {}]interface {}{${entries.join(', ')}}`;
}

const goInside = (value: unknown): string => (value === null ? 'interface {}(nil)' : goValue(value));

function sortedObject(entries: Map<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name of [...entries.keys()].sort()) {
    setOwn(result, name, entries.get(name));
  }
  return result;
}
