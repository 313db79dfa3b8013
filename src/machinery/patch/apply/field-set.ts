import { goJson } from '../../../../api/meta/go-json.ts';
import { jsonText } from '../../../../api/meta/json-text.ts';
import { readJson } from '../../schema/json-numbers.ts';

/**
 * A set of paths in an object, as managedFields keep it. A path is a list of elements in their FieldsV1 form: `f:<name>`,
 * `k:<keys as JSON>` and `v:<value as JSON>` for items of associative lists, `i:<index>`. A path may be a member without its
 * children being members, and the other way round. Sets are immutable once built: operations share what they can, and return one of
 * their operands itself where the result equals it.
 */
export class FieldSet {
  private readonly nodes: Map<string, FieldNode>;

  private constructor(nodes: Map<string, FieldNode>) {
    this.nodes = nodes;
  }

  static readonly empty = new FieldSet(new Map());

  static of(...paths: (readonly string[])[]): FieldSet {
    const builder = new FieldSetBuilder();
    for (const path of paths) builder.insert(path);
    return builder.build();
  }

  /** @param nodes kept: not to be changed any more */
  static fromNodes(nodes: Map<string, FieldNode>): FieldSet {
    return nodes.size === 0 ? FieldSet.empty : new FieldSet(nodes);
  }

  isEmpty(): boolean {
    return this.nodes.size === 0;
  }

  /** Whether the element itself, below this set's root, is a member. */
  hasMember(element: string): boolean {
    return this.nodes.get(element)?.member === true;
  }

  /** What lies below an element, if anything. */
  below(element: string): FieldSet | undefined {
    return this.nodes.get(element)?.children;
  }

  has(path: readonly string[]): boolean {
    let set: FieldSet | undefined = this;
    for (let i = 0; i < path.length - 1; i++) set = set?.below(path[i]!);
    return set?.hasMember(path[path.length - 1]!) === true;
  }

  /** Elements that are members or have any below. */
  elements(): IterableIterator<[string, FieldNode]> {
    return this.nodes.entries();
  }

  /** The same elements as FieldsV1 has them one after the other. */
  inOrder(): string[] {
    return [...this.nodes.keys()].sort(comparePathElements);
  }

  equals(other: FieldSet): boolean {
    if (this === other) return true;
    if (this.nodes.size !== other.nodes.size) return false;
    for (const [element, node] of this.nodes) {
      const peer = other.nodes.get(element);
      if (peer === undefined || peer.member !== node.member) return false;
      if (node.children === undefined ? peer.children !== undefined : !peer.children || !node.children.equals(peer.children)) return false;
    }
    return true;
  }

  union(other: FieldSet): FieldSet {
    if (this === other || other.isEmpty()) return this;
    if (this.isEmpty()) return other;
    let nodes: Map<string, FieldNode> | undefined;
    for (const [element, theirs] of other.nodes) {
      const mine = this.nodes.get(element);
      const joined = mine === undefined ? theirs : joinNodes(mine, theirs);
      if (joined === mine) continue;
      nodes ??= new Map(this.nodes);
      nodes.set(element, joined);
    }
    return nodes === undefined ? this : new FieldSet(nodes);
  }

  intersection(other: FieldSet): FieldSet {
    if (this === other) return this;
    return this.rebuild((element, node) => {
      const theirs = other.nodes.get(element);
      if (theirs === undefined) return undefined;
      return narrow(
        node,
        node.member && theirs.member,
        node.children && theirs.children ? node.children.intersection(theirs.children) : undefined,
      );
    });
  }

  /** Without the members of `other`; what lies below a member of `other` stays. */
  difference(other: FieldSet): FieldSet {
    if (this === other) return FieldSet.empty;
    if (other.isEmpty()) return this;
    return this.rebuild((element, node) => {
      const theirs = other.nodes.get(element);
      if (theirs === undefined) return node;
      return narrow(node, node.member && !theirs.member, theirs.children ? node.children?.difference(theirs.children) : node.children);
    });
  }

  /** Without the members of `other` and all that lies below them. */
  withoutSubtrees(other: FieldSet): FieldSet {
    if (other.isEmpty()) return this;
    return this.rebuild((element, node) => {
      const theirs = other.nodes.get(element);
      if (theirs === undefined) return node;
      if (theirs.member) return undefined;
      return narrow(node, node.member, theirs.children ? node.children?.withoutSubtrees(theirs.children) : node.children);
    });
  }

