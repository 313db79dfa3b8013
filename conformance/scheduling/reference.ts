// Gives seeded clusters to a real kube-scheduler and compares what it decides with what ours does: the nodes that can take a pod, each plugin's
// score of each, the words where none can, and that the chosen node is one that we rank first. See README.md for how to start the other side.
//
//   node --import tsx conformance/scheduling/reference.ts --kubeconfig FILE --log FILE [--clusters 100] [--seed 1] [--most 40] [--preemption]
//
// With --preemption the clusters are full, and who has to go for a more important pod is compared as well.

import { open } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { definitions } from '../../api/index.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { Node, Pod } from '../../openapi/types.ts';
import { readKubeconfig } from '../../src/cli/kubeconfig.ts';
import type { Client, ResourceReference } from '../../src/client/client.ts';
import { createHttpClient } from '../../src/client/http.ts';
import { systemClock } from '../../src/machinery/clock.ts';
import { isAlreadyExists, unlessNotFound } from '../../src/runtime/errors.ts';
import { selectCandidate } from '../../src/scheduler/preemption/candidates.ts';
import { selectVictims } from '../../src/scheduler/preemption/victims.ts';
import { StaticScheduler } from '../../src/scheduler/testing/static-cluster.ts';
import { crowd, scenario } from './clusters.ts';

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    log: { type: 'string' },
    clusters: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    most: { type: 'string', default: '40' },
    preemption: { type: 'boolean', default: false },
  },
});
/** For the scheduler's informers to have seen what was written. */
const settling = 400;

function reference(kind: string): ResourceReference {
  return definitions.find((definition) => definition.kind === kind && /^v\d+$/.test(definition.version))!;
}

class Stage {
  private readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  api(kind: string) {
    return this.client.resource<KubeObject>(reference(kind));
  }

  /** Creates an object and its status, which only an update can set. */
  async put(object: KubeObject): Promise<void> {
    const { uid: _, ...metadata } = object.metadata as any;
    const { status, ...rest } = object as any;
    const namespace = metadata.namespace ?? '';
    try {
      const created = await this.api(object.kind!).create(namespace, { ...rest, metadata });
      if (status) await this.api(object.kind!).update(namespace, { ...created, status }, { subresource: 'status' });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }

  async remove({ kind, metadata }: KubeObject): Promise<void> {
    await unlessNotFound(this.api(kind!).delete(metadata!.namespace ?? '', metadata!.name!, { gracePeriodSeconds: 0 }));
  }

  async list(kind: string): Promise<any[]> {
    return (await this.api(kind).list('')).items.map((item) => ({ ...item, kind }));
  }
}

/** What the scheduler logged since the last look: `plugin` scored `node` for a pod. */
class ScoreLog {
  private readonly file: string;
  private offset = 0;

  constructor(file: string) {
    this.file = file;
  }

