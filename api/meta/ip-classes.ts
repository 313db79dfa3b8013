import type { ParsedIP } from './ip.ts';

/* Classes of IP addresses, as Go's `netip` and `net` have them. */

type Address = Pick<ParsedIP, 'version' | 'bits'>;

export function isLoopback({ version, bits }: Address): boolean {
  return version === 4 ? bits >> 24n === 127n : bits === 1n;
}

export function isLinkLocalMulticast({ version, bits }: Address): boolean {
  return version === 4 ? bits >> 8n === 0xe00000n : ((bits >> 112n) & 0xff0fn) === 0xff02n;
}

export function isLinkLocalUnicast({ version, bits }: Address): boolean {
  return version === 4 ? bits >> 16n === 0xa9fen : bits >> 118n === 0x3fan;
}

export function isMulticast({ version, bits }: Address): boolean {
  return version === 4 ? bits >> 28n === 0xen : bits >> 120n === 0xffn;
}

export function isGlobalUnicast(address: Address): boolean {
  const broadcast = address.version === 4 && address.bits === 0xffffffffn;
  return address.bits !== 0n && !broadcast && !isLoopback(address) && !isMulticast(address) && !isLinkLocalUnicast(address);
}
