import type { Container, Pod } from '../../../openapi/types.ts';

interface RestartRule {
  readonly action: string;
  readonly exitCodes?: { readonly operator: string; readonly values?: readonly number[] };
}

/** Why containers wait, and have ended, that are all started anew because of one of them; and in which words. */
export const restartingAll = {
  reason: 'RestartingAllContainers',
  message: 'The container is removed because RestartAllContainers in place',
};

const rulesOf = (container: Container): readonly RestartRule[] =>
  (container as { restartPolicyRules?: RestartRule[] }).restartPolicyRules ?? [];

function ruleFor(container: Container | undefined, code: number): RestartRule | undefined {
  const fits = ({ exitCodes }: RestartRule) => exitCodes && (exitCodes.operator === 'In') === (exitCodes.values ?? []).includes(code);
  return container && rulesOf(container).find(fits);
}

/** Whether the container has a rule that may start the whole pod anew. */
export const mayRestartAll = (container: Container): boolean => rulesOf(container).some(({ action }) => action === 'RestartAllContainers');

/** Whether all containers of the pod are started anew because this one ended with this code (KEP-5532). */
export const restartsAll = (container: Container | undefined, code: number): boolean =>
  ruleFor(container, code)?.action === 'RestartAllContainers';

/** Whether a container that ended with this code is started again: by its own rules, its own policy, or the pod's (KEP-5307). */
export function restartsAfter(pod: Pod, container: Container | undefined, code: number): boolean {
  const own = container?.restartPolicy;
  if (own && ruleFor(container, code)) return true;
  const policy = own ?? pod.spec?.restartPolicy ?? 'Always';
  // An init container that did its work is done.
  if (code === 0 && own === undefined && pod.spec?.initContainers?.includes(container!)) return false;
  return policy === 'Always' || (policy === 'OnFailure' && code !== 0);
}

export const firstBackOff = 10_000;
export const longestBackOff = 300_000;
/** What ended so long after the last end starts with a fresh back-off. */
const backOffReset = 2 * longestBackOff;

interface BackedOff {
  backOff: number;
  backOffAt: number;
}

/** How long a container that has ended waits for its next start; its first restart does not. */
export function backOffOf({ backOff, backOffAt }: BackedOff, endedAt: number): number {
  return endedAt - backOffAt > backOffReset ? 0 : backOff;
}

/** Notes a restart after an end: the next one waits longer. */
export function lengthenBackOff(run: BackedOff, endedAt: number): void {
  const present = backOffOf(run, endedAt);
  run.backOff = present === 0 ? firstBackOff : Math.min(present * 2, longestBackOff);
  run.backOffAt = endedAt;
}

// As Go prints a duration of whole seconds.
export function formatSeconds(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
