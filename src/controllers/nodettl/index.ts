import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { nodes as nodeResource } from '../resources.ts';

const annotation = 'node.alpha.kubernetes.io/ttl';

// How long kubelets may keep Secrets and ConfigMaps, by the size of the cluster. The ranges overlap so that a node more or less does not flip it.
const steps = [
  { from: 0, to: 100, seconds: 0 },
  { from: 90, to: 500, seconds: 15 },
  { from: 450, to: 1000, seconds: 30 },
  { from: 900, to: 2000, seconds: 60 },
  { from: 1800, to: Number.POSITIVE_INFINITY, seconds: 300 },
];

/** Tells kubelets through an annotation how long they may keep what they read. */
export function startNodeTtlController(context: ControllerContext): RunningController {
  const api = context.clientFor('ttl-controller').resource(nodeResource);
  const nodes = context.informers.for(nodeResource);
  const controller = createController({ name: 'ttl', workers: 5, reconcile, informers: [nodes] }, context);
  let step = 0;
  const enqueue = (node: KubeObject) => {
    while (nodes.size > steps[step]!.to) step++;
    while (nodes.size < steps[step]!.from) step--;
    if (node.metadata!.annotations?.[annotation] !== String(steps[step]!.seconds)) controller.enqueue(keyOf(node));
  };
  nodes.addHandler({ added: enqueue, updated: enqueue });

  async function reconcile(name: string): Promise<void> {
    const node = nodes.getByKey(name);
    const value = String(steps[step]!.seconds);
    if (!node || node.metadata!.annotations?.[annotation] === value) return;
    const body = { metadata: { annotations: { [annotation]: value } } };
    await unlessNotFound(api.patch('', name, 'application/strategic-merge-patch+json', body));
  }

  return run('ttl', [controller]);
}
