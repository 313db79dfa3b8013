import type { Random } from '../../../src/machinery/random.ts';
import { pick } from '../mutations.ts';
import { observed, observedInCluster } from './observer.ts';
import type { Stage, Step } from './scenario.ts';

export const chance = (random: Random, share: number): boolean => random.next() < share;
export const between = (random: Random, least: number, most: number): number => least + Math.floor(random.next() * (most - least + 1));
/** Some fields, or none. */
export const maybe = (random: Random, share: number, fields: object): object => (chance(random, share) ? fields : {});

const others: Readonly<Record<string, string>> = {
  LimitRange: '/api/v1/limitranges',
  ResourceClaimTemplate: '/apis/resource.k8s.io/v1/resourceclaimtemplates',
  Lease: '/apis/coordination.k8s.io/v1/leases',
  Crew: '/apis/ctl.example.com/v1/crews',
  Mob: '/apis/ctl.example.com/v1/mobs',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/rolebindings',
};
const othersInCluster: Readonly<Record<string, string>> = {
  Node: '/api/v1/nodes',
  StorageClass: '/apis/storage.k8s.io/v1/storageclasses',
  DeviceClass: '/apis/resource.k8s.io/v1/deviceclasses',
  ResourceSlice: '/apis/resource.k8s.io/v1/resourceslices',
  PriorityClass: '/apis/scheduling.k8s.io/v1/priorityclasses',
};
const kinds = { ...observed, ...observedInCluster, ...others, ...othersInCluster };
const isOfCluster = (kind: string) => kind in observedInCluster || kind in othersInCluster;

/** Objects without a namespace have names that say whose they are; the Namespace's is the scenario's own. */
const fullName = (namespace: string, kind: string, name: string) =>
  kind === 'Namespace' ? namespace : isOfCluster(kind) ? `${namespace}-${name}` : name;

export function pathOf(namespace: string, kind: string, name = ''): string {
  const path = kinds[kind]!;
  const object = name && `/${fullName(namespace, kind, name)}`;
  if (isOfCluster(kind)) return `${path}${object}`;
  const [, prefix, plural] = /^(.*)\/([a-z]+)$/.exec(path)!;
  return `${prefix}/namespaces/${namespace}/${plural}${object}`;
}

const apiVersionOf = (kind: string) => /^\/apis?\/(.*)\//.exec(kinds[kind]!)![1];

/** An object; in texts `<namespace>` stands for the scenario's and `<uid KIND/NAME>` for what an object got for its uid. */
export function create(kind: string, object: { metadata: { name: string } & object } & object, more: Partial<Step> = {}): Step {
  return {
    what: `create ${kind} ${JSON.stringify(object)}`,
    act: async (stage) => {
      const metadata = { ...object.metadata, name: fullName(stage.namespace, kind, object.metadata.name) };
      await stage.send('POST', pathOf(stage.namespace, kind), { apiVersion: apiVersionOf(kind), kind, ...object, metadata });
    },
    ...more,
  };
}

export function change(kind: string, name: string, fields: object, more: Partial<Step> = {}): Step {
  return {
    what: `change ${kind} ${name} ${JSON.stringify(fields)}`,
    act: async (stage) => {
      await stage.send('PATCH', pathOf(stage.namespace, kind, name), fields, 'application/strategic-merge-patch+json');
    },
    ...more,
  };
}

