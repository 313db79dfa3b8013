import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from '../harness/programs.ts';
import { bundledTool } from '../harness/tools.ts';

/** The tests that a project has for itself under envtest. */
export interface Suite {
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** Packages of the module whose tests start a control plane. */
  readonly packages: readonly string[];
  /** Specs that are left out, by a pattern of their names, and why. */
  readonly without?: { readonly pattern: string; readonly reason: string };
  /** What the project's Makefile makes before its tests. @param folder the module's sources, which may be changed */
  prepare?(folder: string): Promise<void>;
}

const below = (folder: string, ...names: readonly string[]) => names.map((name) => `./${folder}/${name}`);

/** To add one: its line here. What fails against kube-apiserver as well is not listed, or left out with that reason. */
export const suites: readonly Suite[] = [
  {
    name: 'controller-runtime',
    module: 'sigs.k8s.io/controller-runtime',
    version: 'v0.23.3',
    packages: below(
      'pkg',
      'client',
      'cache',
      'cluster',
      'builder',
      'controller',
      'controller/controllerutil',
      'manager',
      'webhook',
      'envtest',
    ),
  },
  {
    name: 'jobset',
    module: 'sigs.k8s.io/jobset',
    version: 'v0.11.1',
    packages: below('test/integration', 'webhook', 'controller'),
    without: {
      pattern: 'VolumeClaimPolicies should create two PVC',
      reason: 'completes the Jobs of its second JobSet before the controller has made them, two times of three with kube-apiserver as well',
    },
  },
  {
    name: 'lws',
    module: 'sigs.k8s.io/lws',
    version: 'v0.8.0',
    packages: below('test/integration', 'webhooks', 'controllers'),
    without: {
      pattern: 'resize should update the size',
      reason:
        'makes groups ready while the controller still deletes and makes them: whose writes come first depends on how fast the server is',
    },
  },
  {
    name: 'kueue',
    module: 'sigs.k8s.io/kueue',
    version: 'v0.17.0',
    packages: below(
      'test/integration/singlecluster',
      'webhook/core',
      'conversion',
      'controller/core',
      'controller/jobs/job',
      'controller/jobs/pod',
      'scheduler',
    ),
    prepare: kustomizeKueue,
  },
  {
    name: 'karpenter',
    module: 'sigs.k8s.io/karpenter',
    version: 'v1.8.0',
    packages: below(
      'pkg',
      'apis/v1',
      'apis/v1alpha1',
      'controllers/node/termination',
      'controllers/nodeclaim/lifecycle',
      'controllers/state',
      'controllers/provisioning',
      'controllers/disruption',
    ),
  },
  {
    name: 'cluster-api',
    module: 'sigs.k8s.io/cluster-api',
    version: 'v1.12.0',
    packages: [
      ...below(
        'internal/controllers',
        'topology/cluster',
        'topology/cluster/structuredmerge',
        'cluster',
        'clusterclass',
        'clusterresourceset',
      ),
      ...below('internal/controllers', 'machine', 'machinedeployment', 'machinehealthcheck', 'machineset'),
      ...below('controllers', 'crdmigrator', 'clustercache'),
      './controlplane/kubeadm/internal/controllers',
      './internal/util/ssa',
      './util/patch',
      './util/collections',
    ],
  },
];

async function kustomizeKueue(folder: string): Promise<void> {
  const definitions = join(folder, 'config/components/crd');
  const output = await outputOf([await bundledTool('kubectl'), 'kustomize', definitions], folder);
  mkdirSync(join(definitions, '_output'), { recursive: true });
  writeFileSync(join(definitions, '_output/crds-with-webhooks.yaml'), output);
}
