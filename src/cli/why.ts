/** What the scheduler says of a pod, as `orrery why` prints it. */
export interface PodExplanation {
  readonly pod: { readonly metadata?: { namespace?: string; name?: string }; readonly spec?: { nodeName?: string }; readonly status?: any };
  readonly decisions: readonly {
    readonly node: string;
    readonly refusal?: { readonly plugin: string; readonly reasons: readonly string[] };
    readonly scores: ReadonlyMap<string, number>;
    readonly total: number;
  }[];
}

/** Where the pod is, then a line for each node: its score by plugins, the best first, or which filter refused it. */
export function whyText({ pod, decisions }: PodExplanation): string {
  const { namespace, name } = pod.metadata!;
  const node = pod.spec?.nodeName;
  const condition = pod.status?.conditions?.find((each: any) => each.type === 'PodScheduled');
  const nominated = pod.status?.nominatedNodeName;
  const pending = condition?.status === 'False' ? `${condition.reason}: ${condition.message}` : 'it has not been tried yet';
  const where = node ? `is on ${node}. As the cluster stands now, it would find:` : `has no node. ${pending}`;
  const lines = [`Pod ${namespace}/${name} ${where}`];
  if (!node && nominated) lines.push(`Room is being made for it on ${nominated}.`);
  if (!node) lines.push('As the cluster stands now, it finds:');
  const fitting = decisions.filter(({ refusal }) => !refusal).sort((a, b) => b.total - a.total || (a.node < b.node ? -1 : 1));
  const rows: [string, string, string][] = [['NODE', 'SCORE', 'BECAUSE']];
  for (const { node: each, total, scores } of fitting) {
    const parts = [...scores].filter(([, score]) => score !== 0).map(([plugin, score]) => `${plugin} ${score}`);
    rows.push([each === node ? `${each} *` : each, String(total), parts.join(', ')]);
  }
  for (const { node: each, refusal } of decisions) {
    if (!refusal) continue;
    const reasons = refusal.reasons.join(', ');
    rows.push([each === node ? `${each} *` : each, '-', refusal.plugin === '' ? reasons : `${refusal.plugin}: ${reasons}`]);
  }
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  lines.push(...rows.map(([a, b, c]) => `${a.padEnd(widths[0]!)}  ${b.padStart(widths[1]!)}  ${c}`.trimEnd()));
  return lines.join('\n');
}
