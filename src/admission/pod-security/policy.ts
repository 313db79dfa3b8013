import { type FieldError, FieldPath, invalid } from '../../../api/meta/field.ts';
import { aggregate } from '../../../api/meta/text.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** A standard as of a minor version of Kubernetes (1.N). */
export interface Standard {
  readonly level: Level;
  /** Infinity for the latest. */
  readonly minor: number;
}

/** What a namespace asks for: pods that are refused, noted in the audit log, and warned of. */
export interface Policy {
  readonly enforce: Standard;
  readonly audit: Standard;
  readonly warn: Standard;
}

const levels: readonly string[] = ['privileged', 'baseline', 'restricted'];
const prefix = 'pod-security.kubernetes.io/';
const modes: readonly (keyof Policy)[] = ['enforce', 'audit', 'warn'];
const privileged: Standard = { level: 'privileged', minor: Number.POSITIVE_INFINITY };
export const privilegedPolicy: Policy = { enforce: privileged, audit: privileged, warn: privileged };

/** `restricted:latest`, `baseline:v1.24`. */
export function standardText({ level, minor }: Standard): string {
  return `${level}:${minor === Number.POSITIVE_INFINITY ? 'latest' : `v1.${minor}`}`;
}

/** Less than, equal to or greater than 0 as the first is less strict, as strict or stricter. */
export function compareLevels(a: Level, b: Level): number {
  return levels.indexOf(a) - levels.indexOf(b);
}

/**
 * The policy of a namespace's labels. A wrong level to enforce counts as the strictest one, a wrong version as the latest; warning follows what is
 * enforced unless it is set itself.
 * @param defaults what counts where a label is not there
 */
export function policyOf(
  labels: Readonly<Record<string, string>> = {},
  defaults: Policy = privilegedPolicy,
): {
  readonly policy: Policy;
  readonly errors: readonly FieldError[];
} {
  const { policy, problems } = readPolicy(labels, defaults);
  const errors = problems.map(({ label, detail }) => invalid(FieldPath.of('metadata', 'labels').key(label), labels[label]!, detail));
  return { policy, errors };
}

interface Problem {
  readonly label: string;
  readonly detail: string;
}

function readPolicy(labels: Readonly<Record<string, string>>, defaults: Policy): { policy: Policy; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const wrong = (label: string, detail: string) => problems.push({ label, detail });
  const read = (mode: keyof Policy, whenWrong: Level): Standard => {
    const [level, version] = [labels[prefix + mode], labels[`${prefix}${mode}-version`]];
    let standard = defaults[mode];
    if (level !== undefined) {
      const known = levels.includes(level);
      if (!known) wrong(prefix + mode, `must be one of ${levels.join(', ')}`);
      standard = { ...standard, level: known ? (level as Level) : whenWrong };
    }
    if (version !== undefined) {
      const minor = version === 'latest' ? Number.POSITIVE_INFINITY : Number(/^v1\.(0|[1-9]\d*)$/.exec(version)?.[1] ?? Number.NaN);
      if (Number.isNaN(minor)) wrong(`${prefix}${mode}-version`, 'must be "latest" or "v1.x"');
      standard = { ...standard, minor: Number.isNaN(minor) ? Number.POSITIVE_INFINITY : minor };
    }
    return standard;
  };
  const enforce = read('enforce', 'restricted');
  const audit = read('audit', 'privileged');
  let warn = read('warn', 'privileged');
  const enforced = labels[`${prefix}enforce`];
  if (
    enforced !== undefined &&
    levels.includes(enforced) &&
    labels[`${prefix}warn`] === undefined &&
    compareLevels(enforce.level, warn.level) > 0
  ) {
    warn = { level: enforce.level, minor: labels[`${prefix}warn-version`] === undefined ? enforce.minor : warn.minor };
  }
  return { policy: { enforce, audit, warn }, problems };
}

/** The modes that labels say something of. */
export function modesOfLabels(labels: Readonly<Record<string, string>>): (keyof Policy)[] {
  return modes.filter((mode) => prefix + mode in labels || `${prefix}${mode}-version` in labels);
}

export function isPrivileged(policy: Policy): boolean {
  return modes.every((mode) => policy[mode].level === 'privileged');
}

/** Whether two policies ask for the same: nothing is asked of the privileged in any version. */
export function isEquivalent(a: Policy, b: Policy): boolean {
  return modes.every((mode) => (a[mode].level === 'privileged' && b[mode].level === 'privileged') || sameStandard(a[mode], b[mode]));
}

export function sameStandard(a: Standard, b: Standard): boolean {
  return a.level === b.level && a.minor === b.minor;
}

/**
 * The policy of a configuration's defaults, which are written like labels without their prefix; what is not set is privileged, in the latest version.
 * @throws Error that tells all that is wrong
 */
export function policyOfDefaults(defaults: Readonly<Record<string, string>>): Policy {
  const labels = modes.flatMap((mode) => [
    [prefix + mode, defaults[mode] || 'privileged'],
    [`${prefix}${mode}-version`, defaults[`${mode}-version`] || 'latest'],
  ]);
  const { policy, problems } = readPolicy(Object.fromEntries(labels), privilegedPolicy);
  if (problems.length > 0) throw new Error(aggregate(problems.map(({ label, detail }) => `${label.slice(prefix.length)}: ${detail}`)));
  return policy;
}
