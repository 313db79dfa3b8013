/**
 * A map from strings to values in the order of the keys' UTF-8 bytes: a B+ tree whose inner nodes know how many entries are below
 * them, so that looking up, changing and counting a range take O(log n). It must not be changed while one of its iterators is in use.
 */
export class SortedMap<V> {
  private root: Node<V> = new Leaf<V>();
  // JavaScript compares UTF-16 units, which differs from the bytes' order only if surrogates are there.
  private compare: Comparison = compareUnits;

  get size(): number {
    return this.root.size;
  }

  get(key: string): V | undefined {
    this.notice(key);
    let node = this.root;
    while (!(node instanceof Leaf)) node = node.children[childIndex(node, key, this.compare)]!;
    const at = lowerBound(node.keys, key, this.compare);
    return node.keys[at] === key ? node.values[at] : undefined;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Puts a value (not undefined) under the key; returns the one that was there. */
  set(key: string, value: V): V | undefined {
    this.notice(key);
    const before = this.root.set(key, value, this.compare);
    if (this.root.isFull()) {
      const root = new Inner<V>();
      root.children.push(this.root);
      root.size = this.root.size;
      root.splitChild(0);
      this.root = root;
    }
    return before;
  }

  /** Removes the key; returns the value that was there. */
  delete(key: string): V | undefined {
    this.notice(key);
    const before = this.root.delete(key, this.compare);
    if (this.root instanceof Inner && this.root.children.length === 1) this.root = this.root.children[0]!;
    return before;
  }

  clear(): void {
    this.root = new Leaf<V>();
  }

  /** How many keys are less than `key`. */
  rank(key: string): number {
    this.notice(key);
    let rank = 0;
    let node = this.root;
    while (!(node instanceof Leaf)) {
      const at = childIndex(node, key, this.compare);
      for (let i = 0; i < at; i++) rank += node.children[i]!.size;
      node = node.children[at]!;
    }
    return rank + lowerBound(node.keys, key, this.compare);
  }

  /** How many keys are in start <= key < end. */
  count(start: string, end: string): number {
    return Math.max(0, this.rank(end) - this.rank(start));
  }

  /** Entries with start <= key < end in order; without bounds all. */
  *entries(start?: string, end?: string): Generator<[key: string, value: V], void> {
    if (start !== undefined) this.notice(start);
    if (end !== undefined) this.notice(end);
    yield* this.walk(this.root, start, end);
  }

  /** The values of `entries`. */
  *values(start?: string, end?: string): Generator<V, void> {
    for (const [, value] of this.entries(start, end)) yield value;
  }

  /** Calls back for each entry of a range until the callback returns false; quicker than iterating. */
  scan(start: string, end: string, visit: (value: V, key: string) => boolean): void {
    this.notice(start);
    this.notice(end);
    this.scanNode(this.root, start, end, visit);
  }

  private scanNode(node: Node<V>, start: string, end: string, visit: (value: V, key: string) => boolean): boolean {
    if (node instanceof Leaf) {
      const { keys, values } = node;
      for (let i = lowerBound(keys, start, this.compare); i < keys.length; i++) {
        if (this.compare(keys[i]!, end) >= 0 || visit(values[i]!, keys[i]!) === false) return false;
      }
      return true;
    }
    for (let i = childIndex(node, start, this.compare); i < node.children.length; i++) {
      if (i > 0 && this.compare(node.separators[i - 1]!, end) >= 0) return false;
      if (!this.scanNode(node.children[i]!, start, end, visit)) return false;
    }
    return true;
  }

  private *walk(node: Node<V>, start: string | undefined, end: string | undefined): Generator<[string, V], boolean> {
    if (node instanceof Leaf) {
      for (let i = start === undefined ? 0 : lowerBound(node.keys, start, this.compare); i < node.keys.length; i++) {
        const key = node.keys[i]!;
        if (end !== undefined && this.compare(key, end) >= 0) return false;
        yield [key, node.values[i]!];
      }
      return true;
    }
    for (let i = start === undefined ? 0 : childIndex(node, start, this.compare); i < node.children.length; i++) {
      if (!(yield* this.walk(node.children[i]!, start, end))) return false;
    }
    return true;
  }

  private notice(key: string): void {
    if (this.compare === compareUnits && surrogate.test(key)) this.compare = compareKeys;
  }
}

type Comparison = (a: string, b: string) => number;

const surrogate = /[\ud800-\udfff]/;

function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Compares by the UTF-8 bytes (which is by code points): less than, equal to or greater than 0. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates stand for code points above all others.
    if (x >= 0xd800 && x <= 0xdfff) x += 0x10000;
    if (y >= 0xd800 && y <= 0xdfff) y += 0x10000;
    return x - y;
  }
  return a.length - b.length;
}

