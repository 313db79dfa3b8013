// DaemonSets: surges in numbers and per cent, minReadySeconds, changes of the strategy in the middle, nodes that come, change labels and go, host ports, history, orphans, revisions put back.
import { post, patch, strategic, get, del, until, gone, settle, P, nodes, nodePath, nodeName, cleanup, on, status, each, owners, told, managers, whole, tidy } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, pods } = P(ns); const D = (x) => `${apps}/daemonsets/${x}`;
  const d = (name, strategy, more = {}, spec = {}) => ({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name }, spec: { selector: { matchLabels: { app: name } }, ...(strategy ? { updateStrategy: strategy } : {}), ...more, template: { metadata: { labels: { app: name } }, spec: on(ns, { terminationGracePeriodSeconds: 0, ...spec }) } } });
  const roll = (r) => ({ type: 'RollingUpdate', rollingUpdate: r });
  const image = (x, v, spec = {}) => strategic(`${x}: ${v}`, D(x), { spec: { template: { spec: { ...spec, containers: [{ name: 'a', image: v }] } } } });
  const st = (x, test) => until(`${x}: status`, D(x), (b) => b.status.observedGeneration === b.metadata.generation && test(b.status), status);
  const seen = (x, test) => until(`${x}: pods`, pods, (b) => test(b.items), each((p) => ({ node: Boolean(p.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields), image: p.spec.containers[0].image, generation: p.metadata.labels['pod-template-generation'] })), { query: { labelSelector: `app=${x}` } });
  const steps = [
    ...nodes(ns, { labels: { disk: 'ssd' } }, { labels: { disk: 'ssd' } }, { labels: { disk: 'hdd' } }),
    post('a surge', `${apps}/daemonsets`, d('surge', roll({ maxSurge: '50%', maxUnavailable: 0 }), { minReadySeconds: 1 }), (b) => b.spec), st('surge', (x) => x.numberAvailable === 3),
    image('surge', 'v2', { schedulerName: 'none' }), seen('surge', (i) => i.filter((p) => p.spec.containers[0].image === 'v2').length === 2), settle(1000), st('surge', () => true),
    image('surge', 'v3', { schedulerName: 'default-scheduler' }), st('surge', (x) => x.updatedNumberScheduled === 3 && x.numberAvailable === 3), seen('surge', (i) => i.length === 3),
    get('revisions', `${apps}/controllerrevisions`, each((r) => ({ revision: r.revision, annotations: r.metadata.annotations, labels: Object.keys(r.metadata.labels).sort(), owners: owners(r), image: r.data.spec.template.spec.containers[0].image })), { query: { labelSelector: 'app=surge' } }),
    image('surge', 'v2', { schedulerName: 'none' }), settle(1200), patch('surge: back to what it was', D('surge'), { spec: { updateStrategy: roll({ maxSurge: 0, maxUnavailable: 1 }) } }), image('surge', 'v3', { schedulerName: 'default-scheduler' }), st('surge', (x) => x.updatedNumberScheduled === 3 && x.numberAvailable === 3),
    get('revisions again', `${apps}/controllerrevisions`, each((r) => ({ revision: r.revision, image: r.data.spec.template.spec.containers[0].image })), { query: { labelSelector: 'app=surge' } }),
    post('for some nodes', `${apps}/daemonsets`, d('ssd', undefined, { revisionHistoryLimit: 1 }, { nodeSelector: { 'rp-case': ns, disk: 'ssd' } }), (b) => b.spec.updateStrategy), st('ssd', (x) => x.numberReady === 2),
    patch('a node gets another disk', nodePath(ns, 3), { metadata: { labels: { disk: 'ssd' } } }, (b) => b.metadata.labels.disk), st('ssd', (x) => x.numberReady === 3 && x.desiredNumberScheduled === 3),
    patch('another loses it', nodePath(ns, 1), { metadata: { labels: { disk: null } } }, (b) => b.kind), st('ssd', (x) => x.desiredNumberScheduled === 2 && x.numberMisscheduled === 0), seen('ssd', (i) => i.length === 2),
    patch('a node is tainted', nodePath(ns, 2), { spec: { taints: [{ key: 'rp-case', value: ns, effect: 'NoSchedule' }, { key: 'own', effect: 'NoSchedule' }] } }, (b) => b.spec.taints.length), settle(1500), st('ssd', () => true), seen('ssd', () => true),
    patch('and with NoExecute', nodePath(ns, 2), { spec: { taints: [{ key: 'rp-case', value: ns, effect: 'NoSchedule' }, { key: 'own', effect: 'NoExecute' }] } }, (b) => b.spec.taints.length), st('ssd', (x) => x.numberMisscheduled === 0 && x.desiredNumberScheduled === 1), seen('ssd', (i) => i.length === 1),
    patch('no more', nodePath(ns, 2), { spec: { taints: [{ key: 'rp-case', value: ns, effect: 'NoSchedule' }] } }, (b) => b.spec.taints.length), st('ssd', (x) => x.numberReady === 2),
    post('host ports', `${apps}/daemonsets`, d('ports', undefined, {}, { containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 80, hostPort: 8080 }] }] })), st('ports', (x) => x.numberReady === 3),
    post('the same port', `${apps}/daemonsets`, d('clash', undefined, {}, { containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 80, hostPort: 8080 }] }] })), st('clash', (x) => x.currentNumberScheduled === 3), settle(800), st('clash', () => true),
    post('nowhere', `${apps}/daemonsets`, d('none', undefined, {}, { nodeSelector: { nowhere: 'x' } })), st('none', () => true),
    del('orphans', D('ports'), 'Orphan'), gone('gone', D('ports')), post('again', `${apps}/daemonsets`, d('ports', undefined, {}, { containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 80, hostPort: 8080 }] }] })), st('ports', (x) => x.numberReady === 3 && x.updatedNumberScheduled === 3), seen('ports', (i) => i.length === 3 && i.every((p) => p.metadata.ownerReferences)),
    get('revisions of it', `${apps}/controllerrevisions`, each((r) => ({ revision: r.revision, owners: owners(r) })), { query: { labelSelector: 'app=ports' } }), get('who wrote it', D('ports'), managers), get('all of it', D('ports'), whole),
    told('events', ns, ['SuccessfulCreate', 'SuccessfulDelete'], { pick: (b) => [...new Set(b.items.filter((e) => e.involvedObject.kind === 'DaemonSet').map((e) => `${e.involvedObject.name} ${e.type} ${e.reason} ${tidy(e.message.replace('(combined from similar events): ', ''))}`))].sort() }), // how many pods a surge takes is chance, and with it which are told together
  ];
  steps.cleanup = cleanup(ns, 3);
  return steps;
};
