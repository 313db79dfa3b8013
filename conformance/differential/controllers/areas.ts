import type { Random } from '../../../src/machinery/random.ts';
import { accountsScenario } from './cluster/accounts.ts';
import { certificatesScenario } from './cluster/certificates.ts';
import { devicesScenario } from './cluster/devices.ts';
import { namespacesScenario, ownersScenario } from './cluster/owners.ts';
import { quotasScenario } from './cluster/quotas.ts';
import { schedulingScenario } from './cluster/scheduling.ts';
import { servicesScenario } from './cluster/services.ts';
import { volumesScenario } from './cluster/volumes.ts';
import type { Scenario } from './scenario.ts';
import { autoscalerScenario } from './workloads/autoscalers.ts';
import { budgetScenario } from './workloads/budgets.ts';
import { cronJobScenario } from './workloads/cronjobs.ts';
import { daemonSetScenario, nodesScenario } from './workloads/daemonsets.ts';
import { deploymentScenario } from './workloads/deployments.ts';
import { jobScenario } from './workloads/jobs.ts';
import { replicaSetScenario } from './workloads/replicasets.ts';
import { statefulSetScenario } from './workloads/statefulsets.ts';

/** Makers of scenarios, by area. */
export const areas: Readonly<Record<string, (random: Random) => Scenario>> = {
  deployments: deploymentScenario,
  replicasets: replicaSetScenario,
  statefulsets: statefulSetScenario,
  daemonsets: daemonSetScenario,
  nodes: nodesScenario,
  jobs: jobScenario,
  cronjobs: cronJobScenario,
  autoscalers: autoscalerScenario,
  budgets: budgetScenario,
  volumes: volumesScenario,
  quotas: quotasScenario,
  services: servicesScenario,
  owners: ownersScenario,
  namespaces: namespacesScenario,
  accounts: accountsScenario,
  certificates: certificatesScenario,
  devices: devicesScenario,
  scheduling: schedulingScenario,
};
