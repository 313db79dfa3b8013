import type { Random } from '../../../../src/machinery/random.ts';
import type { Scenario } from '../scenario.ts';
import { cronJobScenario } from './cronjobs.ts';
import { daemonSetScenario, nodesScenario } from './daemonsets.ts';
import { deploymentScenario } from './deployments.ts';
import { jobScenario } from './jobs.ts';
import { replicaSetScenario } from './replicasets.ts';
import { statefulSetScenario } from './statefulsets.ts';

/** Makers of scenarios, by area. */
export const workloads: Readonly<Record<string, (random: Random) => Scenario>> = {
  deployments: deploymentScenario,
  replicasets: replicaSetScenario,
  statefulsets: statefulSetScenario,
  daemonsets: daemonSetScenario,
  nodes: nodesScenario,
  jobs: jobScenario,
  cronjobs: cronJobScenario,
};
