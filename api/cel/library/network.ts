import { goQuote } from '../../meta/go-quote.ts';
import { ipText } from '../../meta/ip.ts';
import { isGlobalUnicast, isLinkLocalMulticast, isLinkLocalUnicast, isLoopback } from '../../meta/ip-classes.ts';
import { declareFunction, type FunctionDeclaration } from '../check/declarations.ts';
import { opaqueType } from '../check/types.ts';
import { CelError, noSuchOverload, succeeds } from '../runtime/errors.ts';
import { OpaqueValue, type Value } from '../runtime/values.ts';
import { type Address, parseAddress } from './ip-address.ts';

export const ipType = opaqueType('net.IP');
export const cidrType = opaqueType('net.CIDR');

class IP extends OpaqueValue {
  readonly type = ipType;

  readonly address: Address;

  constructor(address: Address) {
    super();
    this.address = address;
  }

  /** Bytes. */
  get costSize(): number {
    return this.address.version === 4 ? 4 : 16;
  }

  equals(other: Value): boolean {
    return other instanceof IP && same(this.address, other.address);
  }
}

class CIDR extends OpaqueValue {
  readonly type = cidrType;

  readonly address: Address;
  readonly prefix: number;

  constructor(address: Address, prefix: number) {
    super();
    this.address = address;
    this.prefix = prefix;
  }

  get costSize(): number {
    return this.address.version === 4 ? 4 : 16;
  }

  equals(other: Value): boolean {
    return other instanceof CIDR && this.prefix === other.prefix && same(this.address, other.address);
  }

  get hostBits(): bigint {
    return BigInt((this.address.version === 4 ? 32 : 128) - this.prefix);
  }

  get network(): bigint {
    return (this.address.bits >> this.hostBits) << this.hostBits;
  }

  contains({ version, bits }: Address): boolean {
    return version === this.address.version && (bits >> this.hostBits) << this.hostBits === this.network;
  }
}

function same(a: Address, b: Address): boolean {
  return a.version === b.version && a.bits === b.bits;
}

/** ip('10.0.0.1') and cidr('10.0.0.0/8') with their functions. */
export function networkLibrary(): FunctionDeclaration[] {
  const options = { names: { ip: ipType, cidr: cidrType } };
  const test = (name: string, id: string, holds: (address: Address) => boolean) =>
    declareFunction(name, { [id]: ['ip.(): bool', ({ address }: IP) => holds(address)] }, options);
  return [
    declareFunction(
      'ip',
      {
        string_to_ip: ['(string): ip', (text: string) => new IP(readIP(text))],
        cidr_ip: ['cidr.(): ip', ({ address }: CIDR) => new IP(address)],
      },
      options,
    ),
    declareFunction('family', { ip_family: ['ip.(): int', ({ address }: IP) => BigInt(address.version)] }, options),
    declareFunction(
      'ip.isCanonical',
      { ip_is_canonical: ['(string): bool', (text: string) => addressText(readIP(text)) === text] },
      options,
    ),
    test('isUnspecified', 'ip_is_unspecified', ({ bits }) => bits === 0n),
    test('isLoopback', 'ip_is_loopback', isLoopback),
    test('isLinkLocalMulticast', 'ip_is_link_local_multicast', isLinkLocalMulticast),
    test('isLinkLocalUnicast', 'ip_is_link_local_unicast', isLinkLocalUnicast),
    test('isGlobalUnicast', 'ip_is_global_unicast', isGlobalUnicast),
    declareFunction('isIP', { is_ip: ['(string): bool', (text: string) => succeeds(() => readIP(text))] }, options),
    declareFunction('cidr', { string_to_cidr: ['(string): cidr', readCIDR] }, options),
    declareFunction('isCIDR', { is_cidr: ['(string): bool', (text: string) => succeeds(() => readCIDR(text))] }, options),
    declareFunction(
      'containsIP',
      {
        cidr_contains_ip_string: ['cidr.(string): bool', (cidr: CIDR, text: string) => cidr.contains(orNoOverload(() => readIP(text)))],
        cidr_contains_ip_ip: ['cidr.(ip): bool', (cidr: CIDR, { address }: IP) => cidr.contains(address)],
      },
      options,
    ),
    declareFunction(
      'containsCIDR',
      {
        cidr_contains_cidr_string: ['cidr.(string): bool', (cidr: CIDR, text: string) => containsCIDR(cidr, readCIDR(text))],
        cidr_contains_cidr: ['cidr.(cidr): bool', containsCIDR],
      },
      options,
    ),
    declareFunction('prefixLength', { cidr_prefix_length: ['cidr.(): int', ({ prefix }: CIDR) => BigInt(prefix)] }, options),
    declareFunction(
      'masked',
      { cidr_masked: ['cidr.(): cidr', (cidr: CIDR) => new CIDR({ ...cidr.address, bits: cidr.network }, cidr.prefix)] },
      options,
    ),
    declareFunction(
      'string',
      {
        ip_to_string: ['(ip): string', ({ address }: IP) => addressText(address)],
        cidr_to_string: ['(cidr): string', ({ address, prefix }: CIDR) => `${addressText(address)}/${prefix}`],
      },
      options,
    ),
  ];
}

function addressText({ version, bits }: Address): string {
  return ipText(version, bits);
}

function containsCIDR(cidr: CIDR, other: CIDR): boolean {
  const { version } = cidr.address;
  return version === other.address.version && cidr.prefix <= other.prefix && cidr.contains(other.address);
}

function readIP(text: string): Address {
  const parsed = parseAddress(text);
  if (typeof parsed === 'string') {
    throw new CelError(`IP Address ${goQuote(text)} parse error during conversion from string: ${parsed}`);
  }
  if (parsed.zone !== '') throw new CelError(`IP address ${goQuote(text)} with zone value is not allowed`);
  if (parsed.mapped) throw new CelError(`IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`);
  return parsed;
}

function readCIDR(text: string): CIDR {
  const words = 'network address parse error during conversion from string: ';
  const refuse = (why: string) => new CelError(`${words}${words}netip.ParsePrefix(${goQuote(text)}): ${why}`);
  const slash = text.lastIndexOf('/');
  if (slash < 0) throw refuse("no '/'");
  const parsed = parseAddress(text.slice(0, slash));
  if (typeof parsed === 'string') throw refuse(parsed.replace(/^ParseAddr\(.*?\): /s, ''));
  if (parsed.zone !== '') throw refuse('IPv6 zones cannot be present in a prefix');
  const bits = text.slice(slash + 1);
  if (bits.length > 1 && (bits[0]! < '1' || bits[0]! > '9')) throw refuse(`bad bits after slash: ${goQuote(bits)}`);
  if (!/^\d+$/.test(bits)) throw refuse(`bad bits after slash: ${goQuote(bits)}`);
  if (Number(bits) > (parsed.version === 4 ? 32 : 128)) throw refuse('prefix length out of range');
  if (parsed.mapped) throw new CelError(`${words}IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`);
  return new CIDR(parsed, Number(bits));
}

// What is no address is no argument that the function knows.
function orNoOverload<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CelError) throw noSuchOverload();
    throw error;
  }
}
