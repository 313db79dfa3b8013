// How failures are written: for clients that take none of the forms that a Status has, for lists and logs, and what JSON escapes.
export default ({ ns }) => {
  const cms = `/api/v1/namespaces/${ns}/configmaps`;
  const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';
  const form = (b, r) => ({ text: r.text.replaceAll(ns, 'NS'), type: r.headers['content-type'] });
  const asked = (name, path, accept, more) => ({ name, path, headers: { accept }, pick: form, ...more });
  const names = ['tier', 'metadata.namespace', 'status.replicas', ''];
  const kinds = ['/apis/apps/v1/replicasets', '/apis/batch/v1/jobs', '/apis/resource.k8s.io/v1/resourceslices', '/api/v1/nodes', '/apis/events.k8s.io/v1/events', '/apis/certificates.k8s.io/v1/certificatesigningrequests'];
  return [
    asked('a table of what is not there', `${cms}/absent`, table),
    asked('metadata of what is not there, as YAML', `${cms}/absent`, 'application/yaml;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'),
    asked('one object as a list', `/api/v1/namespaces/${ns}`, 'application/yaml;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'),
    asked('a list as nothing that is served', cms, 'application/xml'),
    asked('an object as nothing that is served', `${cms}/absent`, 'application/xml'),
    asked('a log as nothing that is served', `/api/v1/namespaces/${ns}/pods/absent/log`, 'application/xml'),
    asked('a type of all subtypes', cms, 'application/*'),
    asked('a watch as YAML', cms, 'application/yaml', { query: { watch: '1', timeoutSeconds: '1' } }),
    asked('a watch as YAML with a bad selector', cms, 'application/yaml', { query: { watch: '1', labelSelector: 'a b', timeoutSeconds: '1' } }),
    asked('a watch as YAML from no version', cms, 'application/yaml', { query: { watch: '1', resourceVersion: 'x', timeoutSeconds: '1' } }),
    { name: 'HTML in values', method: 'POST', path: cms, headers: { accept: 'application/json' }, query: { dryRun: 'All' }, body: { metadata: { name: 'html', annotations: { a: '<b>&\u2028' } } }, pick: (b, r) => /"annotations":\{.*?\}/.exec(r.text)[0] },
    { name: 'HTML in messages', method: 'POST', path: cms, headers: { accept: 'application/json' }, body: { metadata: { name: 'x<y>&' } }, pick: (b, r) => r.text.includes('x\\u003cy\\u003e\\u0026') && !/[<>&]/.test(r.text) },
    { name: 'metadata of an empty list', path: cms, query: { labelSelector: 'no=no' }, headers: { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' } },
    { name: 'a table without rows of a kind with columns', path: cms, query: { labelSelector: 'no=no' }, headers: { accept: table }, pick: (b) => b.rows },
    { name: 'a table without rows of a kind with none', path: `/api/v1/namespaces/${ns}/limitranges`, headers: { accept: table }, pick: (b) => b.rows },
    ...kinds.flatMap((path) => names.map((field) => ({ name: `${path} by field ${field}`, path, query: { fieldSelector: `${field}=x` }, pick: (b) => b.message ?? b.kind }))),
    { name: 'nothing asked of nothing', path: cms, query: { fieldSelector: '=', labelSelector: 'no=no' }, pick: (b) => b.kind },
    ...[['x', 'one letter'], ['abc', 'no JSON'], ['nope', 'a byte that is no character'], ['e30', 'no version']].map(([token, name]) => ({ name: `a continue token of ${name}`, path: cms, query: { continue: token } })),
    { name: 'a bad continue token for one name', path: cms, query: { continue: 'x', fieldSelector: 'metadata.name=a' } },
    { name: 'a selector is read before options are judged', path: cms, query: { labelSelector: 'a b', resourceVersionMatch: 'x' } },
    { name: 'options are judged before fields are', path: cms, query: { fieldSelector: 'nope=x', resourceVersionMatch: 'x' } },
    { name: 'an event at no version', path: `/api/v1/namespaces/${ns}/events/absent`, query: { resourceVersion: 'x' } },
    { name: 'another at no version', path: `${cms}/absent`, query: { resourceVersion: 'x' } },
    ...['0', '00'].map((version) => ({ name: `exactly ${version}`, path: cms, query: { resourceVersion: version, resourceVersionMatch: 'Exact', labelSelector: 'no=no' } })),
  ];
};
