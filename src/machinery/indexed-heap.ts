/** A binary heap whose items can be taken out or moved in O(log n). */
export class IndexedHeap<T extends object> {
  private readonly items: T[] = [];
  private readonly places = new Map<T, number>();
  private readonly compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.compare = compare;
  }

  peek(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    if (this.places.has(item)) return this.update(item);
    this.items.push(item);
    this.places.set(item, this.items.length - 1);
    this.up(this.items.length - 1);
  }

  pop(): T | undefined {
    const item = this.items[0];
    if (item) this.remove(item);
    return item;
  }

  remove(item: T): void {
    const place = this.places.get(item);
    if (place === undefined) return;
    this.places.delete(item);
    const last = this.items.pop()!;
    if (last === item) return;
    this.items[place] = last;
    this.places.set(last, place);
    this.update(last);
  }

  update(item: T): void {
    const place = this.places.get(item);
    if (place !== undefined) this.down(this.up(place));
  }

  private up(start: number): number {
    let place = start;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.compare(this.items[place]!, this.items[parent]!) >= 0) break;
      this.swap(place, parent);
      place = parent;
    }
    return place;
  }

  private down(start: number): void {
    let place = start;
    for (;;) {
      let least = place;
      for (const child of [2 * place + 1, 2 * place + 2]) {
        if (child < this.items.length && this.compare(this.items[child]!, this.items[least]!) < 0) least = child;
      }
      if (least === place) return;
      this.swap(place, least);
      place = least;
    }
  }

  private swap(a: number, b: number): void {
    const [x, y] = [this.items[a]!, this.items[b]!];
    this.items[a] = y;
    this.items[b] = x;
    this.places.set(y, a);
    this.places.set(x, b);
  }
}