/** What `kubectl rollout restart` does. */
export const restart = (kind: string, name: string, time: number): Step =>
  change(kind, name, { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': String(time) } } } } });

export function replaceField(kind: string, name: string, path: string, value: unknown): Step {
  const patch = [{ op: 'add', path, value }];
  return {
    what: `set ${kind} ${name} ${path} ${JSON.stringify(value)}`,
    act: async (stage) => {
      await stage.send('PATCH', pathOf(stage.namespace, kind, name), patch, 'application/json-patch+json');
    },
  };
}

export function remove(kind: string, name: string, propagationPolicy?: string): Step {
  return {
    what: `delete ${kind} ${name} ${propagationPolicy ?? ''}`,
    act: async (stage) => {
      await stage.send('DELETE', pathOf(stage.namespace, kind, name), propagationPolicy && { propagationPolicy });
    },
  };
}

/** Writes a status, or fields of it. */
export const setStatus = (kind: string, name: string, status: object): Step => ({
  what: `set status of ${kind} ${name} ${JSON.stringify(status)}`,
  act: async (stage) => {
    await stage.send('PATCH', `${pathOf(stage.namespace, kind, name)}/status`, { status }, 'application/merge-patch+json');
  },
});

export const wait = (seconds: number): Step => ({ what: `wait ${seconds} s`, timer: seconds, act: async () => {} });

/** The pods a step is about. */
export interface Selection {
  readonly where: 'pending' | 'ready' | 'running' | 'active' | 'any';
  /** How many of them at most. */
  readonly take?: number;
  readonly image?: string;
  readonly last?: boolean;
}

export const isReady = (pod: any): boolean =>
  pod.status?.conditions?.some(({ type, status }: any) => type === 'Ready' && status === 'True') ?? false;
const isEnded = (pod: any) => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

function fits(pod: any, { where, image }: Selection): boolean {
  if (image !== undefined && pod.spec.containers[0].image !== image) return false;
  if (where === 'any') return true;
  if (pod.metadata.deletionTimestamp || isEnded(pod)) return false;
  if (where === 'ready') return isReady(pod);
  if (where === 'pending') return !isReady(pod);
  return where === 'active' || pod.status?.phase === 'Running';
}

/** The same pods on both servers, as far as their names tell them apart. */
function selected({ observer, namespace }: Stage, selection: Selection): any[] {
  const rank = ({ metadata, status, spec }: any) =>
    [
      metadata.generateName === undefined || isNumbered(metadata) ? metadata.name : metadata.generateName,
      metadata.ownerReferences?.[0].kind === 'DaemonSet' ? spec.nodeName : '',
      spec.containers[0].image,
      status?.phase,
      metadata.creationTimestamp,
      metadata.name,
    ].join(' ');
  const pods = observer.objects(namespace, 'Pod').filter((pod) => fits(pod, selection));
  const sorted = pods.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  if (selection.last) sorted.reverse();
  return sorted.slice(0, selection.take ?? sorted.length);
}

const isNumbered = ({ ownerReferences = [] }: any) => ownerReferences[0]?.kind === 'StatefulSet';

const onPods = (
  name: string,
  selection: Selection,
  act: (stage: Stage, pod: any, path: string) => Promise<unknown>,
  more: Partial<Step>,
): Step => ({
  what: `${name} pods ${JSON.stringify(selection)}`,
  act: async (stage) => {
    // One at a time, so that the controllers' answer to one does not depend on when the next is reported.
    for (const pod of selected(stage, selection)) {
      await act(stage, pod, pathOf(stage.namespace, 'Pod', pod.metadata.name));
      await stage.calm();
    }
  },
  ...more,
});

const now = () => new Date().toISOString().replace(/\.\d+/, '');
const strategic = 'application/strategic-merge-patch+json';

export function podStatus(name: string, selection: Selection, status: (pod: any) => object, more: Partial<Step> = {}): Step {
  return onPods(name, selection, (stage, pod, path) => stage.send('PATCH', `${path}/status`, { status: status(pod) }, strategic), more);
}

const readiness = (status: 'True' | 'False') => () => ({
  phase: 'Running',
  conditions: [
    { type: 'Ready', status, lastTransitionTime: now() },
    { type: 'ContainersReady', status, lastTransitionTime: now() },
  ],
});

export const ready = (selection: Selection): Step => podStatus('make ready', selection, readiness('True'));
export const unready = (selection: Selection): Step => podStatus('make unready', selection, readiness('False'));

/** Pods become ready as long as there are others. */
export function readyAll(more: Partial<Step> = {}): Step {
  const { act } = ready({ where: 'pending', take: 1 });
  return {
    what: 'make all pods ready, one after the other',
    act: async (stage) => {
      for (let round = 0; round < 20 && selected(stage, { where: 'pending' }).length > 0; round++) await act(stage);
    },
    ...more,
  };
}

export function end(selection: Selection, exitCode: number, fields: object = {}, more: Partial<Step> = {}): Step {
  return podStatus(
    `end with ${exitCode} ${JSON.stringify(fields)}`,
    selection,
    (pod) => ({
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      containerStatuses: pod.spec.containers.map(({ name, image }: any) => ({
        name,
        image,
        imageID: '',
        ready: false,
        restartCount: 0,
        state: { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: now(), finishedAt: now() } },
      })),
      ...fields,
    }),
    more,
  );
}

export const removePods = (selection: Selection, more: Partial<Step> = {}): Step =>
  onPods('delete', selection, (stage, _, path) => stage.send('DELETE', path), more);

/** Asks for pods to be evicted, one after the other. */
export const evict = (selection: Selection, deleteOptions?: object): Step =>
  onPods(
    `evict ${JSON.stringify(deleteOptions ?? {})}`,
    selection,
    (stage, { metadata: { name } }, path) => {
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, ...(deleteOptions ? { deleteOptions } : {}) };
      return stage.send('POST', `${path}/eviction`, eviction);
    },
    {},
  );

