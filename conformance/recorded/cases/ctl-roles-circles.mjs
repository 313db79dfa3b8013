// Aggregated ClusterRoles: circles, selection of oneself, expressions, applied by hand, finalizers, empty selectors, roles of the cluster.
import { post, patch, get, del, until, gone, quiet, settle, cleanup, managers, whole } from './lib/ctl.mjs';
export default ({ ns }) => {
  const R = '/apis/rbac.authorization.k8s.io/v1/clusterroles'; const n = (x) => `${ns}-${x}`; const p = (x) => `${R}/${n(x)}`;
  const xs = ['src', 'self', 'ca', 'cb', 'not', 'two', 'applied', 'held', 'every', 'viewer', 'late'];
  const L = (...ks) => Object.fromEntries(ks.map((k) => [`${ns}/${k}`, 'yes']));
  const rule = (resources, verbs = ['get'], more = {}) => ({ apiGroups: [''], resources, verbs, ...more });
  const make = (x, labels, rules, sel, meta = {}) => post(`role ${x}`, R, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: n(x), labels, ...meta }, ...(rules ? { rules } : {}), ...(sel ? { aggregationRule: { clusterRoleSelectors: sel } } : {}) }, (b) => b.message ?? b.rules ?? 'none');
  const to = (...ks) => ({ matchLabels: L(...ks) });
  const rules = (x, test = () => true) => until(`${x}: rules`, p(x), (b) => test(b.rules ?? []), (b) => ({ rules: b.rules ?? 'none', by: managers(b) }));
  const apply = (name, x, body, force) => ({ name, method: 'PATCH', path: p(x), query: { fieldManager: 'me', ...(force ? { force: 'true' } : {}) }, type: 'application/apply-patch+yaml', body: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: n(x) }, ...body }, pick: (b) => (b.kind === 'Status' ? { reason: b.reason, message: b.message, causes: b.details?.causes } : { rules: b.rules, agg: b.aggregationRule }) });
  const steps = [
    ...xs.flatMap((x) => [quiet(patch('let go', p(x), { metadata: { finalizers: null } })), quiet(del('none', p(x))), quiet(gone('gone', p(x)))]),
    make('self', L('a'), [rule(['own'])], [to('a')]), settle(400), rules('self'),
    make('src', L('a', 'c'), [rule(['pods'], ['list', 'get', 'get']), rule(['pods'], ['get', 'list']), rule(['secrets'], ['get'], { resourceNames: ['x'] }), rule(['pods'], ['list', 'get', 'get'])]), rules('self', (r) => r[0]?.resources[0] === 'pods'),
    make('ca', L('x'), undefined, [to('y'), to('c')]), make('cb', L('y'), undefined, [to('x')]), rules('ca', (r) => r.length > 0), rules('cb', (r) => r.length > 0),
    patch('the source changes', p('src'), { rules: [rule(['nodes'])] }, (b) => b.rules), rules('ca', (r) => JSON.stringify(r).includes('nodes')), rules('cb', (r) => JSON.stringify(r).includes('nodes')), rules('self', (r) => r.length === 1),
    del('the source goes', p('src')), rules('self', (r) => r.length === 0), settle(800), rules('ca'), rules('cb'),
    make('src', L('a', 'c'), [rule(['events'])]),
    make('not', {}, undefined, [{ matchExpressions: [{ key: `${ns}/a`, operator: 'In', values: ['yes', 'no'] }, { key: `${ns}/x`, operator: 'NotIn', values: ['yes'] }] }]), rules('not', (r) => r.length === 1),
    make('two', {}, [], [{ matchLabels: L('a'), matchExpressions: [{ key: `${ns}/c`, operator: 'Exists' }] }, to('c'), to('nothing')]), rules('two', (r) => r.length === 1),
    apply('applied', 'applied', { aggregationRule: { clusterRoleSelectors: [to('c')] }, rules: [rule(['own'])] }), rules('applied', (r) => r[0]?.resources[0] === 'events'),
    apply('applied again', 'applied', { aggregationRule: { clusterRoleSelectors: [to('c')] }, rules: [rule(['own'])] }), apply('with force', 'applied', { aggregationRule: { clusterRoleSelectors: [to('c')] }, rules: [rule(['own'])] }, true), rules('applied', (r) => r[0]?.resources[0] === 'events'),
    apply('without rules', 'applied', { aggregationRule: { clusterRoleSelectors: [to('c')] } }), settle(500), rules('applied'), apply('other selectors', 'applied', { aggregationRule: { clusterRoleSelectors: [to('nothing')] } }), rules('applied', (r) => r.length === 0), apply('no aggregation', 'applied', { metadata: { name: n('applied') } }), settle(500), rules('applied'), get('all of it', p('applied'), whole),
    make('held', L('c'), [rule(['held'])], undefined, { finalizers: ['example.com/hold'] }), rules('two', (r) => r.length === 2), settle(300), del('held goes', p('held')), settle(600), rules('two'), rules('applied'), patch('held changes', p('held'), { rules: [rule(['more'])] }, (b) => b.rules), settle(500), rules('ca'), patch('let go', p('held'), { metadata: { finalizers: null } }, (b) => b.kind), settle(600), rules('ca'), rules('cb'),
    make('every', {}, undefined, [{}]), until('every rule there is', p('every'), (b) => b.rules?.length > 100, (b) => b.rules.length > 100),
    del('and goes', p('every')),
    make('viewer', { 'rbac.authorization.k8s.io/aggregate-to-view': 'true', [`${ns}/late`]: 'yes' }, [rule([`${ns}-things`])]),
    ...['view', 'edit', 'admin'].map((x) => until(`${x} has it`, `${R}/${x}`, (b) => JSON.stringify(b.rules).includes(`${ns}-things`), (b) => ({ it: b.rules.filter((r) => r.resources?.includes(`${ns}-things`)), by: managers(b) }))),
    make('late', {}, undefined, [to('late')]), rules('late', (r) => r.length === 1), patch('no rules', p('viewer'), { rules: null }, (b) => b.rules ?? 'none'), rules('late', (r) => r.length === 0),
    ...['view', 'edit', 'admin'].map((x) => until(`${x} has none`, `${R}/${x}`, (b) => !JSON.stringify(b.rules).includes(`${ns}-things`), (b) => b.kind)),
    patch('its selectors change', p('late'), { aggregationRule: { clusterRoleSelectors: [to('c')] } }, (b) => b.rules), rules('late', (r) => r.length === 1), patch('none at all', p('late'), { aggregationRule: { clusterRoleSelectors: null } }, (b) => b.message ?? b.rules), patch('an empty rule', p('late'), { aggregationRule: {} }, (b) => b.message ?? b.rules), patch('taken away', p('late'), { aggregationRule: null }, (b) => [b.rules, b.aggregationRule ?? 'none']), settle(400), rules('late'), get('late', p('late'), whole),
  ];
  steps.cleanup = cleanup(ns, 0, xs.map(p));
  return steps;
};
