import assert from 'node:assert/strict';
import test from 'node:test';
import { FieldPath } from './field.ts';
import { cidrWarnings, ipWarnings, parseIP, validateIP, validateLegacyCIDR } from './ip.ts';
import * as names from './names.ts';
import { podLimits, podQosClass, podRequests, printResources } from './resources.ts';
import { humanDuration } from './time.ts';
import { parseTime } from './timestamps.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './validation.ts';

const path = FieldPath.of('x');

test('ages print with two or three figures', () => {
  const seconds: Record<string, number> = {
    '0s': -1,
    '<invalid>': -2,
    '119s': 119,
    '2m': 120,
    '5m10s': 310,
    '10m': 605,
    '3h': 10800,
    '7h59m': 28799,
    '8h': 28800,
    '2d': 172800,
    '7d23h': 690000,
    '8d': 700000,
    '729d': 62985600,
    '2y': 63072000,
    '2y1d': 63158400,
    '8y': 252288000,
  };
  assert.deepEqual(Object.fromEntries(Object.values(seconds).map((s) => [humanDuration(s * 1000), s])), seconds);
});

test('times are read', () => {
  const times: Record<string, number> = {
    '1970-01-01T00:00:00Z': 0,
    '1969-12-31T23:59:59Z': -1000,
    '2024-02-29T23:59:59Z': 1709251199000,
    '2026-01-02T03:04:05Z': 1767323045000,
    '2026-01-02T03:04:05.500Z': 1767323045500,
    '2026-01-02T03:04:05+02:00': 1767315845000,
  };
  assert.deepEqual(Object.fromEntries(Object.keys(times).map((text) => [text, parseTime(text)])), times);
  assert.ok(Number.isNaN(parseTime('yesterday')));
});

test('addresses have one canonical text', () => {
  const texts: Record<string, string | undefined> = {
    '1.2.3.4': '1.2.3.4',
    '01.2.3.4': '1.2.3.4',
    '1.2.3': undefined,
    '256.1.1.1': undefined,
    '::': '::',
    '::0:1': '::1',
    '2001:DB8:0:0:1::1': '2001:db8::1:0:0:1',
    '::ffff:1.2.3.4': '1.2.3.4',
    '1::2::3': undefined,
  };
  assert.deepEqual(Object.fromEntries(Object.keys(texts).map((text) => [text, parseIP(text)?.text])), texts);
  assert.deepEqual(validateIP(path, '::0:1')[0]?.message, 'Invalid value: "::0:1": must be in canonical form ("::1")');
  assert.deepEqual(
    validateLegacyCIDR(path, '10.0.0.1/24')[0]?.message,
    'Invalid value: "10.0.0.1/24": must not have bits set beyond the prefix length',
  );
  assert.deepEqual(ipWarnings(path, '::0:1'), ['x: IPv6 address "::0:1" should be in RFC 5952 canonical format ("::1")']);
  assert.deepEqual(cidrWarnings(path, '10.0.0.1/24'), [
    'x: CIDR value "10.0.0.1/24" is ambiguous in this context (should be "10.0.0.0/24" or "10.0.0.1/32"?)',
  ]);
});

test('names', () => {
  assert.deepEqual(names.isDns1123Label('a.b'), ['must not contain dots']);
  assert.deepEqual(names.nameIsDnsSubdomain('abc-', true), []);
  assert.equal(names.nameIsDnsSubdomain('abc-', false).length, 1);
  assert.deepEqual(names.isPortName('a--b'), ['must not contain consecutive hyphens']);
  assert.deepEqual(names.nameIsPathSegment('a/b', false), ["may not contain '/'"]);
  assert.deepEqual(names.nameIsPathSegment('..', false), ["may not be '..'"]);
  assert.deepEqual(names.isQualifiedName('/a'), ['prefix part must be non-empty']);
});

test('metadata', () => {
  const fields = (errors: readonly { field: string }[]): string[] => errors.map((error) => error.field);
  assert.deepEqual(fields(validateObjectMeta({}, { namespaced: true })), ['metadata.name', 'metadata.namespace']);
  assert.deepEqual(fields(validateObjectMeta({ name: 'a', namespace: 'b', generation: -1 }, { namespaced: false })), [
    'metadata.namespace',
    'metadata.generation',
  ]);
  const old = { name: 'a', uid: '1', deletionTimestamp: 't', creationTimestamp: 'c', resourceVersion: '1' };
  assert.deepEqual(
    validateObjectMetaUpdate({ ...old, uid: '2', finalizers: ['x/y'] }, old).map((e) => `${e.field}: ${e.message}`),
    [
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"x/y"}',
      'metadata.uid: Invalid value: "2": field is immutable',
    ],
  );
});

test('what a pod asks for', () => {
  const cpu = (requests: string, limits?: string) => ({
    resources: { requests: { cpu: requests }, ...(limits ? { limits: { cpu: limits } } : {}) },
  });
  const spec = {
    containers: [cpu('100m'), cpu('200m')],
    initContainers: [{ restartPolicy: 'Always', ...cpu('50m') }, cpu('400m')],
    overhead: { cpu: '10m' },
  };
  assert.deepEqual(printResources(podRequests(spec)), { cpu: '460m' });
  assert.deepEqual(printResources(podLimits(spec)), {});
  assert.equal(podQosClass({ containers: [{}] }), 'BestEffort');
  assert.equal(podQosClass(spec), 'Burstable');
  const all = { cpu: '1', memory: '1Gi' };
  assert.equal(podQosClass({ containers: [{ resources: { requests: all, limits: all } }] }), 'Guaranteed');
});
