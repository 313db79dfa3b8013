// Values without a schema that change their shape (map, list, scalar): who owns what afterwards, by updates and by applies.
import { CRDS, define, install, sorted } from '../custom-kinds.mjs';

export default ({ ns }) => {
  const group = 'rp-ext-shapes.example.com';
  const crd = define(group, 'Clay', { spec: { type: 'object', properties: { d: { type: 'integer', default: 1 }, any: { 'x-kubernetes-preserve-unknown-fields': true } } } });
  const clays = `/apis/${group}/v1/namespaces/${ns}/clays`;
  const object = (name, any) => ({ apiVersion: `${group}/v1`, kind: 'Clay', metadata: { name }, spec: { any } });
  const owned = (b, r) => (r.status < 300 ? [b.spec, b.metadata.managedFields.map((entry) => [entry.manager, entry.operation, entry.fieldsV1])] : sorted(b));
  const pairs = [[{ a: 1, b: 2 }, 5], [{ a: 1, b: 2 }, [5]], [{ a: 1, b: 2 }, { c: 1 }], [5, { a: 1 }], [[1], { a: 1 }], [{ a: { b: 1 } }, { a: 5 }], [{ a: {} }, { a: 5 }], [{ a: 5 }, { a: {} }], [{ a: 5 }, { a: null }], [{}, []], [{ a: { b: { c: 1, d: 2 } } }, { a: { b: [1] } }]];
  const steps = [
    ...install(crd),
    ...pairs.flatMap(([from, to], i) => {
      const title = `${JSON.stringify(from)} becomes ${JSON.stringify(to)}`;
      const apply = (name, fieldManager, any, query) => ({ name: `${title}: ${name}`, method: 'PATCH', type: 'application/apply-patch+yaml', path: `${clays}/b${i}`, query: { fieldManager, ...query }, body: object(`b${i}`, any), pick: owned });
      return [
        { compare: false, method: 'POST', path: clays, query: { fieldManager: 't' }, body: object(`a${i}`, from) },
        { name: `${title}: patched`, method: 'PATCH', type: 'application/json-patch+json', path: `${clays}/a${i}`, query: { fieldManager: 'u' }, body: [{ op: 'replace', path: '/spec/any', value: to }], pick: owned },
        { ...apply('applied by one', 'one', from), compare: false }, apply('applied by two', 'two', to), apply('by force', 'two', to, { force: 'true' }),
      ];
    }),
  ];
  steps.cleanup = [`${CRDS}/${crd.metadata.name}`];
  return steps;
};
