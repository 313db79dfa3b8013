// Jobs that change their size: elastic indexed ones, parallelism up, down and to none, templates that change while suspended, and what may not change.
import { post, patch, get, until, settle, P, cleanup, loose, ended, report, READY, status, each, told, live, whole, managers } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { batch, pods } = P(ns); const J = (x) => `${batch}/jobs/${x}`; const I = 'batch.kubernetes.io/job-completion-index';
  const job = (name, spec) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { ...spec, template: { metadata: { labels: { app: name } }, spec: loose({ restartPolicy: 'Never', terminationGracePeriodSeconds: 0 }) } } });
  const q = (x) => ({ query: { labelSelector: `app=${x}` }, save: (b, v) => { for (const p of live(b)) { v[`${x}${p.metadata.annotations?.[I]}`] = p.metadata.name; v[x] = p.metadata.name; } } });
  const seen = (x, n) => until(`${x}: ${n} pods`, pods, (b) => live(b).length === n && b.items.length === n, each((p) => ({ annotations: p.metadata.annotations, labels: Object.entries(p.metadata.labels).filter(([k]) => !k.endsWith('controller-uid')).sort(), phase: p.status.phase, host: p.spec.hostname, env: p.spec.containers[0].env, selector: p.spec.nodeSelector, tolerations: p.spec.tolerations?.filter((t) => !/^node.kubernetes.io/.test(t.key)), gates: p.spec.schedulingGates })), q(x));
  const ends = (x, i, code) => report(`${x}: ${i} ends with ${code}`, ns, (v) => v[`${x}${i}`], () => ended(code));
  const st = (x, test = () => true) => until(`${x}: status`, J(x), (b) => test(b.status), status);
  const to = (x, spec) => patch(`${x}: ${JSON.stringify(spec)}`, J(x), { spec }, (b) => (b.kind === 'Status' ? b.message : b.metadata.generation));
  const steps = [
    post('elastic', `${batch}/jobs`, job('el', { completionMode: 'Indexed', completions: 3, parallelism: 3 }), (b) => b.spec.template.metadata.labels.app), seen('el', 3), st('el', (s) => s.active === 3),
    to('el', { completions: 5, parallelism: 5 }), seen('el', 5), st('el', (s) => s.active === 5), ends('el', 4, 0), ends('el', 1, 0), st('el', (s) => s.completedIndexes === '1,4' && s.active === 3),
    to('el', { completions: 3, parallelism: 3 }), st('el', (s) => s.active === 2 && s.completedIndexes === '1'), to('el', { completions: 4, parallelism: 4 }), st('el', (s) => s.active === 3 || s.completedIndexes === '1,4'), settle(1000), st('el'),
    to('el', { completions: 2 }), to('el', { completionMode: 'NonIndexed' }), to('el', { completions: null }),
    to('el', { completions: 1, parallelism: 1 }), st('el', (s) => s.active === 1), ends('el', 0, 0), st('el', (s) => s.conditions?.some((c) => c.type === 'Complete')),
    post('a fixed count', `${batch}/jobs`, job('fix', { completions: 4, parallelism: 2, backoffLimit: 1 })), seen('fix', 2), to('fix', { parallelism: 0 }), seen('fix', 0), st('fix', (s) => s.startTime && !s.active && !s.terminating), to('fix', { parallelism: 3 }), seen('fix', 3), st('fix', (s) => s.active === 3),
    ends('fix', 'undefined', 0), st('fix', (s) => s.succeeded === 1), to('fix', { completions: 5 }), to('fix', { parallelism: 10 }), st('fix', (s) => s.active === 3),
    to('fix', { template: { metadata: { labels: { x: 'y' } } } }), to('fix', { suspend: true }), until('fix: suspended', J('fix'), (b) => !b.status.active && !b.status.terminating && !b.status.startTime && b.status.conditions?.some((c) => c.type === 'Suspended' && c.status === 'True'), (b) => ({ ...status(b), start: b.status.startTime ?? 'none' })),
    to('fix', { template: { metadata: { labels: { x: 'y' }, annotations: { k: 'l' } }, spec: { nodeSelector: { z: 'a' }, tolerations: [{ key: 'own', operator: 'Exists' }], schedulingGates: [{ name: 'example.com/g' }] } } }), to('fix', { template: { spec: { containers: [{ name: 'a', image: 'other' }] } } }),
    to('fix', { template: { spec: { containers: [{ name: 'a', image: 'nginx:1.27', resources: { requests: { cpu: '2' } } }] } } }),
    to('fix', { suspend: false }), st('fix', (s) => s.active === 3),
    get('fix: pods of the new template', pods, (b) => live(b).filter((p) => p.status.phase === 'Pending').map((p) => ({ x: p.metadata.labels.x, k: p.metadata.annotations?.k, selector: p.spec.nodeSelector, gates: p.spec.schedulingGates, resources: p.spec.containers[0].resources })), { query: { labelSelector: 'app=fix' } }),
    post('suspended from the start', `${batch}/jobs`, job('later', { suspend: true, activeDeadlineSeconds: 100, completions: 1 })), until('is suspended', J('later'), (b) => b.status.conditions, (b) => ({ ...status(b), start: b.status.startTime ?? 'none' })), to('later', { template: { spec: { nodeSelector: { a: 'b' } } } }), to('later', { suspend: false }), st('later', (s) => s.active === 1), to('later', { template: { spec: { nodeSelector: { a: 'c' } } } }),
    get('who wrote it', J('later'), managers), get('all of it', J('fix'), whole),
    told('events', ns, ['Suspended', 'Resumed', 'SuccessfulCreate', 'SuccessfulDelete', 'Completed'], { until: (b) => ['fix', 'later'].every((x) => b.items.some((e) => e.involvedObject.name === x && e.reason === 'Resumed')) }),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
