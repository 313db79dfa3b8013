import type { Random } from '../../../src/machinery/random.ts';
import { encodeObject, mediaType } from '../../recorded/protobuf.mjs';
import { testedKinds } from '../bodies.ts';
import { pick } from '../mutations.ts';
import { collectionPath } from '../requests.ts';
import { type Area, type Exchange, type Setting, type Turn, withBody } from './exchange.ts';
import { randomObject } from './objects.ts';
import { acceptOf, json } from './parameters.ts';

const kinds = testedKinds.filter(({ unstored, names }) => !unstored && !names);
const magicBytes = 4;

/** The bytes of a message with something wrong in them, or with what a newer client would send. */
function damaged(random: Random, bytes: Buffer): Buffer {
  const at = magicBytes + Math.floor(random.next() * (bytes.length - magicBytes));
  switch (pick(random, ['cut', 'flip', 'flip', 'append', 'unknown', 'magic', 'empty', 'none', 'json'])) {
    case 'cut':
      return bytes.subarray(0, at);
    case 'flip': {
      const copy = Buffer.from(bytes);
      copy[at] = copy[at]! ^ (1 << Math.floor(random.next() * 8));
      return copy;
    }
    case 'append':
      return Buffer.concat([bytes, Buffer.from([0x0a])]);
    case 'unknown':
      // Field 30 of the envelope.
      return Buffer.concat([bytes, Buffer.from([0xf2, 0x01, 0x01, 0x61])]);
    case 'magic':
      return bytes.subarray(magicBytes);
    case 'empty':
      return bytes.subarray(0, magicBytes);
    case 'json':
      return Buffer.from('{"apiVersion":"v1"}');
    default:
      return bytes;
  }
}

/** Bodies in protobuf, whole and damaged, of objects, options and subresources. */
export const protobufs: Area = {
  name: 'protobufs',
  make(random: Random, { namespace, unique }: Setting): Exchange {
    const kind = pick(random, kinds);
    const collection = collectionPath(kind, namespace);
    const path = `${collection}/${unique}`;
    const object = randomObject(random, kind, unique, namespace, pick(random, [0, 0, 0, 1]));
    const accept = () => (random.next() < 0.6 ? json : random.next() < 0.5 ? mediaType : acceptOf(random));
    const body = (value: unknown): Pick<Turn, 'body' | 'contentType' | 'accept'> => {
      const bytes = encodeObject(value) ?? Buffer.from(JSON.stringify(value));
      const contentType =
        random.next() < 0.85
          ? mediaType
          : pick(random, [`${mediaType};a=b`, `${mediaType};stream=watch`, `${mediaType}; charset=utf-8`, json, 'application/yaml', '']);
      return { body: random.next() < 0.5 ? bytes : damaged(random, bytes), contentType, accept: accept() };
    };
    const validation = () => pick(random, ['', '', '?fieldValidation=Strict', '?fieldValidation=Warn', '?dryRun=All']);
    const options = pick<object>(random, [
      { gracePeriodSeconds: 0 },
      { propagationPolicy: 'Background', gracePeriodSeconds: 0 },
      { preconditions: { uid: 'x' } },
      { dryRun: ['All'] },
    ]);
    const write = (): Turn => {
      switch (pick(random, ['create', 'create', 'put', 'status', 'patch', 'delete', 'eviction', 'binding', 'scale', 'other'])) {
        case 'create':
          return { method: 'POST', path: collection + validation(), ...body(object) };
        case 'put':
          return { method: 'PUT', path: path + validation(), ...body({ ...object, metadata: { ...object.metadata, labels: { a: 'b' } } }) };
        case 'status':
          return { method: 'PUT', path: `${path}/status${validation()}`, ...body(object) };
        case 'patch':
          return { method: 'PATCH', path: path + validation(), ...body(object) };
        case 'delete':
          return {
            method: 'DELETE',
            path,
            ...body({ apiVersion: pick(random, ['v1', 'meta.k8s.io/v1', kind.apiVersion]), kind: 'DeleteOptions', ...options }),
          };
        case 'eviction':
          return {
            method: 'POST',
            path: `/api/v1/namespaces/${namespace}/pods/${unique}/eviction`,
            ...body({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: unique, namespace }, deleteOptions: options }),
          };
        case 'binding':
          return {
            method: 'POST',
            path: `/api/v1/namespaces/${namespace}/pods/${unique}/binding`,
            ...body({ apiVersion: 'v1', kind: 'Binding', metadata: { name: unique }, target: { kind: 'Node', name: 'n' } }),
          };
        case 'scale':
          return {
            method: 'PUT',
            path: `${path}/scale`,
            ...body({ apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: unique, namespace }, spec: { replicas: 2 } }),
          };
        default: {
          const other = pick(random, kinds);
          return { method: 'POST', path: collection, ...body(randomObject(random, other, unique, namespace, 0)) };
        }
      }
    };
    const created: Turn = { ...withBody('POST', collection, randomObject(random, kind, unique, namespace, 0)), unseen: true };
    const before = random.next() < 0.6 ? [created] : [];
    const turns = Array.from({ length: pick(random, [1, 2, 3]) }, write);
    const removed: Turn = { method: 'DELETE', path: `${path}?gracePeriodSeconds=0`, unseen: true };
    return { verb: `protobuf of ${kind.kind}`, turns: [...before, ...turns, { method: 'GET', path }, removed] };
  },
};
