import type { Labels } from '../../api/meta/label-selector.ts';

/** How often something occurs on each node, and in each domain of a topology key that was asked for: kept up to date, never recounted. */
export class NodeCounts {
  readonly byNode = new Map<string, number>();
  private readonly domains = new Map<string, Map<string, number>>();
  private readonly labelsOf: (node: string) => Labels | undefined;

  /** @param labelsOf the labels of a known node */
  constructor(labelsOf: (node: string) => Labels | undefined) {
    this.labelsOf = labelsOf;
  }

  add(node: string, by: number): void {
    addTo(this.byNode, node, by);
    if (this.domains.size > 0) this.addToDomains(this.labelsOf(node), by);
  }

  /** A node appeared, changed or went: `undefined` stands for none. */
  relabel(node: string, old: Labels | undefined, labels: Labels | undefined): void {
    const count = this.byNode.get(node);
    if (!count || this.domains.size === 0) return;
    this.addToDomains(old, -count);
    this.addToDomains(labels, count);
  }

  /** Domains without any are absent. */
  byDomain(topologyKey: string): ReadonlyMap<string, number> {
    let counts = this.domains.get(topologyKey);
    if (!counts) {
      this.domains.set(topologyKey, (counts = new Map()));
      for (const [node, count] of this.byNode) {
        const value = this.labelsOf(node)?.[topologyKey];
        if (value !== undefined) addTo(counts, value, count);
      }
    }
    return counts;
  }

  get isEmpty(): boolean {
    return this.byNode.size === 0;
  }

  private addToDomains(labels: Labels | undefined, by: number): void {
    if (!labels) return;
    for (const [topologyKey, counts] of this.domains) {
      const value = labels[topologyKey];
      if (value !== undefined) addTo(counts, value, by);
    }
  }
}

function addTo(counts: Map<string, number>, key: string, by: number): void {
  const sum = (counts.get(key) ?? 0) + by;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}