  /** Every member: those of a level first, in order, then what lies below each. */
  forEach(visit: (path: readonly string[]) => void, prefix: readonly string[] = []): void {
    const sorted = this.inOrder();
    for (const element of sorted) if (this.hasMember(element)) visit([...prefix, element]);
    for (const element of sorted) this.below(element)?.forEach(visit, [...prefix, element]);
  }

  private rebuild(change: (element: string, node: FieldNode) => FieldNode | undefined): FieldSet {
    let nodes: Map<string, FieldNode> | undefined;
    for (const [element, node] of this.nodes) {
      const changed = change(element, node);
      if (changed === node) continue;
      nodes ??= new Map(this.nodes);
      if (changed === undefined) nodes.delete(element);
      else nodes.set(element, changed);
    }
    return nodes === undefined ? this : FieldSet.fromNodes(nodes);
  }
}

export interface FieldNode {
  readonly member: boolean;
  /** Absent rather than empty. */
  readonly children: FieldSet | undefined;
}

/** A member with nothing below it. */
export const leaf: FieldNode = { member: true, children: undefined };

function joinNodes(mine: FieldNode, theirs: FieldNode): FieldNode {
  const member = mine.member || theirs.member;
  const children = mine.children && theirs.children ? mine.children.union(theirs.children) : (mine.children ?? theirs.children);
  return member === mine.member && children === mine.children ? mine : { member, children };
}

function narrow(node: FieldNode, member: boolean, children: FieldSet | undefined): FieldNode | undefined {
  const rest = children?.isEmpty() ? undefined : children;
  if (member === node.member && rest === node.children) return node;
  return member || rest !== undefined ? { member, children: rest } : undefined;
}

interface MutableNode {
  member: boolean;
  /** Instead of `children`. */
  whole?: FieldNode;
  children: Map<string, MutableNode> | undefined;
}

/** Collects paths; `build` may be called once, at the end. */
export class FieldSetBuilder {
  private root: Map<string, MutableNode> | undefined;

  /** @param node what is a member there and below: the path alone unless given; the path must then be new */
  insert(path: readonly string[], node?: FieldNode): void {
    const target = this.reach(path);
    target.member = true;
    if (node !== undefined) target.whole = node;
  }

  private reach(path: readonly string[]): MutableNode {
    this.root ??= new Map();
    let level = this.root;
    for (let i = 0; ; i++) {
      const element = path[i]!;
      let node = level.get(element);
      if (node === undefined) {
        node = { member: false, children: undefined };
        level.set(element, node);
      }
      if (i === path.length - 1) return node;
      node.children ??= new Map();
      level = node.children;
    }
  }

  build(): FieldSet {
    return this.root === undefined ? FieldSet.empty : freeze(this.root);
  }
}

function freeze(level: Map<string, MutableNode>): FieldSet {
  const nodes = new Map<string, FieldNode>();
  for (const [element, { member, children, whole }] of level) {
    nodes.set(element, whole ?? (children === undefined ? leaf : { member, children: freeze(children) }));
  }
  return FieldSet.fromNodes(nodes);
}

/** The FieldsV1 form: elements in order, `.` for the path itself where something lies below it. */
export function encodeFieldSet(set: FieldSet): Record<string, unknown> {
  return encodeInto({}, set);
}

function encodeInto(result: Record<string, unknown>, set: FieldSet): Record<string, unknown> {
  for (const element of set.inOrder()) {
    const below = set.below(element);
    result[element] = below === undefined ? {} : encodeInto(set.hasMember(element) ? { '.': {} } : {}, below);
  }
  return result;
}

/**
 * Reads FieldsV1; elements of an unknown kind are ignored, as a later version may have them.
 * @throws Error if it is no object of objects, or an element is malformed
 */
export function decodeFieldSet(fields: unknown): FieldSet {
  return decodeLevel(fields ?? null);
}

function decodeLevel(fields: unknown): FieldSet {
  if (fields === null) return FieldSet.empty;
  if (typeof fields !== 'object' || Array.isArray(fields)) throw new Error('fields must be an object');
  const nodes = new Map<string, FieldNode>();
  for (const key in fields) {
    if (key === '.') continue;
    const element = canonicalElement(key);
    if (element === undefined) continue;
    const below = (fields as Record<string, unknown>)[key];
    const children = decodeLevel(below);
    if (children.isEmpty()) nodes.set(element, leaf);
    else nodes.set(element, { member: Object.hasOwn(below as object, '.'), children });
  }
  return FieldSet.fromNodes(nodes);
}

