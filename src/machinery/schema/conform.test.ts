import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSent } from '../../../api/meta/sent-empty.ts';
import { createSchemaSource } from '../../../openapi/source.ts';
import { conform, DecodeError, strictDecodingError } from './conform.ts';
import { parseJson, parseYaml } from './parse.ts';

const source = createSchemaSource();
const configMap = source.get('io.k8s.api.core.v1.ConfigMap');
const podTemplate = source.get('io.k8s.api.core.v1.PodTemplate');
const podSpec = source.get('io.k8s.api.core.v1.PodSpec');

// Cloning leaves symbols behind.
const withoutNotes = (object: unknown): unknown => structuredClone(object);

test('values take the form that decoding and encoding in Go gives them', () => {
  const spec = {
    containers: [
      {
        image: 'i',
        name: 'c',
        ports: [{ containerPort: 80 }, { containerPort: 81, protocol: 'UDP', hostPort: 0 }],
        command: [null, 'x'],
        env: [],
        stdin: false,
        resources: { limits: { cpu: '1000m', memory: 5, 'example.com/none': null } },
        livenessProbe: { httpGet: { port: 80, path: '' }, initialDelaySeconds: 0, terminationGracePeriodSeconds: 0 },
        nope: 1,
      },
    ],
    nodeSelector: { a: null },
    priority: 0,
    hostNetwork: false,
    enableServiceLinks: false,
    nodeName: '',
    tolerations: null,
    volumes: [],
  };
  const { object } = conform(spec, podSpec);
  assert.deepEqual([asSent(object, 'volumes'), asSent(object.containers[0], 'env'), asSent(object, 'tolerations')], [[], [], undefined]);
  assert.deepStrictEqual(withoutNotes(object), {
    containers: [
      {
        name: 'c',
        image: 'i',
        command: ['', 'x'],
        ports: [
          { containerPort: 80, protocol: 'TCP' },
          { containerPort: 81, protocol: 'UDP' },
        ],
        resources: { limits: { cpu: '1', memory: '5', 'example.com/none': '0' } },
        livenessProbe: { httpGet: { port: 80 }, terminationGracePeriodSeconds: 0 },
      },
    ],
    nodeSelector: { a: '' },
    priority: 0,
    enableServiceLinks: false,
  });
});

test('an empty object has what Go writes of an empty struct', () => {
  assert.deepStrictEqual(conform({}, source.get('io.k8s.api.apps.v1.Deployment')).object, {
    metadata: {},
    spec: { selector: null, template: { metadata: {}, spec: { containers: null } }, strategy: {} },
    status: {},
  });
  assert.deepStrictEqual(conform({}, source.get('io.k8s.api.rbac.v1.Role')).object, { metadata: {}, rules: null });
});

test('an empty list of managedFields stays', () => {
  assert.deepStrictEqual(withoutNotes(conform({ metadata: { managedFields: [], finalizers: [] } }, configMap).object), {
    metadata: { managedFields: [] },
  });
});

