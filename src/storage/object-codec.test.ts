import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject } from '../../api/meta/object.ts';
import { asSent, hasSentEmpty, noteSentEmpty } from '../../api/meta/sent-empty.ts';
import { decodeStored, encodeStored } from './object-codec.ts';

const cases: { title: string; object: KubeObject; json: string }[] = [
  {
    title: 'after the uid',
    object: { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'a', uid: 'u', generation: 1 }, spec: { x: [1, 'é', '\u{1f600}'] } },
    json: '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","uid":"u","resourceVersion":"42","generation":1},"spec":{"x":[1,"é","\u{1f600}"]}}',
  },
  {
    title: 'an old one is replaced where it stands',
    object: { kind: 'Pod', metadata: { managedFields: [], resourceVersion: '7', name: 'a', uid: 'u' } },
    json: '{"kind":"Pod","metadata":{"managedFields":[],"resourceVersion":"42","name":"a","uid":"u"}}',
  },
  {
    title: 'first without a uid',
    object: { metadata: { name: 'é' }, kind: 'X' },
    json: '{"metadata":{"resourceVersion":"42","name":"é"},"kind":"X"}',
  },
  { title: 'empty metadata', object: { kind: 'X', metadata: {} }, json: '{"kind":"X","metadata":{"resourceVersion":"42"}}' },
  { title: 'no metadata', object: { kind: 'X' }, json: '{"kind":"X","metadata":{"resourceVersion":"42"}}' },
  { title: 'nothing', object: {}, json: '{"metadata":{"resourceVersion":"42"}}' },
  {
    title: 'undefined members',
    object: { kind: undefined as never, metadata: { uid: 'u' } },
    json: '{"metadata":{"uid":"u","resourceVersion":"42"}}',
  },
  {
    title: 'a member called __proto__',
    object: JSON.parse('{"metadata":{"uid":"u"},"__proto__":{"a":1}}'),
    json: '{"metadata":{"uid":"u","resourceVersion":"42"},"__proto__":{"a":1}}',
  },
];

describe('object codec', () => {
  it('does not remember which empty lists and maps an object was sent with, as its bytes do not tell', () => {
    const term: { names?: string[] } = {};
    const object: KubeObject = { metadata: {}, spec: { terms: [{ deep: term }] } };
    noteSentEmpty(term, 'names', []);
    noteSentEmpty(object.metadata!, 'labels', {});
    const stored = decodeStored('/k', encodeStored(object), 42).object;
    assert.equal(hasSentEmpty(stored), false);
    assert.equal(asSent(stored.metadata, 'labels'), undefined);
    assert.equal(JSON.stringify(stored.spec), '{"terms":[{"deep":{}}]}');
  });

  for (const { title, object, json } of cases) {
    it(`puts the resourceVersion in: ${title}`, () => {
      const stored = decodeStored('/k', encodeStored(object), 42);
      assert.equal(stored.json.toString(), json);
      assert.equal(JSON.stringify(stored.object), json);
      assert.deepEqual(decodeStored('/k', Buffer.from(encodeStored(object)), 42).object, JSON.parse(json));
      assert.equal(stored.jsonAt(123456).toString(), json.replace('"42"', '"123456"'));
    });
  }

  it('keeps numbers that JSON.parse does not tell all of', () => {
    const object = {
      kind: 'X',
      metadata: { uid: 'u', generation: 9007199254740993n },
      spec: { at: [1732600000123456789n, 9007199254740992n, 1.5] },
    };
    const value = encodeStored(object as unknown as KubeObject);
    const json =
      '{"kind":"X","metadata":{"uid":"u","resourceVersion":"42","generation":9007199254740993},"spec":{"at":[1732600000123456789,9007199254740992,1.5]}}';
    const expected = { ...object, metadata: { ...object.metadata, resourceVersion: '42' } };
    for (const bytes of [value, Buffer.from(value)]) {
      const stored = decodeStored('/k', bytes, 42);
      assert.equal(stored.json.toString(), json);
      assert.deepEqual(stored.object, expected);
    }
  });

  it('keeps exactly the bytes that it needs', () => {
    const { json } = decodeStored('/k', encodeStored({ kind: 'X', metadata: { uid: 'u' } }), 1);
    assert.equal(json.buffer.byteLength, json.length);
  });

  it('refuses what it did not write', () => {
    for (const bytes of ['', '{}', '\x01', '\x01\xff\xff\xff\xff{}', '\x03\0\0\0\0{}', '\x02\xff\0\0\0{}']) {
      assert.throws(() => decodeStored('/k', Buffer.from(bytes, 'latin1'), 1), /the stored value of \/k is damaged/);
    }
  });
});
