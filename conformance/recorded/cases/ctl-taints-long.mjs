// Tolerations for times beyond all others: below nothing, of centuries, and of more nanoseconds than 64 bits hold; which pods stay, and for how long the others were let.
import { post, patch, gone, get, settle, P, nodes, nodePath, cleanup, on, pod, running, events } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods } = P(ns);
  const tolerate = (seconds) => ({ tolerations: [{ key: 'rp-case', operator: 'Exists', effect: 'NoSchedule' }, { key: 'example.com/gone', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds }] });
  const p = (name, seconds) => [post(`pod ${name}`, pods, pod(name, on(ns, { terminationGracePeriodSeconds: 0, ...tolerate(seconds) })), (b) => b.message ?? b.kind), running(`${name} runs`, ns, name)];
  const steps = [
    ...nodes(ns, {}),
    ...p('below', -5), ...p('months', 5_000_000), ...p('century', 3_000_000_000), ...p('most', 9_223_372_036), ...p('over', 9_223_372_037), ...p('twice', 20_000_000_000), ...p('more', 40_000_000_000), ...p('far', 9_007_199_254_740_991),
    patch('a taint', nodePath(ns, 1), { spec: { taints: [{ key: 'rp-case', value: ns, effect: 'NoSchedule' }, { key: 'example.com/gone', effect: 'NoExecute' }] } }, (b) => b.kind),
    gone('below is gone', `${pods}/below`), settle(1500), get('who is left', pods, (b) => b.items.filter((x) => !x.metadata.deletionTimestamp).map((x) => x.metadata.name).sort()), events('it was told', ns, 'below', ['TaintManagerEviction']),
  ];
  steps.cleanup = cleanup(ns, 1);
  return steps;
};