function canonicalElement(key: string): string | undefined {
  if (key.charCodeAt(1) !== 0x3a) throw new Error(key.length < 2 ? `key must be 2 characters long: ${key}` : `missing colon: ${key}`);
  switch (key[0]) {
    case 'f':
      return key;
    case 'k': {
      const keys = readJson(key.slice(2));
      if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) throw new Error(`not an object: ${key}`);
      return keyElement(Object.entries(keys));
    }
    case 'v':
      return valueElement(readJson(key.slice(2)));
    case 'i':
      if (!/^i:-?\d+$/.test(key)) throw new Error(`not an index: ${key}`);
      return key;
    default:
      return undefined;
  }
}

/** The element of an item of a `map` list. @param keys its key fields with their values, in any order */
export function keyElement(keys: [string, unknown][]): string {
  if (keys.length > 1) keys.sort((a, b) => (a[0] < b[0] ? -1 : 1));
  let text = 'k:{';
  for (let i = 0; i < keys.length; i++) text += `${i === 0 ? '' : ','}${JSON.stringify(keys[i]![0])}:${goJson(keys[i]![1])}`;
  return `${text}}`;
}

/** The element of an item of a `set` list. */
export function valueElement(value: unknown): string {
  return `v:${goJson(value)}`;
}

const kinds = 'fkvi';
/** As nearly all keys are: `k:{"name":"…"}`. */
const keyOfOneText = /^k:\{("[^"\\]*"):"([^"\\]*)"\}$/;

/** Field names first, then keys, values, indices; within a kind by content. */
export function comparePathElements(a: string, b: string): number {
  if (a === b) return 0;
  const kind = a[0]!;
  if (kind !== b[0]) return kinds.indexOf(kind) - kinds.indexOf(b[0]!);
  if (kind === 'f') return a < b ? -1 : 1;
  if (kind === 'i') return Number(a.slice(2)) - Number(b.slice(2));
  if (kind === 'k') {
    const key = keyOfOneText.exec(a);
    const other = key && keyOfOneText.exec(b);
    if (other && key[1] === other[1]) return key[2]! < other[2]! ? -1 : 1;
  }
  const left = readJson(a.slice(2));
  const right = readJson(b.slice(2));
  return kind === 'v' ? compareValues(left, right) : compareKeys(Object.entries(left), Object.entries(right));
}

function compareKeys(a: [string, unknown][], b: [string, unknown][]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [name, value] = a[i]!;
    const [otherName, otherValue] = b[i]!;
    if (name !== otherName) return name < otherName ? -1 : 1;
    const order = compareValues(value, otherValue);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const valueKinds = ['number', 'string', 'boolean', 'object'];

function valueKind(value: unknown): string {
  return typeof value === 'bigint' ? 'number' : typeof value;
}

function compareValues(a: unknown, b: unknown): number {
  const kind = valueKind(a);
  const other = valueKind(b);
  if (kind !== other) return valueKinds.indexOf(kind) - valueKinds.indexOf(other);
  if (kind === 'object') return compareValues(jsonText(a), jsonText(b));
  return (a as any) < (b as any) ? -1 : (a as any) > (b as any) ? 1 : 0;
}

/** A path as messages print it: `.spec.containers[name="c"].ports[containerPort=80,protocol="TCP"]`. */
export function printPath(path: readonly string[]): string {
  return path.map(printElement).join('');
}

/** One element: `.name`, `[name="c"]`, `[="value"]`, `[0]`. */
export function printElement(element: string): string {
  const rest = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${rest}`;
    case 'k': {
      const keys = Object.entries(readJson(rest)).map(([name, value]) => `${name}=${printKey(value)}`);
      return `[${keys.join(',')}]`;
    }
    case 'v':
      return `[=${rest}]`;
    default:
      return `[${rest}]`;
  }
}

// A key that is no scalar is refused, but by its path.
function printKey(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printKey).join(',')}]`;
  if (typeof value !== 'object' || value === null) return jsonText(value);
  return Object.entries(value)
    .map(([name, item]) => `${name}=${printKey(item)}`)
    .join('');
}
