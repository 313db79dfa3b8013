// The rest of a list, for whoever takes what the cache has (version 0): a limit does not count then.
export default ({ ns }) => {
  const C = `/api/v1/namespaces/${ns}/secrets`;
  const pick = (b) => b.message ?? { names: b.items.map((item) => item.metadata.name), more: b.metadata.continue !== undefined, left: b.metadata.remainingItemCount };
  const rest = (name, query) => (vars) => ({ name, path: C, query: { continue: vars.token, ...query }, pick });
  return [
    ...['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, method: 'POST', path: C, body: { apiVersion: 'v1', kind: 'Secret', metadata: { name, labels: { page: 'x' } } }, compare: false })),
    { name: 'the first page', path: C, query: { limit: 2, labelSelector: 'page' }, pick, save: (b, vars) => { vars.token = b.metadata.continue; } },
    rest('the next', { limit: 1, labelSelector: 'page' }), rest('the rest at version 0', { limit: 1, labelSelector: 'page', resourceVersion: '0' }),
    rest('without a selector', { limit: 1, resourceVersion: '0' }), rest('of the later version', { limit: 1, resourceVersion: '1' }),
    rest('of a way to match', { limit: 1, resourceVersion: '0', resourceVersionMatch: 'NotOlderThan' }), rest('of the exact way', { limit: 1, resourceVersion: '0', resourceVersionMatch: 'Exact' }),
  ];
};
