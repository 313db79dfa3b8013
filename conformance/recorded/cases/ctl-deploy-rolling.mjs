// A rolling update that cannot finish at first: surge and unavailable pods, the progress deadline, a pause, a return to the former template.
import { post, patch, get, until, quiet, settle, P, cleanup, loose, READY, report, conds, condsFull, cond, counts, revisions, events, tidy } from './lib/ctl.mjs';

export default ({ ns }) => {
  const { apps, pods, core } = P(ns);
  const D = `${apps}/deployments/web`;
  const image = (v) => ({ spec: { template: { spec: { containers: [{ name: 'a', image: `nginx:${v}` }] } } } });
  const strategic = { type: 'application/strategic-merge-patch+json' };
  const d = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 4, progressDeadlineSeconds: 4, strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } }, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: loose() } } };
  const sets = (name, test) => until(name, `${apps}/replicasets`, test, revisions);
  const brief = (b) => ({ generation: b.metadata.generation, observed: b.status.observedGeneration, revision: b.metadata.annotations?.['deployment.kubernetes.io/revision'], status: counts(b), conditions: conds(b) });
  const all = (name, phase) => [0, 1, 2, 3].map((i) => [
    quiet(get(`pod ${i}`, pods, null, { query: { labelSelector: 'app=web' }, save: (b, v) => { v.pod = b.items.filter((p) => p.status.phase === 'Pending' && !p.metadata.deletionTimestamp).map((p) => p.metadata.name).sort()[0]; } })),
    report(`${name} ${i}`, ns, (v) => v.pod, READY),
  ]).flat();
  const steps = [
    post('create', `${apps}/deployments`, d),
    until('its pods are there', D, (b) => b.status.replicas === 4, brief),
    ...all('is ready'),
    until('all are available', D, (b) => b.status.availableReplicas === 4 && cond(b, 'Progressing')?.reason === 'NewReplicaSetAvailable', brief),
    patch('a new image', D, image(2), (b) => b.metadata.generation, strategic),
    sets('one more and one less', (b) => b.items.length === 2 && b.items.some((r) => r.spec.replicas === 3 && r.status.replicas === 3) && b.items.some((r) => r.spec.replicas === 2 && r.status.replicas === 2)),
    until('it does not progress', D, (b) => cond(b, 'Progressing')?.reason === 'ProgressDeadlineExceeded', (b) => ({ ...brief(b), full: condsFull(b) })),
    patch('a pause', D, { spec: { paused: true } }, (b) => b.metadata.generation),
    until('does not hide that', D, (b) => b.status.observedGeneration === b.metadata.generation, (b) => ({ conditions: condsFull(b) })),
    patch('another image meanwhile', D, image(3), (b) => b.metadata.generation, strategic),
    until('is only seen', D, (b) => b.status.observedGeneration === b.metadata.generation, brief),
    sets('changes nothing', (b) => b.items.length === 2),
    patch('scaled while it is paused', D, { spec: { replicas: 8 } }, (b) => b.metadata.generation),
    sets('grows in proportion', (b) => b.items.reduce((sum, r) => sum + r.spec.replicas, 0) === 10),
    patch('back to four', D, { spec: { replicas: 4 } }, (b) => b.metadata.generation),
    sets('shrinks in proportion', (b) => b.items.reduce((sum, r) => sum + r.spec.replicas, 0) === 5),
    patch('the first image again', D, image('1.27'), (b) => b.metadata.generation, strategic),
    patch('and on', D, { spec: { paused: false } }, (b) => b.metadata.generation),
    sets('the first is the newest', (b) => b.items.some((r) => r.metadata.annotations['deployment.kubernetes.io/revision'] === '3' && r.spec.replicas === 4) && b.items.some((r) => r.spec.replicas === 0)),
    quiet(until('its events', `${core}/events`, (b) => b.items.length >= 4, null, { query: { fieldSelector: 'involvedObject.name=web' } })),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
