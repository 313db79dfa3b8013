import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject } from '../../../../api/meta/object.ts';
import { createSchemaSource } from '../../../../openapi/source.ts';
import { conform } from '../../schema/conform.ts';
import { absentObject } from './live-object.ts';
import { encodeManagedFields, type Managers } from './managed-fields.ts';
import { entriesOfNew, sharedText } from './new-object.ts';
import type { ManagerContext } from './types.ts';
import { recordUpdate, termsOf } from './update.ts';

const source = createSchemaSource();
const schemas = {
  Pod: source.get('io.k8s.api.core.v1.Pod'),
  Service: source.get('io.k8s.api.core.v1.Service'),
  Deployment: source.get('io.k8s.api.apps.v1.Deployment'),
  ConfigMap: source.get('io.k8s.api.core.v1.ConfigMap'),
  // As custom resources without a schema have it.
  Thing: { type: 'any' } as const,
};

function input(
  kind: keyof typeof schemas,
  object: KubeObject,
  more: Partial<ManagerContext> = {},
): { context: ManagerContext; created: KubeObject } {
  const typed = kind !== 'Thing';
  const created = typed ? (conform(object, schemas[kind]).object as KubeObject) : object;
  const context = { schema: schemas[kind], apiVersion: 'v1', kind, manager: 'm', subresource: '', now: 'then', typed, ...more };
  return { context, created };
}

const entries = ({ context, created }: ReturnType<typeof input>) => entriesOfNew(context, created);

function withoutMemory({ context, created }: ReturnType<typeof input>) {
  const managers: Managers = new Map();
  recordUpdate(absentObject(context), created, termsOf(context), managers);
  return encodeManagedFields(managers);
}

// Each differs from the ones before it in one thing that its field set depends on, or must not depend on.
const series: [keyof typeof schemas, KubeObject][] = [
  ...[
    { containers: [{ name: 'a', image: 'x' }] },
    { containers: [{ name: 'a', image: 'y' }] },
    { containers: [{ name: 'b', image: 'y' }] },
    { containers: [{ name: 'a' }, { name: 'b' }] },
    { containers: [{ name: 'b' }, { name: 'a' }] },
    { containers: [{ name: 'a', ports: [{ containerPort: 1 }] }] },
    { containers: [{ name: 'a', ports: [{ containerPort: 2 }] }] },
    { containers: [{ name: 'a', ports: [{ containerPort: 2, protocol: 'UDP' }] }] },
    { containers: [{ name: 'a', ports: [{ containerPort: 2 }, { containerPort: 2 }] }] },
    { containers: [{ name: 'a', args: ['1'] }] },
    { containers: [{ name: 'a', args: ['1', '2'] }] },
    { containers: [{ name: 'a', resources: { limits: { cpu: 1 } } }] },
    { containers: [{ name: 'a', resources: { limits: { memory: 1 } } }] },
    { containers: [], nodeSelector: { a: 'b' } },
    { containers: [], nodeSelector: {} },
    { containers: [], tolerations: [{ key: 'a' }] },
    {},
  ].map((spec): [keyof typeof schemas, KubeObject] => ['Pod', { metadata: { name: 'p' }, spec } as KubeObject]),
  ['Service', { spec: { ports: [{ port: 1 }] } }],
  ['Service', { spec: { ports: [{ port: 1 }] }, status: { conditions: [{ type: 'a' }] } } as never],
  ['Service', { spec: { ports: [{ port: 2, targetPort: 'a' }] }, status: { loadBalancer: { ingress: [{ ip: '1' }] } } } as never],
  ['Deployment', { metadata: { name: 'd', creationTimestamp: '2026-01-02T03:04:05Z' }, spec: { replicas: 1 } }],
  ['Deployment', { metadata: { name: 'd' }, spec: { replicas: 1 } }],
  ['Deployment', { metadata: { name: 'd', finalizers: ['a/b'] }, spec: { replicas: 1 } }],
  ['Deployment', { metadata: { name: 'd', finalizers: ['a/c'] }, spec: { replicas: 1 } }],
  ['ConfigMap', { metadata: { name: 'c' }, data: { a: '', __proto__: null } as never }],
  ['ConfigMap', { metadata: { name: 'c' }, data: JSON.parse('{"__proto__":"1"}') }],
  ['ConfigMap', { metadata: { name: 'c' } }],
  ...[1, 'a', null, true, {}, [], { b: 1 }, { b: null }, [1], [[1]]].map((x): [keyof typeof schemas, KubeObject] => [
    'Thing',
    { apiVersion: 'v1', kind: 'Thing', spec: { x } } as KubeObject,
  ]),
];

describe('managedFields of a new object', () => {
  it('are the same whether its shape is remembered or not', () => {
    // Twice in a row, then all of it again: each is made once, found at once, and found or made among others.
    for (let round = 0; round < 2; round++) {
      for (const [kind, object] of series) {
        for (let i = 0; i < 2; i++)
          assert.deepEqual(entries(input(kind, object)), withoutMemory(input(kind, object)), JSON.stringify(object));
      }
    }
  });

  it('carry the manager and the time of each', () => {
    const object = { metadata: { name: 'c' }, data: { key: 'value' } };
    for (const more of [
      {},
      { manager: 'other' },
      { now: 'later' },
      { manager: '' },
      { subresource: 'scale' },
      { resetFields: [['data']] },
    ]) {
      const given = input('ConfigMap', object, more);
      assert.deepEqual(entries(given), withoutMemory(given));
      const again = entries(given);
      assert.deepEqual(again, withoutMemory(given));
      if (again) assert.equal(sharedText(again) ?? JSON.stringify(again), JSON.stringify(withoutMemory(given)));
    }
  });

  it('are one object for all that are made alike', () => {
    const of = (name: string) => entries(input('ConfigMap', { metadata: { name }, data: { same: name } }));
    of('first');
    assert.equal(of('second'), of('third'));
    assert.equal(sharedText(of('fourth')!), JSON.stringify(of('fifth')));
  });
});
