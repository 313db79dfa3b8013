import type { NodeInfo } from './node-info.ts';

/**
 * Something that is known of nodes as they are, and forgotten of one that changes. It lies by the nodes' slots, side by side, as a cycle goes through
 * hundreds of nodes. Nothing is known of nodes that are only tried out.
 */
export class KnownOfNodes<V extends object | string | number | null> {
  private readonly nodes: (NodeInfo | undefined)[] = [];
  private readonly versions: number[] = [];
  private readonly values: (V | undefined)[] = [];

  get(node: NodeInfo): V | undefined {
    const { slot } = node;
    return slot >= 0 && this.nodes[slot] === node && this.versions[slot] === node.version ? this.values[slot] : undefined;
  }

  set(node: NodeInfo, value: V): void {
    const { slot } = node;
    if (slot < 0) return;
    while (this.nodes.length <= slot) {
      this.nodes.push(undefined);
      this.versions.push(0);
      this.values.push(undefined);
    }
    this.nodes[slot] = node;
    this.versions[slot] = node.version;
    this.values[slot] = value;
  }
}
