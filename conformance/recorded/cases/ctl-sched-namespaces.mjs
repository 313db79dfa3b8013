// Affinity to pods of other namespaces, by name and by label, label keys that are merged into terms, and terms without a selector or of a topology that no node has.
import { post, get, del, until, gone, quiet, P, nodes, cleanup, on, pod, unschedulable, bound, cond } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods } = P(ns); const ns2 = `${ns}-b`; const other = `/api/v1/namespaces/${ns2}`;
  const term = (more = {}) => ({ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'a' } }, ...more });
  const aff = (t) => ({ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [].concat(t) } } });
  const anti = (t) => ({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [].concat(t) } } });
  const make = (name, spec, labels = {}, path = pods) => post(`make ${name}`, path, pod(name, on(ns, { terminationGracePeriodSeconds: 0, ...spec }), labels));
  const wait = (name) => unschedulable(`${name} waits`, ns, name, undefined, /./);
  const at = (z) => ({ nodeSelector: { 'rp-case': ns, zone: z } });
  const steps = [
    quiet(del('none from before', other)), quiet(gone('it is gone', other)),
    post('another namespace', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ns2, labels: { team: ns } } }, (b) => b.kind),
    until('it has its account', `${other}/serviceaccounts/default`, (b) => b.kind === 'ServiceAccount', (b) => b.kind),
    ...nodes(ns, { labels: { zone: 'a' } }, { labels: { zone: 'b' } }, {}),
    make('far', at('b'), { app: 'a' }, `${other}/pods`), until('far is there', `${other}/pods/far`, (b) => b.spec.nodeName, (b) => b.spec.nodeName),
    make('own', aff(term())), wait('own'),
    make('bysel', aff(term({ namespaceSelector: { matchLabels: { team: ns } } }))), bound('by namespace selector', ns, 'bysel'),
    make('byname', aff(term({ namespaces: [ns2] }))), bound('by namespace', ns, 'byname'),
    make('all', aff(term({ namespaceSelector: {} }))), bound('in all namespaces', ns, 'all'),
    make('antiall', { ...anti(term({ namespaceSelector: {} })), ...at('b') }), wait('antiall'),
    make('antiown', { ...anti(term()), ...at('b') }), bound('anti only in its own', ns, 'antiown'),
    make('guard', { ...anti(term({ labelSelector: { matchLabels: { app: 'g' } } })), ...at('a') }, { role: 'guard' }), bound('guard', ns, 'guard'),
    make('enters', at('a'), { app: 'g' }), wait('enters'),
    make('enters2', {}, { app: 'g' }), until('enters elsewhere', `${pods}/enters2`, (b) => b.spec.nodeName, (b) => cond(b, 'PodScheduled').status),
    make('mk1', { ...anti(term({ labelSelector: { matchLabels: { app: 'm' } }, matchLabelKeys: ['rev'] })), ...at('a') }, { app: 'm', rev: '1' }), bound('mk1', ns, 'mk1'),
    get('its merged term', `${pods}/mk1`, (b) => b.spec.affinity),
    make('mk2', { ...anti(term({ labelSelector: { matchLabels: { app: 'm' } }, matchLabelKeys: ['rev'] })), ...at('a') }, { app: 'm', rev: '2' }), bound('mk2 of another revision', ns, 'mk2'),
    make('mk3', { ...anti(term({ labelSelector: { matchLabels: { app: 'm' } }, matchLabelKeys: ['rev'] })), ...at('a') }, { app: 'm', rev: '2' }), wait('mk3'),
    make('mm1', { ...anti(term({ labelSelector: { matchLabels: { app: 'm' } }, mismatchLabelKeys: ['rev'] })), ...at('a') }, { app: 'm', rev: '1' }), wait('mm1'),
    get('its merged term too', `${pods}/mm1`, (b) => b.spec.affinity),
    make('nokey', { ...anti(term({ topologyKey: 'none' })) }, { app: 'a' }), until('anti with a key that no node has', `${pods}/nokey`, (b) => b.spec.nodeName, (b) => cond(b, 'PodScheduled').status),
    make('affnokey', { ...aff(term({ topologyKey: 'none' })) }, { app: 'zz' }), wait('affnokey'),
    make('selfnokey', { ...aff(term({ topologyKey: 'none', labelSelector: { matchLabels: { app: 'sk' } } })) }, { app: 'sk' }), wait('selfnokey'),
    make('twoterms', aff([term({ namespaceSelector: {} }), term({ labelSelector: { matchLabels: { role: 'guard' } } })])), wait('twoterms'),
    make('emptysel', { ...aff(term({ labelSelector: {} })), ...at('a') }), bound('empty selector', ns, 'emptysel'),
    make('nosel', { ...aff(term({ labelSelector: undefined })), ...at('a') }), wait('nosel'),
  ];
  steps.cleanup = [...cleanup(ns, 3), `${other}/pods?gracePeriodSeconds=0`, other];
  return steps;
};
