import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { mirrorOf } from './mirror.ts';

const mirrored = (...subsets: object[]) =>
  mirrorOf({ subsets }).slices.map(({ addressType, ports, endpoints }) => [
    addressType,
    ports.map(({ port }: any) => port),
    endpoints.map(({ addresses, conditions }: any) => [addresses[0], conditions.ready]),
  ]);

test('ports that the same hosts offer are one slice for each family', () => {
  const addresses = [{ ip: '1.1.1.2' }, { ip: 'fd00::1' }, { ip: '1.1.1.1' }];
  deepEqual(mirrored({ addresses, ports: [{ name: 'a', port: 80 }] }, { addresses, ports: [{ name: 'b', port: 90 }] }), [
    [
      'IPv4',
      [80, 90],
      [
        ['1.1.1.1', true],
        ['1.1.1.2', true],
      ],
    ],
    ['IPv6', [80, 90], [['fd00::1', true]]],
  ]);
});

test('a host that is ready and not ready is not ready', () => {
  const ports = [{ port: 80 }];
  deepEqual(mirrored({ addresses: [{ ip: '1.1.1.1' }], ports }, { notReadyAddresses: [{ ip: '1.1.1.1' }], ports }), [
    ['IPv4', [80], [['1.1.1.1', false]]],
  ]);
  deepEqual(mirrored({ addresses: [{ ip: '1.1.1.1' }] }), [['IPv4', [], [['1.1.1.1', true]]]]);
});

test('of the hosts that offer the same, a thousand are mirrored, those that are ready first', () => {
  const hosts = (third: number) => Array.from({ length: 600 }, (_, i) => ({ ip: `1.${third}.${Math.trunc(i / 250)}.${i % 250}` }));
  const { slices, skipped } = mirrorOf({ subsets: [{ notReadyAddresses: hosts(1), addresses: hosts(2), ports: [{ port: 80 }] }] });
  equal(skipped, 200);
  equal(slices[0]!.endpoints.filter(({ conditions }: any) => conditions.ready).length, 600);
});
