import type { Node } from '../../openapi/types.ts';
import type { NodeInfo } from './node-info.ts';

/** The nodes in the order in which cycles look at them: one of each zone in turn, so that a search which ends early has seen all zones. */
export class NodeOrder {
  private readonly zones = new Map<string, NodeInfo[]>();
  private ordered: readonly NodeInfo[] | undefined;

  get nodes(): readonly NodeInfo[] {
    if (!this.ordered) {
      const zones = [...this.zones.values()];
      const longest = Math.max(0, ...zones.map((zone) => zone.length));
      this.ordered = Array.from({ length: longest }, (_, i) => zones.flatMap((zone) => zone[i] ?? [])).flat();
    }
    return this.ordered;
  }

  add(info: NodeInfo): void {
    const zone = zoneOf(info.node);
    const nodes = this.zones.get(zone);
    if (nodes) nodes.push(info);
    else this.zones.set(zone, [info]);
    this.ordered = undefined;
  }

  remove(info: NodeInfo): void {
    this.removeFrom(zoneOf(info.node), info);
  }

  changed(info: NodeInfo, old: Node): void {
    if (zoneOf(old) === zoneOf(info.node)) return;
    this.removeFrom(zoneOf(old), info);
    this.add(info);
  }

  private removeFrom(zone: string, info: NodeInfo): void {
    const rest = (this.zones.get(zone) ?? []).filter((other) => other !== info);
    if (rest.length > 0) this.zones.set(zone, rest);
    else this.zones.delete(zone);
    this.ordered = undefined;
  }
}

function zoneOf({ metadata }: Node): string {
  const labels = metadata!.labels ?? {};
  const of = (name: string) => labels[`topology.kubernetes.io/${name}`] ?? labels[`failure-domain.beta.kubernetes.io/${name}`] ?? '';
  return `${of('region')}\0${of('zone')}`;
}
