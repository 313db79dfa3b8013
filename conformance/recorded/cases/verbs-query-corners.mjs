// What stands in a query: preconditions of a delete, and texts with characters that few expect there.
export default ({ ns }) => {
  const C = `/api/v1/namespaces/${ns}/configmaps`;
  const make = (name) => ({ name: `make ${name}`, method: 'POST', path: C, compare: false, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { a: 'b' } } } });
  const said = (b) => b.message?.replace(/in record \([^)]*\)/, 'in record (…)') ?? b.items?.map((i) => i.metadata.name).filter((name) => name !== 'kube-root-ca.crt') ?? b.status ?? b.kind;
  const gone = (query) => ({ name: `delete ${JSON.stringify(query)}`, method: 'DELETE', path: `${C}/a`, query, pick: said });
  const all = (query) => ({ name: `delete all ${JSON.stringify(query)}`, method: 'DELETE', path: C, query: { labelSelector: 'a=b', ...query }, pick: said });
  const list = (query) => ({ name: `list ${JSON.stringify(query)}`, path: C, query, pick: said });
  const body = { preconditions: { uid: 'y' } };
  return [
    make('a'), gone({ resourceVersion: '1' }), gone({ resourceVersion: 'x' }), gone({ resourceVersion: '0' }), gone({ uid: 'x' }), gone({ uid: 'x', resourceVersion: '1' }), { ...gone({ resourceVersion: '1' }), name: 'a body takes the place of the query', body }, gone({ uid: '', resourceVersion: '' }),
    make('a'), all({ resourceVersion: '0' }), all({ uid: 'x' }), all({ uid: '', resourceVersion: '' }),
    list({ limit: '1', continue: 'a\nb' }), list({ limit: '1', continue: '\n' }), list({ limit: '1', continue: 'abcd\ne' }), list({ limit: '1', continue: 'eyJ2IjoibWV0YS5rOHMuaW8v\ndjEiLCJydiI6LTEsInN0YXJ0IjoieCJ9' }),
    make('kept'),
    ...['a\0', '\0a', 'a=\0b', 'a\0b', 'a,\0b', 'a in (b\0,c)', 'a in (\0b)', 'a=b\0c'].map((labelSelector) => list({ labelSelector })),
    ...['65535', '65536', 'x', '-1', '99999999999999999999', '80,81', '80,,81', '80,x'].map((ports) => ({ name: `port ${ports}`, path: `/api/v1/namespaces/${ns}/pods/nope/portforward`, query: { ports }, pick: said })),
    { name: 'a validation that is none', method: 'POST', path: C, query: { fieldValidation: 'a<&\u0001\u2028é"\\' }, pick: said, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } } },
  ];
};
