import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../api/meta/object.ts';
import { SharedParts } from './shared-parts.ts';

function pod(name: string, owner: string, spec: object): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', ownerReferences: [{ uid: owner } as never] }, spec };
}
const containers = (image: string) => [{ name: 'a', image, env: [{ name: 'X', value: '1' }] }];

test('objects of one owner share what is equal in them, and nothing else', () => {
  const parts = new SharedParts();
  const first = parts.sharing(pod('one', 'o', { containers: containers('nginx'), nodeName: 'n1', tolerations: [{ key: 'k' }] }));
  const given = pod('two', 'o', { containers: containers('nginx'), nodeName: 'n2', tolerations: [{ key: 'k' }, { key: 'l' }] });
  const before = structuredClone(given);
  const second = parts.sharing(given);
  deepEqual(second, before);
  deepEqual(given, before);
  equal(second['spec'].containers, first['spec'].containers);
  equal(second['spec'].tolerations[0], first['spec'].tolerations[0]);
  deepEqual(Object.keys(second['spec']), ['containers', 'nodeName', 'tolerations']);
  const other = parts.sharing(pod('three', 'p', { containers: containers('nginx') }));
  notEqual(other['spec'].containers, first['spec'].containers);
});

test('the order of keys, the types and the lengths count', () => {
  const values: [unknown, unknown][] = [
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1, b: 2 }, { a: 1 }],
    [[1, 2], [1]],
    [[1], [1, 2]],
    [{}, []],
    [[], {}],
    [null, {}],
    [{}, null],
    ['1', 1],
    [{ a: undefined }, {}],
    [JSON.parse('{"__proto__":{"a":1},"b":1}'), JSON.parse('{"__proto__":{"a":1},"b":2}')],
  ];
  for (const [value, model] of values) {
    const parts = new SharedParts();
    parts.sharing(pod('x', 'o', { value: model }));
    const shared = parts.sharing(pod('x', 'o', { value }));
    equal(JSON.stringify(shared), JSON.stringify(pod('x', 'o', { value })));
    deepEqual(shared, pod('x', 'o', { value }));
  }
});

test('however deep an object is, it is kept', () => {
  const deep = () => JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`);
  const parts = new SharedParts();
  parts.sharing(pod('x', 'o', deep()));
  const value = deep();
  equal(parts.sharing(pod('y', 'o', { value }))['spec'].value, value);
});
