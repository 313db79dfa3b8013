import type { KubeObject } from '../../../api/meta/object.ts';

/** Of one subset no more addresses are mirrored. */
export const mostAddresses = 1000;

export interface MirroredSlice {
  readonly addressType: 'IPv4' | 'IPv6';
  readonly endpoints: readonly object[];
  readonly ports: readonly object[];
}

interface Address {
  readonly ip: string;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: object;
}

/** The slices that show what Endpoints say: one for each family and list of ports. */
export function mirrorOf(endpoints: KubeObject): { slices: MirroredSlice[]; skipped: number } {
  const slices = new Map<string, { addressType: MirroredSlice['addressType']; endpoints: Map<string, object>; ports: object[] }>();
  let skipped = 0;
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of endpoints['subsets'] ?? []) {
    const mirrored = ports.map(portOf);
    let room = mostAddresses;
    const add = (address: Address, ready: boolean) => {
      if (room-- <= 0) return void skipped++;
      const addressType = address.ip.includes(':') ? 'IPv6' : 'IPv4';
      const key = JSON.stringify([addressType, mirrored]);
      if (!slices.has(key)) slices.set(key, { addressType, endpoints: new Map(), ports: mirrored });
      const { ip, hostname, nodeName, targetRef } = address;
      slices.get(key)!.endpoints.set(JSON.stringify(address), {
        addresses: [ip],
        conditions: { ready },
        ...(hostname ? { hostname } : {}),
        ...(nodeName ? { nodeName } : {}),
        ...(targetRef ? { targetRef } : {}),
      });
    };
    for (const address of addresses) add(address, true);
    for (const address of notReadyAddresses) add(address, false);
  }
  return { slices: [...slices.values()].map((slice) => ({ ...slice, endpoints: [...slice.endpoints.values()] })), skipped };
}

function portOf({
  name = '',
  port,
  protocol = 'TCP',
  appProtocol,
}: {
  name?: string;
  port: number;
  protocol?: string;
  appProtocol?: string;
}): object {
  return { name, port, protocol, ...(appProtocol ? { appProtocol } : {}) };
}
