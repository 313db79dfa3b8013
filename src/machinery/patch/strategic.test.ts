import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSchemaSource } from '../../../openapi/source.ts';
import { mergePatch } from './merge.ts';
import { strategicMergePatch } from './strategic.ts';

const source = createSchemaSource();
const podSpec = source.get('io.k8s.api.core.v1.PodSpec');
const objectMeta = source.get('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');

const env = (...names: string[]) => names.map((name) => ({ name, value: '1' }));
const spec = () => ({
  nodeSelector: { a: '1', b: '2' },
  volumes: [{ name: 'v1', emptyDir: { medium: 'Memory' } }],
  containers: [{ name: 'a', image: 'a', env: env('A', 'B', 'C') }, { name: 'b', image: 'b' }, { name: 'c' }],
});
const order = '$setElementOrder/containers';

test('merge patch: null removes, objects merge, the rest is replaced', () => {
  assert.deepStrictEqual(mergePatch({ a: { b: 1, c: 2 }, l: [1, 2] }, { a: { b: null, d: 3 }, l: [3], n: { x: null, y: 1 } }), {
    a: { c: 2, d: 3 },
    l: [3],
    n: { y: 1 },
  });
  assert.equal(({} as any).polluted, undefined);
  mergePatch({}, JSON.parse('{"__proto__":{"polluted":1}}'));
  assert.equal(({} as any).polluted, undefined);
});

test('directives do what they do on the real server', () => {
  const containers = (patch: unknown) => (strategicMergePatch(spec(), patch, podSpec) as any).containers;
  const names = (patch: unknown) => containers(patch).map(({ name }: { name: string }) => name);
  assert.deepStrictEqual(names({ containers: [{ name: 'b', $patch: 'delete' }] }), ['a', 'c']);
  assert.deepStrictEqual(names({ containers: [{ name: 'zz', $patch: 'delete' }] }), ['a', 'b', 'c']);
  assert.deepStrictEqual(names({ [order]: [{ name: 'c' }, { name: 'a' }] }), ['b', 'c', 'a']);
  assert.deepStrictEqual(names({ [order]: [{ name: 'c' }, { name: 'new' }, { name: 'a' }], containers: [{ name: 'new' }] }), [
    'b',
    'c',
    'new',
    'a',
  ]);
  assert.deepStrictEqual(containers({ containers: [{ name: 'only' }, { $patch: 'replace' }] }), [{ name: 'only' }]);
  assert.deepStrictEqual(
    containers({
      containers: [
        {
          name: 'a',
          '$setElementOrder/env': [{ name: 'C' }, { name: 'A' }],
          env: [
            { name: 'B', $patch: 'delete' },
            { name: 'A', value: '9' },
          ],
        },
      ],
    })[0].env,
    [
      { name: 'C', value: '1' },
      { name: 'A', value: '9' },
    ],
  );
  const merged = (patch: unknown) => strategicMergePatch(spec(), patch, podSpec) as any;
  assert.deepStrictEqual(merged({ nodeSelector: { c: '3', $patch: 'replace' } }).nodeSelector, { c: '3' });
  assert.deepStrictEqual(merged({ nodeSelector: { $patch: 'delete' } }).nodeSelector, {});
  assert.deepStrictEqual(merged({ nodeSelector: { a: null, z: '9' } }).nodeSelector, { b: '2', z: '9' });
  assert.deepStrictEqual(merged({ volumes: [{ name: 'v1', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } }] }).volumes, [
    { name: 'v1', hostPath: { path: '/x' } },
  ]);
  assert.deepStrictEqual(merged({ affinity: { nodeAffinity: null, $patch: 'x', podAffinity: {} } }).affinity, undefined);
});

test('lists of primitives are merged, deleted from and put in order', () => {
  const finalizers = (patch: unknown) => (strategicMergePatch({ finalizers: ['a', 'b'] }, patch, objectMeta) as any).finalizers;
  assert.deepStrictEqual(finalizers({ finalizers: ['c', 'a'] }), ['c', 'a', 'b']);
  assert.deepStrictEqual(finalizers({ '$deleteFromPrimitiveList/finalizers': ['a'] }), ['b']);
  assert.deepStrictEqual(finalizers({ '$setElementOrder/finalizers': ['b', 'a'] }), ['b', 'a']);
});

test('what is wrong is told in the words of the real server', () => {
  const table: [patch: unknown, code: number, message: string][] = [
    [
      { [order]: [{ name: 'c' }], containers: [{ name: 'a', image: 'a:2' }] },
      500,
      "The order in patch list:\n[map[image:a:2 name:a]]\n doesn't match $setElementOrder list:\n[map[name:c]]\n",
    ],
    [{ volumes: [{ name: 'v1', $retainKeys: ['name'], emptyDir: {} }] }, 400, 'invalid patch format of retainKeys'],
    [{ containers: [{ name: 'a', $patch: 'explode' }] }, 500, 'unknown patch type: explode in map: map[$patch:explode name:a]'],
    [{ [order]: 'a' }, 500, 'expected a []interface {}, but received a string'],
    [{ [order]: null }, 500, 'expected a []interface {}, but received a %!s(<nil>)'],
    [{ $setElementOrder: [] }, 400, 'invalid patch format of setElementOrder list'],
    [{ '$setElementOrder/nodeName': [] }, 500, 'expected slice or array type, but got: struct'],
    [{ $deleteFromPrimitiveList: null }, 400, 'invalid patch format of primitive list'],
    [{ containers: [{ image: 'x' }] }, 500, 'map: map[image:x] does not contain declared merge key: name'],
  ];
  for (const [patch, code, message] of table) assert.throws(() => strategicMergePatch(spec(), patch, podSpec), { code, message });
});
