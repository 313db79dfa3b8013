// Ephemeral volumes and claims from templates: several in a pod, names that are too long, owners, what goes with the pod, templates that change, pods that never had a node, and quotas that refuse.
import { post, patch, get, del, until, gone, quiet, settle, P, nodes, cleanup, on, loose, pod, whole, owners, managers, events, told, each, tidy, cond, unschedulable } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods, core } = P(ns); const C = `${core}/persistentvolumeclaims`;
  const eph = (name, size = '1Gi', more = {}) => ({ name, ephemeral: { volumeClaimTemplate: { metadata: { labels: { of: name }, annotations: { a: 'b' } }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'none-here', resources: { requests: { storage: size } }, ...more } } } });
  const p = (name, vols, more = {}) => post(`pod ${name}`, pods, pod(name, loose({ terminationGracePeriodSeconds: 0, volumes: vols, ...more })), (b) => (b.kind === 'Status' ? b.message : b.kind));
  const claims = (n) => until(`${n} claims`, C, (b) => b.items.length === n, each((c) => ({ ...whole(c), metadata: { ...whole(c).metadata, ownerReferences: owners(c) }, by: managers(c) })));
  const steps = [
    p('two', [eph('x'), eph('y', '2Gi', { volumeMode: 'Block' })], { containers: [{ name: 'a', image: 'x', volumeMounts: [{ name: 'x', mountPath: '/x' }], volumeDevices: [{ name: 'y', devicePath: '/dev/y' }] }] }), claims(2),
    del('one claim goes', `${C}/two-x`), settle(800), until('it is made anew', `${C}/two-x`, (b) => b.metadata && !b.metadata.deletionTimestamp && b.metadata.finalizers, (b) => ({ finalizers: b.metadata.finalizers })),
    post('a claim in the way', C, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'three-x' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'none-here', resources: { requests: { storage: '1Gi' } } } }, (b) => b.kind), p('three', [eph('x')]), told('events', ns, ['FailedBinding'], { pick: (b) => [...new Set(b.items.filter((e) => e.involvedObject.name === 'three' && e.reason === 'FailedBinding').map((e) => `${e.type} ${e.reason} ${e.message}`))] }), settle(800), get('still not its own', `${C}/three-x`, (b) => owners(b)),
    del('the pod goes', `${pods}/two`), gone('gone', `${pods}/two`), until('its claims go', C, (b) => b.items.length === 1, (b) => b.items.map((c) => c.metadata.name)),
    post('a quota', `${core}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { persistentvolumeclaims: '1' } } }, (b) => b.kind), until('counts', `${core}/resourcequotas/q`, (b) => b.status.used, (b) => b.status), p('four', [eph('x')]), settle(1500), get('claims', C, (b) => b.items.map((c) => c.metadata.name)), told('what is told', ns, ['FailedBinding'], { until: (b) => b.items.some((e) => e.involvedObject.name === 'four' && e.reason === 'FailedBinding'), pick: (b) => [...new Set(b.items.filter((e) => e.involvedObject.name === 'four' && e.reason === 'FailedBinding').map((e) => `${e.type} ${e.reason} ${e.message}`))] }),
    patch('more', `${core}/resourcequotas/q`, { spec: { hard: { persistentvolumeclaims: '5' } } }, (b) => b.kind), until('it is made', `${C}/four-x`, (b) => b.metadata, (b) => owners(b), { within: 60_000 }),
    p('long'.padEnd(250, 'g'), [eph('volume')]), p('bad', [eph('x', '1Gi', { volumeName: 'v', dataSource: { kind: 'PersistentVolumeClaim', name: 'y' } })]), p('none', [{ name: 'x', ephemeral: {} }]), p('dup', [eph('x'), { name: 'x', persistentVolumeClaim: { claimName: 'dup-x' } }]),
  ].filter((s) => s.path || s.sleep || typeof s === 'function');
  steps.cleanup = cleanup(ns);
  return steps;
};