const maximum = 64;
const minimum = maximum / 4;

type Node<V> = Leaf<V> | Inner<V>;

class Leaf<V> {
  keys: string[] = [];
  values: V[] = [];

  get size(): number {
    return this.keys.length;
  }

  isFull(): boolean {
    return this.keys.length > maximum;
  }

  isThin(): boolean {
    return this.keys.length < minimum;
  }

  set(key: string, value: V, compare: Comparison): V | undefined {
    const at = lowerBound(this.keys, key, compare);
    if (this.keys[at] === key) {
      const before = this.values[at];
      this.values[at] = value;
      return before;
    }
    this.keys.splice(at, 0, key);
    this.values.splice(at, 0, value);
    return undefined;
  }

  delete(key: string, compare: Comparison): V | undefined {
    const at = lowerBound(this.keys, key, compare);
    if (this.keys[at] !== key) return undefined;
    this.keys.splice(at, 1);
    return this.values.splice(at, 1)[0];
  }

  /** Moves the entries from `at` on to a new node. */
  split(at: number): { separator: string; right: Leaf<V> } {
    const right = new Leaf<V>();
    right.keys = this.keys.splice(at);
    right.values = this.values.splice(at);
    return { separator: right.keys[0]!, right };
  }

  append(_separator: string, right: Leaf<V>): void {
    this.keys.push(...right.keys);
    this.values.push(...right.values);
  }
}

class Inner<V> {
  /** separators[i] is greater than every key of children[i], and at most the least of children[i + 1]. */
  separators: string[] = [];
  children: Node<V>[] = [];
  size = 0;

  isFull(): boolean {
    return this.children.length > maximum;
  }

  isThin(): boolean {
    return this.children.length < minimum;
  }

  set(key: string, value: V, compare: Comparison): V | undefined {
    const at = childIndex(this, key, compare);
    const child = this.children[at]!;
    const before = child.set(key, value, compare);
    if (before === undefined) this.size++;
    if (child.isFull()) this.splitChild(at);
    return before;
  }

  delete(key: string, compare: Comparison): V | undefined {
    const at = childIndex(this, key, compare);
    const child = this.children[at]!;
    const before = child.delete(key, compare);
    if (before === undefined) return undefined;
    this.size--;
    if (child.isThin() && this.children.length > 1) this.mergeChild(at === 0 ? 0 : at - 1);
    return before;
  }

  split(at: number): { separator: string; right: Inner<V> } {
    const right = new Inner<V>();
    right.children = this.children.splice(at);
    right.separators = this.separators.splice(at);
    const separator = this.separators.pop()!;
    for (const child of right.children) right.size += child.size;
    this.size -= right.size;
    return { separator, right };
  }

  append(separator: string, right: Inner<V>): void {
    this.separators.push(separator, ...right.separators);
    this.children.push(...right.children);
    this.size += right.size;
  }

  splitChild(at: number): void {
    const child = this.children[at]!;
    const { separator, right } = child.split(child instanceof Leaf ? child.keys.length >> 1 : child.children.length >> 1);
    this.separators.splice(at, 0, separator);
    this.children.splice(at + 1, 0, right);
  }

  /** Joins children[at] with its right neighbour, and splits the result again if it is too big. */
  private mergeChild(at: number): void {
    const left = this.children[at] as Leaf<V> & Inner<V>;
    const right = this.children[at + 1] as Leaf<V> & Inner<V>;
    left.append(this.separators[at]!, right);
    this.separators.splice(at, 1);
    this.children.splice(at + 1, 1);
    if (left.isFull()) this.splitChild(at);
  }
}

/** The index of the first key >= `key`. */
function lowerBound(keys: readonly string[], key: string, compare: Comparison): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(keys[middle]!, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The child that holds `key` if any does: the number of separators <= key. */
function childIndex<V>(node: Inner<V>, key: string, compare: Comparison): number {
  const at = lowerBound(node.separators, key, compare);
  return at < node.separators.length && node.separators[at] === key ? at + 1 : at;
}