  async scores(pod: string): Promise<Map<string, Map<string, number>>> {
    const handle = await open(this.file);
    let text: string;
    try {
      const { size } = await handle.stat();
      const buffer = Buffer.alloc(size - this.offset);
      await handle.read(buffer, 0, buffer.length, this.offset);
      this.offset = size;
      text = buffer.toString();
    } finally {
      await handle.close();
    }
    const line = new RegExp(`"Plugin scored node for pod".* pod="${pod}" plugin="([^"]+)" node="([^"]+)" score=(-?\\d+)`, 'g');
    const scores = new Map<string, Map<string, number>>();
    for (const [, plugin, node, score] of text.matchAll(line)) {
      if (!scores.has(node!)) scores.set(node!, new Map());
      scores.get(node!)!.set(plugin!, Number(score));
    }
    return scores;
  }
}

async function decided(stage: Stage, { metadata }: Pod): Promise<any> {
  for (let tries = 0; tries < 200; tries++) {
    const present: any = await stage.api('Pod').get(metadata!.namespace!, metadata!.name!);
    // A pod whose volumes must be bound first waits on its way to the node.
    if (
      present.spec.nodeName ||
      present.status?.nominatedNodeName ||
      present.status?.conditions?.some(({ type }: any) => type === 'PodScheduled')
    )
      return present;
    await systemClock.sleep(30);
  }
  throw new Error(`pod ${metadata!.namespace}/${metadata!.name} was not looked at`);
}

function text(scores: ReadonlyMap<string, number>): string {
  const told = [...scores].filter(([, score]) => score !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return told.map(([plugin, score]) => `${plugin} ${score}`).join(', ');
}

/** What differs between the reference's decision and ours. */
async function compare(stage: Stage, log: ScoreLog, pod: Pod, ours: StaticScheduler): Promise<string[]> {
  await stage.put(pod as KubeObject);
  const present = await decided(stage, pod);
  const theirs = await log.scores(`${pod.metadata!.namespace}/${pod.metadata!.name}`);
  const { nodeName = present.status?.nominatedNodeName, ...spec } = present.spec;
  const chosen: string | undefined = nodeName;
  const asked = { ...present, spec, status: {} } as Pod;
  const feasible = ours.decide(asked).filter(({ refusal }) => !refusal);
  const names = (all: Iterable<string>) => [...all].sort().join(' ');
  const own = names(feasible.map(({ node }) => node));
  if (!chosen) {
    const { message } = present.status.conditions.find(({ type }: any) => type === 'PodScheduled');
    const said = ours.placeOrPreempt(asked);
    return message === said ? [] : [`theirs: ${message}\n     ours: ${said}`];
  }
  if (theirs.size === 0) return own === chosen ? [] : [`theirs: only ${chosen}; ours: ${own}`];
  const problems: string[] = [];
  if (names(theirs.keys()) !== own) problems.push(`feasible, theirs: ${names(theirs.keys())}; ours: ${own}`);
  for (const { node, scores } of feasible) {
    const other = theirs.get(node);
    if (other && text(other) !== text(scores)) problems.push(`${node}, theirs: ${text(other)}; ours: ${text(scores)}`);
  }
  const best = Math.max(...feasible.map(({ total }) => total));
  if (feasible.find(({ node }) => node === chosen)?.total !== best) problems.push(`${chosen} was chosen, which we do not rank first`);
  return problems;
}

/** What differs in who has to go for the pod, and where. */
async function comparePreemption(stage: Stage, pod: Pod, ours: StaticScheduler, before: readonly Pod[]): Promise<string[]> {
  await stage.put(pod as KubeObject);
  const present = await decided(stage, pod);
  const nominated: string | undefined = present.spec.nodeName ?? present.status?.nominatedNodeName;
  await systemClock.sleep(settling);
  const left = new Set((await stage.list('Pod')).map(({ metadata }) => metadata.uid));
  const gone = before.filter(({ metadata }) => !left.has(metadata!.uid)).map(({ metadata }) => metadata!.name!);
  const { nodeName: _, ...spec } = present.spec;
  const asked = { ...present, spec, status: {} } as Pod;
  const result = ours.cycle.run(asked);
  if (result.node)
    return gone.length === 0 && nominated === result.node.name ? [] : [`theirs: ${nominated} without ${gone}; ours: ${result.node.name}`];
  const budgets = await stage.list('PodDisruptionBudget');
  const candidates = result.diagnosis.statuses.unschedulable(ours.cluster.nodes).flatMap((info) => {
    const found = selectVictims(ours.handle.filtering(), result.state.clone(), asked, info.clone(), budgets);
    return 'refusal' in found ? [] : [{ node: info.name, ...found }];
  });
  const best = selectCandidate(candidates);
  if (!best) {
    const message = present.status.conditions?.find(({ type }: any) => type === 'PodScheduled')?.message;
    const said = ours.placeOrPreempt(asked);
    return message === said && gone.length === 0 ? [] : [`theirs: ${message} ${gone}\n     ours: ${said}`];
  }
  const victims = best.victims.map(({ metadata }) => metadata!.name!);
  const same = nominated === best.node && [...victims].sort().join() === gone.sort().join();
  return same ? [] : [`theirs: ${nominated} without ${gone}; ours: ${best.node} without ${victims}`];
}

/** Ours, over what the reference's API server has now. */
async function standingScheduler(stage: Stage): Promise<StaticScheduler> {
  const kinds = ['Namespace', 'Service', 'ReplicaSet', 'StorageClass', 'PersistentVolume', 'PersistentVolumeClaim', 'PodDisruptionBudget'];
  const others = (await Promise.all(kinds.map((kind) => stage.list(kind)))).flat();
  return new StaticScheduler({ nodes: (await stage.list('Node')) as Node[], pods: (await stage.list('Pod')) as Pod[], others });
}

async function play(stage: Stage, log: ScoreLog, seed: number, most: number): Promise<{ problems: string[]; pods: number; nodes: number }> {
  const { nodes, placed, waiting, others } = values.preemption ? crowd(seed) : scenario(seed, most);
  for (const object of others) await stage.put(object);
  await Promise.all(nodes.map((node) => stage.put(node as KubeObject)));
  await Promise.all(placed.map((pod) => stage.put(pod as KubeObject)));
  const problems: string[] = [];
  for (const pod of waiting) {
    await systemClock.sleep(settling);
    const named = { ...pod, metadata: { ...pod.metadata, name: `${pod.metadata!.name}-${seed}` } } as Pod;
    const ours = await standingScheduler(stage);
    const found = values.preemption
      ? await comparePreemption(stage, named, ours, (await stage.list('Pod')) as Pod[])
      : await compare(stage, log, named, ours);
    for (const problem of found) problems.push(`  ${named.metadata!.name}: ${problem}`);
    await stage.remove(named as KubeObject);
  }
  await Promise.all(placed.map((pod) => stage.remove(pod as KubeObject)));
  const kept = ['Namespace', 'Service', 'ReplicaSet', 'StorageClass'];
  await Promise.all(
    [...(nodes as KubeObject[]), ...others.filter(({ kind }) => !kept.includes(kind!))].map((object) => stage.remove(object)),
  );
  return { problems, pods: waiting.length, nodes: nodes.length };
}

const { server, authority, certificate, key } = await readKubeconfig(values.kubeconfig!);
const client = createHttpClient({
  server,
  certificateAuthority: authority,
  clientCertificate: certificate,
  clientKey: key,
  userAgent: 'comparison',
});
const stage = new Stage(client);
const log = new ScoreLog(values.log!);
let [equal, pods, nodes] = [0, 0, 0];
const first = Number(values.seed);
const count = Number(values.clusters);
for (let seed = first; seed < first + count; seed++) {
  const result = await play(stage, log, seed, Number(values.most));
  pods += result.pods;
  nodes += result.nodes;
  if (result.problems.length === 0) equal++;
  else console.log([`seed ${seed}`, ...result.problems].join('\n'));
}
console.log(`${equal} of ${count} clusters are decided in the same way (${pods} pods, ${nodes} nodes)`);
await client[Symbol.asyncDispose]();
process.exitCode = equal === count ? 0 : 1;
