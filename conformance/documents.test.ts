import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { goJson } from '../api/meta/go-json.ts';
import {
  buildOpenAPIV2,
  buildOpenAPIV3,
  buildOpenAPIV3Index,
  documentNames,
  encodeOpenAPIV2,
  encodeOpenAPIV3,
} from '../openapi/documents/index.ts';
import { createOperationResolver } from '../openapi/operations.ts';
import type { OperationFact } from './facts/index.ts';
import { mergeKeyFacts, operationFacts, schemaFacts } from './facts/index.ts';
import { discoveredResources } from './facts/resources.ts';

/** A part of gnostic's OpenAPIv2.proto. */
const gnostic = protobuf.parse(
  `syntax = "proto3";
  message Document { string swagger = 1; Definitions definitions = 9; }
  message Definitions { repeated NamedSchema entries = 1; }
  message NamedSchema { string name = 1; Schema value = 2; }
  message Any { string yaml = 2; }
  message TypeItem { repeated string values = 1; }
  message AdditionalProperties { oneof which { Schema schema = 1; bool boolean = 2; } }
  message Schema {
    string title = 3; Any default = 5; double multipleOf = 6; double maximum = 7; bool exclusiveMaximum = 8; double minimum = 9;
    bool exclusiveMinimum = 10; int64 maxLength = 11; int64 minLength = 12; string pattern = 13; int64 maxItems = 14; int64 minItems = 15;
    bool uniqueItems = 16; int64 maxProperties = 17; int64 minProperties = 18; repeated string required = 19;
    AdditionalProperties additionalProperties = 21; TypeItem type = 22; repeated Schema allOf = 24; Any example = 30;
  }`,
).root;

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

test('v3 documents are the real server’s to the byte', () => {
  const { paths } = buildOpenAPIV3Index(resources);
  for (const [name, document] of documents) {
    const hash = createHash('sha512').update(goJson(document)).digest('hex').toUpperCase();
    assert.equal(paths[name]!.serverRelativeURL, `/openapi/v3/${name}?hash=${hash}`);
  }
});

test('the v2 document has the bytes of the real server without custom resources', () => {
  const hash = createHash('sha256').update(JSON.stringify(v2)).digest('hex');
  assert.equal(hash, 'a831a8507ba73a78d21b5f176d028b8403615faed6c26ab8f033999fe26f7044');
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

test('the protobuf forms have the bytes of the real server', () => {
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  assert.equal(sha256(encodeOpenAPIV2(v2)), '228043f07987fa481f743b9cdf71c23ba0e9e18d271f85b016b6b6d21107e08c');
  const all = [...documents].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, document]) => Buffer.from(encodeOpenAPIV3(document)));
  assert.equal(sha256(Buffer.concat(all)), '07eaf46be860906bb874664c0c06d7b1c978702c186f5a01fa251baea7fdee1a');
});

test('the protobuf form keeps what custom kinds say of their values', () => {
  const said = {
    title: 'T',
    default: 1,
    multipleOf: 0.5,
    maximum: 9.5,
    exclusiveMaximum: true,
    minimum: -1,
    exclusiveMinimum: true,
    maxLength: 300,
    minLength: 1,
    pattern: '^a',
    maxItems: 5,
    minItems: 2,
    uniqueItems: true,
    maxProperties: 4,
    minProperties: 3,
    required: ['a'],
    example: { a: [{ b: { c: '' } }], d: '*', 'e: f': 'g\nh' },
  };
  const definitions = {
    Said: { ...said, type: ['string', 'null'], additionalProperties: false, allOf: [{ type: 'object' }], unknown: 'left out' },
  };
  const document = gnostic.lookupType('Document').decode(encodeOpenAPIV2({ swagger: '2.0', paths: {}, definitions } as never));
  const [{ value }] = document.toJSON()['definitions'].entries;
  assert.deepEqual(value, {
    ...said,
    default: { yaml: '1\n' },
    example: { yaml: `a:\n    - b:\n        c: ""\nd: '*'\n'e: f': |-\n    g\n    h\n` },
    maxLength: '300',
    minLength: '1',
    maxItems: '5',
    minItems: '2',
    maxProperties: '4',
    minProperties: '3',
    type: { values: ['string', 'null'] },
    additionalProperties: { boolean: false },
    allOf: [{ type: { values: ['object'] } }],
  });
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
