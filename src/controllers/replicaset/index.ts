import type { KubeObject } from '../../../api/meta/object.ts';
import { selectorOf, selectorOfMap } from '../../runtime/selector.ts';
import type { ControllerContext, RunningController } from '../context.ts';
import { replicaSets, replicationControllers } from '../resources.ts';
import { startReplicaController } from './controller.ts';

/** Keeps as many pods of a ReplicaSet as it asks for. */
export function startReplicaSetController(context: ControllerContext): RunningController {
  return startReplicaController(context, {
    resource: replicaSets,
    identity: 'replicaset-controller',
    component: 'replicaset-controller',
    workers: 5,
    countsTerminating: true,
    selectorOf: (set: KubeObject) => selectorOf(set.spec.selector),
  });
}

/** The same for ReplicationControllers, whose selector is a plain map. */
export function startReplicationController(context: ControllerContext): RunningController {
  return startReplicaController(context, {
    resource: replicationControllers,
    identity: 'replication-controller',
    component: 'replication-controller',
    workers: 5,
    countsTerminating: false,
    selectorOf: (controller: KubeObject) => selectorOfMap(controller.spec.selector),
  });
}
