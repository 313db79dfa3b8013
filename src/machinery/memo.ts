/** What was made for a text, for at most so many texts: all are forgotten before one more is remembered. */
export class Memo<V> {
  private readonly known = new Map<string, V>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  /** @param make called where the text is not known */
  get(text: string, make: () => V): V {
    let value = this.known.get(text);
    if (value === undefined) {
      value = make();
      if (this.known.size >= this.most) this.known.clear();
      this.known.set(text, value);
    }
    return value;
  }

  clear(): void {
    this.known.clear();
  }
}
