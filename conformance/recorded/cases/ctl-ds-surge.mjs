// DaemonSets: an update with a surge, pods that failed or succeeded, adoption, and pods where they should not be.
import { post, patch, strategic, get, del, until, gone, P, nodes, nodePath, nodeName, cleanup, on, pod, owners, live, counts, events, report, ended, READY, names, count } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, pods } = P(ns); const D = `${apps}/daemonsets/agent`;
  const held = { metadata: { labels: { app: 'agent' } }, spec: on(ns, { terminationGracePeriodSeconds: 0, containers: [{ name: 'a', image: 'nginx:1' }] }) };
  const ds = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent' }, spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }, selector: { matchLabels: { app: 'agent' } }, template: held } };
  const image = (n) => ({ spec: { template: { spec: { containers: [{ name: 'a', image: `nginx:${n}` }] } } } });
  const images = (b) => live(b).map((p) => `${p.spec.nodeName} ${p.spec.containers[0].image}`).sort();
  const steps = [
    ...nodes(ns, {}, {}),
    post('create', `${apps}/daemonsets`, ds, (b) => b.spec.updateStrategy),
    until('both are available', D, (b) => b.status.numberAvailable === 2, counts),
    strategic('a new image', D, image(2)),
    until('is rolled out', D, (b) => b.status.updatedNumberScheduled === 2 && b.status.numberAvailable === 2 && b.status.observedGeneration === 2, counts),
    until('the old pods are gone', pods, (b) => b.items.length === 2, images),
    get('remember one', pods, (b) => b.items.length, { save: (b, v) => { v.pod = b.items.find((p) => p.spec.nodeName === nodeName(ns, 1)).metadata.name; } }),
    report('it fails', ns, (v) => v.pod, () => ended(1)),
    (v) => gone('it is removed', `${pods}/${v.pod}`),
    until('another comes', D, (b) => b.status.numberAvailable === 2, counts),
    get('remember another', pods, (b) => b.items.length, { save: (b, v) => { v.pod = b.items.find((p) => p.spec.nodeName === nodeName(ns, 2)).metadata.name; } }),
    report('it succeeds', ns, (v) => v.pod, () => ended(0)),
    (v) => gone('it is removed as well', `${pods}/${v.pod}`),
    until('and replaced', D, (b) => b.status.numberAvailable === 2, counts),
    patch('a node is not for it any more', nodePath(ns, 2), { metadata: { labels: { 'rp-case': null } } }, (b) => b.kind),
    until('its pod goes', D, (b) => b.status.desiredNumberScheduled === 1 && b.status.currentNumberScheduled === 1 && b.status.numberMisscheduled === 0, counts),
    until('one pod', pods, (b) => b.items.length === 1, images),
    patch('the node is back', nodePath(ns, 2), { metadata: { labels: { 'rp-case': ns } } }, (b) => b.kind),
    until('and its pod', D, (b) => b.status.numberAvailable === 2, counts),
    patch('both limits at nought', D, { spec: { updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } }),
    patch('both limits', D, { spec: { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } } }),
    patch('another selector', D, { spec: { selector: { matchLabels: { app: 'other' } } } }),
    get('its events, once', `${P(ns).core}/events`, (b) => [...new Set(b.items.map((e) => `${e.type} ${e.reason} ${e.message.replace(/agent-[a-z0-9]{5}/g, 'agent-x')}`))].sort(), { query: { fieldSelector: 'involvedObject.name=agent' } }),
    del('leave the pods', D, 'Orphan'), gone('is gone', D),
    get('the pods stay', pods, (b) => b.items.map(owners)),
    post('create it again', `${apps}/daemonsets`, { ...ds, spec: { ...ds.spec, updateStrategy: { type: 'OnDelete' } } }),
    until('it adopts them', pods, (b) => b.items.every((p) => owners(p).length === 1), (b) => b.items.map(owners)),
    until('counts them', D, (b) => b.status.numberAvailable === 2, counts),
    post('a second pod for a node', pods, pod('extra', { ...on(ns), nodeName: nodeName(ns, 1) }, { app: 'agent' })),
    until('one too many is removed', pods, (b) => count(b) === 2 && b.items.length === 2, (b) => b.items.map(owners)),
  ];
  steps.cleanup = cleanup(ns, 2);
  return steps;
};
