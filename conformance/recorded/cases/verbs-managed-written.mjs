// managedFields as clients write them: entries in odd forms, of unknown versions and with fields that are none; and lists that hold a key twice.
// Entries are ordered by their time, so that the order within a case depends on the clock: sort them by name.
const ident = (m) => `${m.operation} ${m.manager} ${m.subresource} ${m.apiVersion}`;
const told = (b) => (b.kind === 'Status' ? b : { managers: b.metadata.managedFields?.sort((a, c) => (ident(a) < ident(c) ? -1 : 1)), finalizers: b.metadata.finalizers, secrets: b.secrets, pulls: b.imagePullSecrets, data: b.data });
export default ({ ns }) => {
  const maps = `/api/v1/namespaces/${ns}/configmaps`, accounts = `/api/v1/namespaces/${ns}/serviceaccounts`;
  const map = (data, metadata) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', ...metadata }, data });
  const account = (more) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'sa' }, ...more });
  const write = (name, method, path, fieldManager, body, query, type) => ({ name, method, path, query: { fieldManager, ...query }, type, body, pick: told });
  const apply = (name, path, manager, body, query) => write(name, 'PATCH', path, manager, body, query, 'application/apply-patch+yaml');
  const entry = (more) => ({ manager: 'zz', operation: 'Apply', apiVersion: 'v1', time: '2026-01-01T00:00:00Z', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:b': {} } }, ...more });
  const fields = { none: null, empty: {}, number: 1, text: 'x', list: [1], 'unknown kind': { 'x:a': {} }, short: { f: {} }, 'bad key': { 'k:x': {} }, 'empty key': { 'k:{}': {} }, 'bad index': { 'i:x': {} }, 'bad value': { 'v:{': {} }, index: { 'i:3': {} }, 'a fraction': { 'v:1.0': {} }, 'a number below': { 'f:a': 1 }, 'null below': { 'f:a': null }, 'a list below': { 'f:a': [] }, 'a number at the dot': { 'f:a': { '.': 1 } }, 'keys out of order': { 'f:data': { 'f:z': {}, 'f:b': {} } } };
  const odd = { ...Object.fromEntries(Object.entries(fields).map(([name, fieldsV1]) => [`fields: ${name}`, { fieldsV1 }])), 'another version': { apiVersion: 'v2' }, 'no version at all': { apiVersion: 'a/b/c' }, 'of the status': { subresource: 'status' }, 'of the future': { time: '2099-01-01T00:00:00Z' }, 'without a time': { time: null }, 'another type': { fieldsType: 'X' }, 'no operation': { operation: '' } };
  const twice = [{ name: 'a' }, { name: 'a' }, { name: 'b' }];
  return [
    ...Object.entries(odd).map(([name, more]) => write(`made with ${name}`, 'POST', maps, 'u', { ...map({ b: name }, { managedFields: [entry(more)] }) }, { dryRun: 'All' })),
    write('a map', 'POST', maps, 'u', map({ b: '0' })),
    ...Object.entries(odd).map(([name, more]) => write(`put with ${name}`, 'PUT', `${maps}/c`, 'u', map({ b: name }, { managedFields: [entry(more)] }))),
    write('put with two of one', 'PUT', `${maps}/c`, 'u', map({ b: 'x' }, { managedFields: [entry(), entry({ fieldsV1: { 'f:data': { 'f:c': {} } } })] })),
    write('an account with secrets twice', 'POST', accounts, 'u', account({ secrets: twice, imagePullSecrets: twice })),
    ...[['a', [{ name: 'a' }]], ['b', [{ name: 'b' }]], ['the same twice', twice], ['null', null], ['an item that is null', [null]], ['nothing', undefined]].flatMap(([name, list]) => [apply(`${name} applied over secrets`, `${accounts}/sa`, 'm', account({ secrets: list })), apply(`${name} applied over pull secrets`, `${accounts}/sa`, 'm', account({ imagePullSecrets: list }), { force: 'true' })]),
    write('finalizers twice', 'PATCH', `${maps}/c`, 'u', { metadata: { finalizers: ['x/a', 'x/b', 'x/b'] } }, {}, 'application/merge-patch+json'),
    ...[['another', ['x/e', 'x/b']], ['the same twice', ['x/a', 'x/a']], ['a null', ['x/a', null]], ['a number', [1]], ['nothing', undefined]].map(([name, finalizers]) => apply(`${name} applied over finalizers`, `${maps}/c`, 'm', map(undefined, { finalizers }))),
    { method: 'PATCH', path: `${maps}/c`, type: 'application/merge-patch+json', body: { metadata: { finalizers: null } }, compare: false },
  ];
};
