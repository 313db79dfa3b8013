import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { nodes as nodeResource } from '../resources.ts';

/** Gives each node a part of the cluster's CIDR for its pods, and of the further one when that is used up. */
export function startNodeIpamController(context: ControllerContext): RunningController {
  const { clusterCIDR, furtherClusterCIDR, nodeCIDRMaskSize } = context.settings;
  if (clusterCIDR === undefined) return run('nodeipam', []);
  const client = context.clientFor('node-controller');
  const api = client.resource(nodeResource);
  const recorder = recorderFor(context, client, 'cidrAllocator');
  const nodes = context.informers.for(nodeResource);
  const ranges = [clusterCIDR, ...(furtherClusterCIDR ? [furtherClusterCIDR] : [])].map((cidr) => new CidrRanges(cidr, nodeCIDRMaskSize));
  const controller = createController({ name: 'nodeipam', workers: 30, reconcile, informers: [nodes] }, context);
  const observe = (node: KubeObject) => {
    const { podCIDR } = node.spec ?? {};
    if (podCIDR) for (const range of ranges) range.occupy(podCIDR);
    else controller.enqueue(keyOf(node));
  };
  nodes.addHandler({
    added: observe,
    updated: observe,
    deleted(node) {
      if (node.spec?.podCIDR) release(node.spec.podCIDR);
    },
  });

  function release(cidr: string): void {
    for (const range of ranges) range.release(cidr);
  }

  function allocate(): string | undefined {
    for (const range of ranges) {
      const cidr = range.allocate();
      if (cidr !== undefined) return cidr;
    }
    return undefined;
  }

  async function reconcile(name: string): Promise<void> {
    const node = nodes.getByKey(name);
    if (!node || node.spec?.podCIDR) return;
    const cidr = allocate();
    if (cidr === undefined) {
      recorder.event(
        { object: node, resource: nodeResource },
        'Normal',
        'CIDRNotAvailable',
        `Node ${name} status is now: CIDRNotAvailable`,
      );
      throw new Error(`no CIDR is left for node ${name}`);
    }
    try {
      const body = { spec: { podCIDR: cidr, podCIDRs: [cidr] } };
      if (!(await unlessNotFound(api.patch('', name, 'application/strategic-merge-patch+json', body)))) release(cidr);
    } catch (error) {
      release(cidr);
      throw error;
    }
  }

  return run('nodeipam', [controller]);
}

/** Parts of equal size of an IPv4 range, handed out one after the other. */
export class CidrRanges {
  private readonly used = new Set<number>();
  private readonly base: number;
  private readonly shift: number;
  private readonly count: number;
  private readonly maskSize: number;
  private next = 0;

  constructor(cidr: string, maskSize: number) {
    const [address = '', length = '16'] = cidr.split('/');
    this.maskSize = maskSize;
    this.shift = 2 ** (32 - maskSize);
    this.count = 2 ** (maskSize - Number(length));
    this.base = numberOf(address);
  }

  allocate(): string | undefined {
    if (this.used.size === this.count) return undefined;
    for (let i = 0; i < this.count; i++) {
      const candidate = (this.next + i) % this.count;
      if (this.used.has(candidate)) continue;
      this.used.add(candidate);
      this.next = (candidate + 1) % this.count;
      return `${textOf(this.base + candidate * this.shift)}/${this.maskSize}`;
    }
    return undefined;
  }

  /** A part of another range changes nothing. */
  occupy(cidr: string): void {
    const index = this.indexOf(cidr);
    if (index >= 0 && index < this.count) this.used.add(index);
  }

  release(cidr: string): void {
    this.used.delete(this.indexOf(cidr));
  }

  private indexOf(cidr: string): number {
    return Math.floor((numberOf(cidr.split('/')[0]!) - this.base) / this.shift);
  }
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.');
}
