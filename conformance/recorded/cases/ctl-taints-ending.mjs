// Taints and pods that are ending already: marked and cancelled like others; where the condition of an evicted pod stands.
import { post, patch, get, del, until, settle, P, nodes, nodePath, nodeName, cleanup, loose, pod, report } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods, core } = P(ns); const n = nodePath(ns, 1);
  const k = (more) => ({ tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoExecute', ...more }] });
  const p = (name, spec = {}) => post(`pod ${name}`, pods, pod(name, { ...loose({ nodeName: nodeName(ns, 1), terminationGracePeriodSeconds: 100 }), ...spec }));
  const ready = (name) => report(`${name} is ready`, ns, name, { phase: 'Running', conditions: [{ type: 'PodScheduled', status: 'True' }, { type: 'Ready', status: 'True' }] });
  const taint = (what, ...taints) => patch(what, n, { spec: { taints: [{ key: 'rp-case', value: ns, effect: 'NoSchedule' }, ...taints] } }, (b) => b.spec.taints.length);
  const tells = (b, name, text) => b.items.some((e) => e.involvedObject.name === name && e.message.startsWith(text));
  const told = (what, ...wanted) => until(what, `${core}/events`, (b) => wanted.every(([name, text]) => tells(b, name, text)), (b) => [...new Set(b.items.filter((e) => e.reason === 'TaintManagerEviction').map((e) => `${e.involvedObject.name} ${e.type} ${e.message}`))].sort());
  const see = (what) => get(what, pods, (b) => b.items.map((x) => [x.metadata.name, Boolean(x.metadata.deletionTimestamp), (x.status.conditions ?? []).map((c) => [c.type, c.status, c.reason ?? '', c.message ?? ''])]));
  const steps = [
    ...nodes(ns, { fake: false }),
    p('bare'), p('plain'), ready('plain'), p('ending'), ready('ending'), p('timed', k({ tolerationSeconds: 3600 })), ready('timed'), p('forever', k()),
    del('ending is deleted', `${pods}/ending`), del('timed too', `${pods}/timed`), del('forever too', `${pods}/forever`),
    taint('a taint', { key: 'k', effect: 'NoExecute' }), told('those that do not tolerate it are marked', ['plain', 'Marking'], ['bare', 'Marking'], ['ending', 'Marking']), settle(500), see('their conditions'),
    taint('without it'), told('what was planned is cancelled', ['timed', 'Cancelling']),
    taint('another', { key: 'k', effect: 'NoExecute' }), taint('and without', { key: 'j', effect: 'NoExecute' }), told('others are marked', ['timed', 'Marking'], ['forever', 'Marking']), settle(500), see('all of them'), told('in the end'),
  ];
  steps.cleanup = cleanup(ns, 1);
  return steps;
};
