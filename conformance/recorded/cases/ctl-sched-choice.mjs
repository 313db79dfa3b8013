// Which node it is: preferred labels and their weights, soft taints, soft spreading, pods that like and dislike each other, free and balanced room, and what wins over what.
import { post, del, gone, quiet, P, nodes, nodeName, cleanup, on, pod, bound } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods } = P(ns);
  const box = (cpu, memory) => ({ containers: [{ name: 'a', image: 'x', resources: { requests: { ...(cpu && { cpu }), ...(memory && { memory }) } } }] });
  const p = (name, spec, labels = {}) => [post(`pod ${name}`, pods, pod(name, on(ns, { terminationGracePeriodSeconds: 0, ...spec }), labels)), bound(`where ${name} is`, ns, name)];
  const drop = (...xs) => xs.flatMap((x) => [quiet(del(`${x} goes`, `${pods}/${x}`)), quiet(gone(`${x} is gone`, `${pods}/${x}`))]);
  const likes = (...terms) => ({ affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: terms.map(([weight, key, ...values]) => ({ weight, preference: { matchExpressions: [values.length ? { key, operator: 'In', values } : { key, operator: 'Exists' }] } })) } } });
  const near = (kind, weight, app, topologyKey = 'zone') => ({ affinity: { [kind]: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm: { topologyKey, labelSelector: { matchLabels: { app } } } }] } } });
  const spread = (topologyKey) => ({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { app: 's' } } }] });
  const at = (i, spec = {}) => ({ nodeName: nodeName(ns, i), ...spec });
  const steps = [
    ...nodes(ns, { labels: { zone: 'a', disk: 'ssd' } }, { labels: { zone: 'b', disk: 'hdd', gpu: 'yes' } }, { labels: { zone: 'b', disk: 'nvme' }, taints: [{ key: 'soft', value: 'x', effect: 'PreferNoSchedule' }] }),
    ...p('l1', likes([1, 'disk', 'ssd'])), ...p('l2', likes([1, 'disk', 'ssd'], [50, 'gpu'])), ...p('l3', likes([10, 'disk', 'nvme'], [10, 'zone', 'b'], [1, 'gpu'])), ...p('l4', likes([100, 'disk', 'nvme'])), ...p('l5', { ...likes([100, 'disk', 'nvme']), tolerations: [{ key: 'rp-case', operator: 'Exists' }, { key: 'soft', operator: 'Exists' }] }), ...drop('l1', 'l2', 'l3', 'l4', 'l5'),
    ...p('r1', at(1, box('3'))), ...p('r2', at(2, box('1'))), ...p('r3', box('500m')), ...p('r4', { ...box('500m'), nodeSelector: { 'rp-case': ns, zone: 'a' } }), ...drop('r1', 'r2', 'r3', 'r4'),
    ...p('b1', at(1, box('2', '100Mi'))), ...p('b2', at(2, box('100m', '4Gi'))), ...p('b3', box('100m', '3Gi')), ...p('b4', box('1500m', '100Mi')), ...drop('b1', 'b2', 'b3', 'b4'),
    ...p('s1', at(1), { app: 's' }), ...p('s2', spread('zone'), { app: 's' }), ...drop('s1', 's2'),
    ...p('x', at(2), { app: 'x' }), ...p('n1', near('podAffinity', 100, 'x', 'kubernetes.io/hostname')), ...p('n2', near('podAntiAffinity', 100, 'x')), ...p('n3', near('podAffinity', 100, 'nobody')), ...p('y', at(1, near('podAntiAffinity', 100, 'y')), { app: 'z' }), ...p('n4', {}, { app: 'y' }), ...p('w', at(1, near('podAffinity', 100, 'v')), { app: 'w' }), ...p('n5', {}, { app: 'v' }), ...drop('x', 'n1', 'n2', 'n3', 'y', 'n4', 'w', 'n5'),
    ...p('m1', at(1), { app: 's' }), ...p('m2', { ...spread('zone'), ...likes([100, 'zone', 'a']) }, { app: 's' }), ...p('m3', { ...spread('zone'), ...likes([1, 'zone', 'a']) }, { app: 's' }), ...drop('m1', 'm2', 'm3'),
  ];
  steps.cleanup = cleanup(ns, 3);
  return steps;
};
