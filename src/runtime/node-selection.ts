import type { Node, NodeSelectorTerm, Pod, Taint, Toleration } from '../../openapi/types.ts';

type Requirement = { key: string; operator: string; values?: string[] };

/** Whether the pod's nodeSelector and required node affinity let it onto the node. */
export function matchesNodeAffinity(pod: Pod, node: Node): boolean {
  const labels = node.metadata?.labels ?? {};
  for (const [key, value] of Object.entries(pod.spec?.nodeSelector ?? {})) if (labels[key] !== value) return false;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** Whether a node is what a term describes; an empty term describes none. */
export function matchesTerm(term: NodeSelectorTerm, node: Node): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  const labels = node.metadata?.labels ?? {};
  const fields: Record<string, string | undefined> = { 'metadata.name': node.metadata?.name };
  return matchExpressions.every((r) => meets(r, labels[r.key])) && matchFields.every((r) => meets(r, fields[r.key]));
}

function meets({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return isWhole(value) && isWhole(values[0]) && BigInt(value) > BigInt(values[0]);
    case 'Lt':
      return isWhole(value) && isWhole(values[0]) && BigInt(value) < BigInt(values[0]);
    default:
      return false;
  }
}

function isWhole(text: string | undefined): text is string {
  return text !== undefined && /^[+-]?\d+$/.test(text);
}

/** Whether one of the tolerations covers the taint. */
export function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some(({ key, operator = 'Equal', value = '', effect }) => {
    if (effect && effect !== taint.effect) return false;
    if (key && key !== taint.key) return false;
    if (operator === 'Exists') return true;
    if (operator === 'Lt' || operator === 'Gt') {
      if (!isWhole(value) || !isWhole(taint.value)) return false;
      return operator === 'Lt' ? BigInt(taint.value) < BigInt(value) : BigInt(taint.value) > BigInt(value);
    }
    return Boolean(key) && value === (taint.value ?? '');
  });
}

/** Whether one of a node's taints keeps a pod with these tolerations off it. */
export function keepsOff(taints: readonly Taint[] | undefined, tolerations: readonly Toleration[]): boolean {
  return (taints ?? []).some((taint) => (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') && !tolerates(tolerations, taint));
}
