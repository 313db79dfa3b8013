// Aggregated ClusterRoles: order and doubles of rules, several selectors, expressions, chains, rules written by hand, and what happens when the aggregation is taken away.
import { post, patch, get, del, until, gone, quiet, settle, P, cleanup, managers } from './lib/ctl.mjs';
export default ({ ns }) => {
  const R = '/apis/rbac.authorization.k8s.io/v1/clusterroles'; const n = (x) => `${ns}-${x}`; const xs = ['agg', 'a', 'b', 'c', 'chain', 'none', 'expr'];
  const role = (x, labels, rules, aggregationRule) => post(`role ${x}`, R, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: n(x), labels }, ...(rules ? { rules } : {}), ...(aggregationRule ? { aggregationRule } : {}) }, (b) => b.message ?? ({ rules: b.rules, agg: b.aggregationRule }));
  const rule = (resources, verbs = ['get']) => ({ apiGroups: [''], resources, verbs });
  const rules = (x, test) => until(`${x}: rules`, `${R}/${n(x)}`, test, (b) => ({ rules: b.rules, by: managers(b) }));
  const to = (label) => ({ matchLabels: { [`${ns}/${label}`]: 'yes' } });
  const steps = [
    ...xs.flatMap((x) => [quiet(del('none', `${R}/${n(x)}`)), quiet(gone('gone', `${R}/${n(x)}`))]),
    role('b', { [`${ns}/one`]: 'yes' }, [rule(['pods']), rule(['secrets'], ['list', 'get'])]), role('a', { [`${ns}/one`]: 'yes', [`${ns}/two`]: 'yes' }, [rule(['configmaps']), rule(['pods'])]), role('agg', { [`${ns}/chain`]: 'yes' }, [rule(['nodes'])], { clusterRoleSelectors: [to('two'), to('one')] }), rules('agg', (b) => b.rules?.length === 3),
    role('chain', {}, undefined, { clusterRoleSelectors: [to('chain')] }), rules('chain', (b) => b.rules?.length === 3), role('c', { [`${ns}/two`]: 'yes' }, [rule(['secrets'], ['get', 'list']), { nonResourceURLs: ['/x'], verbs: ['get'] }]), rules('agg', (b) => b.rules.length === 5), rules('chain', (b) => b.rules.length === 5),
    patch('by hand', `${R}/${n('agg')}`, { rules: [rule(['events'])] }, (b) => b.rules), rules('agg', (b) => b.rules.length === 5), patch('a label goes', `${R}/${n('a')}`, { metadata: { labels: { [`${ns}/one`]: null, [`${ns}/two`]: null } } }, (b) => b.kind), rules('agg', (b) => b.rules.every((r) => r.resources?.[0] !== 'configmaps')), patch('rules change', `${R}/${n('b')}`, { rules: [] }, (b) => b.rules), rules('agg', (b) => b.rules.length === 2), rules('chain', (b) => b.rules.length === 2),
    role('expr', {}, undefined, { clusterRoleSelectors: [{ matchExpressions: [{ key: `${ns}/two`, operator: 'Exists' }, { key: `${ns}/one`, operator: 'DoesNotExist' }] }] }), rules('expr', (b) => b.rules?.length === 2), role('none', {}, undefined, { clusterRoleSelectors: [{ matchLabels: { nobody: 'has' } }] }), settle(600), rules('none', () => true), role('bad', {}, undefined, { clusterRoleSelectors: [] }), role('bad', {}, undefined, { clusterRoleSelectors: [{ matchExpressions: [{ key: 'x', operator: 'Maybe' }] }] }),
    del('c goes', `${R}/${n('c')}`), until('nothing is left', `${R}/${n('agg')}`, (b) => !b.rules?.length, (b) => ({ rules: b.rules ?? 'none' })), patch('its own again', `${R}/${n('agg')}`, { aggregationRule: null, rules: [rule(['nodes'])] }, (b) => [b.rules, b.aggregationRule ?? 'none']), settle(600), rules('agg', () => true), rules('chain', (b) => b.rules?.length === 1),
  ];
  steps.cleanup = cleanup(ns, 0, xs.map((x) => `${R}/${n(x)}`));
  return steps;
};
