// Patches of custom resources: how what they refuse is printed, and that empty lists, maps and objects are changes that count.
import { CRDS, define, install } from '../custom-kinds.mjs';

export default ({ ns }) => {
  const group = 'rp-ext-empties.example.com';
  const crd = define(group, 'Basket', { spec: { type: 'object', properties: { items: { type: 'array', items: { type: 'string' } }, map: { type: 'object', additionalProperties: { type: 'string' } }, obj: { type: 'object', properties: { a: { type: 'string' }, list: { type: 'array', items: { type: 'string' } } } }, free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } });
  const baskets = `/apis/${group}/v1/namespaces/${ns}/baskets`;
  const one = `${baskets}/b`;
  const count = (b) => [b.metadata?.generation ?? b.message, b.spec];
  const merge = (name, body, more) => ({ name, method: 'PATCH', type: 'application/merge-patch+json', path: one, body, ...more });
  const json = (name, body, more) => ({ name, method: 'PATCH', type: 'application/json-patch+json', path: one, body, ...more });
  // The revision stands in the middle of a text here.
  const words = (b) => [b.reason, b.message.replace(/resourceVersion\\":\\"\d+/, 'resourceVersion')];
  const strict = { query: { fieldValidation: 'Strict' }, pick: words };
  const steps = [
    ...install(crd),
    { name: 'one', method: 'POST', path: baskets, body: { apiVersion: `${group}/v1`, kind: 'Basket', metadata: { name: 'b', labels: { z: '1', a: '2' } }, spec: { obj: { a: 'x' }, free: { zeta: 1, alpha: { y: 1, b: 2 } } } } },
    merge('an unknown field', { spec: { unknown: 1 } }, strict),
    merge('an unknown field in an object', { spec: { obj: { unknown: { z: 1, a: 2 } } } }, strict),
    merge('an unknown field in something new', { spec: { map: { z: 'z', a: 'a' }, more: { z: 1, a: 2 } } }, strict),
    json('a JSON patch with an unknown field', [{ op: 'add', path: '/spec/unknown', value: { z: 1, a: 2 } }], strict),
    json('a JSON patch with an unknown field that goes elsewhere', [{ op: 'add', path: '/spec/free/beta', value: 1 }, { op: 'add', path: '/spec/obj/unknown', value: 1 }], strict),
    merge('an empty list', { spec: { items: [] } }, { pick: count }),
    merge('the same again', { spec: { items: [] } }, { pick: count }),
    merge('an empty map', { spec: { map: {} } }, { pick: count }),
    merge('an empty list inside', { spec: { obj: { list: [] } } }, { pick: count }),
    merge('no list any more', { spec: { items: null } }, { pick: count }),
    merge('no map any more', { spec: { map: null } }, { pick: count }),
    merge('a label', { metadata: { labels: { b: 'c' } } }, { pick: count }),
    { name: 'apply an empty list', method: 'PATCH', type: 'application/apply-patch+yaml', path: one, query: { fieldManager: 'ann', force: 'true' }, body: { apiVersion: `${group}/v1`, kind: 'Basket', spec: { items: [] } }, pick: count },
    { name: 'apply without it', method: 'PATCH', type: 'application/apply-patch+yaml', path: one, query: { fieldManager: 'ann', force: 'true' }, body: { apiVersion: `${group}/v1`, kind: 'Basket', spec: {} }, pick: count },
  ];
  steps.cleanup = [`${CRDS}/${crd.metadata.name}`];
  return steps;
};
