// Names and values with characters that are not printed, in the quotes of Go's messages; paths that are no UTF-8; a LimitRange that nobody named.
export default ({ ns }) => {
  const core = `/api/v1/namespaces/${ns}`, maps = `${core}/configmaps`;
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } };
  const told = (b) => b.message ?? (b.items ? b.items.length : b);
  const range = (name, metadata) => ({ name, method: 'POST', path: `${core}/limitranges`, query: { dryRun: 'All' }, body: { apiVersion: 'v1', kind: 'LimitRange', metadata }, pick: (b) => b.message ?? b.metadata.name.replace(/^[0-9a-f-]{36}$/, 'a uid').replace(/^g-.*/, 'g-') });
  const inPaths = ['%00', 'a%01', 'a%0a', '%7f', '%c2%80', 'a%e2%80%8b'].flatMap((name) => [
    ...['GET', 'DELETE', 'PUT'].map((method) => ({ method, path: `${maps}/${name}`, body: method === 'PUT' ? map : undefined, pick: told })),
    { path: `/api/v1/namespaces/${name}/configmaps`, pick: told }, { path: `${maps}?labelSelector=a%3D${name}`, pick: told }, { name: `managed by ${name}`, method: 'POST', path: `${maps}?dryRun=All&fieldManager=${name}`, body: map, pick: told }, { path: `/apis/${name}/v1/x`, pick: told }, { name: `${name} for nobody`, path: `${core}/${name}`, as: 'nobody', pick: told },
  ]);
  // Messages tell the bytes, which are not kept here.
  const noText = ['%ff', '%ed%a0%80'].map((name) => ({ path: `${maps}/${name}`, pick: (_, r) => r.status }));
  const inBodies = ['a\u0001', 'a\u007f', 'a\u00ad', 'a\u2028', 'a"b', "a'b", 'a\\b', 'a😀'].flatMap((text) => {
    const shown = JSON.stringify(text);
    const post = (name, body, query) => ({ name: `${name} ${shown}`, method: 'POST', path: maps, query, body: { ...map, ...body }, pick: told });
    const list = (name, query) => ({ name: `${name} ${shown}`, path: maps, query, pick: told });
    return [post('kind', { kind: text }), post('version', { apiVersion: text }), post('metadata', { metadata: { name: text, labels: { [text]: text }, annotations: { [text]: text }, finalizers: [text] } }), post('unknown field', { [text]: 1 }, { fieldValidation: 'Strict' }), list('key', { labelSelector: text }), list('revision', { resourceVersion: text }), list('limit', { limit: text }), list('field', { fieldSelector: `${text}=1` })];
  });
  const steps = [...inPaths, ...noText, ...inBodies, range('a range', {}), range('a range with a prefix', { generateName: 'g-' }), range('a range without metadata')];
  steps.needsServiceAccount = false;
  return steps;
};
