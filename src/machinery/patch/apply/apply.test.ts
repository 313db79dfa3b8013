import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../../api/meta/object.ts';
import type { Schema } from '../../../../openapi/schema.ts';
import { createSchemaSource } from '../../../../openapi/source.ts';
import type { PatchError } from '../error.ts';
import { applyPatch } from './apply.ts';
import { parseApplyBody } from './body.ts';
import { keepTimesIfUnchanged, managerName, trackUpdate } from './track-update.ts';
import type { ApplyInput } from './types.ts';

const anything: Schema = { type: 'any' };

const source = createSchemaSource();
const kinds = {
  ConfigMap: { apiVersion: 'v1', kind: 'ConfigMap', schema: source.get('io.k8s.api.core.v1.ConfigMap') },
  PodTemplate: { apiVersion: 'v1', kind: 'PodTemplate', schema: source.get('io.k8s.api.core.v1.PodTemplate') },
  Pod: { apiVersion: 'v1', kind: 'Pod', schema: source.get('io.k8s.api.core.v1.Pod') },
};
const seconds = (n: number) => `2026-01-02T03:04:${String(n).padStart(2, '0')}Z`;

/** One object, written to step by step by several managers, a second apart. */
class Stored {
  object: KubeObject | undefined;
  private readonly kind: keyof typeof kinds;
  private step = 0;

  constructor(kind: keyof typeof kinds) {
    this.kind = kind;
  }

  private context(manager: string, options: Partial<ApplyInput>) {
    return { ...kinds[this.kind], subresource: '', manager, now: seconds(++this.step), live: this.object, ...options };
  }

  private keep(object: KubeObject): this {
    const { apiVersion, kind } = kinds[this.kind];
    const kept = { apiVersion, kind, ...object, metadata: { name: 'one', uid: 'u', creationTimestamp: seconds(0), ...object.metadata } };
    this.object = this.object ? keepTimesIfUnchanged(this.object, kept) : kept;
    return this;
  }

  update(manager: string, object: KubeObject, options: Partial<ApplyInput> = {}): this {
    return this.keep(
      trackUpdate(this.context(manager, options), this.object, { ...object, metadata: { name: 'one', ...object.metadata } }),
    );
  }

  apply(manager: string, fields: KubeObject, options: Partial<ApplyInput> = {}): this {
    const { apiVersion, kind } = kinds[this.kind];
    const applied = { apiVersion, kind, ...fields, metadata: { name: 'one', ...fields.metadata } };
    return this.keep(applyPatch({ ...this.context(manager, options), applied, force: false, ...options }));
  }

  /** Each entry as `operation manager [subresource] second: fields as JSON`. */
  owners(): string[] {
    return (this.object?.metadata?.managedFields ?? []).map(({ operation, manager, subresource, time, fieldsV1 }) => {
      const names = [operation, manager, subresource].filter(Boolean).join(' ');
      return `${names} ${time ? Number(time.slice(-3, -1)) : '-'}: ${JSON.stringify(fieldsV1)}`;
    });
  }
}

const failure = (action: () => unknown): { code: number; message: string; causes: unknown } | undefined => {
  try {
    action();
  } catch (error) {
    const { code, message, causes } = error as PatchError;
    return { code, message, causes };
  }
  return undefined;
};

test('updates own what they change, and lose what others change or remove', () => {
  const stored = new Stored('ConfigMap').update('maker', {
    metadata: { labels: { a: '1', b: '2' }, finalizers: ['x/keep'] },
    data: { x: '1', y: '2' },
  });
  assert.deepStrictEqual(stored.owners(), [
    'Update maker 1: {"f:data":{".":{},"f:x":{},"f:y":{}},"f:metadata":{"f:finalizers":{".":{},"v:\\"x/keep\\"":{}},"f:labels":{".":{},"f:a":{},"f:b":{}}}}',
  ]);
  stored.update('other', { metadata: { labels: { b: '2', c: '3' }, finalizers: ['x/other'] }, data: { x: '5', y: '2' } });
  assert.deepStrictEqual(stored.owners(), [
    'Update maker 1: {"f:data":{".":{},"f:y":{}},"f:metadata":{"f:finalizers":{},"f:labels":{".":{},"f:b":{}}}}',
    'Update other 2: {"f:data":{"f:x":{}},"f:metadata":{"f:finalizers":{"v:\\"x/other\\"":{}},"f:labels":{"f:c":{}}}}',
  ]);
  const before = stored.object;
  stored.update('bystander', { ...before, metadata: { ...before!.metadata, resourceVersion: '7', generation: 3 } });
  assert.deepStrictEqual(stored.object!.metadata!.managedFields, before!.metadata!.managedFields);
  stored.update('maker', { metadata: stored.object!.metadata, data: { x: '5', y: '3' } });
  assert.deepStrictEqual(
    stored.owners().map((text) => text.split(':')[0]),
    ['Update other 2', 'Update maker 4'],
  );
});

