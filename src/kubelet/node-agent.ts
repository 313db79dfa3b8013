import { lease as leases } from '../../api/coordination.k8s.io/v1/lease.ts';
import { node as nodes } from '../../api/core/v1/node.ts';
import type { Lease, Node } from '../../openapi/types.ts';
import { formatMicroTime, formatTime } from '../machinery/clock.ts';
import { isConflict, isNotFound } from '../runtime/errors.ts';
import type { FleetContext } from './context.ts';
import { advertisedChanges, isHealthy, nodeLabels, nodeStatus } from './node-status.ts';

const leaseNamespace = 'kube-node-lease';
const leaseSeconds = 40;
const renewInterval = 10_000;
/** A status that says nothing new is written again only so often. */
const reportInterval = 300_000;

/** What a kubelet does for its node: registers it, reports its status and renews its lease. */
export class NodeAgent {
  readonly name: string;
  /** The node's own addresses. */
  readonly addresses: readonly string[];
  private readonly context: FleetContext;
  private lease: Lease | undefined;
  private renewedAt = Number.NEGATIVE_INFINITY;
  private reportedAt = Number.NEGATIVE_INFINITY;

  constructor(name: string, addresses: readonly string[], context: FleetContext) {
    this.name = name;
    this.addresses = addresses;
    this.context = context;
  }

  /** Creates the Node object of a node that is not registered yet. */
  async register(): Promise<void> {
    const now = formatTime(this.context.clock.now());
    const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: this.name, labels: nodeLabels(this.name) }, spec: {} };
    node.status = nodeStatus(node, this.addresses, now);
    await this.nodes.create('', node);
    this.reportedAt = this.context.clock.monotonic();
  }

  /**
   * Reports and renews what is due.
   * @returns milliseconds until something is due again
   */
  async beat(node: Node): Promise<number> {
    const { clock } = this.context;
    if (!isHealthy(node) || clock.monotonic() - this.reportedAt >= reportInterval) await this.report(node);
    const allocatable = advertisedChanges(node);
    if (allocatable) await this.patchStatus({ allocatable });
    if (clock.monotonic() - this.renewedAt >= renewInterval) await this.renew(node);
    // A little earlier for some, so that the leases of a large fleet are not all renewed at once.
    return renewInterval * (1 - 0.04 * this.context.random.next());
  }

  private async report(node: Node): Promise<void> {
    const status = nodeStatus(node, this.addresses, formatTime(this.context.clock.now()));
    await this.patchStatus(status);
    this.reportedAt = this.context.clock.monotonic();
  }

  private async renew(node: Node): Promise<void> {
    const api = this.context.clientFor(this.name).resource<Lease>(leases);
    const renewTime = formatMicroTime(this.context.clock.now());
    try {
      this.lease ??= await api.get(leaseNamespace, this.name);
      this.lease = await api.update(leaseNamespace, {
        ...this.lease,
        spec: { ...this.lease.spec, holderIdentity: this.name, leaseDurationSeconds: leaseSeconds, renewTime },
      });
    } catch (error) {
      this.lease = undefined;
      if (isConflict(error)) return this.renew(node);
      if (!isNotFound(error)) throw error;
      this.lease = await api.create(leaseNamespace, this.newLease(node, renewTime));
    }
    this.renewedAt = this.context.clock.monotonic();
  }

  private newLease(node: Node, renewTime: string): Lease {
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: this.name,
        namespace: leaseNamespace,
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: this.name, uid: node.metadata!.uid! }],
      },
      spec: { holderIdentity: this.name, leaseDurationSeconds: leaseSeconds, renewTime },
    };
  }

  private async patchStatus(status: object): Promise<void> {
    await this.nodes.patch('', this.name, 'application/strategic-merge-patch+json', { status }, { subresource: 'status' });
  }

  private get nodes() {
    return this.context.clientFor(this.name).resource<Node>(nodes);
  }
}
