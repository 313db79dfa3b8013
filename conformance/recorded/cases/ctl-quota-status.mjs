// Quotas that change: what is counted anew, priority classes, pods that end, objects of other groups, limits that go.
import { post, patch, get, del, until, gone, P, cleanup, loose, pod, READY, report, ended, quiet } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, pods, apps, batch } = P(ns); const Q = `${core}/resourcequotas`; const pcs = '/apis/scheduling.k8s.io/v1/priorityclasses';
  const q = (name, spec) => post(`quota ${name}`, Q, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec }, (b) => ({ kind: b.kind, message: b.message, status: b.status }));
  const seen = (x, test) => until(`${x} counts`, `${Q}/${x}`, (b) => b.status.used && test(b.status.used, b.status.hard), (b) => b.status);
  const p = (name, more = {}, resources) => post(`pod ${name}`, pods, pod(name, loose({ terminationGracePeriodSeconds: 0, restartPolicy: 'Never', containers: [{ name: 'a', image: 'x', ...(resources ? { resources } : {}) }], ...more })), (b) => ({ kind: b.kind, message: b.message }));
  const all = [`${pcs}/${ns}`];
  const steps = [
    ...all.map((x) => quiet(del('none from before', x))),
    post('a class', pcs, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: ns }, value: 7 }),
    p('before', {}, { requests: { cpu: '100m', memory: '10Mi' }, limits: { cpu: '200m', memory: '20Mi' } }),
    q('all', { hard: { pods: '5', 'requests.cpu': '1', 'limits.memory': '1Gi', 'count/secrets': '9', 'count/jobs.batch': '1', 'count/leases.coordination.k8s.io': '2', persistentvolumeclaims: '1', 'requests.storage': '5Gi' } }), seen('all', (u) => u.pods === '1'),
    q('classy', { hard: { pods: '1' }, scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: [ns] }] } }), seen('classy', (u) => u.pods === '0'),
    q('ending', { hard: { pods: '2' }, scopes: ['Terminating'] }), q('lasting', { hard: { pods: '4' }, scopes: ['NotTerminating'] }), seen('ending', (u) => u.pods === '0'), seen('lasting', (u) => u.pods === '1'),
    p('classy', { priorityClassName: ns, activeDeadlineSeconds: 600 }, { requests: { cpu: '1m' }, limits: { memory: '1Mi' } }), seen('classy', (u) => u.pods === '1'), seen('ending', (u) => u.pods === '1'),
    p('another', { priorityClassName: ns }, { requests: { cpu: '1m' }, limits: { memory: '1Mi' } }),
    p('large', {}, { requests: { cpu: '2' }, limits: { memory: '2Gi' } }),
    p('bare'),
    post('a claim', `${core}/persistentvolumeclaims`, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'gold', resources: { requests: { storage: '3Gi' } } } }),
    post('a lease', `/apis/coordination.k8s.io/v1/namespaces/${ns}/leases`, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' } }),
    seen('all', (u) => u.persistentvolumeclaims === '1' && u['count/leases.coordination.k8s.io'] === '1'),
    patch('hard changes', `${Q}/all`, { spec: { hard: { 'requests.storage': null, 'gold.storageclass.storage.k8s.io/requests.storage': '2Gi', services: '0' } } }, (b) => b.spec.hard),
    seen('all', (u) => u['gold.storageclass.storage.k8s.io/requests.storage'] === '3Gi'),
    post('a service', `${core}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } }),
    report('it ends', ns, 'classy', () => ended(0)), seen('classy', (u) => u.pods === '0'),
    post('a job', `${batch}/jobs`, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { suspend: true, template: { spec: loose({ restartPolicy: 'Never' }) } } }), post('a second job', `${batch}/jobs`, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'k' }, spec: { suspend: true, template: { spec: loose({ restartPolicy: 'Never' }) } } }),
    q('bad', { hard: { pods: '-1', 'requests.cpu': 'x' }, scopes: ['Terminating', 'NotTerminating'] }), q('bad', { hard: { pods: '1' }, scopes: ['Terminating', 'NotTerminating'] }),
    q('bad', { hard: { services: '1' }, scopes: ['BestEffort'] }),
    patch('scopes cannot change', `${Q}/lasting`, { spec: { scopes: ['Terminating'] } }),
    del('a pod goes', `${pods}/before`), seen('all', (u) => u.pods === '0'),
    del('a quota goes', `${Q}/classy`), gone('gone', `${Q}/classy`),
  ];
  steps.cleanup = cleanup(ns, 0, all);
  return steps;
};
