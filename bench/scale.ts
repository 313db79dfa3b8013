// Many nodes and pods: node --import tsx bench/scale.ts [--vs KUBECONFIG] [--nodes 1000] [--pods 10000] [--memory]
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { processorSeconds, residentMegabytes } from './processes.ts';
import { OwnCluster, Target } from './scale-target.ts';

const { values } = parseArgs({
  options: {
    vs: { type: 'string' },
    nodes: { type: 'string', default: '1000' },
    pods: { type: 'string', default: '10000' },
    memory: { type: 'boolean', default: false },
  },
});
const nodes = Number(values.nodes);
const pods = Number(values.pods);
const everything = 'apiserver,controllers,scheduler,fleet';
const small = { nodes: 100, pods: 1_000 };
/** How long the idle process is watched: several rounds of leases and heartbeats. */
const idleSeconds = 30;

/** Seconds that each step takes, by its name. */
type Figures = Map<string, number>;

const deploymentStep = `Deployment of ${small.pods} on ${small.nodes} nodes to ready`;
const nodesStep = `${nodes} nodes to Ready`;
const runStep = `Deployment of ${pods} on ${nodes} nodes to ready`;
const removalStep = `deletion of the namespace with ${pods} pods`;

async function measure(target: Target, whenRunning: () => Promise<void>): Promise<Figures> {
  const figures: Figures = new Map();
  const note = (step: string, seconds: number) => {
    figures.set(step, seconds);
    console.log(`${target.name}: ${step}: ${seconds.toFixed(1)} s`);
  };
  await target.makeNodes(small.nodes);
  await target.nodesReady(small.nodes);
  await target.makeNamespace('scale-small');
  note(deploymentStep, await target.runDeployment('scale-small', small.pods));
  await target.removeNamespace('scale-small');
  await target.makeNodes(nodes);
  note(nodesStep, await target.nodesReady(nodes));
  await target.makeNamespace('scale-large');
  note(runStep, await target.runDeployment('scale-large', pods));
  await whenRunning();
  note(removalStep, await target.removeNamespace('scale-large'));
  await target.removeNodes(nodes);
  return figures;
}

async function measureOwn(): Promise<Figures> {
  await using cluster = await OwnCluster.make(values.memory ? ['--memory'] : []);
  await using target = await cluster.restart(everything);
  const pid = cluster.process.pid!;
  const figures = await measure(target, async () => {
    await sleep(5_000);
    console.log(`Orrery: resident ${residentMegabytes(pid)} MB with ${pods} pods`);
    const before = processorSeconds(pid);
    await sleep(idleSeconds * 1000);
    const share = ((processorSeconds(pid) - before) / idleSeconds) * 100;
    console.log(`Orrery: idle with ${pods} pods on ${nodes} nodes: ${share.toFixed(1)} % of a core; resident ${residentMegabytes(pid)} MB`);
  });
  console.log(`Orrery: resident ${residentMegabytes(pid)} MB at the end`);
  return figures;
}

/** The scheduler finds all pods waiting when it starts, and nobody runs them. Only our own cluster can be stopped for it. */
async function measureScheduling(): Promise<void> {
  await using cluster = await OwnCluster.make([]);
  const before = await cluster.restart('apiserver,controllers');
  await before.makeNodes(nodes);
  await before.makeNamespace('scale');
  await before.makePods('scale', pods);
  await before[Symbol.asyncDispose]();
  await using target = await cluster.restart('apiserver,controllers,scheduler');
  const seconds = await target.allScheduled('scale', pods);
  console.log(`Orrery: scheduling alone, ${pods} pods on ${nodes} nodes: ${(pods / seconds).toFixed(0)} pods/s`);
}

const ours = await measureOwn();
console.log(`Orrery: from creation to Running: ${(pods / ours.get(runStep)!).toFixed(0)} pods/s`);
await measureScheduling();
if (values.vs) {
  await using other = new Target('the other', values.vs);
  const theirs = await measure(other, async () => {});
  for (const [step, seconds] of ours) console.log(`${step}: ${(seconds / theirs.get(step)!).toFixed(2)} of the other's time`);
}
