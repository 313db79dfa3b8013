import type { KubeObject } from '../../../api/meta/object.ts';
import type { Node, Pod } from '../../../openapi/types.ts';
import { VirtualClock } from '../../machinery/clock.ts';
import { silentLogger } from '../../machinery/logger.ts';
import { seededRandom } from '../../machinery/random.ts';
import type { Handler } from '../../runtime/informer.ts';
import { ClusterState } from '../cluster-state.ts';
import type { SchedulerConfiguration } from '../config/configuration.ts';
import { defaultConfiguration } from '../config/defaults.ts';
import { fitMessage, noNodesMessage, SchedulingCycle } from '../cycle.ts';
import { decide, type NodeDecision } from '../decision.ts';
import { deviceSelectorCompiler } from '../devices/cel.ts';
import { DeviceManager } from '../devices/device-manager.ts';
import type { Handle, Listers } from '../handle.ts';
import { makeRoom } from '../make-room.ts';
import { Nominator } from '../nominator.ts';
import { once } from '../once.ts';
import { PodsInBinding } from '../pods-in-binding.ts';
import { profilesOf } from '../profiles.ts';

/** A cluster as it stands: nodes, pods (bound or not) and whatever else plugins read. */
export interface StaticCluster {
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  /** Objects of other kinds; each with its kind. */
  readonly others?: readonly KubeObject[];
}

/** A scheduler's cycle over objects that stand still, for one decision at a time. Nothing is written: the client is never used. */
export class StaticScheduler {
  readonly cluster = new ClusterState();
  readonly cycle: SchedulingCycle;
  readonly handle: Handle;
  private readonly postFilters;

  constructor({ nodes, pods, others = [] }: StaticCluster, configuration: SchedulerConfiguration = defaultConfiguration, seed = 1) {
    for (const node of nodes) this.cluster.setNode(node);
    const nominator = new Nominator();
    for (const pod of pods) {
      if (pod.spec!.nodeName) this.cluster.setPod(pod);
      else nominator.set(pod);
    }
    const clock = new VirtualClock(Date.parse('2026-01-01T00:00:00Z'));
    const context = { clock, random: seededRandom(seed), logger: silentLogger, signal: new AbortController().signal };
    const listers = listersOf(others);
    const devices = once(() => new DeviceManager(listers, deviceSelectorCompiler(), context.random));
    const [first] = profilesOf(configuration, (_, filtering) => ({
      client: { resource: () => ({}) as any },
      context,
      listers,
      devices,
      cluster: this.cluster,
      nominator,
      binding: new PodsInBinding(clock),
      events: { record: () => {} },
      extenders: [],
      filtering,
      latest: (pod) => pod,
      activate: () => {},
    }));
    this.handle = first!.handle;
    this.cycle = new SchedulingCycle(first!.profile, this.handle.filtering(), this.cluster, context.random);
    this.postFilters = first!.profile.points.postFilter;
  }

  /** The node that the pod would get, or the message that it would get instead. */
  place(pod: Pod): string {
    if (this.cluster.nodes.length === 0) return noNodesMessage;
    const result = this.cycle.run(pod);
    return result.node ? result.node.name : fitMessage(result.diagnosis, '');
  }

  /** As `place`, with what came of making room: the node that was nominated in brackets. */
  placeOrPreempt(pod: Pod): string {
    const result = this.cycle.run(pod);
    if (result.node) return result.node.name;
    const room = makeRoom(this.postFilters, result.state, pod, result.diagnosis);
    if (room instanceof Promise) throw new Error('a cluster that stands still has no extenders');
    const { message, nominatedNode } = room;
    return nominatedNode ? `[${nominatedNode}]` : message;
  }

  /** What is thought of every node. */
  decide(pod: Pod): NodeDecision[] {
    return decide(this.cycle, this.cluster, pod);
  }
}

function listersOf(objects: readonly KubeObject[]): Listers {
  return {
    for: <T extends KubeObject>({ kind }: { kind: string }) => {
      const own = objects.filter((object) => object.kind === kind) as T[];
      const indexes = new Map<string, (object: T) => readonly string[]>();
      const byKey = new Map(own.map((object) => [`${object.metadata!.namespace ?? ''}/${object.metadata!.name}`, object]));
      return {
        get: (namespace: string, name: string) => byKey.get(`${namespace}/${name}`),
        list: (namespace?: string) => (namespace === undefined ? own : own.filter(({ metadata }) => metadata!.namespace === namespace)),
        addIndex: (name: string, valuesOf: (object: T) => readonly string[]) => void indexes.set(name, valuesOf),
        byIndex: (name: string, value: string) => own.filter((object) => indexes.get(name)!(object).includes(value)),
        addHandler: (handler: Handler<T>) => {
          for (const object of own) handler.added?.(object);
          return () => {};
        },
      };
    },
  };
}
