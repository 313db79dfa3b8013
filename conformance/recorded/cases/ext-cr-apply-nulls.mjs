// Nulls of custom objects: dropped from a text that is decoded, refused in an object that was merged by apply, replaced where there is a default.
import { CRDS, define, install } from '../custom-kinds.mjs';

export default ({ ns }) => {
  const group = 'rp-ext-nulls.example.com';
  const str = { type: 'string' };
  const properties = { text: str, list: { type: 'array', items: str }, map: { type: 'object', additionalProperties: str }, obj: { type: 'object', properties: { a: str, filled: { ...str, default: 'x' } } }, none: { ...str, nullable: true } };
  const crd = define(group, 'Hole', { spec: { type: 'object', properties } });
  const holes = `/apis/${group}/v1/namespaces/${ns}/holes`;
  const body = (spec) => ({ apiVersion: `${group}/v1`, kind: 'Hole', metadata: { name: 'h' }, spec });
  const pick = (b) => b.spec ?? b;
  const apply = (name, spec) => ({ name, method: 'PATCH', type: 'application/apply-patch+yaml', path: `${holes}/h`, query: { fieldManager: 'ann' }, body: body(spec), pick });
  const nulls = [{ text: null }, { list: null }, { map: null }, { obj: null }, { map: { k: null } }, { obj: { a: null } }, { obj: { filled: null } }, { none: null }, { list: [null] }, null];
  const steps = [
    ...install(crd),
    ...nulls.map((spec) => ({ name: `create ${JSON.stringify(spec)}`, method: 'POST', path: holes, query: { dryRun: 'All' }, body: body(spec), pick })),
    ...nulls.map((spec) => apply(`apply ${JSON.stringify(spec)}`, spec)),
    apply('apply something', { text: 'y' }),
    apply('apply a null instead', { text: null }),
    { name: 'a null by JSON patch', method: 'PATCH', type: 'application/json-patch+json', path: `${holes}/h`, body: [{ op: 'add', path: '/spec/obj', value: { a: null } }], pick },
  ];
  steps.cleanup = [`${CRDS}/${crd.metadata.name}`];
  return steps;
};
