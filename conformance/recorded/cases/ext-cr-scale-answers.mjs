// The scale of a custom resource in other forms: protobuf, tables, metadata alone, YAML, CBOR; bodies as protobuf; what is not accepted.
import { CRDS, define, install } from '../custom-kinds.mjs';
import { encodeObject, mediaType } from '../protobuf.mjs';

export default ({ ns }) => {
  const group = 'rp-ext-scale-answers.example.com';
  const crd = define(group, 'Flock', { spec: { type: 'object', properties: { count: { type: 'integer', maximum: 10 } } }, status: { type: 'object', properties: { count: { type: 'integer' }, selector: { type: 'string' } } } }, { version: { subresources: { status: {}, scale: { specReplicasPath: '.spec.count', statusReplicasPath: '.status.count', labelSelectorPath: '.status.selector' } } } });
  const flocks = `/apis/${group}/v1/namespaces/${ns}/flocks`;
  const path = `${flocks}/f/scale`;
  const merge = 'application/merge-patch+json';
  const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const partial = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
  // Of protobuf only what it begins with and the texts in it: the rest holds times and revisions.
  const begun = (b, r) => (typeof b === 'string' ? [b.startsWith('k8s\u0000'), b.includes('autoscaling/v1'), b.includes('Scale'), b.includes('a=b')] : [r.status, b]);
  const get = (name, accept, pick) => ({ name, path, headers: { accept }, ...(pick ? { pick } : {}) });
  const scale = (replicas) => ({ apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'f', namespace: ns }, spec: { replicas } });
  const shown = (b) => (b.spec ? [b.kind, b.spec, b.status] : b);
  const steps = [
    ...install(crd),
    { name: 'create', method: 'POST', path: flocks, body: { apiVersion: `${group}/v1`, kind: 'Flock', metadata: { name: 'f' }, spec: { count: 2 } }, pick: (b) => b.spec },
    { name: 'set the status', method: 'PATCH', type: merge, path: `${flocks}/f/status`, body: { status: { count: 1, selector: 'a=b' } }, pick: (b) => b.status },
    get('the scale as protobuf', mediaType, begun),
    get('as protobuf or JSON', `${mediaType},application/json`, begun),
    get('as a table', table),
    get('as a table or JSON', `${table},application/json`),
    get('as a table of v1beta1', 'application/json;as=Table;v=v1beta1;g=meta.k8s.io'),
    get('as a table in protobuf', `${mediaType};as=Table;v=v1;g=meta.k8s.io`, begun),
    get('as metadata', partial),
    get('as metadata in protobuf', `${mediaType};as=PartialObjectMetadata;v=v1;g=meta.k8s.io`, begun),
    get('as a list of metadata', 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'),
    get('as YAML', 'application/yaml', (b) => String(b).replace(/(resourceVersion: )"\d+"/, '$1<rv>')),
    get('as CBOR', 'application/cbor', (b, r) => (typeof b === 'string' ? r.headers['content-type'] : b)),
    get('as text', 'text/plain'),
    { name: 'a table with whole objects', path, headers: { accept: table }, query: { includeObject: 'Object' } },
    { name: 'a table without objects', path, headers: { accept: table }, query: { includeObject: 'None' } },
    { name: 'put, answered as protobuf', method: 'PUT', path, headers: { accept: mediaType }, body: scale(3), pick: begun },
    { name: 'put, answered as a table', method: 'PUT', path, headers: { accept: table }, body: scale(4) },
    { name: 'merge patch, answered as a table', method: 'PATCH', type: merge, path, headers: { accept: table }, body: { spec: { replicas: 5 } } },
    { name: 'merge patch, answered as protobuf', method: 'PATCH', type: merge, path, headers: { accept: mediaType }, body: { spec: { replicas: 6 } }, pick: begun },
    { name: 'put protobuf', method: 'PUT', path, headers: { 'content-type': mediaType }, body: encodeObject(scale(7)).toString('latin1'), pick: shown },
    { name: 'the scale follows', path, pick: shown },
    { name: 'put protobuf that is none', method: 'PUT', path, headers: { 'content-type': mediaType }, body: 'none' },
    { name: 'put YAML', method: 'PUT', path, type: 'application/yaml', body: `apiVersion: autoscaling/v1\nkind: Scale\nmetadata: {name: f, namespace: ${ns}}\nspec: {replicas: 8}\n`, pick: shown },
    { name: 'put a form', method: 'PUT', path, type: 'application/x-www-form-urlencoded', body: 'a=b' },
    { name: 'put of another version of Scale', method: 'PUT', path, body: { ...scale(3), apiVersion: 'extensions/v1beta1' }, pick: shown },
    { name: 'put with an undeclared field, strictly', method: 'PUT', path, query: { fieldValidation: 'Strict' }, body: { ...scale(3), more: 1 } },
    { name: 'put with an undeclared field', method: 'PUT', path, query: { fieldValidation: 'Warn' }, body: { ...scale(3), more: 1 }, pick: shown },
    { name: 'patch with an undeclared field, strictly', method: 'PATCH', type: merge, path, query: { fieldValidation: 'Strict' }, body: { spec: { replicas: 3, more: 1 } }, pick: (b) => b.message.replace(/(resourceVersion\W+)\d+/, '$1<rv>') },
    { name: 'JSON patch', method: 'PATCH', type: 'application/json-patch+json', path, body: [{ op: 'test', path: '/spec/replicas', value: 3 }, { op: 'replace', path: '/spec/replicas', value: 1 }], pick: shown },
    { name: 'a dry run as a table', method: 'PUT', path, query: { dryRun: 'All' }, headers: { accept: table }, body: scale(9) },
    { name: 'beyond the schema, refused as protobuf', method: 'PUT', path, headers: { accept: mediaType }, body: scale(11), pick: (b, r) => [r.status, String(b).includes('Invalid value')] },
    { name: 'create is no verb', method: 'POST', path, body: scale(1) },
    { name: 'delete is no verb', method: 'DELETE', path },
    { name: 'the object as protobuf', path: `${flocks}/f`, headers: { accept: mediaType } },
    { name: 'the status as a table', path: `${flocks}/f/status`, headers: { accept: table }, pick: (b) => [b.kind, b.columnDefinitions?.map((c) => c.name)] },
  ];
  steps.cleanup = [`${CRDS}/${crd.metadata.name}`];
  return steps;
};
