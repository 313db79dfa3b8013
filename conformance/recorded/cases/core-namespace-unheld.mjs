// A namespace that nothing holds: the first delete marks it all the same, the second one takes it away, as does an update that leaves it without finalizers.
export default () => {
  const N = '/api/v1/namespaces';
  const names = ['a', 'b', 'c'].map((x) => `rp-core-unheld-${x}`);
  const [a, b, c] = names;
  const said = (o) => (o.kind === 'Namespace' ? { spec: o.spec, status: o.status?.phase, isDeleting: Boolean(o.metadata.deletionTimestamp), finalizers: o.metadata.finalizers ?? 'none' } : o);
  const step = (name, method, path, body, more) => ({ name, method, path: `${N}${path}`, body, pick: said, ...more });
  const empty = (name, finalizers) => step(`finalize ${name}`, 'PUT', `/${name}/finalize`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...(finalizers && { finalizers }) }, spec: {} });
  const make = (name, finalizers) => step(`make ${name}`, 'POST', '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...(finalizers && { finalizers }) } });
  const steps = [
    make(a), empty(a), step('dry delete', 'DELETE', `/${a}`, undefined, { query: { dryRun: 'All' } }), step('delete', 'DELETE', `/${a}`, undefined), step('it is there', 'GET', `/${a}`), step('dry delete again', 'DELETE', `/${a}`, undefined, { query: { dryRun: 'All' } }), step('delete again', 'DELETE', `/${a}`), step('it is gone', 'GET', `/${a}`),
    make(b, ['x.example.com/y']), empty(b, ['x.example.com/y']), step('delete one with a finalizer', 'DELETE', `/${b}`), step('again', 'DELETE', `/${b}`), step('let it go', 'PATCH', `/${b}`, { metadata: { finalizers: null } }, { type: 'application/merge-patch+json' }), step('it is gone, too', 'GET', `/${b}`),
    make(c), empty(c), step('delete with a uid', 'DELETE', `/${c}`, { preconditions: { uid: 'x' } }), step('delete it', 'DELETE', `/${c}`), empty(c), step('gone with that', 'GET', `/${c}`),
  ];
  steps.cleanup = names.map((name) => `${N}/${name}`);
  return steps;
};
