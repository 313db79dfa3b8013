// Two versions of a custom kind that know other fields: who owns what when one version writes what the other cannot say, applies that fail for it, sets whose items repeat.
import { CRDS, define, install, sorted } from '../custom-kinds.mjs';
export default ({ ns }) => {
  const g = 'rp-ext-cr-owners.example.com';
  const sch = (props) => ({ openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: props } } } });
  const crd = define(g, 'Sml', {}, { version: { schema: sch({ a: { type: 'string' }, old: { type: 'integer' }, s: { type: 'array', items: { type: 'string' } } }) } });
  crd.spec.versions.push({ name: 'v2', served: true, storage: false, schema: sch({ a: { type: 'string' }, two: { type: 'string' }, s: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } } }) });
  const P = (v) => `/apis/${g}/${v}/namespaces/${ns}/smls`;
  const o = (v, name, spec) => ({ apiVersion: `${g}/${v}`, kind: 'Sml', metadata: { name }, spec });
  const M = (v, name, body) => ({ name: `merge ${v} ${name} ${JSON.stringify(body)}`, method: 'PATCH', path: `${P(v)}/${name}`, type: 'application/merge-patch+json', query: { fieldManager: `m${v}` }, body });
  const AP = (v, name, spec, q) => ({ name: `apply ${v} ${name} ${JSON.stringify(spec)}`, method: 'PATCH', path: `${P(v)}/${name}`, type: 'application/apply-patch+yaml', query: { fieldManager: `ap${v}`, ...q }, body: o(v, name, spec) });
  const C = (v, name, spec) => ({ name: `create ${v} ${name}`, method: 'POST', path: P(v), query: { fieldManager: `c${v}` }, body: o(v, name, spec) });
  const steps = [...install(crd),
    C('v1', 'a', { a: 'x', old: 1 }), M('v2', 'a', { spec: { two: 'q' } }),
    C('v1', 'b', { a: 'x', old: 1 }), AP('v2', 'b', { two: 'q' }), AP('v2', 'b', { a: 'x' }),
    C('v1', 'c', { a: 'x', old: 1 }), M('v2', 'c', { spec: { a: 'y' } }), M('v1', 'c', { spec: { old: 2 } }),
    AP('v1', 'd', { a: 'x', old: 1 }), AP('v2', 'd', { a: 'y', two: 'q' }, { force: 'true' }),
    AP('v2', 'e', { two: 'z' }), M('v1', 'e', { spec: { a: 'y' } }), M('v1', 'e', { spec: { old: 5 } }),
    { name: 'status-less put', method: 'PUT', path: `${P('v1')}/e`, body: o('v1', 'e', { old: 7 }) },
  ];
  for (const [l, r] of [[['x', 'x', 'long', 'y'], ['x', 'n']], [['x', 'x'], ['x']], [['x', 'x', 'y'], ['y']], [['a', 'b', 'c'], ['c', 'z', 'a']], [['a', 'b', 'b', 'c', 'a'], ['b', 'q']], [['a', 'a', 'b'], ['b', 'a']], [['b', 'a', 'a'], ['n']], [['a', 'a'], ['n', 'a']]]) steps.push({ name: `prepare ${l}`, compare: false, method: 'DELETE', path: `${P('v1')}/s` }, { name: `set ${l}`, method: 'POST', path: P('v1'), query: { fieldManager: 'c1' }, body: o('v1', 's', { s: l }), pick: (b, r) => r.status }, { ...AP('v2', 's', { s: r }, { dryRun: 'All' }), pick: (b) => b.spec ? [b.spec.s, b.metadata.managedFields?.map((m) => [m.manager, m.fieldsV1])] : b });
  steps.cleanup = [`${CRDS}/${crd.metadata.name}`];
  return steps;
};
