import { fnv128a } from '../../runtime/hash.ts';
import { GoPrinter, parseGoTypes } from '../../runtime/pod-template-hash.ts';

const structs = {
  Endpoints: 'v1.EndpointPort: Name string, Port int32, Protocol v1.Protocol, AppProtocol *string',
  EndpointSlice: 'v1.EndpointPort: Name *string, Protocol *v1.Protocol, Port *int32, AppProtocol *string',
};

interface Port {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

/** @returns a function that gives ports in the order in which kube-controller-manager writes them: that of the hashes of its Go structs */
export function portOrder(kind: keyof typeof structs): <T extends Port>(ports: readonly T[]) => T[] {
  let printer: GoPrinter | undefined;
  const hashOf = (port: Port): bigint => {
    printer ??= new GoPrinter(parseGoTypes(structs[kind]));
    return fnv128a(Buffer.from(printer.print('v1.EndpointPort', port, true)));
  };
  return (ports) => {
    if (ports.length < 2) return [...ports];
    const hashed = ports.map((port) => ({ port, hash: hashOf(port) }));
    return hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1)).map(({ port }) => port);
  };
}
