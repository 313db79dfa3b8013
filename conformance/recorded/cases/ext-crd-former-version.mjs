// Managed fields of versions that a definition has no more, or never had, or does not serve: what may be applied, and what updates leave of them.
import { CRDS, define, install } from '../custom-kinds.mjs';

export default ({ ns }) => {
  const group = 'rp-ext-former.example.com';
  const version = (name, storage, served = true) => ({ name, served, storage, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } } });
  const def = define(group, 'Gizmo', {}, { spec: { versions: [version('v1beta1', true), version('v1', false)] } });
  const C = `${CRDS}/${def.metadata.name}`;
  const path = (v, name = '') => `/apis/${group}/${v}/namespaces/${ns}/gizmos${name && `/${name}`}`;
  const managers = (b) => b.message ?? (b.metadata.managedFields ?? []).map((m) => [m.manager, m.operation, m.apiVersion, m.fieldsV1]);
  const apply = (title, v, name, manager, spec, more = {}) => ({ name: title, method: 'PATCH', path: path(v, name), type: 'application/apply-patch+yaml', query: { fieldManager: manager, ...more }, body: { apiVersion: `${group}/${v}`, kind: 'Gizmo', metadata: { name }, spec }, pick: managers });
  const merge = (title, name, body) => ({ name: title, method: 'PATCH', path: path('v1', name), type: 'application/merge-patch+json', query: { fieldManager: 'patcher' }, body, pick: managers });
  const versions = (title, list, served) => [
    { name: title, method: 'PATCH', path: C, type: 'application/merge-patch+json', body: { spec: { versions: list } }, pick: (b) => b.message ?? b.spec.versions.map((v) => [v.name, v.served, v.storage]) },
    { name: `${title}: is served`, path: `/apis/${group}`, until: (b) => b.versions?.length === served, pick: (b) => b.versions.map((v) => v.version) },
  ];
  const entry = (apiVersion) => ({ manager: 'guest', operation: 'Apply', apiVersion, fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': { 'f:a': {} } } });
  const given = (title, apiVersion, name) => ({ name: title, method: 'POST', path: path('v1'), query: { fieldManager: 'maker' }, body: { apiVersion: `${group}/v1`, kind: 'Gizmo', metadata: { name, managedFields: [entry(apiVersion)] }, spec: { a: 1, b: 2 } }, pick: managers });
  return [
    ...install(def),
    apply('applied in v1beta1', 'v1beta1', 'one', 'first', { a: 1 }), apply('and in v1', 'v1', 'one', 'second', { b: 1 }), apply('another', 'v1beta1', 'two', 'first', { a: 1 }), apply('and in v1', 'v1', 'two', 'second', { b: 1 }),
    ...versions('v1beta1 is served no more', [version('v1beta1', false, false), version('v1', true)], 1),
    apply('applied in v1', 'v1', 'one', 'second', { b: 2 }), merge('changed', 'one', { spec: { c: 1 } }), given('given by the client', `${group}/v1beta1`, 'three'),
    { name: 'stored in v1', method: 'PATCH', path: `${C}/status`, type: 'application/merge-patch+json', body: { status: { storedVersions: ['v1'] } }, pick: (b) => b.message ?? b.status.storedVersions },
    { name: 'it is written anew', method: 'PATCH', path: path('v1', 'two'), type: 'application/merge-patch+json', query: { fieldManager: 'first' }, body: {}, pick: managers },
    ...versions('v1beta1 is gone', [version('v1', true)], 1),
    ...['second', 'first', 'third'].map((m) => apply(`applied by the ${m}`, 'v1', 'two', m, { b: 3 })), apply('by force', 'v1', 'two', 'third', { a: 3 }, { force: 'true' }), apply('a new one', 'v1', 'four', 'third', { a: 3 }),
    merge('changed', 'two', { spec: { c: 1 } }), merge('and again', 'two', { spec: { c: 2 } }), apply('applied again', 'v1', 'two', 'second', { b: 4 }, { force: 'true' }),
    ...[`${group}/v1beta1`, `${group}/v9`, 'v1', 'apps/v1', 'other.example.com/v1', `${group}/v1`].flatMap((v, i) => [given(`${v} given by the client`, v, `g${i}`), apply(`${v}: applied`, 'v1', `g${i}`, 'second', { b: 5 }, { force: 'true' })]),
  ];
};
