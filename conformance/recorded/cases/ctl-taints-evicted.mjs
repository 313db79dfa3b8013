// Pods that are evicted by taints, with and without tolerations.
import { post, patch, gone, settle, P, nodes, nodePath, cleanup, on, pod, running, events } from './lib/ctl.mjs';

export default ({ ns }) => {
  const { pods } = P(ns);
  const at = (name, extra, more) => pod(name, on(ns, { terminationGracePeriodSeconds: 0, ...extra }), { app: name }, more);
  const tolerate = (key, seconds) => ({ tolerations: [{ key: 'rp-case', operator: 'Exists', effect: 'NoSchedule' }, { key, operator: 'Exists', effect: 'NoExecute', ...(seconds === undefined ? {} : { tolerationSeconds: seconds }) }] });
  const steps = [
    ...nodes(ns, {}),
    post('one', pods, at('plain')), post('one that stays for a second', pods, at('second', tolerate('example.com/gone', 1))), post('one that stays', pods, at('stays', tolerate('example.com/gone'))),
    running('runs', ns, 'plain'), running('runs too', ns, 'second'), running('as this one', ns, 'stays'),
    patch('a taint', nodePath(ns, 1), { spec: { taints: [{ key: 'rp-case', value: ns, effect: 'NoSchedule' }, { key: 'example.com/gone', effect: 'NoExecute' }] } }, (b) => b.spec.taints.map((t) => [t.key, t.effect, typeof t.timeAdded])),
    gone('the one without a toleration goes', `${pods}/plain`), gone('the other a second later', `${pods}/second`),
    settle(1000), running('the third stays', ns, 'stays'),
    events('events', ns, 'plain', ['TaintManagerEviction']),
  ];
  steps.cleanup = cleanup(ns, 1);
  return steps;
};
