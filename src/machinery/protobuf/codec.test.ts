import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { KubeObject } from '../../../api/meta/object.ts';
import { EnvelopeError, MessageError, ProtobufCodec, ProtobufError } from './codec.ts';

/** Answers of kube-apiserver v1.36.3: the same object as JSON and as protobuf; objects only as protobuf; the first frame of a watch. */
const recorded: {
  objects: { json: KubeObject; protobuf: string }[];
  created: string[];
  watchFrame: string;
} = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8'));

const codec = new ProtobufCodec();
const bytesOf = (base64: string) => Buffer.from(base64, 'base64');
const named = (object: KubeObject) => `${object.kind} ${object.metadata?.name ?? ''}`;

for (const { json, protobuf } of recorded.objects) {
  test(`${named(json)} is encoded byte for byte as the real server does`, () => {
    assert.equal(codec.encode(json).toString('base64'), protobuf);
  });
  test(`${named(json)} is decoded to what the real server shows as JSON, fields in the same order`, () => {
    const expected = json.kind === 'PartialObjectMetadataList' ? withoutItemKinds(json) : withoutTemplateKinds(json);
    assert.equal(JSON.stringify(codec.decode(bytesOf(protobuf))), JSON.stringify(expected));
  });
}

test('decoding and encoding again gives the same bytes', () => {
  for (const protobuf of recorded.created) {
    const object = codec.decode(bytesOf(protobuf));
    assert.equal(codec.encode(object).toString('base64'), protobuf, named(object));
  }
});

test('a list is composed of the messages of its items', () => {
  const list = recorded.objects.find(({ json }) => json.kind === 'PodList')!;
  const items = list.json['items'].map((item: KubeObject) => codec.encodeMessage(item, 'v1', 'Pod'));
  assert.equal(codec.encodeList(list.json as never, items).toString('base64'), list.protobuf);
});

test('a message is wrapped as it would have been encoded', () => {
  const { json, protobuf } = recorded.objects[0]!;
  assert.equal(codec.wrap(json.apiVersion!, json.kind!, codec.encodeMessage(json)).toString('base64'), protobuf);
});

test('watch frames are those of the real server', () => {
  const frame = bytesOf(recorded.watchFrame);
  const event = codec.decodeWatchEvent(frame.subarray(4));
  assert.deepEqual([event.type, event.object.kind], ['ADDED', 'ConfigMap']);
  assert.deepEqual(codec.encodeWatchFrame(event.type, codec.encode(event.object)), frame);
});

test('an envelope without a kind has the expected one', () => {
  const message = codec.encodeMessage({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } });
  const expected = { group: '', version: 'v1', kind: 'ConfigMap' };
  assert.deepEqual(codec.decode(codec.wrap('', '', message), expected), {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: {},
    data: { a: 'b' },
  });
});

test('kinds of meta/v1 are known under every group-version', () => {
  const options = { kind: 'DeleteOptions', apiVersion: 'apps/v1', gracePeriodSeconds: 0, propagationPolicy: 'Orphan' };
  assert.deepEqual(codec.decode(codec.encode(options)), options);
  assert.equal(codec.supports('apps/v1', 'Deployment'), true);
  assert.equal(codec.supports('meta.k8s.io/v1', 'Table'), false);
  assert.equal(codec.supports('example.com/v1', 'Foo'), false);
});

test('values at the borders survive', () => {
  const object = {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'ü\u{1f600}', generation: -1, labels: { '\u{10000}': 'b', '\uffff': 'a', __proto__x: '' } },
    data: { long: 'é'.repeat(5000) },
    binaryData: { z: Buffer.alloc(70_000, 7).toString('base64') },
  };
  const decoded = codec.decode(codec.encode(object));
  assert.deepEqual(decoded, object);
  assert.deepEqual(Object.keys(decoded.metadata!.labels!), ['__proto__x', '\uffff', '\u{10000}']);
  for (const seconds of [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 53n) - 1n, -(2n ** 63n)]) {
    const pod = { kind: 'Pod', apiVersion: 'v1', metadata: {}, spec: { containers: [], activeDeadlineSeconds: seconds } };
    assert.equal(codec.decode(codec.encode(pod))['spec'].activeDeadlineSeconds, seconds);
  }
});

