import { deepEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../api/meta/object.ts';
import { type Changes, daemonState } from './daemon-pods.ts';
import { manage } from './manage.ts';
import { placementOf, podFor, targetNodeOf } from './placement.ts';
import { rollingUpdate } from './rolling-update.ts';
import { daemonStatus } from './status.ts';

const set = (rollingUpdate: object, spec: object = {}): KubeObject => ({
  metadata: { name: 'd', namespace: 'n', uid: 'u', generation: 2, annotations: { 'deprecated.daemonset.template.generation': '2' } },
  spec: {
    updateStrategy: { type: 'RollingUpdate', rollingUpdate },
    template: { metadata: { labels: { app: 'd' } }, spec: { containers: [], ...spec } },
  },
});
const node = (name: string, taints: object[] = []): KubeObject => ({
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  spec: { taints },
});

/** `n1 new ready`, `n2 old`, `n3 old failed`: where a pod is, of which template, and how it is. */
function pod(text: string, index: number): KubeObject {
  const [nodeName = '', version = '', state = ''] = text.split(' ');
  return {
    metadata: {
      name: `${nodeName}-${version}${index}`,
      namespace: 'n',
      creationTimestamp: `2026-01-01T00:00:0${index}Z`,
      labels: { 'controller-revision-hash': version === 'new' ? 'h' : 'g' },
      ...(state === 'going' ? { deletionTimestamp: '2026-01-01T00:01:00Z' } : {}),
    },
    spec: { nodeName },
    status: {
      phase: state === 'failed' ? 'Failed' : 'Running',
      conditions: [{ type: 'Ready', status: state === 'ready' ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    },
  };
}

const state = (daemonSet: KubeObject, nodes: KubeObject[], pods: string[]) =>
  daemonState(daemonSet, 'h', nodes, pods.map(pod), Date.parse('2026-01-01T01:00:00Z'));
const told = ({ remove, create }: Changes) => [remove.map(({ metadata }) => metadata!.name), create];
const three = [node('n1'), node('n2'), node('n3')];
const one = { maxUnavailable: 1, maxSurge: 0 };
const surging = { maxUnavailable: 0, maxSurge: 1 };

test('a pod is made for each node that lets it on, and tolerates what every DaemonSet does', () => {
  const daemonSet = set(one, { hostNetwork: true, tolerations: [{ key: 'a', operator: 'Exists' }] });
  const made = podFor(daemonSet, 'h', 'n2');
  deepEqual(made.metadata!.labels, { app: 'd', 'pod-template-generation': '2', 'controller-revision-hash': 'h' });
  deepEqual([targetNodeOf(made), made.spec.tolerations.length, made.spec.tolerations[0].key], ['n2', 8, 'a']);
  const decide = placementOf(daemonSet);
  const taint = (key: string, effect: string) => node('n', [{ key, effect }]);
  deepEqual(
    [
      taint('a', 'NoExecute'),
      taint('b', 'NoSchedule'),
      taint('b', 'NoExecute'),
      taint('b', 'PreferNoSchedule'),
      taint('node.kubernetes.io/unschedulable', 'NoSchedule'),
    ].map(decide),
    [
      { shouldRun: true, mayStay: true },
      { shouldRun: false, mayStay: true },
      { shouldRun: false, mayStay: false },
      { shouldRun: true, mayStay: true },
      { shouldRun: true, mayStay: true },
    ],
  );
});

test('one pod is kept on each node', () => {
  const ended = { mayRemove: () => true };
  const run = (bounds: object, pods: string[], nodes = three) => told(manage(state(set(bounds), nodes, pods), ended));
  deepEqual(run(one, ['n1 new ready', 'n2 new ready', 'n2 new ready']), [['n2-new2'], ['n3']]);
  deepEqual(run(one, ['n1 new failed', 'n2 old ready', 'n3 new going']), [['n1-new0'], []]);
  deepEqual(run(one, ['n1 new ready'], [node('n1', [{ key: 'x', effect: 'NoExecute' }])]), [['n1-new0'], []]);
  // While it surges, the old one stays until the new one is available.
  deepEqual(run(surging, ['n1 old ready', 'n1 new', 'n2 old ready', 'n2 new ready', 'n3 new ready']), [['n2-old2'], []]);
  deepEqual(run(surging, ['n1 old', 'n1 new', 'n2 new ready', 'n3 new going']), [['n1-old0'], ['n3']]);
});

test('a rolling update keeps within its bounds', () => {
  const run = (bounds: object, pods: string[]) => told(rollingUpdate(state(set(bounds), three, pods)));
  deepEqual(run(one, ['n1 old ready', 'n2 old ready', 'n3 old ready']), [['n1-old0'], []]);
  deepEqual(run(one, ['n1 new', 'n2 old ready', 'n3 old ready']), [[], []]);
  deepEqual(run(one, ['n1 new ready', 'n2 old', 'n3 old ready']), [['n2-old1'], []]);
  deepEqual(run({ maxUnavailable: '50%', maxSurge: 0 }, ['n1 old ready', 'n2 old ready', 'n3 old ready']), [['n1-old0', 'n2-old1'], []]);
  deepEqual(run(surging, ['n1 old ready', 'n2 old ready', 'n3 old ready']), [[], ['n1']]);
  deepEqual(run(surging, ['n1 old ready', 'n1 new', 'n2 old ready', 'n3 old ready']), [[], []]);
  deepEqual(run(surging, ['n1 old ready', 'n1 new ready', 'n2 old', 'n3 old ready']), [['n1-old0'], ['n2', 'n3']]);
  throws(() => run(surging, ['n1 old ready', 'gone old ready']), /couldn't get node for nodeName "gone"/);
  deepEqual(run(surging, ['n1 old ready', 'gone new ready']), [[], ['n1']]);
});

test('the status counts nodes', () => {
  const pods = ['n1 new ready', 'n2 old', 'n4 new ready'];
  deepEqual(daemonStatus(state(set(one), [...three, node('n4', [{ key: 'x', effect: 'NoSchedule' }])], pods), true), {
    currentNumberScheduled: 2,
    numberMisscheduled: 1,
    desiredNumberScheduled: 3,
    numberReady: 1,
    observedGeneration: 2,
    updatedNumberScheduled: 1,
    numberAvailable: 1,
    numberUnavailable: 2,
  });
});