test('clients may clear and rewrite managedFields, but not break them', () => {
  const data = { a: '1' };
  const entry = {
    manager: 'rewritten',
    operation: 'Update',
    apiVersion: 'v1',
    time: seconds(9),
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:data': { 'f:a': {} } },
  } as const;
  const write = (managedFields: any, options: Partial<ApplyInput> = {}) => {
    const stored = new Stored('ConfigMap').update('maker', { data });
    return stored.update('named', { data, metadata: { managedFields } }, options).owners();
  };
  const kept = ['Update maker 1: {"f:data":{".":{},"f:a":{}}}'];
  assert.deepStrictEqual(write([]), []);
  assert.deepStrictEqual(write([{}]), []);
  assert.deepStrictEqual(write([{}], { subresource: 'status' }), kept);
  assert.deepStrictEqual(write([{ ...entry, operation: 'Grab' }]), kept);
  assert.deepStrictEqual(write([{ ...entry, fieldsType: 'FieldsV2' }]), kept);
  assert.deepStrictEqual(write([{ ...entry, fieldsV1: { 'q:data': {} } }]), []);
  assert.deepStrictEqual(write([entry]), ['Update rewritten 9: {"f:data":{"f:a":{}}}']);
  const cleared = new Stored('ConfigMap').update('maker', { data }).update('maker', { data, metadata: { managedFields: [] } });
  assert.deepStrictEqual(cleared.update('named', { data: { b: '2' } }).owners(), []);
});

test('the oldest of more than ten updaters become one', () => {
  const stored = new Stored('ConfigMap');
  const data: Record<string, string> = {};
  for (let i = 0; i < 13; i++) {
    data[`k${i}`] = 'v';
    stored.update(`m${i}`, { data: { ...data } });
  }
  const owners = stored.owners();
  assert.equal(owners.length, 10);
  assert.equal(owners[0], 'Update ancient-changes 4: {"f:data":{".":{},"f:k0":{},"f:k1":{},"f:k2":{},"f:k3":{}}}');
});

test('an apply owns what it names, changes it, and takes away what it leaves out', () => {
  const stored = new Stored('ConfigMap').apply('alpha', { metadata: { labels: { l: '1' } }, data: { a: '1', b: '2' } });
  assert.deepStrictEqual(stored.owners(), ['Apply alpha 1: {"f:data":{"f:a":{},"f:b":{}},"f:metadata":{"f:labels":{"f:l":{}}}}']);
  const before = stored.object;
  assert.equal(
    stored.apply('alpha', { metadata: { labels: { l: '1' } }, data: { a: '1', b: '2' } }).owners()[0],
    'Apply alpha 1: {"f:data":{"f:a":{},"f:b":{}},"f:metadata":{"f:labels":{"f:l":{}}}}',
  );
  assert.deepStrictEqual(stored.object, before);
  stored.update('user', {
    metadata: { managedFields: before!.metadata!.managedFields, labels: { l: '1' } },
    data: { a: '1', b: '2', c: '3' },
  });
  stored.apply('alpha', { data: { a: '9' } });
  assert.deepStrictEqual(stored.object!.data, { a: '9', c: '3' });
  assert.equal(stored.object!.metadata!.labels, undefined);
  assert.deepStrictEqual(stored.owners(), ['Apply alpha 4: {"f:data":{"f:a":{}}}', 'Update user 3: {"f:data":{"f:c":{}}}']);
  stored.apply('alpha', {});
  assert.deepStrictEqual(stored.owners(), ['Update user 3: {"f:data":{"f:c":{}}}']);
});

