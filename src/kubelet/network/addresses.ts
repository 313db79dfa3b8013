import { cidrContains, ipText, type ParsedCIDR, parseCIDR, parseIP } from '../../../api/meta/ip.ts';
import { NumberPool } from '../../machinery/number-pool.ts';

/** Where the nodes' own addresses come from, by the version of IP; the first one is the network's gateway, where the API server stands. */
export const nodeNetworks = { 4: '172.18.0.0/16', 6: 'fc00:f853:ccd:e793::/64' } as const;

/** Of a range of IPv6, so many addresses are given: nobody has more pods or nodes. */
const most = 2 ** 24;

/** Hands out the addresses of a range, lowest free one first after the last given; addresses already in use are told with `take`. */
export class AddressPool {
  private readonly cidr: ParsedCIDR;
  private readonly offsets: NumberPool;

  /** @param cidr a CIDR of either family; the first and the last address are never given */
  constructor(cidr: string) {
    this.cidr = parseCIDR(cidr)!;
    const size = this.cidr.last - this.cidr.first + 1n;
    this.offsets = new NumberPool(1, (size > most ? most : Number(size)) - 2);
  }

  /** An address, or undefined when all are in use. */
  give(): string | undefined {
    const offset = this.offsets.give();
    return offset === undefined ? undefined : ipText(this.cidr.version, this.cidr.first + BigInt(offset));
  }

  take(ip: string): void {
    this.withOffset(ip, (offset) => this.offsets.take(offset));
  }

  free(ip: string): void {
    this.withOffset(ip, (offset) => this.offsets.free(offset));
  }

  private withOffset(ip: string, use: (offset: number) => void): void {
    const parsed = parseIP(ip);
    if (parsed && cidrContains(this.cidr, parsed)) use(Number(parsed.bits - this.cidr.first));
  }
}
