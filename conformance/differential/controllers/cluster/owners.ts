import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import { between, chance, change, create, maybe, remove, replaceField, template, wait } from '../steps.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const policies = [undefined, 'Background', 'Foreground', 'Orphan'];
const holds = ['example.com/hold'];

function owner(random: Random, kind: string, name: string): object {
  const apiVersion = kind === 'Lease' ? 'coordination.k8s.io/v1' : 'v1';
  const uid = chance(random, 0.9) ? `<uid ${kind}/${name}>` : '00000000-0000-4000-8000-000000000000';
  return {
    apiVersion,
    kind,
    name,
    uid,
    ...maybe(random, 0.4, { blockOwnerDeletion: chance(random, 0.8) }),
    ...maybe(random, 0.1, { controller: true }),
  };
}

const odd: readonly object[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: '00000000-0000-4000-8000-000000000001' },
  { apiVersion: 'example.com/v1', kind: 'Thing', name: 'gone', uid: '00000000-0000-4000-8000-000000000002' },
  { apiVersion: 'v1', kind: 'Namespace', name: '<namespace>', uid: '<uid Namespace/<namespace>>' },
  { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: '00000000-0000-4000-8000-000000000003' },
];

function owners(random: Random, before: number): object[] {
  const list = new Map<string, object>();
  for (let i = between(random, 0, 3); i > 0 && before > 0; i--) {
    const name = names[between(random, 0, before - 1)]!;
    list.set(name, owner(random, isSecret(name) ? 'Secret' : 'ConfigMap', name));
  }
  if (chance(random, 0.08)) list.set('odd', pick(random, odd));
  let controller = false;
  return [...list.values()].map((reference: any) => {
    if (!reference.controller) return reference;
    const first = !controller;
    controller = true;
    return { ...reference, controller: first };
  });
}

const isSecret = (name: string) => 'bdf'.includes(name);
const kindOf = (name: string) => (isSecret(name) ? 'Secret' : 'ConfigMap');

const thing = (random: Random, number: number): Step =>
  create(kindOf(names[number]!), {
    metadata: { name: names[number]!, ownerReferences: owners(random, number), ...maybe(random, 0.15, { finalizers: holds }) },
  } as never);

function step(random: Random): Step[] {
  const number = between(random, 0, names.length - 1);
  const name = names[number]!;
  const options: (() => Step[])[] = [
    () => [remove(kindOf(name), name, pick(random, policies))],
    () => [remove(kindOf(name), name, 'Foreground')],
    () => [remove(kindOf(name), name, pick(random, policies))],
    () => [thing(random, number)],
    () => [replaceField(kindOf(name), name, '/metadata/ownerReferences', owners(random, names.length))],
    () => [replaceField(kindOf(name), name, '/metadata/finalizers', pick(random, [[], holds, ['orphan'], ['foregroundDeletion']]))],
    () => [change(kindOf(name), name, { metadata: { labels: { more: 'x' } } })],
    () => [create('Pod', { metadata: { name: 'p', ownerReferences: owners(random, names.length) }, spec: template({}).spec } as never)],
    () => [remove('Pod', 'p', pick(random, policies))],
    () => [remove('ReplicaSet', 'r', pick(random, policies))],
    () => [wait(4)],
  ];
  return pick(random, options)();
}

/** Objects that own one another, also in circles, and are deleted in every way. */
export function ownersScenario(random: Random): Scenario {
  const steps: Step[] = names.map((_, number) => thing(random, number));
  const labels = { app: 'r' };
  if (chance(random, 0.4))
    steps.push(
      create('ReplicaSet', {
        metadata: { name: 'r', ownerReferences: owners(random, names.length) },
        spec: { replicas: 2, selector: { matchLabels: labels }, template: template(labels) },
      } as never),
    );
  for (let i = between(random, 6, 10); i > 0; i--) steps.push(...step(random));
  return { name: 'owners', steps };
}

/** A namespace that ends with things in it that do not want to. */
export function namespacesScenario(random: Random): Scenario {
  const steps: Step[] = [];
  // How long upstream waits until it looks again grows with the grace period.
  const brief = { terminationGracePeriodSeconds: 3 };
  const maker: (() => Step)[] = [
    () =>
      create('ConfigMap', {
        metadata: {
          name: `m${steps.length}`,
          ...maybe(random, 0.4, { finalizers: pick(random, [holds, ['example.com/other', ...holds]]) }),
        },
      } as never),
    () => create('Secret', { metadata: { name: `s${steps.length}`, ...maybe(random, 0.3, { finalizers: holds }) } } as never),
    () =>
      create('Pod', {
        metadata: { name: `p${steps.length}`, ...maybe(random, 0.4, { finalizers: holds }) },
        spec: {
          ...template({}, brief).spec,
          ...maybe(random, 0.4, { schedulerName: undefined, nodeSelector: { zone: 'a' } }),
        },
      } as never),
    () =>
      create('Deployment', {
        metadata: { name: `d${steps.length}`, ...maybe(random, 0.3, { finalizers: holds }) },
        spec: { replicas: 1, selector: { matchLabels: { app: 'd' } }, template: template({ app: 'd' }, brief) },
      } as never),
    () =>
      create('PersistentVolumeClaim', {
        metadata: { name: `c${steps.length}` },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      } as never),
    () => create('Lease', { metadata: { name: `l${steps.length}`, ...maybe(random, 0.3, { finalizers: holds }) }, spec: {} } as never),
  ];
  const kinds: Record<string, string> = { m: 'ConfigMap', s: 'Secret', p: 'Pod', d: 'Deployment', c: 'PersistentVolumeClaim', l: 'Lease' };
  for (let i = between(random, 1, 5); i > 0; i--) steps.push(pick(random, maker)());
  const made = steps.map(({ what }) => /"name":"([a-z]\d+)"/.exec(what)![1]!);
  if (chance(random, 0.3)) steps.push(change('Namespace', '.', { metadata: { finalizers: holds } }));
  steps.push({ ...remove('Namespace', '.', pick(random, policies)), timer: 25 });
  const held = made.filter(() => chance(random, 0.9));
  if (chance(random, 0.5)) steps.push(create('ConfigMap', { metadata: { name: 'late' } } as never));
  if (chance(random, 0.3)) steps.push(change('Namespace', '.', { metadata: { labels: { more: 'x' } } }));
  for (const name of held) steps.push({ ...replaceField(kinds[name[0]!]!, name, '/metadata/finalizers', []), timer: 25 });
  steps.push(wait(25));
  if (chance(random, 0.5)) steps.push(replaceField('Namespace', '.', '/metadata/finalizers', []), wait(5));
  return { name: 'namespaces', steps, runs: true };
}
