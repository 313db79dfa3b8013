import { YamlFault } from './yaml-scalars.ts';
import { type Token, type TokenType, YamlScanner, yamlFault } from './yaml-scanner.ts';

export type YamlNode = YamlScalar | YamlAlias | YamlSequence | YamlMap;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly text: string;
  /** Neither quoted nor a block. */
  readonly plain: boolean;
  readonly tag: string | undefined;
  /** Counted from 1. */
  readonly line: number;
}

export interface YamlAlias {
  readonly kind: 'alias';
  readonly name: string;
  readonly target: YamlNode;
  readonly line: number;
}

export interface YamlSequence {
  readonly kind: 'sequence';
  readonly items: YamlNode[];
  readonly line: number;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: (readonly [key: YamlNode, value: YamlNode])[];
  readonly line: number;
}

const maxDepth = 1_000;
/** How deep Go's library reads, as its message tells. */
const goDepth = 10_000;
const standardTags: readonly (readonly [handle: string, prefix: string])[] = [
  ['!', '!'],
  ['!!', 'tag:yaml.org,2002:'],
];

/**
 * The first document of a text, with nothing where it has none.
 * @throws YamlFault in the words of Go's library
 */
export function documentOf(text: string): YamlNode | undefined {
  // What says how the bytes are to be read is no part of what they say.
  const scanner = new YamlScanner(text.startsWith('\ufeff') ? text.slice(1) : text);
  try {
    return new Parser(scanner).document();
  } finally {
    checkCharacters(text, scanner.position);
  }
}

/** All but the characters that YAML has. */
const controlCharacter = /[^\t\n\r -~\x85\xa0-\ufffd]/;
/** Go's library reads so many bytes at a time, and looks at the characters of all of them. */
const bytesAtOnce = 512;
const charactersAhead = 4;

/** Refuses characters that no YAML has, as far as the text has been read. @throws YamlFault */
function checkCharacters(text: string, position: number): void {
  const found = text.search(controlCharacter);
  if (found === -1) return;
  const bytes = (length: number) => Buffer.byteLength(text.slice(0, length));
  const chunk = Math.floor(bytes(found) / bytesAtOnce) * bytesAtOnce;
  if (bytes(position) + charactersAhead > chunk) throw new YamlFault('yaml: control characters are not allowed');
}

/** What may stand where a node does, besides its content. */
interface Allowed {
  /** Collections by indentation. */
  readonly block: boolean;
  /** Items that are indented no deeper than the key. */
  readonly indentless: boolean;
}

const inFlow: Allowed = { block: false, indentless: false };
const inBlock: Allowed = { block: true, indentless: false };
const underKey: Allowed = { block: true, indentless: true };

/** Makes nodes of tokens, by libyaml's grammar. */
class Parser {
  private readonly scanner: YamlScanner;
  private readonly anchors = new Map<string, YamlNode>();
  private readonly tags = new Map<string, string>();
  private depth = 0;

  constructor(scanner: YamlScanner) {
    this.scanner = scanner;
  }

  document(): YamlNode | undefined {
    const first = this.scanner.peek().type;
    if (first === 'stream end') return undefined;
    const isExplicit = first === 'version' || first === 'tag directive' || first === 'document start';
    this.directives();
    if (isExplicit) {
      const { type, line } = this.scanner.peek();
      if (type !== 'document start') throw yamlFault('did not find expected <document start>', line);
      this.scanner.skip();
    }
    const ends: readonly TokenType[] = ['version', 'tag directive', 'document start', 'document end', 'stream end'];
    const node = isExplicit && this.isNext(...ends) ? empty(this.scanner.peek()) : this.node(inBlock);
    // What comes after it has to be a token at least.
    this.scanner.peek();
    return node;
  }

  private directives(): void {
    let hasVersion = false;
    for (let token = this.scanner.peek(); ; token = this.scanner.peek()) {
      if (token.type === 'version') {
        if (hasVersion) throw yamlFault('found duplicate %YAML directive', token.line);
        if (token.text !== '1.1') throw yamlFault('found incompatible YAML document', token.line);
        hasVersion = true;
      } else if (token.type === 'tag directive') {
        if (this.tags.has(token.text)) throw yamlFault('found duplicate %TAG directive', token.line);
        this.tags.set(token.text, token.suffix);
      } else break;
      this.scanner.skip();
    }
    for (const [handle, prefix] of standardTags) if (!this.tags.has(handle)) this.tags.set(handle, prefix);
  }

  private isNext(...types: readonly TokenType[]): boolean {
    return types.includes(this.scanner.peek().type);
  }

  private node(allowed: Allowed): YamlNode {
    let token = this.scanner.peek();
    if (token.type === 'alias') return this.alias(token);
    const properties: Partial<Record<'anchor' | 'tag', Token>> = {};
    while ((token.type === 'anchor' || token.type === 'tag') && !properties[token.type]) {
      properties[token.type] = token;
      this.scanner.skip();
      token = this.scanner.peek();
    }
    const tag = properties.tag && this.tagOf(properties.tag);
    const { line } = properties.anchor ?? properties.tag ?? token;
    const node = this.started(token.type, allowed, {
      token,
      tag,
      line: line + 1,
      hasProperties: properties.anchor !== undefined || tag !== undefined,
    });
    if (properties.anchor) this.anchors.set(properties.anchor.text, node);
    if (node.kind === 'scalar') return node;
    if (++this.depth > maxDepth) throw new YamlFault(`yaml: exceeded max depth of ${goDepth}`);
    if (node.kind === 'map') {
      if (token.type === 'flow map') this.flowMap(node);
      else this.blockMap(node);
    } else if (token.type === 'flow sequence') this.flowSequence(node);
    else this.blockSequence(node, token.type === 'entry');
    this.depth--;
    return node;
  }

