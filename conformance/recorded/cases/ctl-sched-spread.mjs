// Topology spread, inter-pod affinity, taints, ports, gates and what does not fit: where pods go, and the scheduler's words.
import { post, patch, get, del, until, P, nodeName, nodePath, nodes, cleanup, on, pod, unschedulable, bound, events, scheduled, quiet, cond } from './lib/ctl.mjs';

export default ({ ns }) => {
  const { pods } = P(ns);
  const labels = { app: 's' };
  const spread = (more = {}) => ({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: labels }, ...more }] });
  const near = (type, key = 'kubernetes.io/hostname', match = labels) => ({ affinity: { [type]: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: key, labelSelector: { matchLabels: match } }] } } });
  const make = (name, extra, l) => post(`make ${name}`, pods, pod(name, on(ns, extra), l));
  const c = (more) => ({ containers: [{ name: 'a', image: 'x', ...more }] });
  const steps = [
    ...nodes(ns, { labels: { zone: 'a' }, cpu: '2' }, { labels: { zone: 'b' }, cpu: '4', taints: [{ key: 'special', value: 'yes', effect: 'NoSchedule' }] }, { cpu: '1', unschedulable: false }),
    make('first', { ...spread(), nodeSelector: { 'rp-case': ns, zone: 'a' } }, labels), bound('in zone a', ns, 'first'),
    make('second', spread(), labels), unschedulable('would skew', ns, 'second', undefined, /./),
    make('honours', spread({ nodeTaintsPolicy: 'Honor' }), labels), bound('the tainted one does not count', ns, 'honours'),
    patch('the taint goes', nodePath(ns, 2), { spec: { taints: [{ key: 'rp-case', value: ns, effect: 'NoSchedule' }] } }, (b) => b.kind), bound('to the other zone', ns, 'second'),
    make('near', near('podAffinity', 'kubernetes.io/hostname', { app: 'none' })), unschedulable('to nothing', ns, 'near', undefined, /./),
    make('self', near('podAffinity', 'zone', { app: 'self' }), { app: 'self' }), bound('is near itself', ns, 'self'),
    make('away', near('podAntiAffinity', 'rp-case'), labels), unschedulable('from what is everywhere', ns, 'away', undefined, /./),
    make('port', c({ ports: [{ containerPort: 80, hostPort: 8080 }] }) && { ...c({ ports: [{ containerPort: 80, hostPort: 8080 }] }), nodeSelector: { 'rp-case': ns, zone: 'a' } }), bound('has the port', ns, 'port'),
    make('port2', { ...c({ ports: [{ containerPort: 80, hostPort: 8080 }] }), nodeSelector: { 'rp-case': ns, zone: 'a' } }), unschedulable('has it not', ns, 'port2', undefined, /./),
    make('big', c({ resources: { requests: { cpu: '100', memory: '1Ti' } } })), unschedulable('too large', ns, 'big', undefined, /./),
    make('odd', c({ resources: { requests: { 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '1' } } })), unschedulable('unknown to all', ns, 'odd', undefined, /./),
    make('gated', { schedulingGates: [{ name: 'example.com/wait' }] }), until('waits', `${pods}/gated`, (b) => cond(b, 'PodScheduled')?.reason === 'SchedulingGated', scheduled),
    patch('the gate opens', `${pods}/gated`, { spec: { schedulingGates: [] } }, (b) => b.kind), bound('goes', ns, 'gated'),
    patch('cordon', nodePath(ns, 3), { spec: { unschedulable: true } }, (b) => b.spec.taints?.map((t) => t.key)),
    until('is tainted', nodePath(ns, 3), (b) => b.spec.taints.some((t) => t.key === 'node.kubernetes.io/unschedulable'), (b) => b.spec.taints.map((t) => [t.key, t.effect]).sort()),
    make('there', { nodeSelector: { 'rp-case': ns, 'kubernetes.io/hostname': nodeName(ns, 3) } }), unschedulable('not there', ns, 'there', undefined, /unschedulable/),
    make('volume', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'missing' } }] }), unschedulable('without its claim', ns, 'volume', undefined, /./),
    make('class', { volumes: [{ name: 'v', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'no-such-class', resources: { requests: { storage: '1Gi' } } } } } }] }), unschedulable('without its class', ns, 'class', (x) => x.message.includes('unbound immediate'), /./),
    events('events', ns, 'big', ['FailedScheduling'], () => false),
  ];
  steps.cleanup = cleanup(ns, 3);
  return steps;
};
