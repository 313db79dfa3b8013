// Custom resources: node --import tsx bench/extension.ts [--vs KUBECONFIG [--vs-pids FILE]] [--objects 1000] [--definitions 500] [--rounds 3] [--memory]
import { parseArgs } from 'node:util';
import { startCluster } from '../conformance/harness/cluster.ts';
import { type Cost, ExtensionTarget, manyDefinitions, nameOf, pidsOf, writeObjects } from './extension-target.ts';
import { median } from './processes.ts';

const { values } = parseArgs({
  options: {
    vs: { type: 'string' },
    'vs-pids': { type: 'string' },
    objects: { type: 'string', default: '1000' },
    definitions: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '3' },
    memory: { type: 'boolean', default: false },
  },
});
const objects = Number(values.objects);
const definitionCount = Number(values.definitions);

/** Definitions that come at once: as many operators bring them, and small ones of one group. */
const crowds: readonly (readonly [groups: number, properties: number])[] = [
  [25, 40],
  [1, 8],
];

/** Costs of each step, one a round. */
type Figures = Map<string, Cost[]>;

async function round(target: ExtensionTarget, figures: Figures): Promise<void> {
  const note = (step: string, cost: Cost) => figures.set(step, [...(figures.get(step) ?? []), cost]);
  const kind = await target.wideKind();
  for (const filled of [200, 20]) {
    for (const [step, cost] of await writeObjects(target, kind, objects, filled)) note(step, cost);
  }
  await target.remove([`${kind.reference.plural}.${kind.reference.group}`]);
  await target.removeNamespace();
  for (const [groups, properties] of crowds) {
    const definitions = manyDefinitions(definitionCount, Math.ceil(definitionCount / groups), properties);
    const establishing = await target.measure(1, async () => void (await target.establish(definitions)));
    note(`${definitionCount} definitions of ${properties} properties, groups: ${groups}, established and served`, establishing);
    await target.remove(definitions.map(nameOf));
  }
}

function print(name: string, figures: Figures): void {
  for (const [step, costs] of figures) {
    const { microseconds, processorMicroseconds } = typical(costs);
    console.log(`${name}: ${step}: ${microseconds.toFixed(0)} µs, ${processorMicroseconds.toFixed(0)} µs of processor time`);
  }
}

function typical(costs: readonly Cost[]): Cost {
  return {
    microseconds: median(costs.map((cost) => cost.microseconds)),
    processorMicroseconds: median(costs.map((cost) => cost.processorMicroseconds)),
  };
}

await using cluster = await startCluster({
  flags: ['--nodes', '0', '--components', 'apiserver,controllers', ...(values.memory ? ['--memory'] : [])],
});
await using own = new ExtensionTarget('Orrery', cluster.kubeconfig, [cluster.process.pid!]);
await using other = values.vs ? new ExtensionTarget('the other', values.vs, values['vs-pids'] ? pidsOf(values['vs-pids']) : []) : undefined;
const ours: Figures = new Map();
const theirs: Figures = new Map();
for (let i = 0; i < Number(values.rounds); i++) {
  await round(own, ours);
  if (other) await round(other, theirs);
}
print('Orrery', ours);
print('the other', theirs);
for (const [step, costs] of theirs) {
  const [they, we] = [typical(costs), typical(ours.get(step)!)];
  const time = (they.microseconds / we.microseconds).toFixed(2);
  const processor = (they.processorMicroseconds / we.processorMicroseconds).toFixed(2);
  console.log(`${step}: the other takes ${time} times as long, ${processor} times the processor time`);
}
