import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadDefinitions } from './definitions.ts';
import type { ListSchema, ObjectSchema } from './schema.ts';
import { createSchemaSource } from './source.ts';

const source = createSchemaSource();
const object = (name: string) => source.get(name) as ObjectSchema;

test('every definition compiles', () => {
  for (const name of Object.keys(loadDefinitions())) assert.equal(source.get(name).name, name);
});

test('fields stand in the order of the Go struct', () => {
  assert.deepEqual(
    [...object('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta').fields.keys()],
    [
      ...['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp'],
      ...['deletionTimestamp', 'deletionGracePeriodSeconds', 'labels', 'annotations', 'ownerReferences', 'finalizers', 'managedFields'],
    ],
  );
  assert.deepEqual([...object('io.k8s.api.core.v1.Pod').fields.keys()], ['kind', 'apiVersion', 'metadata', 'spec', 'status']);
});

test('list types, merge keys and defaults are those of the field', () => {
  const ports = object('io.k8s.api.core.v1.Container').fields.get('ports')!;
  const list = ports.schema as ListSchema;
  assert.deepEqual(
    [list.listType, list.mapKeys, ports.patchStrategy, ports.patchMergeKey],
    ['map', ['containerPort', 'protocol'], ['merge'], 'containerPort'],
  );
  const port = list.items as ObjectSchema;
  assert.equal(port.fields.get('protocol')!.default, 'TCP');
  assert.equal(port.fields.get('containerPort')!.default, 0);
});

test('a definition may refer to itself', () => {
  const props = object('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps');
  assert.equal(props.fields.get('not')!.schema, props);
});

test('types with an encoding of their own are scalars', () => {
  assert.deepEqual(object('io.k8s.api.core.v1.ServicePort').fields.get('targetPort')!.schema.type, 'intOrString');
  assert.deepEqual(object('io.k8s.api.coordination.v1.LeaseSpec').fields.get('renewTime')!.schema.type, 'microTime');
  assert.equal(source.get('io.k8s.apimachinery.pkg.runtime.RawExtension').type, 'any');
});

test('an unknown definition is an error', () => {
  assert.throws(() => source.get('io.k8s.api.core.v1.Nothing'), /There is no definition/);
});
