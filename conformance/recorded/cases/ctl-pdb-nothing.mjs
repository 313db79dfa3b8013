// A budget that asks for nothing: it expects no pods and allows no eviction, until it asks for something.
import { post, patch, get, until, quiet, P, cleanup, loose, report, READY, status, pod } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { policy, pods } = P(ns); const B = `${policy}/poddisruptionbudgets`; const b = (name, spec) => post(`budget ${name}`, B, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name }, spec }, (x) => x.message ?? x.spec);
  const seen = (title, name, test = () => true) => until(title, `${B}/${name}`, (x) => x.status.observedGeneration === x.metadata.generation && test(x.status), status);
  const evict = (name) => post(`evict ${name}`, `${pods}/${name}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } }, (x) => ({ code: x.code, message: x.message, causes: x.details?.causes }));
  const steps = [
    ...['p1', 'p2'].flatMap((x) => [post(`pod ${x}`, pods, pod(x, loose({ terminationGracePeriodSeconds: 0 }), { app: 'a' }), (y) => y.kind), report(`${x} is ready`, ns, x, READY)]),
    b('none', { selector: { matchLabels: { app: 'a' } } }), seen('expects none', 'none', (s) => s.currentHealthy === 2), evict('p1'),
    patch('asks for one', `${B}/none`, { spec: { minAvailable: 1 } }, (x) => x.spec), seen('expects two', 'none', (s) => s.disruptionsAllowed === 1), evict('p1'), seen('allows none', 'none', (s) => s.expectedPods === 1),
    patch('asks for nothing again', `${B}/none`, { spec: { minAvailable: null } }, (x) => x.spec), seen('expects none again', 'none', (s) => s.expectedPods === 0), b('bare', {}), seen('of no pods', 'bare'), b('all', { selector: {} }), seen('of all', 'all', (s) => s.currentHealthy === 1), evict('p2'),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