test('empty and null values are owned', () => {
  const stored = new Stored('ConfigMap').apply('alpha', { metadata: { labels: {} }, data: { empty: '' }, binaryData: {} });
  assert.deepStrictEqual(stored.owners(), ['Apply alpha 1: {"f:binaryData":{},"f:data":{"f:empty":{}},"f:metadata":{"f:labels":{}}}']);
  const nulls = new Stored('ConfigMap').apply('alpha', { metadata: { labels: null }, data: { n: null, k: 'v' } } as unknown as KubeObject);
  assert.deepStrictEqual(nulls.owners(), ['Apply alpha 1: {"f:data":{"f:k":{},"f:n":{}},"f:metadata":{"f:labels":{}}}']);
  assert.deepStrictEqual(nulls.object!.data, { n: '', k: 'v' });
});

test('conflicts name who owns what, and force takes it', () => {
  const stored = new Stored('ConfigMap').update('maker', { data: { a: '1', b: '2', c: '3' } }).apply('alpha', { data: { d: '4' } });
  assert.deepStrictEqual(
    failure(() => stored.apply('beta', { data: { a: 'x' } })),
    {
      code: 409,
      message: 'Apply failed with 1 conflict: conflict with "maker" using v1: .data.a',
      causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "maker" using v1', field: '.data.a' }],
    },
  );
  assert.equal(
    failure(() => stored.apply('beta', { data: { b: 'x', a: 'x', d: 'x' } }))?.message,
    'Apply failed with 3 conflicts: conflicts with "alpha":\n- .data.d\nconflicts with "maker" using v1:\n- .data.a\n- .data.b',
  );
  stored.apply('beta', { data: { a: 'x', d: 'x' } }, { force: true });
  assert.deepStrictEqual(
    stored.owners().map((text) => text.replace(/ \d+:/, '')),
    ['Apply beta {"f:data":{"f:a":{},"f:d":{}}}', 'Update maker {"f:data":{".":{},"f:b":{},"f:c":{}}}'],
  );
});

test('lists of maps are merged by their keys, with defaults, in a stable order', () => {
  const ports = (...list: object[]) => ({ template: { spec: { containers: [{ name: 'c', image: 'i', ports: list }] } } });
  const stored = new Stored('PodTemplate').apply('alpha', ports({ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }));
  assert.deepStrictEqual(stored.owners(), [
    'Apply alpha 1: {"f:template":{"f:spec":{"f:containers":{"k:{\\"name\\":\\"c\\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{"k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:containerPort":{}},"k:{\\"containerPort\\":80,\\"protocol\\":\\"UDP\\"}":{".":{},"f:containerPort":{},"f:protocol":{}}}}}}}}',
  ]);
  stored.apply('beta', ports({ containerPort: 443 }, { containerPort: 80, protocol: 'UDP' }));
  const listed = () => stored.object!.template.spec.containers[0].ports.map((port: any) => `${port.containerPort}/${port.protocol}`);
  assert.deepStrictEqual(listed(), ['80/TCP', '443/TCP', '80/UDP']);
  stored.apply('alpha', ports({ containerPort: 80 }));
  assert.deepStrictEqual(listed(), ['80/TCP', '443/TCP', '80/UDP']);
  stored.apply('beta', { template: { spec: { containers: [{ name: 'c' }] } } });
  assert.deepStrictEqual(listed(), ['80/TCP']);
});

test('items that cannot be told apart are owned as one', () => {
  const ports = (...list: object[]) => ({ template: { spec: { containers: [{ name: 'c', image: 'i', ports: list }] } } });
  const one = { containerPort: 80, protocol: 'TCP' };
  const element = 'k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}';
  const owned = (stored: Stored) =>
    stored.owners().map((text) => text.slice(text.indexOf(element) + element.length + 2).replace(/\}*$/, ''));
  const stored = new Stored('PodTemplate').update('maker', ports(one));
  const update = (manager: string, object: KubeObject) =>
    stored.update(manager, { ...object, metadata: { managedFields: stored.object!.metadata!.managedFields } });
  update('doubler', ports(one, { ...one, name: 'again' }));
  assert.equal(
    stored
      .owners()
      .find((text) => text.startsWith('Update maker'))!
      .includes('containerPort'),
    false,
  );
  assert.deepStrictEqual(owned(stored).at(-1), '{');
  update('single', ports(one));
  assert.match(stored.owners().at(-1)!, /^Update single .*"f:containerPort":\{\},"f:protocol":\{\}/);
});

