import { compareText } from '../../api/meta/text.ts';
import type { Refusal } from './framework.ts';
import type { NodeInfo } from './node-info.ts';

/** Why nodes were refused: those that were looked at one by one, and all others together. */
export class NodeStatuses {
  readonly explicit = new Map<string, Refusal>();
  absent: Refusal = { code: 'unresolvable', plugin: '', reasons: [] };

  get(node: string): Refusal {
    return this.explicit.get(node) ?? this.absent;
  }

  /** The nodes that could be made to fit. */
  unschedulable(nodes: readonly NodeInfo[]): NodeInfo[] {
    if (this.absent.code !== 'unschedulable' && this.explicit.size === 0) return [];
    return nodes.filter((node) => this.get(node.name).code === 'unschedulable');
  }

  /** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` */
  message(nodeCount: number): string {
    const counts = new Map<string, number>();
    const count = ({ reasons }: Refusal, by: number) => {
      for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + by);
    };
    for (const refusal of this.explicit.values()) count(refusal, 1);
    if (this.explicit.size < nodeCount) count(this.absent, nodeCount - this.explicit.size);
    const reasons = Array.from(counts, ([reason, times]) => `${times} ${reason}`).sort(compareText);
    return `${availableText(nodeCount)}${reasons.length > 0 ? ` ${reasons.join(', ')}.` : ''}`;
  }
}

export function availableText(nodeCount: number): string {
  return `0/${nodeCount} nodes are available:`;
}
