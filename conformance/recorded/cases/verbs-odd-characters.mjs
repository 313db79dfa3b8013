// Characters and escapes that are none, in JSON and in YAML, which has fewer of them than JSON.
export default ({ ns }) => {
  const C = `/api/v1/namespaces/${ns}/configmaps`;
  const said = (b) => b.message ?? b.data;
  const config = (value) => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"k":${value}}}`;
  const values = ['"\\ud800"', '"\\udc00\\ud800"', '"\\ud83d\\ude00"', '"\\/"', '"\u007f"', '"\u0085"', '"\u2028"', '"\ufeff"', '"\uffff"', '"\\u0000"', '"\\u2028<>&"'];
  const make = (type, query) => values.map((value) => ({ name: `${type}: ${JSON.stringify(value)}`, method: 'POST', path: C, type: `application/${type}`, query: { dryRun: 'All', ...query }, body: config(value), pick: said }));
  const kinds = ['Status', 'APIGroup', 'List'].map((kind) => ({ name: `options that are a ${kind}`, method: 'DELETE', path: `${C}/x`, query: { dryRun: 'All' }, body: { apiVersion: 'v1', kind }, pick: (b) => b.message }));
  return [
    ...make('json'), ...make('yaml'),
    ...values.map((value) => ({ name: `applied: ${JSON.stringify(value)}`, method: 'PATCH', path: `${C}/x`, type: 'application/apply-patch+yaml', query: { dryRun: 'All', fieldManager: 'm' }, body: config(value), pick: said })),
    ...kinds,
  ];
};
