import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceDefinition } from '../api/define.ts';
import { definitions } from '../api/index.ts';
import { createSchemaSource } from '../openapi/source.ts';
import { discoveryFacts, tableColumnFacts } from './facts/index.ts';
import { discoveredResources } from './facts/resources.ts';

const nameOf = ({ group, version, plural }: { group: string; version: string; plural: string }) => `${group}/${version}/${plural}`;
const byName = <T extends { group: string; version: string; plural: string }>(list: readonly T[]) =>
  Object.fromEntries(list.map((each) => [nameOf(each), each]));

test('every resource of the real server is defined, with its kind, scope, verbs and subresources, and no other', () => {
  const described = (resource: any) => ({
    kind: resource.kind,
    listKind: resource.listKind,
    scope: resource.scope,
    verbs: [...resource.verbs].sort(),
    // A namespace is given back by its delete, though the documents promise a Status.
    returnsDeletedObject: resource.kind === 'Namespace' || resource.returnsDeletedObject === true,
    subresources: [...resource.subresources]
      .map(({ name, kind, verbs }: any) => ({ name, kind: kind?.kind ?? resource.kind, verbs: [...verbs].sort() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  });
  const found = Object.fromEntries(Object.entries(byName(definitions)).map(([name, each]) => [name, described(each)]));
  const expected = Object.fromEntries(Object.entries(byName(discoveredResources())).map(([name, each]) => [name, described(each)]));
  assert.deepEqual(found, expected);
});

test('singular and short names and categories are those of the real server', () => {
  const named = (singular: string, shortNames: readonly string[] = [], categories: readonly string[] = []) => ({
    singular,
    shortNames,
    categories,
  });
  const defined = byName(definitions) as Record<string, ResourceDefinition>;
  for (const [groupVersion, { resources }] of Object.entries(discoveryFacts())) {
    const [version, group = ''] = groupVersion.split('/').reverse() as [string, string?];
    for (const resource of resources) {
      const name = nameOf({ group, version, plural: resource.resource });
      const definition = defined[name]!;
      assert.deepEqual(
        named(definition.singular, definition.shortNames, definition.categories),
        named(resource.singularResource, resource.shortNames, resource.categories),
        name,
      );
    }
  }
});

test('every definition has the schema of its kind', () => {
  const source = createSchemaSource();
  for (const definition of definitions) {
    const schema = source.get(definition.schema as string);
    assert.ok(schema.type === 'object' && schema.gvks?.some(({ kind }) => kind === definition.kind), nameOf(definition));
  }
});

test('tables have the columns of the real server', () => {
  for (const definition of definitions) {
    const root = definition.group === '' ? `/api/${definition.version}` : `/apis/${definition.group}/${definition.version}`;
    const expected = tableColumnFacts()[`${root}/${definition.plural}`];
    if (expected === undefined) continue;
    const declared = definition.columns.filter(({ undeclared }) => !undeclared);
    const found = declared.map(({ name, type, format, priority }) => ({
      name,
      type,
      ...(format !== undefined && { format }),
      ...(priority !== undefined && priority !== 0 && { priority }),
    }));
    assert.deepEqual(found, expected, nameOf(definition));
  }
});
