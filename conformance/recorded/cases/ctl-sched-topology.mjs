// Spreading and affinity to pods: skews, minDomains, policies for nodes, match labels, symmetry of anti-affinity, the first pod of a group, terms that a pod fits itself, and the words for each.
import { post, patch, get, del, until, gone, settle, P, nodes, nodePath, nodeName, cleanup, on, pod, unschedulable, running, bound, cond } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods } = P(ns); const zone = `${ns}.example.com/zone`; const host = 'kubernetes.io/hostname';
  const put = (name, spec, labels = { app: 'w' }) => post(`pod ${name}`, pods, pod(name, on(ns, { terminationGracePeriodSeconds: 0, containers: [{ name: 'a', image: 'x', resources: { requests: { cpu: '10m' } } }], ...spec }), labels), (b) => (b.kind === 'Status' ? b.message : b.kind));
  const sp = (topologyKey, more = {}) => ({ topologySpreadConstraints: [{ maxSkew: 1, nodeAffinityPolicy: 'Ignore', topologyKey, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'w' } }, ...more }] });
  const at = (i) => ({ nodeSelector: { 'rp-case': ns, [host]: nodeName(ns, i) } });
  const aff = (kind, terms, soft) => ({ affinity: { [kind]: soft ? { preferredDuringSchedulingIgnoredDuringExecution: terms } : { requiredDuringSchedulingIgnoredDuringExecution: terms } } });
  const term = (app, topologyKey = zone, more = {}) => ({ labelSelector: { matchLabels: { app } }, topologyKey, ...more });
  const waits = (x, test) => unschedulable(`${x} waits`, ns, x, test, /./);
  const goes = (...xs) => xs.flatMap((x) => [del(`${x} goes`, `${pods}/${x}`), gone(`${x} is gone`, `${pods}/${x}`)]);
  const where = (x) => until(`${x} is on`, `${pods}/${x}`, (b) => b.spec.nodeName, (b) => b.spec.nodeName);
  const steps = [
    ...nodes(ns, { labels: { [zone]: 'za' } }, { labels: { [zone]: 'zb' } }, { labels: { [zone]: 'zb' } }, { labels: {} }),
    put('a', at(1)), where('a'), put('b', { ...sp(zone) }), until('b is in zb', `${pods}/b`, (b) => b.spec.nodeName, (b) => /n[23]$/.test(b.spec.nodeName)),
    put('c', { ...sp(zone), ...at(1) }), where('c'), put('d', { ...sp(zone), ...at(1) }), waits('d'), put('e', { ...sp(zone), ...at(4) }), waits('e'),
    patch('the fourth gets a zone', nodePath(ns, 4), { metadata: { labels: { [zone]: 'zc' } } }, (b) => b.kind), where('e'), ...goes('d'),
    put('min', { ...sp(zone, { minDomains: 5 }), nodeSelector: { 'rp-case': ns } }), waits('min'), ...goes('min'),
    put('policy', { ...sp(zone, { nodeAffinityPolicy: 'Honor', nodeTaintsPolicy: 'Honor' }), ...at(1) }), where('policy'), ...goes('policy'),
    put('none', { ...sp('no/such') }), waits('none'), put('keys', { ...sp(zone, { matchLabelKeys: ['v'] }), ...at(1) }, { app: 'w', v: '1' }), where('keys'), put('keys2', { ...sp(zone, { matchLabelKeys: ['v'] }), ...at(1) }, { app: 'w', v: '1' }), waits('keys2'), put('keys3', { ...sp(zone, { matchLabelKeys: ['v'] }), ...at(1) }, { app: 'w', v: '2' }), where('keys3'),
    get('merged', `${pods}/keys`, (b) => b.spec.topologySpreadConstraints), ...goes('none', 'keys2'),
    put('self', { ...sp(host, { labelSelector: { matchLabels: { app: 'other' } } }), ...at(1) }), where('self'), put('two', { topologySpreadConstraints: [...sp(zone).topologySpreadConstraints, ...sp(host).topologySpreadConstraints], ...at(1) }), waits('two'), ...goes('two'),
    put('anti', aff('podAntiAffinity', [term('lone', host)]), { app: 'lone' }), until('anti is somewhere', `${pods}/anti`, (b) => b.spec.nodeName, (b) => b.spec.nodeName.length), put('anti2', { ...aff('podAntiAffinity', [term('lone')]) }, { app: 'x' }), until('anti2 is somewhere', `${pods}/anti2`, (b) => b.spec.nodeName, (b) => b.spec.nodeName.length),
    put('hates', { ...aff('podAntiAffinity', [term('blue', zone)]), ...at(1) }, { app: 'red' }), where('hates'), put('blue', at(1), { app: 'blue' }), waits('blue'), put('blue2', { ...at(1), ...aff('podAntiAffinity', [term('red', host)]) }, { app: 'blue' }), waits('blue2'), ...goes('hates'), where('blue'), where('blue2'),
    put('first', { ...aff('podAffinity', [term('grp')]), ...at(2) }, { app: 'grp' }), where('first'), put('second', { ...aff('podAffinity', [term('grp')]), ...at(1) }, { app: 'grp' }), waits('second'), put('third', { ...aff('podAffinity', [term('grp')]) }, { app: 'grp' }), until('third is in zb', `${pods}/third`, (b) => b.spec.nodeName, (b) => /n[23]$/.test(b.spec.nodeName)),
    put('needs', { ...aff('podAffinity', [term('late')]) }, { app: 'z' }), waits('needs'), put('late', at(3), { app: 'late' }), until('needs follows', `${pods}/needs`, (b) => b.spec.nodeName, (b) => /n[23]$/.test(b.spec.nodeName)),
    put('both', { affinity: { ...aff('podAffinity', [term('grp')]).affinity, ...aff('podAntiAffinity', [term('late')]).affinity } }, { app: 'q' }), waits('both'), put('all', { ...aff('podAffinity', [term('grp'), term('blue')]) }, { app: 'q' }), waits('all'), patch('a label changes', `${pods}/late`, { metadata: { labels: { app: 'gone' } } }, (b) => b.kind), until('both fits', `${pods}/both`, (b) => b.spec.nodeName, (b) => /n[23]$/.test(b.spec.nodeName)),
    put('exists', aff('podAntiAffinity', [{ topologyKey: host, labelSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }]), { app: 'y' }), waits('exists'),
    put('mismatch', { ...aff('podAntiAffinity', [term('y', zone, { mismatchLabelKeys: ['team'], matchLabelKeys: ['v'] })]) }, { app: 'y', team: 't1', v: '3' }), until('mismatch is bound', `${pods}/mismatch`, (b) => b.spec.nodeName, (b) => b.spec.affinity),
  ];
  steps.cleanup = cleanup(ns, 4);
  return steps;
};
