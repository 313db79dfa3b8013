/** Hands out the numbers of a range, the lowest free one after the last given; those that are in use already are told with `take`. */
export class NumberPool {
  private readonly first: number;
  private readonly count: number;
  private readonly used = new Set<number>();
  private next = 0;

  constructor(first: number, count: number) {
    this.first = first;
    this.count = count;
  }

  /** A number, or undefined when all are in use. */
  give(): number | undefined {
    if (this.used.size >= this.count) return undefined;
    for (let tried = 0; tried < this.count; tried++) {
      const place = (this.next + tried) % this.count;
      if (this.used.has(place)) continue;
      this.used.add(place);
      this.next = (place + 1) % this.count;
      return this.first + place;
    }
    return undefined;
  }

  /** A number beyond the range changes nothing. */
  take(number: number): void {
    const place = number - this.first;
    if (place >= 0 && place < this.count) this.used.add(place);
  }

  free(number: number): void {
    this.used.delete(number - this.first);
  }
}
