// What a status patch says of the spec, and a patch of the object of the status, does not count; except for who wrote it in a version without a status of its own.
import { define, install } from '../custom-kinds.mjs';

export default ({ ns }) => {
  const group = 'rp-ext-reset.example.com';
  const props = { spec: { type: 'object', properties: { n: { type: 'integer', default: 1 }, m: { type: 'integer' } } }, status: { type: 'object', properties: { phase: { type: 'string' } } } };
  const crd = define(group, 'Kept', props, { version: { subresources: { status: {} } } });
  crd.spec.versions.push({ ...crd.spec.versions[0], name: 'v2', storage: false }, { ...crd.spec.versions[0], name: 'v3', storage: false, subresources: {} });
  const of = (version) => `/apis/${group}/${version}/namespaces/${ns}/${crd.spec.names.plural}`;
  const merge = 'application/merge-patch+json';
  // Writes of one second stand in another order than those of two.
  const place = ({ manager, apiVersion, subresource = '' }) => `${manager} ${apiVersion} ${subresource}`;
  const owners = (b) => b.metadata?.managedFields.map(({ manager, apiVersion, subresource, fieldsV1 }) => ({ manager, apiVersion, subresource, fieldsV1 })).sort((a, b) => (place(a) < place(b) ? -1 : 1)) ?? b;
  const make = (version) => ({ name: `made in ${version}`, method: 'POST', path: of(version), query: { fieldManager: 'maker' }, body: { apiVersion: `${group}/${version}`, kind: 'Kept', metadata: { name: version }, spec: { m: 1 } }, pick: owners });
  const patch = (name, version) => ({ name: `the status of what was made in ${name}, in ${version}`, method: 'PATCH', path: `${of(version)}/${name}/status`, query: { fieldManager: 'reporter' }, type: merge, body: { spec: { n: 5, m: 6 }, status: { phase: `by ${version}` } }, pick: owners });
  const whole = (name, version) => ({ name: `what was made in ${name}, in ${version}`, method: 'PATCH', path: `${of(version)}/${name}`, query: { fieldManager: 'other' }, type: merge, body: { spec: { m: 7 }, status: { phase: 'other' } }, pick: owners });
  return [...install(crd), make('v1'), make('v2'), make('v3'), patch('v1', 'v1'), patch('v1', 'v2'), patch('v2', 'v1'), patch('v2', 'v2'), patch('v3', 'v1'), whole('v1', 'v2'), whole('v3', 'v2'), whole('v2', 'v3')];
};
