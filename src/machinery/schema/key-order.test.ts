import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSchemaSource } from '../../../openapi/source.ts';
import { inGoOrder, sortedKeys } from './key-order.ts';

const pod = createSchemaSource().get('io.k8s.api.core.v1.Pod');

test('fields stand as in the Go struct, and keys of maps are sorted', () => {
  const shuffled = {
    spec: {
      nodeSelector: { z: '1', a: '2' },
      containers: [{ image: 'i', name: 'c', resources: { limits: { memory: '1', cpu: '2' } } }],
      initContainers: [],
    },
    metadata: {
      labels: { b: '1', a: '2' },
      uid: 'u',
      generateName: 'p-',
      name: 'p',
      managedFields: [{ operation: 'Update', manager: 'm' }],
    },
    kind: 'Pod',
    apiVersion: 'v1',
  };
  assert.equal(
    JSON.stringify(inGoOrder(shuffled, pod)),
    JSON.stringify({
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: {
        name: 'p',
        generateName: 'p-',
        uid: 'u',
        labels: { a: '2', b: '1' },
        managedFields: [{ manager: 'm', operation: 'Update' }],
      },
      spec: {
        initContainers: [],
        containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: '2', memory: '1' } } }],
        nodeSelector: { a: '2', z: '1' },
      },
    }),
  );
});

test('what is in order is shared', () => {
  const containers = [{ name: 'c', image: 'i' }];
  const inOrder = { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p' }, spec: { containers } };
  assert.equal(inGoOrder(inOrder, pod), inOrder);
  const partly = inGoOrder({ ...inOrder, metadata: { namespace: 'n', name: 'p' } }, pod);
  assert.deepEqual(Object.keys(partly.metadata), ['name', 'namespace']);
  assert.equal(partly.spec.containers, containers);
});

test('keys are compared by code points, as Go compares bytes', () => {
  assert.deepEqual(Object.keys(sortedKeys({ '\u{1f600}': 1, '\uffee': 2, a: 3 })), ['a', '\uffee', '\u{1f600}']);
});

test('data without a type is sorted at every depth, its lists keep their order', () => {
  assert.equal(
    JSON.stringify(sortedKeys({ b: [{ d: 1, c: 2 }, { a: null }], a: { f: 1, e: { h: 1, g: 2 } } })),
    '{"a":{"e":{"g":2,"h":1},"f":1},"b":[{"c":2,"d":1},{"a":null}]}',
  );
});

test('a key named __proto__ stays a key', () => {
  const keys = sortedKeys(JSON.parse('{"b":1,"__proto__":{"d":1,"c":2}}'));
  assert.equal(JSON.stringify(keys), '{"__proto__":{"c":2,"d":1},"b":1}');
});
