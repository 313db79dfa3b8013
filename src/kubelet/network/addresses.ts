/** Hands out the addresses of a range, lowest free one first after the last given; addresses already in use are told with `take`. */
export class AddressPool {
  private readonly base: number;
  private readonly size: number;
  private readonly used = new Set<number>();
  private next = 1;

  /** @param cidr of IPv4; the first and the last address are never given */
  constructor(cidr: string) {
    const [ip, bits] = cidr.split('/');
    this.size = 2 ** (32 - Number(bits));
    this.base = toNumber(ip!) - (toNumber(ip!) % this.size);
  }

  /** An address, or undefined when all are in use. */
  give(): string | undefined {
    for (let tried = 1; tried < this.size - 1; tried++) {
      const offset = this.next;
      this.next = this.next >= this.size - 2 ? 1 : this.next + 1;
      if (this.used.has(offset)) continue;
      this.used.add(offset);
      return toText(this.base + offset);
    }
    return undefined;
  }

  take(ip: string): void {
    this.used.add(toNumber(ip) - this.base);
  }

  free(ip: string): void {
    this.used.delete(toNumber(ip) - this.base);
  }
}

function toNumber(ip: string): number {
  return ip.split('.').reduce((total, part) => total * 256 + Number(part), 0);
}

function toText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
