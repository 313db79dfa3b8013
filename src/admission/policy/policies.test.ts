import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { configMap } from '../../../api/core/v1/configmap.ts';
import { namespace } from '../../../api/core/v1/namespace.ts';
import { definitions } from '../../../api/index.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { systemClock } from '../../machinery/clock.ts';
import type { ApiServer } from '../../server/api-server.ts';
import { openInProcessServer } from '../../server/testing/in-process-server.ts';
import { openMemoryStorage } from '../../storage/memory/memory-storage.ts';
import type { Storage } from '../../storage/storage.ts';
import { type MutatingPolicies, MutatingPolicyPlugin, mutatingPolicies } from './mutating.ts';
import { type ValidatingPolicies, ValidatingPolicyPlugin, validatingPolicies } from './validating.ts';

const about = {
  resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] }],
};

let storage: Storage;
let server: ApiServer;
let validating: ValidatingPolicies;
let mutating: MutatingPolicies;

beforeEach(async () => {
  storage = openMemoryStorage({ clock: systemClock });
  validating = validatingPolicies();
  mutating = mutatingPolicies();
  server = openInProcessServer(storage, definitions, (environment) => [
    new MutatingPolicyPlugin(mutating, environment),
    new ValidatingPolicyPlugin(validating, environment),
  ]);
  await client()
    .resource(namespace)
    .create('', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one', labels: { env: 'prod' } } });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await storage[Symbol.asyncDispose]();
});

function client() {
  return server.client({ username: 'someone', groups: [] });
}

function enforce(policies: ValidatingPolicies | MutatingPolicies, name: string, spec: object, binding: object = {}): void {
  policies.policies.set({ apiVersion: 'v1', kind: 'P', metadata: { name }, spec: { matchConstraints: about, ...spec } });
  policies.bindings.set({ apiVersion: 'v1', kind: 'B', metadata: { name: `${name}-bound` }, spec: { policyName: name, ...binding } });
}

/** @returns the object's data, or the refusal */
async function create(name: string, data: Record<string, string> = {}): Promise<unknown> {
  try {
    const object: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
    return (await client().resource(configMap).create('one', object)).data;
  } catch (error) {
    return (error as Error).message;
  }
}

const denied = (name: string, policy: string, message: string) =>
  `configmaps "${name}" is forbidden: ValidatingAdmissionPolicy '${policy}' with binding '${policy}-bound' denied request: ${message}`;

test('a validating policy refuses what its expressions do not hold for', async () => {
  const spec = {
    variables: [{ name: 'keys', expression: 'object.data.map(k, k)' }],
    matchConditions: [{ name: 'not-exempt', expression: '!object.metadata.name.startsWith("exempt")' }],
    validations: [
      { expression: 'variables.keys.size() < 2', messageExpression: '"too many: " + string(variables.keys.size())' },
      { expression: 'namespaceObject.metadata.labels.env == "prod"', message: 'only in production' },
    ],
  };
  enforce(validating, 'few', spec, { validationActions: ['Deny'] });
  assert.deepEqual(await create('a', { x: '1' }), { x: '1' });
  assert.equal(await create('b', { x: '1', y: '2' }), denied('b', 'few', 'too many: 2'));
  assert.deepEqual(await create('exempt', { x: '1', y: '2' }), { x: '1', y: '2' });
});

test('a policy that fails refuses, unless it says that failures are ignored', async () => {
  const validations = [{ expression: 'object.data.none == "1"' }];
  enforce(validating, 'strict', { validations }, { validationActions: ['Deny'] });
  const failure = 'expression \'object.data.none == "1"\' resulted in error: no such key: none';
  assert.equal(await create('a', { x: '1' }), denied('a', 'strict', failure));
  enforce(validating, 'strict', { validations, failurePolicy: 'Ignore' }, { validationActions: ['Deny'] });
  assert.deepEqual(await create('a', { x: '1' }), { x: '1' });
});

test('a binding only audits where it does not deny, and parameters that are not there refuse', async () => {
  const validations = [{ expression: 'object.data.size() < int(params.data.max)' }];
  const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
  enforce(validating, 'audited', { validations: [{ expression: 'false' }] }, { validationActions: ['Audit'] });
  await create('limits', { max: '2' });
  const paramRef = { name: 'limits', namespace: 'one', parameterNotFoundAction: 'Deny' };
  enforce(validating, 'limited', { validations, paramKind }, { validationActions: ['Deny'], paramRef });
  assert.deepEqual(await create('a', { x: '1' }), { x: '1' });
  assert.equal(
    await create('b', { x: '1', y: '2' }),
    denied('b', 'limited', 'failed expression: object.data.size() < int(params.data.max)'),
  );
  enforce(validating, 'limited', { validations, paramKind }, { validationActions: ['Deny'], paramRef: { ...paramRef, name: 'none' } });
  assert.match(String(await create('c')), /no params found for policy binding with `Deny` parameterNotFoundAction/);
});

test('mutating policies change what is created, before validating ones see it', async () => {
  const apply = { patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{data: {"added": object.metadata.name}}' } };
  const patch = {
    patchType: 'JSONPatch',
    jsonPatch: { expression: '[JSONPatch{op: "replace", path: "/data/added", value: object.data.added + "!"}]' },
  };
  enforce(mutating, 'adding', { mutations: [apply, patch], reinvocationPolicy: 'Never' });
  enforce(validating, 'seeing', { validations: [{ expression: 'object.data.added == "a!"' }] }, { validationActions: ['Deny'] });
  assert.deepEqual(await create('a', { x: '1' }), { added: 'a!', x: '1' });
  assert.equal(await create('b'), denied('b', 'seeing', 'failed expression: object.data.added == "a!"'));
});