const empty = (content: number[]) => codec.wrap('v1', 'ConfigMap', Buffer.from(content));
const enveloped = (content: number[]) => Buffer.from([...Buffer.from('k8s\0'), ...content]);
const failures: [what: string, bytes: Buffer, error: typeof EnvelopeError | typeof ProtobufError | typeof MessageError, message: string][] =
  [
    ['nothing', Buffer.alloc(0), EnvelopeError, 'empty data'],
    [
      'other bytes',
      Buffer.from('{"a":1}'),
      EnvelopeError,
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    ],
    ['only the prefix', Buffer.from('k8s\0'), EnvelopeError, 'empty body'],
    ['an envelope cut short', bytesOf(recorded.objects[0]!.protobuf).subarray(0, 40), EnvelopeError, 'unexpected EOF'],
    ['a length beyond the end', empty([0x0a, 0xff]), ProtobufError, 'unexpected EOF'],
    ['another wire type', empty([0x08, 0x01]), MessageError, 'proto: wrong wireType = 0 for field ObjectMeta'],
    ['field 0', empty([0x02, 0]), MessageError, 'proto: ConfigMap: illegal tag 0 (wire type 2)'],
    [
      'a tag beyond 32 bits',
      empty([0x80, 0x80, 0x80, 0x80, 0x80, 0x01]),
      MessageError,
      'proto: ConfigMap: illegal tag 0 (wire type 34359738368)',
    ],
    ['the end of a group', empty([0x0c]), MessageError, 'proto: ConfigMap: wiretype end group for non-group'],
    ['a group without its end', empty([0xa3, 0x06, 0x08, 0x01]), MessageError, 'unexpected EOF'],
    ['a wire type that is none', empty([0xa7, 0x06, 0x01]), MessageError, 'proto: illegal wireType 7'],
    ['field 0 within metadata', empty([0x0a, 2, 0x02, 0]), MessageError, 'proto: ObjectMeta: illegal tag 0 (wire type 2)'],
    ['field 0 of a time', empty([0x0a, 4, 0x42, 2, 0x02, 0]), MessageError, 'proto: Timestamp: illegal tag 0 (wire type 2)'],
    ['another wire type in a time', empty([0x0a, 4, 0x42, 2, 0x0a, 0]), MessageError, 'proto: wrong wireType = 2 for field Seconds'],
    ['a map key of another wire type', empty([0x12, 2, 0x08, 1]), MessageError, 'unexpected EOF'],
    ['field 0 of the envelope', enveloped([0x02, 0]), EnvelopeError, 'proto: Unknown: illegal tag 0 (wire type 2)'],
    ['the end of a group in the envelope', enveloped([0x0c]), EnvelopeError, 'proto: Unknown: wiretype end group for non-group'],
    ['another wire type in the envelope', enveloped([0x08, 1]), EnvelopeError, 'proto: wrong wireType = 0 for field TypeMeta'],
    ['field 0 of its type', enveloped([0x0a, 2, 2, 0]), EnvelopeError, 'proto: TypeMeta: illegal tag 0 (wire type 2)'],
    ['another wire type in its type', enveloped([0x0a, 2, 0x08, 1]), EnvelopeError, 'proto: wrong wireType = 0 for field APIVersion'],
  ];

test('groups are passed over, and an envelope without a kind has the one that is expected', () => {
  const { kind, apiVersion } = codec.decode(empty([0xa3, 0x06, 0x08, 0x01, 0xa4, 0x06]));
  assert.deepEqual([apiVersion, kind], ['v1', 'ConfigMap']);
  const named = enveloped([0x0a, 0, 0x12, 6, 0x0a, 4, 0x0a, 2, 0x61, 0x62]);
  assert.equal(codec.decode(named, { group: '', version: 'v1', kind: 'ConfigMap' }).metadata?.name, 'ab');
});
for (const [what, bytes, error, message] of failures) {
  test(`${what} is refused in the words of the real server`, () => {
    assert.throws(
      () => codec.decode(bytes),
      (thrown: Error) => thrown instanceof error && thrown.message === message,
    );
  });
}

test('deep nesting is refused before it exhausts the stack', () => {
  let schema: object = {};
  for (let depth = 0; depth < 1500; depth++) schema = { not: schema };
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }];
  const apiVersion = 'apiextensions.k8s.io/v1';
  const bytes = codec.encode({ kind: 'CustomResourceDefinition', apiVersion, spec: { versions } });
  assert.throws(() => codec.decode(bytes), ProtobufError);
});

test('damaged bytes give an error or an object, nothing else', () => {
  const sources = recorded.objects.map(({ protobuf }) => bytesOf(protobuf));
  let state = 1;
  const next = (limit: number) => {
    state = (state * 48271) % 2147483647;
    return state % limit;
  };
  for (let round = 0; round < 3000; round++) {
    const bytes = Buffer.from(sources[next(sources.length)]!);
    for (let change = 0; change <= next(4); change++) bytes[next(bytes.length)] = next(256);
    try {
      JSON.stringify(codec.decode(bytes.subarray(0, round % 3 === 0 ? next(bytes.length) : bytes.length)));
    } catch (error) {
      assert.ok(error instanceof EnvelopeError || error instanceof ProtobufError, String((error as Error).stack));
    }
  }
});

/** The kinds of embedded objects are not in protobuf: items of metadata lists, claim templates. */
function withoutItemKinds(list: KubeObject): KubeObject {
  return { ...list, items: list['items'].map(({ kind: _, apiVersion: __, ...rest }: KubeObject) => rest) };
}

function withoutTemplateKinds(object: KubeObject): KubeObject {
  if (object.kind !== 'StatefulSet') return object;
  const templates = object['spec'].volumeClaimTemplates.map(({ kind: _, apiVersion: __, ...rest }: KubeObject) => rest);
  return { ...object, spec: { ...object['spec'], volumeClaimTemplates: templates } };
}

test('an eviction of the older version is read like one of policy/v1', () => {
  const content = { metadata: { name: 'p' }, deleteOptions: { dryRun: ['All'] } };
  const message = codec.encodeMessage({ apiVersion: 'policy/v1', kind: 'Eviction', ...content });
  for (const apiVersion of ['policy/v1', 'policy/v1beta1']) {
    const { metadata, deleteOptions } = codec.decode(codec.wrap(apiVersion, 'Eviction', message)) as any;
    assert.deepEqual([metadata.name, deleteOptions.dryRun], ['p', ['All']]);
  }
});
