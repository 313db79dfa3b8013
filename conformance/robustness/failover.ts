import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { seededRandom } from '../../src/machinery/random.ts';
import { root, startCluster } from '../harness/cluster.ts';
import { bundledTool } from '../harness/tools.ts';
import { serverOf } from './bad-input.ts';
import { type FollowedWatch, followWatch } from './watch.ts';
import { Http2Sender, post, request, type Server } from './wire.ts';

export interface Takeover {
  /** From the kill until another control plane held the lease, in milliseconds. */
  readonly sinceKill: number;
  /** The same from the killed one's last renewal: a standby may not act before that was so long ago as the lease lasts. */
  readonly sinceRenewal: number;
}

export interface FailoverResult {
  readonly problems: readonly string[];
  readonly takeovers: readonly Takeover[];
  readonly pods: number;
}

const replicas = 4;
const maxSurge = 1;
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const replicaSets = '/apis/apps/v1/namespaces/default/replicasets';
const pods = '/api/v1/namespaces/default/pods';
const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
const lease = 'kube-controller-manager';

/**
 * Two control planes, as processes of their own, on one API server: the active one is killed in the middle of each of `kills` rollouts. The other one
 * takes over, the rollout finishes, no ReplicaSets together want more pods than the strategy allows, and each revision's pods are made once.
 */
export async function runFailovers({ kills, seed }: { readonly kills: number; readonly seed: number }): Promise<FailoverResult> {
  const random = seededRandom(seed);
  await using cluster = await startCluster({ flags: ['--memory', '--nodes', '3', '--components', 'apiserver,fleet'] });
  const server = await serverOf(cluster.kubeconfig);
  const sender = new Http2Sender(server);
  const limits = new Limits();
  const watches: FollowedWatch[] = [];
  const planes: ChildProcess[] = [];
  try {
    const holder = new Holder(server);
    watches.push(holder.watch);
    planes.push(startControlPlane(cluster.kubeconfig));
    await holder.change();
    planes.push(startControlPlane(cluster.kubeconfig));
    watches.push(followWatch(server, pods, '0', (type, pod) => limits.pod(type, pod)));
    watches.push(followWatch(server, replicaSets, '0', (type, replicaSet) => limits.replicaSet(type, replicaSet)));
    await post(sender, deployments, deployment());
    await rolledOut(cluster.kubeconfig);
    const takeovers: Takeover[] = [];
    for (let kill = 1; kill <= kills; kill++) {
      await request(sender, 'PATCH', `${deployments}/web`, environment(kill), 'application/strategic-merge-patch+json');
      // A rollout takes about a second: it is interrupted anywhere in it.
      await new Promise((resolve) => setTimeout(resolve, random.next() * 1000));
      const taken = holder.change();
      const killedAt = performance.now();
      planes.shift()!.kill('SIGKILL');
      const renewedAt = await taken;
      takeovers.push({ sinceKill: performance.now() - killedAt, sinceRenewal: performance.now() - renewedAt });
      planes.push(startControlPlane(cluster.kubeconfig));
      await rolledOut(cluster.kubeconfig);
    }
    return { problems: limits.judge(), takeovers, pods: limits.made };
  } finally {
    for (const watch of watches) await watch.stop();
    sender.close();
    await Promise.all(planes.map(stop));
  }
}

/** Who holds the lease of the controllers, as a watch tells it. */
class Holder {
  readonly watch: FollowedWatch;
  private identity = '';
  private renewedAt = 0;
  private waiting: ((renewedAt: number) => void) | undefined;

  constructor(server: Server) {
    this.watch = followWatch(server, leases, '0', (_, { metadata, spec }) => {
      if (metadata.name !== lease || !spec.holderIdentity) return;
      const before = this.renewedAt;
      this.renewedAt = performance.now();
      if (spec.holderIdentity === this.identity) return;
      this.identity = spec.holderIdentity;
      this.waiting?.(before);
    });
  }

  /** Resolves when another one holds it, to the time of the last renewal by the one before. */
  change(): Promise<number> {
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }
}

/** What must hold at every moment. */
class Limits {
  made = 0;
  private readonly problems: string[] = [];
  private readonly wanted = new Map<string, number>();
  private readonly byRevision = new Map<string, number>();

  pod(type: string, { metadata }: any): void {
    if (type !== 'ADDED') return;
    this.made++;
    const revision = metadata.labels['pod-template-hash'];
    this.byRevision.set(revision, (this.byRevision.get(revision) ?? 0) + 1);
  }

  replicaSet(type: string, { metadata, spec }: any): void {
    if (type === 'DELETED') this.wanted.delete(metadata.name);
    else this.wanted.set(metadata.name, spec.replicas);
    const sum = [...this.wanted.values()].reduce((total, each) => total + each, 0);
    if (sum > replicas + maxSurge) this.problems.push(`the ReplicaSets want ${sum} pods together: ${JSON.stringify([...this.wanted])}`);
  }

  judge(): readonly string[] {
    for (const [revision, count] of this.byRevision) {
      if (count !== replicas) this.problems.push(`revision ${revision} had ${count} pods, not ${replicas}`);
    }
    return this.problems;
  }
}

/** @returns how a control plane that stands by ends when it is asked to: its exit code, and how long that takes, in milliseconds */
export async function endStandby(): Promise<{ readonly code: number | null; readonly took: number }> {
  await using cluster = await startCluster({ flags: ['--memory', '--nodes', '0'] });
  const sender = new Http2Sender(await serverOf(cluster.kubeconfig));
  const standby = startControlPlane(cluster.kubeconfig);
  try {
    // It follows both leases, each with a watch of that object alone.
    const following = /^apiserver_longrunning_requests\{.*resource="leases",scope="resource",.*\} 2$/m;
    while (!following.test((await request(sender, 'GET', '/metrics')).body.toString())) {
      if (standby.exitCode !== null) throw new Error(`the standby ended with ${standby.exitCode}`);
    }
    const asked = performance.now();
    const exited = once(standby, 'exit');
    standby.kill('SIGTERM');
    const [code] = await exited;
    return { code, took: performance.now() - asked };
  } finally {
    standby.kill('SIGKILL');
    sender.close();
  }
}

function startControlPlane(kubeconfig: string): ChildProcess {
  const flags = ['--components', 'controllers,scheduler', '--kubeconfig', kubeconfig];
  return spawn(process.execPath, [join(root, 'dist/orrery.js'), 'up', ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** @throws Error if the rollout does not finish */
async function rolledOut(kubeconfig: string): Promise<void> {
  const args = ['--kubeconfig', kubeconfig, 'rollout', 'status', 'deployment/web', '--timeout=2m'];
  const child = spawn(await bundledTool('kubectl'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`kubectl rollout status ended with ${code}: ${errors}`);
}

function deployment(): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      strategy: { rollingUpdate: { maxSurge, maxUnavailable: 1 } },
      template: { metadata: { labels: { app: 'web' } }, ...environment(0).spec.template },
    },
  };
}

function environment(revision: number) {
  return {
    spec: { template: { spec: { containers: [{ name: 'web', image: 'nginx', env: [{ name: 'REVISION', value: `${revision}` }] }] } } },
  };
}
