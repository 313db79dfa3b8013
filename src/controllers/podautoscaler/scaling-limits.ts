/** autoscaling/v2 HPAScalingRules, with their defaults set. */
export interface ScalingRules {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled';
  readonly policies?: readonly { readonly type: 'Pods' | 'Percent'; readonly value: number; readonly periodSeconds: number }[];
  readonly tolerance?: string;
}

export interface Behavior {
  readonly scaleUp?: ScalingRules;
  readonly scaleDown?: ScalingRules;
}

interface Timed {
  readonly count: number;
  readonly at: number;
}

/** What an autoscaler remembers between its looks. */
export interface Memory {
  recommendations: Timed[];
  ups: Timed[];
  downs: Timed[];
}

export interface Limits {
  readonly current: number;
  readonly desired: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly behavior: Behavior | undefined;
}

/** How many replicas it shall be after all, and what is to be said of that. */
export interface Limited {
  readonly replicas: number;
  readonly ready: readonly [reason: string, message: string];
  readonly limited: boolean;
  readonly limit: readonly [reason: string, message: string];
}

const defaultDownWindow = 300_000;
const withinRange = ['DesiredWithinRange', 'the desired count is within the acceptable range'] as const;
const tooFast = (word: string) => `the desired replica count is ${word} faster than the maximum scale rate`;
const tooMany = ['TooManyReplicas', 'the desired replica count is more than the maximum replica count'] as const;
const tooFew = ['TooFewReplicas', 'the desired replica count is less than the minimum replica count'] as const;

/** Smooths a recommendation over the stabilization windows and keeps it within the allowed rates and bounds. */
export function limit(memory: Memory, limits: Limits, now: number): Limited {
  const { current, desired, behavior } = limits;
  const stabilized = behavior ? stabilizeWithin(memory, limits, behavior, now) : stabilizeDown(memory, desired, now);
  const up = desired >= current && behavior !== undefined;
  const ready =
    stabilized === desired
      ? (['ReadyForNewScale', 'recommended size matches current size'] as const)
      : up
        ? (['ScaleUpStabilized', 'recent recommendations were lower than current one, applying the lowest recent recommendation'] as const)
        : ([
            'ScaleDownStabilized',
            'recent recommendations were higher than current one, applying the highest recent recommendation',
          ] as const);
  const [replicas, reason] = behavior
    ? bound(memory, { ...limits, desired: stabilized }, behavior, now)
    : boundPlainly({ ...limits, desired: stabilized });
  return { replicas, ready, limited: replicas !== stabilized, limit: reason };
}

/** Remembers that the target was scaled. */
export function noteScale(memory: Memory, behavior: Behavior | undefined, before: number, after: number, now: number): void {
  if (!behavior) return;
  const keep = (events: Timed[], rules: ScalingRules | undefined) => {
    const longest = Math.max(0, ...(rules?.policies ?? []).map(({ periodSeconds }) => periodSeconds)) * 1000;
    return events.filter(({ at }) => at >= now - longest);
  };
  if (after > before) memory.ups = [...keep(memory.ups, behavior.scaleUp), { count: after - before, at: now }];
  else memory.downs = [...keep(memory.downs, behavior.scaleDown), { count: before - after, at: now }];
}

function stabilizeDown(memory: Memory, desired: number, now: number): number {
  const recent = memory.recommendations.filter(({ at }) => at >= now - defaultDownWindow);
  memory.recommendations = [...recent, { count: desired, at: now }];
  return recent.reduce((most, { count }) => Math.max(most, count), desired);
}

function stabilizeWithin(memory: Memory, { current, desired }: Limits, { scaleUp, scaleDown }: Behavior, now: number): number {
  const upWindow = (scaleUp?.stabilizationWindowSeconds ?? 0) * 1000;
  const downWindow = (scaleDown?.stabilizationWindowSeconds ?? defaultDownWindow / 1000) * 1000;
  let lowest = desired;
  let highest = desired;
  for (const { count, at } of memory.recommendations) {
    if (at > now - upWindow) lowest = Math.min(lowest, count);
    if (at > now - downWindow) highest = Math.max(highest, count);
  }
  const longest = Math.max(upWindow, downWindow);
  memory.recommendations = [...memory.recommendations.filter(({ at }) => at >= now - longest), { count: desired, at: now }];
  return Math.min(Math.max(current, lowest), highest);
}

function boundPlainly({ current, desired, minimum, maximum }: Limits): [number, readonly [string, string]] {
  const upLimit = Math.max(2 * current, 4);
  if (desired < minimum) return [minimum, tooFew];
  if (maximum > upLimit && desired > upLimit) return [upLimit, ['ScaleUpLimit', tooFast('increasing')]];
  if (desired > maximum) return [maximum, tooMany];
  return [desired, withinRange];
}

function bound(
  memory: Memory,
  { current, desired, minimum, maximum }: Limits,
  { scaleUp, scaleDown }: Behavior,
  now: number,
): [number, readonly [string, string]] {
  const changed = (events: readonly Timed[], seconds: number) =>
    events.reduce((sum, { count, at }) => sum + (at > now - seconds * 1000 ? count : 0), 0);
  const atStart = (seconds: number) => current - changed(memory.ups, seconds) + changed(memory.downs, seconds);
  if (desired > current) {
    const proposals = (scaleUp?.policies ?? []).map(({ type, value, periodSeconds }) => {
      const start = atStart(periodSeconds);
      return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
    });
    const most = Math.max(current, choose(scaleUp, proposals, current, true));
    const [allowed, reason] = maximum > most ? [most, ['ScaleUpLimit', tooFast('increasing')] as const] : [maximum, tooMany];
    return desired > allowed ? [allowed, reason] : [desired, withinRange];
  }
  if (desired < current) {
    const proposals = (scaleDown?.policies ?? []).map(({ type, value, periodSeconds }) => {
      const start = atStart(periodSeconds);
      return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
    });
    const least = Math.min(current, choose(scaleDown, proposals, current, false));
    const [allowed, reason] = minimum < least ? [least, ['ScaleDownLimit', tooFast('decreasing')] as const] : [minimum, tooFew];
    return desired < allowed ? [allowed, reason] : [desired, withinRange];
  }
  return [desired, withinRange];
}

/** The proposal that changes most, or least, as the rules say. */
function choose(rules: ScalingRules | undefined, proposals: readonly number[], current: number, up: boolean): number {
  const policy = rules?.selectPolicy ?? 'Max';
  if (policy === 'Disabled') return current;
  return (policy === 'Min') === up ? Math.min(...proposals) : Math.max(...proposals);
}
