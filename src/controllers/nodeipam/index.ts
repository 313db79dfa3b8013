import { cidrContains, ipText, type ParsedCIDR, parseCIDR } from '../../../api/meta/ip.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { NumberPool } from '../../machinery/number-pool.ts';
import { createController } from '../../runtime/controller.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { nodes as nodeResource } from '../resources.ts';

/** Gives each node a part of each of the cluster's CIDRs for its pods, and of the further one when that of its family is used up. */
export function startNodeIpamController(context: ControllerContext): RunningController {
  const { clusterCIDRs, furtherClusterCIDR, nodeCIDRMaskSizes } = context.settings;
  if (clusterCIDRs.length === 0) return run('nodeipam', []);
  const client = context.clientFor('node-controller');
  const api = client.resource(nodeResource);
  const recorder = recorderFor(context, client, 'cidrAllocator');
  const nodes = context.informers.for(nodeResource);
  /** Of each family its ranges, in the order in which they are used up. */
  const families = clusterCIDRs.map((cidr) => {
    const { version } = parseCIDR(cidr)!;
    const further = furtherClusterCIDR !== undefined && parseCIDR(furtherClusterCIDR)!.version === version ? [furtherClusterCIDR] : [];
    return [cidr, ...further].map((range) => new CidrRanges(range, nodeCIDRMaskSizes[version]));
  });
  const ranges = families.flat();
  const controller = createController({ name: 'nodeipam', workers: 30, reconcile, informers: [nodes] }, context);
  const observe = (node: KubeObject) => {
    const cidrs = cidrsOf(node);
    for (const cidr of cidrs) for (const range of ranges) range.occupy(cidr);
    if (cidrs.length === 0) controller.enqueue(keyOf(node));
  };
  nodes.addHandler({
    added: observe,
    updated: observe,
    deleted: (node) => release(cidrsOf(node)),
  });

  function release(cidrs: readonly string[]): void {
    for (const cidr of cidrs) for (const range of ranges) range.release(cidr);
  }

  /** @returns a part of each family, undefined where one of them is used up */
  function allocate(): string[] | undefined {
    const cidrs: string[] = [];
    for (const family of families) {
      const cidr = firstOf(family, (range) => range.allocate());
      if (cidr === undefined) {
        release(cidrs);
        return undefined;
      }
      cidrs.push(cidr);
    }
    return cidrs;
  }

  async function reconcile(name: string): Promise<void> {
    const node = nodes.getByKey(name);
    if (!node || node.spec?.podCIDR) return;
    const podCIDRs = allocate();
    if (!podCIDRs) {
      recorder.event(
        { object: node, resource: nodeResource },
        'Normal',
        'CIDRNotAvailable',
        `Node ${name} status is now: CIDRNotAvailable`,
      );
      throw new Error(`no CIDR is left for node ${name}`);
    }
    try {
      const body = { spec: { podCIDR: podCIDRs[0], podCIDRs } };
      if (!(await unlessNotFound(api.patch('', name, 'application/strategic-merge-patch+json', body)))) release(podCIDRs);
    } catch (error) {
      release(podCIDRs);
      throw error;
    }
  }

  return run('nodeipam', [controller]);
}

function cidrsOf({ spec }: KubeObject): readonly string[] {
  return spec?.podCIDRs ?? [];
}

function firstOf<T, R>(items: readonly T[], attempt: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const result = attempt(item);
    if (result !== undefined) return result;
  }
  return undefined;
}

/** Parts of equal size of a range, handed out one after the other. */
export class CidrRanges {
  private readonly cidr: ParsedCIDR;
  private readonly maskSize: number;
  private readonly size: bigint;
  private readonly parts: NumberPool;

  constructor(cidr: string, maskSize: number) {
    this.cidr = parseCIDR(cidr)!;
    this.maskSize = maskSize;
    this.size = 1n << BigInt((this.cidr.version === 4 ? 32 : 128) - maskSize);
    this.parts = new NumberPool(0, Math.floor(2 ** (maskSize - this.cidr.prefix)));
  }

  allocate(): string | undefined {
    const part = this.parts.give();
    return part === undefined ? undefined : `${ipText(this.cidr.version, this.cidr.first + BigInt(part) * this.size)}/${this.maskSize}`;
  }

  /** A part of another range changes nothing. */
  occupy(cidr: string): void {
    this.withPart(cidr, (part) => this.parts.take(part));
  }

  release(cidr: string): void {
    this.withPart(cidr, (part) => this.parts.free(part));
  }

  private withPart(cidr: string, use: (part: number) => void): void {
    const parsed = parseCIDR(cidr);
    if (parsed && cidrContains(this.cidr, parsed.ip)) use(Number((parsed.first - this.cidr.first) / this.size));
  }
}