test('what a subresource ignores is not owned', () => {
  const stored = new Stored('Pod').apply(
    'alpha',
    { spec: { containers: [{ name: 'c' }] }, status: { phase: 'Running' } },
    { resetFields: [['status']] },
  );
  assert.deepStrictEqual(stored.owners(), ['Apply alpha 1: {"f:spec":{"f:containers":{"k:{\\"name\\":\\"c\\"}":{".":{},"f:name":{}}}}}']);
  stored.apply('kubelet', { spec: { nodeName: 'n' }, status: { message: 'm' } }, { subresource: 'status', resetFields: [['spec']] });
  assert.equal(stored.owners()[1], 'Apply kubelet status 2: {"f:status":{"f:message":{}}}');
});

test("kubectl's server-side apply takes over what its client-side apply owned, and keeps the annotation in step", () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const last = JSON.stringify({ apiVersion: 'v1', data: { a: '1', b: '2' }, kind: 'ConfigMap', metadata: { name: 'one' } });
  const stored = new Stored('ConfigMap').update('kubectl-client-side-apply', {
    metadata: { annotations: { [annotation]: last } },
    data: { a: '1', b: '2' },
  });
  assert.match(failure(() => stored.apply('other', { data: { a: '5' } }))!.message, /conflict with "kubectl-client-side-apply"/);
  stored.apply('kubectl', { data: { a: '5', b: '2' } });
  assert.equal(
    stored.object!.metadata!.annotations![annotation],
    '{"apiVersion":"v1","data":{"a":"5","b":"2"},"kind":"ConfigMap","metadata":{"name":"one"}}\n',
  );
  assert.deepStrictEqual(stored.owners(), [
    'Apply kubectl 3: {"f:data":{"f:a":{},"f:b":{}}}',
    'Update kubectl-client-side-apply 1: {"f:data":{".":{},"f:b":{}},"f:metadata":{"f:annotations":{".":{},"f:kubectl.kubernetes.io/last-applied-configuration":{}}}}',
  ]);
});

test('the first apply finds an owner for what was there', () => {
  const stored = new Stored('ConfigMap')
    .update('maker', { data: { k: 'v', old: 'x' } })
    .update('maker', { data: { k: 'v', old: 'x' }, metadata: { managedFields: [] } });
  stored.apply('alpha', { data: { k: 'v' } });
  assert.deepStrictEqual(stored.owners(), [
    'Apply alpha -: {"f:data":{"f:k":{}}}',
    'Update before-first-apply 3: {"f:data":{".":{},"f:k":{},"f:old":{}}}',
  ]);
  assert.equal(
    failure(() => stored.apply('alpha', { data: { k: 'w' } }))?.message,
    'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.k',
  );
});

test('two versions of a kind have one set of appliers', () => {
  const schema = kinds.ConfigMap.schema;
  const rename = (from: string, to: string) => (object: KubeObject) => {
    const { [from]: moved, ...rest } = object;
    return moved === undefined ? rest : { ...rest, [to]: moved };
  };
  const versions = {
    schema: (version: string) => (version === 'v0' ? schema : undefined),
    convert: rename('data', 'binaryData'),
    ignores: () => true,
    convertBack: rename('binaryData', 'data'),
  };
  const stored = new Stored('ConfigMap').apply('alpha', { data: { a: '1', b: '2' } });
  const [entry] = stored.object!.metadata!.managedFields!;
  const older = { ...entry!, apiVersion: 'v0', fieldsV1: { 'f:binaryData': { 'f:a': {}, 'f:b': {} } } };
  stored.object = {
    ...stored.object,
    metadata: { ...stored.object!.metadata, managedFields: [older, { ...older, manager: 'gone', apiVersion: 'v9' }] },
  };
  stored.apply('alpha', { data: { a: '1' } }, { versions });
  assert.deepStrictEqual(stored.object.data, { a: '1' });
  assert.deepStrictEqual(stored.owners(), ['Apply alpha 2: {"f:data":{"f:a":{}}}']);
});

