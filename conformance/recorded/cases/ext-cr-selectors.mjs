// Selectable fields: lists, watches and deletions by texts, numbers and truths, of values that are missing, defaulted or of other versions.
import { CRDS, define, install, sorted } from '../custom-kinds.mjs';

export default ({ ns }) => {
  const group = 'rp-ext-selectors.example.com';
  const str = { type: 'string' };
  const schema = { spec: { type: 'object', properties: { s: str, i: { type: 'integer' }, b: { type: 'boolean' }, d: { ...str, default: 'dd' }, o: { type: 'object', properties: { deep: str } }, 'a-b': str, '$q': str } }, status: { type: 'object', properties: { phase: str } } };
  const def = define(group, 'Choice', schema, { version: { subresources: { status: {} }, selectableFields: ['.spec.s', '.spec.i', '.spec.b', '.spec.d', '.spec.o.deep', '.status.phase'].map((jsonPath) => ({ jsonPath })) } });
  def.spec.versions.push({ name: 'v2', served: true, storage: false, schema: { openAPIV3Schema: { type: 'object', properties: { ...schema, status: { type: 'object' } } } }, selectableFields: [{ jsonPath: '.spec.s' }] });
  const P = `/apis/${group}/v1/namespaces/${ns}/choices`;
  const make = (name, spec) => ({ name: `make ${name}`, method: 'POST', path: P, body: { apiVersion: `${group}/v1`, kind: 'Choice', metadata: { name, labels: { all: 'yes' } }, spec }, pick: (b, r) => (r.status === 201 ? 'made' : b) });
  const names = (b) => (b.items ? b.items.map((i) => i.metadata.name) : b);
  const list = (fieldSelector, more) => ({ name: `list ${fieldSelector}${more?.title ?? ''}`, path: P, query: { fieldSelector }, pick: names, ...more });
  const steps = [
    ...install(def),
    make('full', { s: 'x', i: 5, b: true, o: { deep: 'y' } }), make('other', { s: 'y', i: -1, b: false, d: 'other' }), make('empty', {}), make('none'), make('blank', { s: '', o: {} }), make('odd', { s: 'a=b,c\\d' }), make('big', { i: 9007199254740993 }),
    { name: 'its status', method: 'PATCH', path: `${P}/full/status`, type: 'application/merge-patch+json', body: { status: { phase: 'Done' } }, pick: (b) => b.status },
    ...['spec.s=x', 'spec.s==x', 'spec.s!=x', 'spec.s=', 'spec.s!=', 'spec.i=5', 'spec.i=05', 'spec.i=-1', 'spec.i=9007199254740993', 'spec.i=', 'spec.i=x', 'spec.b=true', 'spec.b=false', 'spec.b=', 'spec.b=True', 'spec.d=dd', 'spec.d!=dd', 'spec.o.deep=y', 'spec.o.deep=', 'status.phase=Done', 'spec.s=x,spec.b=true', 'spec.s=x,spec.b=false', 'spec.s=a\\=b\\,c\\\\d', 'metadata.name=full', 'metadata.name!=full,spec.s=y', `metadata.namespace=${ns}`, 'metadata.namespace=other', '.spec.s=x', 'spec.none=x', 'spec.a-b=x', 'spec=x', 'metadata.uid=x', 'spec.s', 'spec.s in (x)', 'spec.s>x', '=x', ',', 'spec.s=x,', 'spec.s=x,spec.none=y', 'apiVersion=v1', 'spec.s=a=b', 'spec.s=\\q'].map((f) => list(f)),
    ...['spec.s=x', 'spec.i=5', 'spec.none=x'].map((f) => list(f, { title: ' through v2', path: P.replace('/v1/', '/v2/') })), list('spec.s=x', { title: ' everywhere', path: `/apis/${group}/v1/choices` }), list('spec.s=x', { title: ' with labels', query: { fieldSelector: 'spec.s=x', labelSelector: 'all=no' } }), list('spec.s!=x', { title: ' two at a time', query: { fieldSelector: 'spec.s!=x', limit: '2' }, pick: (b) => [names(b), b.metadata?.remainingItemCount ?? null, Boolean(b.metadata?.continue)] }),
    { name: 'a watch', path: P, query: { watch: '1', fieldSelector: 'spec.s=x' }, background: 'w', watch: { events: 4, ms: 6000 } }, { name: 'one comes into it', compare: false, method: 'PATCH', path: `${P}/empty`, type: 'application/merge-patch+json', body: { spec: { s: 'x' } } }, { name: 'one goes out of it', compare: false, method: 'PATCH', path: `${P}/full`, type: 'application/merge-patch+json', body: { spec: { s: 'z' } } }, { name: 'one is not in it', compare: false, method: 'PATCH', path: `${P}/other`, type: 'application/merge-patch+json', body: { spec: { s: 'q' } } }, { name: 'and is deleted', compare: false, method: 'DELETE', path: `${P}/empty` }, { name: 'what was watched', collect: 'w', path: P, watch: {}, pick: (l) => l.map((e) => [e.type, e.object.metadata.name, e.object.spec?.s]) },
    { name: 'a watch of a field that is not', path: P, query: { watch: '1', fieldSelector: 'spec.none=x' } }, { name: 'delete by a field that is not', method: 'DELETE', path: P, query: { fieldSelector: 'spec.none=x' } }, { name: 'delete by a field', method: 'DELETE', path: P, query: { fieldSelector: 'spec.i=-1' }, pick: names }, { name: 'what is left', path: P, pick: names },
    { name: 'what is said of it', path: `/openapi/v3/apis/${group}/v1`, until: (b) => b.components?.schemas['com.example.rp-ext-selectors.v1.Choice'], pick: (b) => b.components.schemas['com.example.rp-ext-selectors.v1.Choice']['x-kubernetes-selectable-fields'] ?? null },
    { name: 'less is selectable', method: 'PATCH', path: `${CRDS}/${def.metadata.name}`, type: 'application/json-patch+json', body: [{ op: 'remove', path: '/spec/versions/0/selectableFields/1' }], pick: (b, r) => (r.status === 200 ? b.spec.versions[0].selectableFields : sorted(b)) }, { name: 'no longer', path: P, query: { fieldSelector: 'spec.i=5' }, until: (b, r) => r.status === 400 },
  ];
  steps.cleanup = [`${CRDS}/${def.metadata.name}`];
  return steps;
};
