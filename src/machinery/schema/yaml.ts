import { type Alias, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Scalar, type YAMLMap } from 'yaml';
import { setOwn } from '../json-object.ts';
import { directiveFault } from './yaml-directives.ts';
import { resolvePlain, resolveTagged, YamlFault } from './yaml-scalars.ts';

export interface YamlResult {
  readonly value: unknown;
  /** `line 7: key "k" already set in map`, in order. */
  readonly duplicates: readonly string[];
  /** Instead of a value: why the text is no YAML, in the words of Go's library. */
  readonly error?: string;
}

/** From so many nodes read, so many of them through aliases, on it is asked whether these are too many: they may be 99 % of small documents, 10 % of large ones. */
const aliasesWatched = { nodes: 1_000, aliased: 100 };
const small = { nodes: 400_000, share: 0.99 };
const large = { nodes: 4_000_000, share: 0.1 };
const maxDepth = 1_000;
/** How deep Go's library reads, as its message tells. */
const goDepth = 10_000;

/** The first document of the text as JSON data, with the keys of maps in order. */
export function readYaml(text: string): YamlResult {
  const wrong = directiveFault(text);
  if (wrong !== undefined) return failed(wrong);
  const lines = new LineCounter();
  // The library splits the text into nodes; what plain scalars mean is decided as sigs.k8s.io/yaml does.
  const document = parseDocument(text, { version: '1.1', schema: 'failsafe', lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  const lineOf = (offset: number) => lines.linePos(offset).line;
  const fault = document.errors.find(({ code }) => code !== 'MULTIPLE_DOCS');
  if (fault && flowDepth(text) > goDepth) return failed(`yaml: exceeded max depth of ${goDepth}`);
  if (fault) return failed(describeFault(fault.code, fault.message, text, fault.pos[0], lineOf));
  const reader = new Reader(lineOf);
  try {
    return { value: reader.read(document.contents, 0), duplicates: reader.duplicates };
  } catch (error) {
    if (error instanceof YamlFault) return failed(error.message);
    throw error;
  }
}

/** About how deep brackets lie in one another, those in quotes counted as well: for text that could not be read. */
function flowDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function failed(error: string): YamlResult {
  return { value: undefined, duplicates: [], error };
}

class Reader {
  readonly duplicates: string[] = [];
  private readonly lineOf: (offset: number) => number;
  private readonly anchors = new Map<string, unknown>();
  private readonly open = new Set<string>();
  private nodes = 0;
  private aliased = 0;
  private aliasDepth = 0;

  constructor(lineOf: (offset: number) => number) {
    this.lineOf = lineOf;
  }

  read(node: unknown, depth: number): unknown {
    if (depth > maxDepth) throw new YamlFault(`yaml: exceeded max depth of ${goDepth}`);
    this.count();
    if (isAlias(node)) return this.readAlias(node, depth);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
    const { anchor } = node;
    if (anchor === undefined) return this.readContent(node, depth);
    // The node itself is remembered, so that an alias counts as the nodes it stands for.
    this.anchors.set(anchor, node);
    this.open.add(anchor);
    const value = this.readContent(node, depth);
    this.open.delete(anchor);
    return value;
  }

  private readAlias({ source }: Alias, depth: number): unknown {
    const target = this.anchors.get(source);
    if (target === undefined) throw new YamlFault(`yaml: unknown anchor '${source}' referenced`);
    if (this.open.has(source)) throw new YamlFault(`yaml: anchor '${source}' value contains itself`);
    this.aliasDepth++;
    const value = this.read(target, depth + 1);
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

  private readContent(node: unknown, depth: number): unknown {
    if (isScalar(node)) return readScalar(node);
    if (isSeq(node)) return node.items.map((item) => this.read(item, depth + 1));
    return this.readMap(node as YAMLMap, depth);
  }

  private readMap(map: YAMLMap, depth: number): unknown {
    const merged = new Map<string, unknown>();
    const own = new Map<string, unknown>();
    for (const { key, value } of map.items) {
      if (isMergeKey(key)) {
        this.mergeInto(merged, value, depth);
        continue;
      }
      if (isScalar(key)) this.count();
      const resolved = isScalar(key) ? readScalar(key) : this.read(key, depth + 1);
      if (typeof resolved === 'object' && resolved !== null) throw new YamlFault(`yaml: invalid map key: ${goKeySyntax(key)}`);
      const content = this.read(value, depth + 1);
      if (resolved === null) {
        throw new YamlFault(`unsupported map key of type: %!s(<nil>), key: <nil>, value: ${JSON.stringify(content)}`);
      }
      const name = String(resolved);
      if (own.has(name)) {
        const offset = (key as Scalar).range?.[0] ?? 0;
        this.duplicates.push(
          `line ${this.lineOf(offset)}: key ${typeof resolved === 'string' ? JSON.stringify(resolved) : name} already set in map`,
        );
      }
      own.set(name, content);
    }
    for (const [name, value] of own) merged.set(name, value);
    return sortedObject(merged);
  }

  /** `<<`: a map, or a list of maps of which the first wins. */
  private mergeInto(into: Map<string, unknown>, node: unknown, depth: number): void {
    const value = this.read(node, depth + 1);
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

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN' && key.tag === undefined;
}

function readScalar(node: Scalar): unknown {
  const text = String(node.value ?? '');
  if (node.tag !== undefined) return resolveTagged(text, node.tag);
  return node.type === 'PLAIN' || node.type === undefined ? resolvePlain(text) : text;
}

/** A key that is no scalar as Go's `%#v` prints it, of the types that its library reads into. */
function goKeySyntax(node: unknown): string {
  if (isSeq(node)) return `[]interface {}{${node.items.map(goKeySyntax).join(', ')}}`;
  if (isMap(node)) {
    const entries = node.items.map(({ key, value }) => `${goKeySyntax(key)}:${goKeySyntax(value)}`);
    return `map[interface {}]interface {}{${entries.sort().join(', ')}}`;
  }
  const value = isScalar(node) ? readScalar(node) : null;
  return value === null ? 'interface {}(nil)' : JSON.stringify(value);
}

function sortedObject(entries: Map<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name of [...entries.keys()].sort()) {
    setOwn(result, name, entries.get(name));
  }
  return result;
}

/** Scanner errors in Go's words; its line numbers start where theirs do, and the first line has none. */
const scannerFaults: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  MULTILINE_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  TAB_AS_INDENT: 'found character that cannot start any token',
  BAD_SCALAR_START: 'found character that cannot start any token',
  BAD_DQ_ESCAPE: 'found unknown escape character',
  MISSING_CHAR: "could not find expected ':'",
  BLOCK_IN_FLOW: 'found character that cannot start any token',
  BAD_DIRECTIVE: 'found unknown directive name',
  BAD_ALIAS: 'did not find expected alphabetic or numeric character',
};

function describeFault(code: string, message: string, text: string, offset: number, lineOf: (offset: number) => number): string {
  const line = lineOf(Math.min(offset, Math.max(0, text.length - 1)));
  if (code === 'MISSING_CHAR' && /^Missing closing .*quote/.test(message)) {
    return located('found unexpected end of stream', lineOf(text.length));
  }
  const at = new Place(text, offset);
  if (at.isIndentedByTab && at.mayGoOnFromBefore) return located('found a tab character that violates indentation', line);
  if (at.isSequenceItem && code === 'MULTILINE_IMPLICIT_KEY') return located('did not find expected key', line - 1, 0);
  if (at.isMappingKey && (code === 'MULTILINE_IMPLICIT_KEY' || code === 'MISSING_CHAR')) {
    return located("could not find expected ':'", lineOf(at.end()));
  }
  if (message.startsWith('Block scalar header')) return located('did not find expected comment or line break', line);
  if (code === 'UNEXPECTED_TOKEN' && at.followsItems) return located("did not find expected '-' indicator", line - 1, 0);
  if (code === 'BLOCK_IN_FLOW' && text[offset] === '-') return located('did not find expected node content', line - 1, 0);
  if (code === 'BAD_INDENT' && message.startsWith('Flow')) {
    const closing = message.endsWith(']') ? ']' : '}';
    const start = lineOf(text.lastIndexOf(closing === ']' ? '[' : '{', offset));
    return located(`did not find expected ',' or '${closing}'`, start > 1 ? start : line - 1, 0);
  }
  const known = scannerFaults[code];
  if (known === undefined) return located('did not find expected key', line - 1, 0);
  return located(known, code === 'BLOCK_AS_IMPLICIT_KEY' || code === 'MULTILINE_IMPLICIT_KEY' ? lineOf(mappingColon(text, offset)) : line);
}

/** Where in the text something is wrong, as its lines show it. */
class Place {
  private readonly text: string;
  private readonly offset: number;
  private readonly lineStart: number;
  /** The line above it that it stands under: the nearest one that is indented no deeper. */
  private readonly above: string | undefined;

  constructor(text: string, offset: number) {
    this.text = text;
    this.offset = offset;
    this.lineStart = text.lastIndexOf('\n', offset - 1) + 1;
    const before = text.slice(0, this.lineStart).split('\n').slice(0, -1).reverse();
    this.above = before.find((line) => line.trim() !== '' && indentOf(line) <= this.column);
  }

  private get column(): number {
    return this.offset - this.lineStart;
  }

  private get isFirstInLine(): boolean {
    return this.text.slice(this.lineStart, this.offset).trim() === '';
  }

  get isIndentedByTab(): boolean {
    return /^ *\t/.test(this.text.slice(this.lineStart));
  }

  /** Whether the text before ends with a plain scalar, which the next line may continue. */
  get mayGoOnFromBefore(): boolean {
    const line = this.text.slice(0, this.lineStart).trimEnd().split('\n').at(-1)!;
    const value = line.replace(/^(?: *- +)*(?:[^:]*: +)?/, '').trim();
    return value !== '' && !value.endsWith(':') && !/^["'|>{}[\]&*!#%@`]/.test(value);
  }

  get isSequenceItem(): boolean {
    return this.isFirstInLine && /^-(?:\s|$)/.test(this.text.slice(this.offset));
  }

  /** It stands where a key of a mapping that has begun above should. */
  get isMappingKey(): boolean {
    return this.isFirstInLine && this.above !== undefined && keyColumn(this.above) === this.column;
  }

  /** It stands where another item of the sequence above should. */
  get followsItems(): boolean {
    return this.isFirstInLine && this.above !== undefined && indentOf(this.above) === this.column && /^ *-(?:\s|$)/.test(this.above);
  }

  /** Where the scalar that begins here ends: at the next line that is indented no deeper, or with the text. */
  end(): number {
    let at = this.text.indexOf('\n', this.offset) + 1;
    while (at > 0) {
      const next = this.text.indexOf('\n', at);
      const line = this.text.slice(at, next === -1 ? undefined : next);
      if (line.trim() !== '' && indentOf(line) <= this.column) return at;
      at = next + 1;
    }
    return this.text.length;
  }
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The column of the first key of a line: items of sequences begin mappings behind their dash. */
function keyColumn(line: string): number {
  return /^(?: *- +)*(?= *)/.exec(line)![0].length + indentOf(line.replace(/^(?: *- +)*/, ''));
}

/** Where the second `:` stands that makes a mapping out of a value. */
function mappingColon(text: string, offset: number): number {
  const match = /:(?=\s|$)/.exec(text.slice(offset));
  return match === null ? offset : offset + match.index;
}

function located(message: string, line: number, first = 1): string {
  return line > first ? `yaml: line ${line}: ${message}` : `yaml: ${message}`;
}