test('a version that does not know all fields cannot say what its managers own', () => {
  const schema = kinds.ConfigMap.schema;
  const strange = (object: KubeObject) => (object['data'].b ? { ...object, spec: {} } : object);
  const versions = { schema: () => schema, ignores: () => true, convert: strange, convertBack: strange };
  const stored = new Stored('ConfigMap').apply('alpha', { data: { a: '1' } });
  const [entry] = stored.object!.metadata!.managedFields!;
  stored.object = { ...stored.object, metadata: { ...stored.object!.metadata, managedFields: [{ ...entry!, apiVersion: 'v0' }] } };
  assert.deepStrictEqual(
    failure(() => stored.apply('beta', { data: { b: '2' } }, { versions }))?.message,
    'failed to convert new object: .spec: field not declared in schema',
  );
  const updated = { ...stored.object, data: { a: '1', b: '2' } } as KubeObject;
  const context = { schema, apiVersion: 'v1', kind: 'ConfigMap', manager: 'gamma', subresource: '', now: '', versions };
  assert.strictEqual(trackUpdate(context, stored.object, updated).metadata!.managedFields, undefined);
});

test('what cannot be applied is refused in the words of the real server', () => {
  const stored = new Stored('ConfigMap').apply('alpha', { data: { a: '1' } });
  const typed = 'failed to create typed patch object (/one; /v1, Kind=ConfigMap): ';
  const table: [fields: any, code: number, message: string][] = [
    [{ kind: 'Secret' }, 400, 'invalid object type: /v1, Kind=Secret'],
    [{ apiVersion: 'apps/v1' }, 400, 'invalid object type: apps/v1, Kind=ConfigMap'],
    [{ metadata: { managedFields: [] } }, 400, 'metadata.managedFields must be nil'],
    [{ spec: {} }, 500, `${typed}.spec: field not declared in schema`],
    [{ data: { k: 1 } }, 500, `${typed}.data.k: expected string, got &value.valueUnstructured{Value:1}`],
    [{ data: ['x'] }, 500, `${typed}.data: expected map, got &{[x]}`],
    [{ immutable: 'yes' }, 500, `${typed}.immutable: expected boolean, got &{yes}`],
    [{ metadata: { generation: 'x' } }, 500, `${typed}.metadata.generation: expected numeric (int or float), got string`],
    [{ metadata: { finalizers: ['a/b', 'a/b'] } }, 500, `${typed}.metadata.finalizers: duplicate entries for key [="a/b"]`],
    [
      { metadata: { ownerReferences: ['x'] } },
      500,
      `${typed}.metadata.ownerReferences: element 0: associative list with keys may not have non-map elements`,
    ],
    [
      { data: { k: 5 }, foo: 1 },
      500,
      `${typed}errors:\n  .data.k: expected string, got &value.valueUnstructured{Value:5}\n  .foo: field not declared in schema`,
    ],
    [
      { binaryData: { a: '@@' } },
      500,
      'failed to convert new object (/one; /v1, Kind=ConfigMap) to proper version: unable to convert unstructured object to /v1, Kind=ConfigMap: error decoding from json: illegal base64 data at input byte 0',
    ],
  ];
  for (const [fields, code, message] of table) {
    const { causes: _, ...error } = failure(() => stored.apply('alpha', fields))!;
    assert.deepStrictEqual(error, { code, message });
  }
});

test('bodies of applies', () => {
  assert.deepStrictEqual(parseApplyBody('a: 1\nb: {c: yes}\n', 'Strict', anything), { object: { a: 1, b: { c: true } }, warnings: [] });
  assert.deepStrictEqual(parseApplyBody('a: 1\na: 2\n', 'Warn', anything), {
    object: { a: 2 },
    warnings: ['line 2: key "a" already set in map'],
  });
  assert.equal(
    parseApplyBody('a: 1\na: 2\n', 'Strict', anything).refusal?.message,
    'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 2: key "a" already set in map',
  );
  const table: [text: string, message: string][] = [
    [
      '- a\n',
      'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
    ],
    ['a: b\n  c: [d', 'error decoding YAML: error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context'],
  ];
  for (const [text, message] of table) assert.throws(() => parseApplyBody(text, 'Strict', anything), { code: 400, message });
});

test('the manager of a request', () => {
  assert.equal(managerName('me', 'kubectl/v1'), 'me');
  assert.equal(managerName(undefined, 'shiny-tool/v1.2.3 (linux/amd64)'), 'shiny-tool');
  assert.equal(managerName('', 'y'.repeat(200)), 'y'.repeat(128));
});
