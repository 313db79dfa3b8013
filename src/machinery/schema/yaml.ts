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
    const value = document ? reader.read(document) : null;
    // It becomes JSON only when all of it has been read, with keys in order.
    const unsupported = reader.hasInfinite ? firstInfinite(value) : undefined;
    if (unsupported !== undefined) throw new YamlFault(`json: unsupported value: ${goNumber(unsupported)}`);
    return { value, duplicates: reader.duplicates, hasLargeNumbers: reader.hasLargeNumbers };
  } catch (error) {
    if (error instanceof YamlFault) return { value: undefined, duplicates: [], hasLargeNumbers: false, error: error.message };
    throw error;
  }
}

class Reader {
  readonly duplicates: string[] = [];
  hasLargeNumbers = false;
  hasInfinite = false;
  private readonly open = new Set<YamlNode>();
  private nodes = 0;
  private aliased = 0;
  private aliasDepth = 0;

  read(node: YamlNode): unknown {
    this.count();
    if (node.kind === 'scalar') {
      const value = readScalar(node);
      this.hasLargeNumbers ||= value instanceof WrittenNumber;
      this.hasInfinite ||= typeof value === 'number' && !Number.isFinite(value);
      return value;
    }
    if (node.kind === 'alias') return this.readAlias(node, () => this.read(node.target));
    this.open.add(node);
    const value = node.kind === 'map' ? this.readMap(node) : node.items.map((item) => this.read(item));
    this.open.delete(node);
    return value;
  }

  private readAlias<T>({ name, target }: YamlAlias, read: () => T): T {
    if (this.open.has(target)) throw new YamlFault(`yaml: anchor '${name}' value contains itself`);
    this.aliasDepth++;
    const value = read();
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

  private readMap(map: YamlMap): unknown {
    const entries = new Map<string, unknown>();
    this.readEntries(map, entries);
    return sortedObject(entries);
  }

  /** In their order: a later one takes the place of an earlier one, whichever of them was merged. */
  private readEntries(map: YamlMap, into: Map<string, unknown>): void {
    for (const [key, value] of map.entries) {
      if (isMergeKey(key)) {
        this.mergeInto(into, value);
        continue;
      }
      const resolved = this.read(key);
      if (typeof resolved === 'object' && resolved !== null && !(resolved instanceof WrittenNumber))
        throw new YamlFault(`yaml: invalid map key: ${goKeySyntax(key)}`);
      const content = this.read(value);
      if (resolved === null) {
        throw new YamlFault(`unsupported map key of type: %!s(<nil>), key: <nil>, value: ${goValue(content)}`);
      }
      const name = typeof resolved === 'number' && !Number.isFinite(resolved) ? infiniteKeys.get(resolved)! : String(resolved);
      if (into.has(name)) {
        const shown = typeof resolved === 'string' ? JSON.stringify(resolved) : typeof resolved === 'number' ? goNumber(resolved) : name;
        this.duplicates.push(`line ${value.line}: key ${shown} already set in map`);
      }
      into.set(name, content);
    }
  }

  /** `<<`: a map, or a list of maps of which the first wins. */
  private mergeInto(into: Map<string, unknown>, node: YamlNode): void {
    const isList = node.kind === 'sequence';
    if (isList) this.count();
    for (const source of isList ? [...node.items].reverse() : [node]) {
      const target = source.kind === 'alias' ? source.target : source;
      if (target.kind !== 'map') throw new YamlFault('yaml: map merge requires map or sequence of maps as the value');
      if (source.kind === 'alias') this.readAlias(source, () => this.mergeMap(into, target));
      else this.mergeMap(into, target);
    }
  }

  private mergeMap(into: Map<string, unknown>, map: YamlMap): void {
    this.count();
    this.open.add(map);
    this.readEntries(map, into);
    this.open.delete(map);
  }
}

/** What part of the nodes may come through aliases: less, the larger the document. */
function shareOfAliases(nodes: number): number {
  const way = Math.min(1, Math.max(0, (nodes - small.nodes) / (large.nodes - small.nodes)));
  return small.share + (large.share - small.share) * way;
}

const mergeTags: ReadonlySet<string | undefined> = new Set(['!!merge', 'tag:yaml.org,2002:merge']);

function isMergeKey(key: YamlNode): boolean {
  return key.kind === 'scalar' && key.text === '<<' && (key.tag === undefined ? key.plain : mergeTags.has(key.tag));
}

const infiniteKeys: ReadonlyMap<number, string> = new Map([
  [Infinity, '.inf'],
  [-Infinity, '-.inf'],
  [Number.NaN, '.nan'],
]);

/** The first number that JSON does not have. */
function firstInfinite(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : value;
  if (typeof value !== 'object' || value === null || value instanceof WrittenNumber) return undefined;
  for (const inside of Object.values(value)) {
    const found = firstInfinite(inside);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A number as Go prints it. */
function goNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
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
  if (typeof value === 'number' && !Number.isFinite(value)) return goNumber(value);
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
