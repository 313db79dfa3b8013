import { cidrContains, ipText, type ParsedCIDR, parseCIDR, parseIP } from '../../../api/meta/ip.ts';

/** Of a range of IPv6, so many addresses are given: nobody has more pods or nodes. */
const most = 2 ** 24;

/** Hands out the addresses of a range, lowest free one first after the last given; addresses already in use are told with `take`. */
export class AddressPool {
  private readonly cidr: ParsedCIDR;
  private readonly size: number;
  private readonly used = new Set<number>();
  private next = 1;

  /** @param cidr a CIDR of either family; the first and the last address are never given */
  constructor(cidr: string) {
    this.cidr = parseCIDR(cidr)!;
    const size = this.cidr.last - this.cidr.first + 1n;
    this.size = size > most ? most : Number(size);
  }

  /** An address, or undefined when all are in use. */
  give(): string | undefined {
    for (let tried = 1; tried < this.size - 1; tried++) {
      const offset = this.next;
      this.next = this.next >= this.size - 2 ? 1 : this.next + 1;
      if (this.used.has(offset)) continue;
      this.used.add(offset);
      return ipText(this.cidr.version, this.cidr.first + BigInt(offset));
    }
    return undefined;
  }

  /** @returns whether the address is one of the range */
  take(ip: string): boolean {
    const offset = this.offsetOf(ip);
    if (offset !== undefined) this.used.add(offset);
    return offset !== undefined;
  }

  free(ip: string): void {
    const offset = this.offsetOf(ip);
    if (offset !== undefined) this.used.delete(offset);
  }

  private offsetOf(ip: string): number | undefined {
    const parsed = parseIP(ip);
    return parsed && cidrContains(this.cidr, parsed) ? Number(parsed.bits - this.cidr.first) : undefined;
  }
}
