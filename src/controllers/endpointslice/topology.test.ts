import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Changes, Endpoint } from './slices.ts';
import { Topology } from './topology.ts';

const node = (zone: string | undefined, cpu = '4'): KubeObject =>
  ({
    metadata: { name: `in-${zone}`, labels: zone ? { 'topology.kubernetes.io/zone': zone } : {} },
    status: { allocatable: { cpu }, conditions: [{ type: 'Ready', status: 'True' }] },
  }) as KubeObject;

const endpoints = (zones: string): Endpoint[] =>
  [...zones].map((zone, i) => ({
    addresses: [`10.0.0.${i}`],
    conditions: { ready: true, serving: true, terminating: false },
    targetRef: { uid: `${zone}${i}` },
    zone,
  }));

const created = (zones: string): Changes => ({ create: [{ ports: [], endpoints: endpoints(zones) }], update: [], remove: [] });
const hintsOf = ({ create, update }: Changes): string =>
  [...create, ...update.map(({ content }) => content)]
    .flatMap((content) => content.endpoints)
    .map(({ zone, hints }) => `${zone}${hints?.forZones?.[0]?.name ?? '-'}`)
    .join(' ');

// The numbers are what the real controller gave out.
test('endpoints are meant for zones by their share of the processors', () => {
  const topology = new Topology();
  topology.setNodes([node('a'), node('b')]);
  const first = topology.assign('ns/s', 'IPv4', created('aaab'), []);
  equal(hintsOf(first.changes), 'ab aa aa bb');
  deepEqual(
    first.events.map(({ message }) => message),
    ['Topology Aware Hints has been enabled, addressType: IPv4'],
  );
  deepEqual(topology.overloaded(), []);
  topology.setNodes([node('a'), node('b', '100')]);
  deepEqual(topology.overloaded(), ['ns/s']);
  equal(topology.forget('ns/s', 'IPv4'), true);
  equal(topology.forget('ns/s', 'IPv4'), false);
});

test('where the zones cannot be served, hints are taken back and it is told why', () => {
  const topology = new Topology();
  const slice = {
    endpoints: endpoints('ab').map((endpoint) => ({ ...endpoint, hints: { forZones: [{ name: 'a' }] } })),
  } as unknown as KubeObject;
  const said = (changes: Changes, existing: readonly KubeObject[] = []) => {
    const { changes: after, events } = topology.assign('ns/s', 'IPv4', changes, existing);
    return [hintsOf(after), events[0]?.message];
  };
  const none: Changes = { create: [], update: [], remove: [] };
  topology.setNodes([node('a'), node(undefined)]);
  const unknown = 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes, addressType: IPv4';
  deepEqual(said(created('ab')), ['a- b-', unknown]);
  deepEqual(said(none, [slice]), ['a- b-', unknown]);
  topology.setNodes([node('a'), node('b')]);
  deepEqual(said(created('a')), ['a-', 'Insufficient number of endpoints (1 endpoints, 2 zones), addressType: IPv4']);
  const beyond = 'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold';
  deepEqual(said(created('aab')), ['a- a- b-', `${beyond} (3 endpoints, 2 zones), addressType: IPv4`]);
  deepEqual(said(created('ab')), ['aa bb', 'Topology Aware Hints has been enabled, addressType: IPv4']);
});