  private alias({ text: name, line }: Token): YamlAlias {
    this.scanner.skip();
    const target = this.anchors.get(name);
    if (!target) throw new YamlFault(`yaml: unknown anchor '${name}' referenced`);
    return { kind: 'alias', name, target, line: line + 1 };
  }

  private tagOf({ text: handle, suffix, line }: Token): string | undefined {
    if (handle === '') return suffix;
    const prefix = this.tags.get(handle);
    if (prefix === undefined) throw yamlFault('found undefined tag handle', line);
    return prefix + suffix;
  }

  /** A scalar whole, and a collection without its content, so that an alias within it finds it. */
  private started(
    type: TokenType,
    { block, indentless }: Allowed,
    { token, tag, line, hasProperties }: { token: Token; tag: string | undefined; line: number; hasProperties: boolean },
  ): Exclude<YamlNode, YamlAlias> {
    if (type === 'entry' && indentless) return { kind: 'sequence', items: [], line };
    if (type === 'scalar') {
      this.scanner.skip();
      return { kind: 'scalar', text: token.text, plain: token.plain, tag, line };
    }
    if (type === 'flow sequence' || (block && type === 'block sequence')) return { kind: 'sequence', items: [], line };
    if (type === 'flow map' || (block && type === 'block map')) return { kind: 'map', entries: [], line };
    if (hasProperties) return { kind: 'scalar', text: '', plain: true, tag, line };
    throw yamlFault('did not find expected node content', token.line);
  }

  private blockSequence({ items }: YamlSequence, indentless: boolean): void {
    if (!indentless) this.scanner.skip();
    const ends: readonly TokenType[] = indentless ? ['entry', 'key', 'value', 'block end'] : ['entry', 'block end'];
    while (this.isNext('entry')) {
      const token = this.scanner.peek();
      this.scanner.skip();
      items.push(this.isNext(...ends) ? empty(token) : this.node(inBlock));
    }
    if (indentless) return;
    this.end('block end', "did not find expected '-' indicator");
  }

  private end(type: TokenType, message: string): void {
    const token = this.scanner.peek();
    if (token.type !== type) throw yamlFault(message, token.line);
    this.scanner.skip();
  }

  private blockMap({ entries }: YamlMap): void {
    this.scanner.skip();
    while (this.isNext('key')) {
      const key = this.blockPart();
      entries.push([key, this.isNext('value') ? this.blockPart() : empty(this.scanner.peek())]);
    }
    this.end('block end', 'did not find expected key');
  }

  private blockPart(): YamlNode {
    const token = this.scanner.peek();
    this.scanner.skip();
    return this.isNext('key', 'value', 'block end') ? empty(token) : this.node(underKey);
  }

  private flowSequence({ items }: YamlSequence): void {
    this.scanner.skip();
    for (let isFirst = true; !this.isNext('flow sequence end'); isFirst = false) {
      if (!isFirst && !this.flowEntry("did not find expected ',' or ']'", 'flow sequence end')) break;
      if (this.isNext('key')) {
        const { line } = this.scanner.peek();
        this.scanner.skip();
        items.push({ kind: 'map', entries: [this.pair()], line: line + 1 });
      } else items.push(this.node(inFlow));
    }
    this.scanner.skip();
  }

  /** Takes the comma between entries. @returns whether another entry follows */
  private flowEntry(message: string, end: TokenType): boolean {
    const token = this.scanner.peek();
    if (token.type !== 'flow entry') throw yamlFault(message, token.line);
    this.scanner.skip();
    return !this.isNext(end);
  }

  /** A map of one entry among the items of a sequence. */
  private pair(): readonly [YamlNode, YamlNode] {
    const ends: readonly TokenType[] = ['flow entry', 'flow sequence end'];
    let key: YamlNode;
    if (this.isNext('value', ...ends)) {
      key = empty(this.scanner.peek());
      // As upstream: what has no key has no value either.
      this.scanner.skip();
    } else key = this.node(inFlow);
    return [key, this.flowValue(ends)];
  }

  private flowValue(ends: readonly TokenType[]): YamlNode {
    if (this.isNext('value')) {
      this.scanner.skip();
      if (!this.isNext(...ends)) return this.node(inFlow);
    }
    return empty(this.scanner.peek());
  }

  private flowMap({ entries }: YamlMap): void {
    this.scanner.skip();
    const ends: readonly TokenType[] = ['flow entry', 'flow map end'];
    for (let isFirst = true; !this.isNext('flow map end'); isFirst = false) {
      if (!isFirst && !this.flowEntry("did not find expected ',' or '}'", 'flow map end')) break;
      if (this.isNext('key')) {
        this.scanner.skip();
        const key = this.isNext('value', ...ends) ? empty(this.scanner.peek()) : this.node(inFlow);
        entries.push([key, this.flowValue(ends)]);
      } else {
        const key = this.node(inFlow);
        entries.push([key, empty(this.scanner.peek())]);
      }
    }
    this.scanner.skip();
  }
}

function empty({ line }: Token): YamlScalar {
  return { kind: 'scalar', text: '', plain: true, tag: undefined, line: line + 1 };
}
