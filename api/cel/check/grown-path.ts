/**
 * The path to a value, as cel-go grows it by Go's append: a name goes into the same array while that has room. So paths that grow from one path may share
 * their last name, which is then that of the last of them: the keys of a map have the sizes of its values where both variables of a loop were named in one
 * array.
 */
export class GrownPath {
  static readonly none = new GrownPath([], 0, 0);

  private readonly names: string[];
  private readonly length: number;
  private readonly capacity: number;

  private constructor(names: string[], length: number, capacity: number) {
    this.names = names;
    this.length = length;
    this.capacity = capacity;
  }

  /** A path of a variable. */
  static of(name: string): GrownPath {
    return GrownPath.none.grown(name);
  }

  /** The path with one more name at its end. */
  grown(name: string): GrownPath {
    const { names, length, capacity } = this;
    if (length === capacity) return new GrownPath([...names, name], length + 1, Math.max(1, 2 * capacity));
    names[length] = name;
    return new GrownPath(names, length + 1, capacity);
  }

  /** The names as they are now. */
  get parts(): readonly string[] {
    return this.names.slice(0, this.length);
  }
}
