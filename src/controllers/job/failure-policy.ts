import type { KubeObject } from '../../../api/meta/object.ts';

interface Rule {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
  readonly onExitCodes?: { readonly containerName?: string; readonly operator: string; readonly values: readonly number[] };
  readonly onPodConditions?: readonly { readonly type: string; readonly status?: string }[];
}

export interface PolicyMatch {
  readonly action: Rule['action'];
  /** Whether the failure counts against the back-off limits. */
  readonly counts: boolean;
  /** Why the Job fails, where it does. */
  readonly message?: string;
}

/** What the first rule that a failed pod matches makes of it; undefined if none does. */
export function matchFailurePolicy(policy: { readonly rules: readonly Rule[] } | undefined, pod: KubeObject): PolicyMatch | undefined {
  for (const [index, { action, onExitCodes, onPodConditions }] of (policy?.rules ?? []).entries()) {
    const what = onExitCodes ? matchExitCodes(onExitCodes, pod) : matchConditions(onPodConditions ?? [], pod);
    if (what === undefined) continue;
    const message = `${what} matching ${action} rule at index ${index}`;
    return { action, counts: action !== 'Ignore', ...(action === 'FailJob' ? { message } : {}) };
  }
  return undefined;
}

function matchExitCodes({ containerName, operator, values }: NonNullable<Rule['onExitCodes']>, pod: KubeObject): string | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  for (const { name, state } of [...containerStatuses, ...initContainerStatuses]) {
    const code = state?.terminated?.exitCode;
    if (code === undefined || code === 0 || (containerName !== undefined && containerName !== name)) continue;
    if (values.includes(code) !== (operator === 'In')) continue;
    return `Container ${name} for pod ${pod.metadata!.namespace}/${pod.metadata!.name} failed with exit code ${code}`;
  }
  return undefined;
}

function matchConditions(patterns: NonNullable<Rule['onPodConditions']>, pod: KubeObject): string | undefined {
  for (const { type, status } of pod.status?.conditions ?? []) {
    if (patterns.some((pattern) => pattern.type === type && (pattern.status ?? 'True') === status))
      return `Pod ${pod.metadata!.namespace}/${pod.metadata!.name} has condition ${type}`;
  }
  return undefined;
}