test('a wrong value is refused in the words of Go', () => {
  const wrongInConfigMap: [value: unknown, message: string][] = [
    [{ data: { k: 1 } }, 'json: cannot unmarshal number into Go struct field ConfigMap.data of type string'],
    [{ data: 'x' }, 'json: cannot unmarshal string into Go struct field ConfigMap.data of type map[string]string'],
    [{ metadata: 'x' }, 'json: cannot unmarshal string into Go struct field ConfigMap.metadata of type v1.ObjectMeta'],
    [{ metadata: { labels: { a: true } } }, 'json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string'],
    [
      { metadata: { generation: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field ObjectMeta.metadata.generation of type int64',
    ],
    [
      { metadata: { ownerReferences: {} } },
      'json: cannot unmarshal object into Go struct field ObjectMeta.metadata.ownerReferences of type []v1.OwnerReference',
    ],
    [
      { metadata: { ownerReferences: [{ name: 1 }] } },
      'json: cannot unmarshal number into Go struct field OwnerReference.metadata.ownerReferences.name of type string',
    ],
    [{ metadata: { creationTimestamp: 'x' } }, 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
    [{ metadata: { creationTimestamp: '2026-13-01' } }, 'parsing time "2026-13-01": month out of range'],
    [{ metadata: { creationTimestamp: '2026-02-30T00:00:00Z' } }, 'parsing time "2026-02-30T00:00:00Z": day out of range'],
    [
      { metadata: { creationTimestamp: '2026-02-01T00:00:00+25:00' } },
      'parsing time "2026-02-01T00:00:00+25:00": time zone offset hour out of range',
    ],
    [
      { metadata: { creationTimestamp: 5 } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string',
    ],
    [{ immutable: 'yes' }, 'json: cannot unmarshal string into Go struct field ConfigMap.immutable of type bool'],
    [{ binaryData: { a: '@@@' } }, 'illegal base64 data at input byte 0'],
    [{ binaryData: { a: 'QUJD=' } }, 'illegal base64 data at input byte 4'],
    [{ binaryData: { a: 5 } }, 'json: cannot unmarshal number into Go struct field ConfigMap.binaryData of type []uint8'],
    [{ data: { a: 1 }, metadata: 'x' }, 'json: cannot unmarshal number into Go struct field ConfigMap.data of type string'],
  ];
  const quantity = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  const wrongInPod: [spec: unknown, message: string][] = [
    [{ containers: [{ resources: { limits: { cpu: 'x' } } }] }, quantity],
    [
      { containers: [{ livenessProbe: { httpGet: { port: true } } }] },
      'json: cannot unmarshal bool into Go struct field HTTPGetAction.template.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32',
    ],
    [
      { containers: [{ ports: [{ containerPort: 99999999999 }] }] },
      'json: cannot unmarshal number 99999999999 into Go struct field ContainerPort.template.spec.containers.ports.containerPort of type int32',
    ],
    [{ containers: [5] }, 'json: cannot unmarshal number into Go struct field PodSpec.template.spec.containers of type v1.Container'],
    [
      { volumes: [{ emptyDir: 5 }] },
      'json: cannot unmarshal number into Go struct field Volume.template.spec.volumes.VolumeSource.emptyDir of type v1.EmptyDirVolumeSource',
    ],
  ];
  for (const [value, message] of wrongInConfigMap) assert.throws(() => conform(value, configMap), new DecodeError(message));
  for (const [spec, message] of wrongInPod) assert.throws(() => conform({ template: { spec } }, podTemplate), new DecodeError(message));
});

test('unknown and duplicate fields are reported in the order of the document', () => {
  const text = '{"spec":{"x":1,"x":2},"metadata":{"name":"a","colour":"red","name":"b"},"data":{"k":"v","k":"w"},"Data":null}';
  const body = parseJson(text);
  const { object, strictErrors } = conform(body.value, configMap, { strict: true, body });
  assert.deepStrictEqual(object, { metadata: { name: 'b' }, data: { k: 'w' } });
  assert.equal(
    strictDecodingError(strictErrors),
    'strict decoding error: unknown field "spec", unknown field "metadata.colour", duplicate field "metadata.name", duplicate field "data.k", unknown field "Data"',
  );
  const yaml = parseYaml('metadata: {name: a}\ndata:\n  a: b\n  a: c\n  a: d\nspec: 1\nfoo: 2\n');
  assert.equal(
    strictDecodingError(conform(yaml.value, configMap, { strict: true, body: yaml }).strictErrors),
    'strict decoding error: yaml: unmarshal errors:\n  line 4: key "a" already set in map\n  line 5: key "a" already set in map, unknown field "foo", unknown field "spec"',
  );
  const spec = { containers: [{ name: 'a', pull: 1, ports: [{ hostPrt: 1 }] }, { env: [{ valeu: '1' }] }], volums: [] };
  assert.deepStrictEqual(conform(spec, podSpec, { strict: true }).strictErrors, [
    'unknown field "containers[0].ports[0].hostPrt"',
    'unknown field "containers[0].pull"',
    'unknown field "containers[1].env[0].valeu"',
    'unknown field "volums"',
  ]);
});

test('custom resources keep empty values and lose what their schema does not name', () => {
  const text = { type: 'string' } as const;
  const field = (name: string, schema: any, more = {}) => [name, { name, schema, required: false, ...more }] as const;
  const schema = {
    type: 'object',
    mapType: 'granular',
    fields: new Map([
      field('empty', text),
      field(
        'defaulted',
        { type: 'object', mapType: 'granular', fields: new Map([field('inner', text, { default: 'x' })]) },
        { default: {} },
      ),
      field('free', { type: 'object', mapType: 'granular', fields: new Map(), preserveUnknownFields: true }),
      field('nothing', { ...text, nullable: true }),
    ]),
  } as const;
  assert.deepStrictEqual(conform({ empty: '', free: { a: [1] }, gone: 1, nothing: null }, schema).object, {
    empty: '',
    defaulted: { inner: 'x' },
    free: { a: [1] },
    nothing: null,
  });
});
