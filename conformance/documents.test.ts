import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildOpenAPIV2, buildOpenAPIV3, buildOpenAPIV3Index, documentNames, encodeOpenAPIV2 } from '../openapi/documents/index.ts';
import { createOperationResolver } from '../openapi/operations.ts';
import type { OperationFact } from './facts/index.ts';
import { mergeKeyFacts, operationFacts, schemaFacts } from './facts/index.ts';
import { discoveredResources } from './facts/resources.ts';

// The resources of the real server's discovery rather than our definitions, which definitions.test.ts holds equal to it.
const resources = discoveredResources();
const documents = new Map(documentNames(resources).map((name) => [name, buildOpenAPIV3(name, resources) as any]));
const v2 = buildOpenAPIV2(resources) as any;

test('v3 documents have every operation of the real server and no other', () => {
  const found: Record<string, Record<string, OperationFact>> = {};
  for (const document of documents.values()) {
    for (const [path, { parameters = [], ...methods }] of Object.entries<any>(document.paths)) {
      found[path] = Object.fromEntries(Object.entries<any>(methods).map(([method, operation]) => [method, factOf(operation, parameters)]));
    }
  }
  assert.deepEqual(found, operationFacts());
});

test('v3 documents have every schema of the real server and no other', () => {
  const found: Record<string, unknown> = {};
  for (const [name, document] of documents) {
    for (const [definition, schema] of Object.entries(document.components.schemas ?? {})) {
      const structure = withoutDescriptions(schema) as any;
      const kinds = structure['x-kubernetes-group-version-kind'];
      if (kinds?.length > 1) {
        assert.ok(
          kinds.some((kind: any) => name.endsWith(kind.version) && name.includes(kind.group)),
          `${name}: ${definition}`,
        );
        structure['x-kubernetes-group-version-kind'] = kinds.slice(0, 1);
      }
      if (definition in found) assert.deepEqual(structure, found[definition], `${name}: ${definition}`);
      found[definition] = structure;
    }
  }
  assert.deepEqual(found, schemaFacts());
});

test('v2 has every path and definition, and the merge keys of the real server', () => {
  const found: Record<string, Record<string, unknown>> = {};
  for (const [name, definition] of Object.entries<any>(v2.definitions)) {
    for (const [property, schema] of Object.entries<any>(definition.properties ?? {})) {
      const extensions = Object.entries(schema).filter(([key]) => key.startsWith('x-kubernetes-'));
      if (extensions.length > 0) (found[name] ??= {})[property] = Object.fromEntries(extensions);
    }
  }
  assert.deepEqual(found, mergeKeyFacts());
  assert.deepEqual(Object.keys(v2.definitions).sort(), Object.keys(schemaFacts()).sort());
  assert.deepEqual(Object.keys(v2.paths).sort(), Object.keys(operationFacts()).sort());
});

test('the protobuf form of v2 covers everything that the JSON form holds', () => {
  const bytes = encodeOpenAPIV2(v2);
  assert.deepEqual([...bytes.subarray(0, 5)], [0x0a, 3, ...Buffer.from('2.0')]);
  assert.ok(bytes.length > 1_000_000);
});

test('the index names each document with a hash of its own', () => {
  const { paths } = buildOpenAPIV3Index(resources);
  assert.deepEqual(Object.keys(paths), documentNames(resources));
  assert.equal(new Set(Object.values(paths).map(({ serverRelativeURL }) => serverRelativeURL.split('?')[1])).size, documents.size);
  assert.match(paths['apis/apps/v1']!.serverRelativeURL, /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/);
});

test('each documented operation is resolved from its path', async () => {
  const resolver = await createOperationResolver(resources);
  for (const [template, methods] of Object.entries(operationFacts())) {
    const path = template.replace('{path}', 'a/b').replace(/[{}]/g, '');
    for (const [method, fact] of Object.entries(methods)) {
      if (fact.action === undefined) continue;
      const found = resolver.resolve(method, path);
      assert.deepEqual([found?.operationId, found?.action], [fact.operationId, fact.action], `${method} ${path}`);
    }
  }
  assert.equal(resolver.resolve('GET', '/apis/apps/v1/nothing'), undefined);
  assert.equal(resolver.resolve('POST', '/api/v1/pods'), undefined);
  assert.equal(resolver.resolve('GET', '/api/v1/namespaces/a%2Fb')?.name, 'a/b');
});

function factOf(operation: any, shared: any[]): OperationFact {
  const names = [...shared, ...(operation.parameters ?? [])].map(({ name }: any) => name).sort();
  const types = Object.values<any>(operation.responses).flatMap(({ content = {} }) => Object.keys(content));
  const gvk = operation['x-kubernetes-group-version-kind'];
  return {
    operationId: operation.operationId,
    ...(gvk !== undefined && { action: operation['x-kubernetes-action'], gvk: `${gvk.group}/${gvk.version}/${gvk.kind}` }),
    params: names.join(' '),
    produces: [...new Set(types)].sort().join(' '),
    ...(operation.requestBody !== undefined && { consumes: Object.keys(operation.requestBody.content).sort().join(' ') }),
    codes: Object.keys(operation.responses).join(' '),
  };
}

/** The facts' form: no descriptions (but properties of that name), and references by bare name. */
function withoutDescriptions(value: unknown, isProperties = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutDescriptions(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, content]) => isProperties || key !== 'description' || typeof content !== 'string');
  return Object.fromEntries(
    entries.map(([key, content]) => [
      key,
      key === '$ref' && typeof content === 'string'
        ? content.replace('#/components/schemas/', '')
        : withoutDescriptions(content, key === 'properties'),
    ]),
  );
}
