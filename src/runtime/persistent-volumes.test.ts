import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../api/meta/object.ts';
import { mismatchOf, volumeForClaim } from './persistent-volumes.ts';

interface VolumeShape {
  size?: string;
  modes?: string[];
  storageClass?: string;
  mode?: string;
  claim?: object;
  phase?: string;
  labels?: Record<string, string>;
  going?: boolean;
}

function volume(name: string, shape: VolumeShape = {}): KubeObject {
  const { size = '1Gi', modes = ['ReadWriteOnce'], storageClass = 'c', mode, claim, phase = 'Available', labels, going } = shape;
  return {
    metadata: { name, ...(labels ? { labels } : {}), ...(going ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
    spec: {
      capacity: { storage: size },
      accessModes: modes,
      storageClassName: storageClass,
      ...(mode ? { volumeMode: mode } : {}),
      ...(claim ? { claimRef: claim } : {}),
    },
    status: { phase },
  };
}

function claim(spec: object = {}): KubeObject {
  return {
    metadata: { name: 'a', namespace: 'n', uid: 'u' },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'c', resources: { requests: { storage: '1Gi' } }, ...spec },
  };
}

const reserved = { namespace: 'n', name: 'a' };
const all = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'];

const choices: { title: string; claim?: object; volumes: KubeObject[]; reservedOnly?: boolean; chosen: string | undefined }[] = [
  {
    title: 'the smallest that is large enough',
    volumes: [volume('big', { size: '9Gi' }), volume('fit', { size: '2Gi' }), volume('small', { size: '1Mi' })],
    chosen: 'fit',
  },
  {
    title: 'fewer access modes first, though larger',
    volumes: [volume('many', { modes: all }), volume('one', { size: '5Gi' })],
    chosen: 'one',
  },
  {
    title: 'more access modes where needed',
    claim: { accessModes: ['ReadWriteMany'] },
    volumes: [volume('one'), volume('many', { modes: all })],
    chosen: 'many',
  },
  { title: 'none of another class', volumes: [volume('other', { storageClass: 'd' })], chosen: undefined },
  { title: 'none of another mode', volumes: [volume('block', { mode: 'Block' })], chosen: undefined },
  {
    title: 'none that is not available',
    volumes: [volume('released', { phase: 'Released' }), volume('going', { going: true })],
    chosen: undefined,
  },
  {
    title: 'by labels',
    claim: { selector: { matchLabels: { disk: 'ssd' } } },
    volumes: [volume('hdd', { labels: { disk: 'hdd' } }), volume('ssd', { labels: { disk: 'ssd' } })],
    chosen: 'ssd',
  },
  {
    title: 'what is reserved for it, whatever its class',
    volumes: [volume('fit'), volume('own', { storageClass: 'd', size: '9Gi', claim: reserved, phase: 'Pending' })],
    chosen: 'own',
  },
  {
    title: 'not what was bound to an earlier claim of the name',
    volumes: [volume('old', { claim: { ...reserved, uid: 'v' }, phase: 'Bound' })],
    chosen: undefined,
  },
  { title: 'not what is reserved for another', volumes: [volume('theirs', { claim: { namespace: 'n', name: 'b' } })], chosen: undefined },
  { title: 'while it waits for a pod, only what is reserved', volumes: [volume('fit')], reservedOnly: true, chosen: undefined },
  { title: 'reserved, while it waits for a pod', volumes: [volume('own', { claim: reserved })], reservedOnly: true, chosen: 'own' },
];
for (const { title, claim: spec, volumes, reservedOnly = false, chosen } of choices) {
  test(`a claim gets: ${title}`, () => {
    assert.equal(volumeForClaim(claim(spec), volumes, { reservedOnly })?.metadata?.name, chosen);
  });
}

test('why a claim cannot have the volume that it names', () => {
  const cases: [KubeObject, string | undefined][] = [
    [volume('v'), undefined],
    [volume('v', { size: '1Mi', storageClass: 'd' }), 'requested PV is too small'],
    [volume('v', { storageClass: 'd', mode: 'Block' }), 'storageClassName does not match'],
    [volume('v', { mode: 'Block', modes: [] }), 'incompatible volumeMode'],
    [volume('v', { modes: ['ReadOnlyMany'] }), 'incompatible accessMode'],
  ];
  for (const [candidate, expected] of cases) assert.equal(mismatchOf(claim(), candidate), expected);
});
