import { node as nodes } from '../../api/core/v1/node.ts';
import { pod as pods } from '../../api/core/v1/pod.ts';
import type { Node, Pod } from '../../openapi/types.ts';
import type { Client } from '../client/client.ts';
import type { RuntimeContext } from '../runtime/context.ts';
import { createInformers } from '../runtime/informers.ts';
import { ClusterState } from './cluster-state.ts';
import type { SchedulerConfiguration } from './config/configuration.ts';
import { SchedulingCycle } from './cycle.ts';
import { decide, type NodeDecision } from './decision.ts';
import { deviceSelectorCompiler } from './devices/cel.ts';
import { DeviceManager } from './devices/device-manager.ts';
import { Nominator } from './nominator.ts';
import { once } from './once.ts';
import { PodsInBinding } from './pods-in-binding.ts';
import { profilesOf } from './profiles.ts';

/** Why a pod is where it is, or why it is nowhere. */
export interface Explanation {
  readonly pod: Pod;
  readonly decisions: readonly NodeDecision[];
}

/**
 * Looks at the cluster as it is now and decides about the pod anew, without changing anything. A pod that has a node is looked at
 * as if it had none yet.
 * @returns undefined where there is no such pod. @throws Error where no profile is responsible for the pod
 */
export async function explainPod(
  client: Client,
  context: RuntimeContext,
  configuration: SchedulerConfiguration,
  namespace: string,
  name: string,
): Promise<Explanation | undefined> {
  const informers = createInformers(client, context);
  try {
    const cluster = new ClusterState();
    const nominator = new Nominator();
    const nodeInformer = informers.for<Node>(nodes);
    const podInformer = informers.for<Pod>(pods);
    const devices = once(() => new DeviceManager(informers, deviceSelectorCompiler(), context.random));
    const profiles = profilesOf(configuration, (_, filtering) => ({
      client,
      context,
      listers: informers,
      cluster,
      nominator,
      binding: new PodsInBinding(context.clock),
      devices,
      events: { record: () => {} },
      extenders: [],
      filtering,
      latest: (pod) => pod,
      activate: () => {},
    }));
    informers.start();
    await informers.synced();
    const pod = podInformer.get(namespace, name);
    if (!pod) return undefined;
    const { schedulerName } = pod.spec!;
    const own = profiles.find(({ profile }) => profile.schedulerName === schedulerName);
    if (!own) throw new Error(`pod ${namespace}/${name} is placed by ${schedulerName}, for which there is no profile`);
    for (const node of nodeInformer.list()) cluster.setNode(node);
    for (const other of podInformer.list()) {
      if (other === pod || other.status?.phase === 'Succeeded' || other.status?.phase === 'Failed') continue;
      if (other.spec!.nodeName) cluster.setPod(other);
      else nominator.set(other);
    }
    const { nodeName: _, ...spec } = pod.spec!;
    const cycle = new SchedulingCycle(own.profile, own.handle.filtering(), cluster, context.random);
    return { pod, decisions: decide(cycle, cluster, { ...pod, spec }) };
  } finally {
    await informers[Symbol.asyncDispose]();
  }
}
