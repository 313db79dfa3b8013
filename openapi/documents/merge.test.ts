import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeOpenAPIV2, type OpenAPIV2 } from './merge.ts';

const ref = (name: string) => ({ $ref: `#/definitions/${name}` });
const kind = (group: string) => ({ 'x-kubernetes-group-version-kind': [{ group, kind: 'Options', version: 'v1' }] });
const path = (name: string) => ({ get: { schema: ref(name) } });

const own: OpenAPIV2 = {
  paths: { '/apis/own/v1/things': path('Thing') },
  definitions: {
    Thing: { type: 'object', properties: { meta: ref('Meta') } },
    Meta: { type: 'object' },
    Options: { ...kind('own'), description: 'Options.' },
  },
};
const other = (group: string): OpenAPIV2 => ({
  paths: { [`/apis/${group}/v1/others`]: path('Other'), '/apis/own/v1/things': path('Foreign'), '/version/': path('Version') },
  definitions: {
    Other: { properties: { meta: ref('Meta'), options: ref('Options') } },
    Meta: { type: 'string' },
    Options: { ...kind(group), description: 'Options.' },
    Foreign: {},
    Version: {},
    Lonely: {},
  },
});

test('documents of other servers come with what they need, under other names where ours are taken', () => {
  const others = ['a', 'b'].map((group) => ({ document: other(group), pathPrefix: `/apis/${group}/v1/` }));
  const before = structuredClone([own, others]);
  const { paths, definitions } = mergeOpenAPIV2(own, others);
  assert.deepEqual([own, others], before);
  assert.deepEqual(paths, { ...own.paths, '/apis/a/v1/others': path('Other'), '/apis/b/v1/others': path('Other_v2') });
  assert.deepEqual(definitions, {
    Lonely: {},
    Meta: { type: 'object' },
    Meta_v2: { type: 'string' },
    Options: {
      description: 'Options.',
      'x-kubernetes-group-version-kind': ['own', 'a', 'b'].map((group) => ({ group, kind: 'Options', version: 'v1' })),
    },
    Other: { properties: { meta: ref('Meta_v2'), options: ref('Options') } },
    // What it refers to was renamed before: kube-openapi compares the names as they come.
    Other_v2: { properties: { meta: ref('Meta_v2'), options: ref('Options') } },
    Thing: own.definitions!['Thing'],
  });
});

test('a server without a path of its own adds nothing', () => {
  const { paths, definitions } = mergeOpenAPIV2(own, [{ document: other('a'), pathPrefix: '/apis/c/v1/' }]);
  assert.deepEqual(paths, own.paths);
  assert.deepEqual(Object.keys(definitions!), ['Meta', 'Options', 'Thing']);
});
