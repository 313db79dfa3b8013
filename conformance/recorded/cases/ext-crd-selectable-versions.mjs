// Selectable fields of several versions of a custom kind: lists, watches of objects that come into and go out of the selection, pages, and definitions that are refused.
import { CRDS, define, install } from '../custom-kinds.mjs';

export default ({ ns }) => {
  const group = 'rp-ext-selectable-versions.example.com';
  // Versions of one schema keep it in one place, where their fields cannot be selected: each has words of its own.
  const schema = (description) => ({ openAPIV3Schema: { type: 'object', description, properties: { spec: { type: 'object', properties: { color: { type: 'string' }, size: { type: 'integer' }, host: { type: 'string', default: 'none' }, tags: { type: 'array', items: { type: 'string' } }, any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } } } });
  const version = (name, storage, ...paths) => ({ name, served: true, storage, schema: schema(name), selectableFields: paths.map((jsonPath) => ({ jsonPath })) });
  const crd = define(group, 'Hat', {}, { spec: { versions: [version('v1', true, '.spec.color', '.spec.host'), version('v2', false, '.spec.size')] } });
  const at = (v) => `/apis/${group}/${v}/namespaces/${ns}/hats`;
  const hat = (name, spec, labels) => ({ name: `create ${name}`, method: 'POST', path: at('v1'), body: { apiVersion: `${group}/v1`, kind: 'Hat', metadata: { name, labels }, spec }, pick: (b, r) => r.status });
  const names = (b, r) => (r.status === 200 ? b.items.map((i) => i.metadata.name) : b);
  const select = (v, fieldSelector, query) => ({ name: `${v}: ${fieldSelector}${query ? ` ${JSON.stringify(query)}` : ''}`, path: at(v), query: { fieldSelector, ...query }, pick: names });
  const refused = (name, ...paths) => ({ name, method: 'POST', path: CRDS, query: { dryRun: 'All' }, body: define(`no.${group}`, 'Cap', {}, { spec: { versions: [version('v1', true, ...paths)] } }), pick: (b) => b.details?.causes ?? b });
  const events = (b) => b.map((e) => [e.type, e.object.metadata?.name ?? e.object.message]);
  const patch = (name, color) => ({ name: `${name} becomes ${color}`, method: 'PATCH', type: 'application/merge-patch+json', path: `${at('v1')}/${name}`, body: { spec: { color } }, pick: (b) => b.spec });
  const steps = [
    ...install(crd),
    hat('a', { color: 'red', size: 1 }, { l: '1' }), hat('b', { color: 'red', size: 2 }, { l: '2' }), hat('c', { color: 'blue', host: 'x.example.com' }), hat('d', {}),
    select('v1', 'spec.color=red'), select('v1', 'spec.color!=red'), select('v1', 'spec.host=none'), select('v1', 'spec.size=1'), select('v1', 'spec.color=red', { labelSelector: 'l=2' }),
    select('v1', 'spec.color=red', { limit: '1' }), select('v1', 'spec.color=red', { resourceVersion: '0' }), select('v1', 'spec.color=red,spec.color=blue'), select('v1', 'spec.color=red,metadata.name!=a'),
    select('v1', 'spec.host=x.example.com'), select('v1', 'spec.color=\\,'), select('v1', 'spec.color=a=b'), select('v1', 'spec.color=red,'), select('v1', '=red'), select('v1', 'spec.color>1'),
    select('v2', 'spec.size=1'), select('v2', 'spec.size!=1'), select('v2', 'spec.size=01'), select('v2', 'spec.size=one'), select('v2', 'spec.color=red'), select('v2', 'metadata.name=a'),
    { name: 'as a table', path: at('v1'), query: { fieldSelector: 'spec.color=red' }, headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }, pick: (b) => b.rows.map((row) => row.cells[0]) },
    { name: 'in all namespaces', path: `/apis/${group}/v1/hats`, query: { fieldSelector: 'spec.color=blue' }, pick: names },
    { name: 'watch of what cannot be selected', path: at('v1'), query: { watch: 'true', fieldSelector: 'spec.size=1' }, watch: { events: 1, ms: 1000 } },
    { name: 'remember where', path: at('v1'), compare: false, save: (b, vars) => { vars.rv = b.metadata.resourceVersion; } },
    patch('c', 'red'), patch('a', 'green'), patch('b', 'red'),
    { name: 'b goes', method: 'DELETE', path: `${at('v1')}/b`, pick: (b) => b.status },
    (vars) => ({ name: 'a watch of what is red', path: at('v1'), query: { watch: 'true', resourceVersion: vars.rv, fieldSelector: 'spec.color=red' }, watch: { events: 3, ms: 1500 }, pick: events }),
    (vars) => ({ name: 'a watch of what is not red', path: at('v1'), query: { watch: 'true', resourceVersion: vars.rv, fieldSelector: 'spec.color!=red' }, watch: { events: 2, ms: 1500 }, pick: events }),
    { name: 'a list that is watched', path: at('v1'), query: { watch: 'true', sendInitialEvents: 'true', allowWatchBookmarks: 'true', resourceVersionMatch: 'NotOlderThan', fieldSelector: 'spec.color=red' }, watch: { events: 2, ms: 1500 }, pick: (b) => b.map((e) => [e.type, e.object.metadata.name ?? e.object.metadata.annotations]) },
    { name: 'what nobody has is deleted', method: 'DELETE', path: at('v1'), query: { fieldSelector: 'spec.color=mauve' }, pick: (b) => b.items },
    { name: 'deleted by a field that is none', method: 'DELETE', path: at('v1'), query: { fieldSelector: 'spec.size=1' } },
    { name: 'what may be selected, in discovery', path: `/apis/${group}/v1`, pick: (b) => b.resources.map((r) => r.name) },
    { name: 'in the document', path: `/openapi/v3/apis/${group}/v1`, until: (b, r) => r.status === 200, pick: (b) => Object.values(b.components.schemas).flatMap((s) => s['x-kubernetes-selectable-fields'] ?? []) },
    refused('of a list', '.spec.tags'), refused('of an object', '.spec.any'), refused('within what is kept unread', '.spec.any.x'), refused('not declared', '.spec.none'), refused('of the metadata', '.metadata.name'), refused('the whole', '.spec'),
    refused('twice', '.spec.color', '.spec.color'), refused('without a dot', 'spec.color'), refused('empty', ''), refused('an index', '.spec.tags[0]'), refused('brackets', ".spec['color']"), refused('a filter', '.spec.tags[?(@.x)]'),
    refused('nine of them', ...Array.from({ length: 9 }, (_, i) => `.spec.f${i}`)),
    { name: 'another field', method: 'PATCH', type: 'application/json-patch+json', path: `${CRDS}/${crd.metadata.name}`, body: [{ op: 'add', path: '/spec/versions/0/selectableFields/-', value: { jsonPath: '.spec.size' } }], pick: (b) => b.spec?.versions[0].selectableFields ?? b },
    { name: 'then it selects', path: at('v1'), query: { fieldSelector: 'spec.size=1' }, until: (b, r) => r.status === 200, pick: names },
    { name: 'none at all', method: 'PATCH', type: 'application/json-patch+json', path: `${CRDS}/${crd.metadata.name}`, body: [{ op: 'remove', path: '/spec/versions/0/selectableFields' }], pick: (b) => b.spec?.versions[0].selectableFields ?? null },
    { name: 'then it selects no more', path: at('v1'), query: { fieldSelector: 'spec.size=1' }, until: (b, r) => r.status === 400 },
  ];
  steps.cleanup = [`${CRDS}/${crd.metadata.name}`];
  return steps;
};
