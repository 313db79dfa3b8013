// Amounts beyond all others: requests as large as they may be, a node that has as much of something, quotas that count and refuse them; where such pods go, and what the scheduler says.
import { post, get, until, P, nodes, cleanup, on, pod, cond, scheduled, del, gone } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, pods } = P(ns);
  const box = (...requests) => ({ terminationGracePeriodSeconds: 0, containers: requests.map((r, i) => ({ name: `c${i}`, image: 'x', resources: { requests: r } })) });
  const p = (name, spec) => [post(`pod ${name}`, pods, pod(name, on(ns, spec)), (b) => b.message ?? b.spec.containers.map((c) => c.resources.requests)), until(`${name}: where`, `${pods}/${name}`, (b) => cond(b, 'PodScheduled'), (b) => ({ ...scheduled(b), phase: '' }))];
  const refused = (name, spec) => p(name, spec)[0];
  const pvc = (x, storage) => post(`claim ${x}`, `${core}/persistentvolumeclaims`, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: x }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'none', resources: { requests: { storage } } } }, (b) => b.message ?? b.spec.resources);
  const quota = (name, hard) => post(`quota ${name}`, `${core}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { hard } }, (b) => b.message ?? b.spec.hard);
  const used = (name, x, test) => until(name, `${core}/resourcequotas/${x}`, (b) => b.status.used && test(b.status.used), (b) => b.status);
  const drop = (...xs) => xs.flatMap((x) => [del(`${x} goes`, `${pods}/${x}`), gone('gone', `${pods}/${x}`)]);
  const steps = [
    ...nodes(ns, { cpu: '4', extra: { 'example.com/thing': '9223372036854775807' } }),
    quota('q', { 'requests.cpu': '1E', 'requests.memory': '100Ei', 'requests.storage': '100Ei', 'requests.example.com/thing': '20E' }), used('it counts', 'q', () => true),
    refused('e', box({ memory: '7Ei', cpu: '1m' }, { memory: '7Ei', cpu: '1m' })), ...p('f', box({ memory: '8Ei', cpu: '1m' })), refused('g', box({ memory: '4Ei', cpu: '1m' }, { memory: '4Ei', cpu: '1m' })), refused('h', box({ memory: '1Mi', cpu: '9E' })), refused('i', box({ memory: '1Mi', cpu: '9P' }, { memory: '1Mi', cpu: '9P' })), refused('n', box({ memory: '1n', cpu: '1n' })),
    used('pods are counted', 'q', (u) => u['requests.memory'] !== '0'), ...drop('f'), used('and given back', 'q', (u) => u['requests.memory'] === '0'),
    ...p('t', { terminationGracePeriodSeconds: 0, containers: [{ name: 'a', image: 'x', resources: { requests: { cpu: '1m', memory: '1' }, limits: { 'example.com/thing': '9223372036854775807' } } }] }), ...p('u', { terminationGracePeriodSeconds: 0, containers: [{ name: 'a', image: 'x', resources: { requests: { cpu: '1m', memory: '1' }, limits: { 'example.com/thing': '1' } } }] }),
    pvc('a', '9Ei'), pvc('b', '9223372036854775807'), pvc('c', '1e20'), pvc('d', '100E'), used('claims are counted', 'q', (u) => u['requests.storage'] !== '0' && u['requests.memory'] === '2'), get('claims', `${core}/persistentvolumeclaims`, (b) => b.items.map((c) => c.spec.resources.requests.storage)),
  ];
  steps.cleanup = cleanup(ns, 1);
  return steps;
};