/** Changes the metadata of pods. */
export const annotatePods = (selection: Selection, annotations: object): Step =>
  onPods(
    `annotate ${JSON.stringify(annotations)}`,
    selection,
    (stage, _, path) => stage.send('PATCH', path, { metadata: { annotations } }, strategic),
    {},
  );

export const relabelPods = (selection: Selection, labels: object): Step =>
  onPods(
    `label ${JSON.stringify(labels)}`,
    selection,
    (stage, _, path) => stage.send('PATCH', path, { metadata: { labels } }, strategic),
    {},
  );

/** Gives each step at least so many seconds: there is something that acts with time. */
export const slowly = (steps: readonly Step[], seconds: number): Step[] =>
  steps.map((step) => ({ ...step, timer: Math.max(step.timer ?? 0, seconds) }));

/** A budget and an autoscaler for what a scenario is about. */
export function companions(random: Random, kind: string, name: string, labels: object): Step[] {
  const steps: Step[] = [];
  if (chance(random, 0.3)) {
    const amount = pick<string | number>(random, [0, 1, 2, '0%', '30%', '100%']);
    const spec = { [pick(random, ['minAvailable', 'maxUnavailable'])]: amount, selector: { matchLabels: labels } };
    steps.push(create('PodDisruptionBudget', { metadata: { name: 'budget' }, spec } as never));
  }
  if (['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController'].includes(kind) && chance(random, 0.15)) {
    const scaleTargetRef = { apiVersion: kind === 'ReplicationController' ? 'v1' : 'apps/v1', kind, name };
    const least = between(random, 1, 3);
    const spec = { scaleTargetRef, minReplicas: least, maxReplicas: least + between(random, 0, 2) };
    steps.push(create('HorizontalPodAutoscaler', { metadata: { name: 'scaler' }, spec } as never));
  }
  return steps;
}

/** A rule that refuses pods with so little memory, or with too much of it. */
export const limits = (fields: object): Step =>
  create('LimitRange', { metadata: { name: 'limits' }, spec: { limits: [{ type: 'Container', ...fields }] } } as never);
export const noLimits = (): Step => ({ ...remove('LimitRange', 'limits'), timer: 12 });

export const quota = (pods: number): Step =>
  create('ResourceQuota', { metadata: { name: 'quota' }, spec: { hard: { pods: String(pods) } } } as never);
/** What was refused is tried again after a growing time. */
export const noQuota = (): Step => ({ ...remove('ResourceQuota', 'quota'), timer: 12 });

/** Deletes the owner, in one of the ways; of orphans another owner may be made. */
export function ending(random: Random, kind: string, name: string, again?: Step): Step[] {
  const policy = pick(random, [undefined, 'Background', 'Foreground', 'Orphan']);
  const steps = [remove(kind, name, policy)];
  if (policy === 'Orphan' && again) steps.push(again);
  return steps;
}

export const image = (version: number): string => `example.com/app:${version}`;

/** A pod's template that no scheduler takes, so that its pods are what the scenario reports. */
export const template = (labels: object, spec: object = {}): any => ({
  metadata: { labels },
  spec: { schedulerName: 'none', containers: [{ name: 'a', image: image(1) }], ...spec },
});

export const imageChange = (version: number): object => ({
  spec: { template: { spec: { containers: [{ name: 'a', image: image(version) }] } } },
});
