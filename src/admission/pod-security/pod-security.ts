import { cronJob } from '../../../api/batch/v1/cronjob.ts';
import { namespace as namespaces } from '../../../api/core/v1/namespace.ts';
import { pod as pods } from '../../../api/core/v1/pod.ts';
import { podTemplate } from '../../../api/core/v1/podtemplate.ts';
import { errorsText } from '../../../api/meta/field.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Container, EphemeralContainer, Pod } from '../../../openapi/types.ts';
import { forbidden, internalError, invalid } from '../../registry/errors.ts';
import { isFor, type Lookup } from '../lookup.ts';
import type { PodSecurityMetrics, PodSecurityRequest } from '../metrics/pod-security-metrics.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import type { PodParts, Violation } from './check.ts';
import {
  compareLevels,
  isEquivalent,
  isPrivileged,
  modesOfLabels,
  type Policy,
  policyOf,
  policyOfDefaults,
  privilegedPolicy,
  type Standard,
  sameStandard,
  standardText,
} from './policy.ts';
import { reasonsText, violations, violationsText } from './standards.ts';

/** These change nothing of a pod that a standard looks at. */
const ignoredSubresources: readonly string[] = ['exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status'];
const enforcedAnnotation = 'pod-security.kubernetes.io/enforce-policy';
const errorAnnotation = 'pod-security.kubernetes.io/error';
const exemptAnnotation = 'pod-security.kubernetes.io/exempt';
const violationsAnnotation = 'pod-security.kubernetes.io/audit-violations';
/** So many pods are looked at when a namespace becomes stricter. */
const mostPods = 3000;

/** PodSecurityConfiguration of pod-security.admission.config.k8s.io/v1. */
export interface PodSecurityConfiguration {
  /** As namespaces' labels say it: `enforce`, `enforce-version`, …. */
  readonly defaults?: Readonly<Record<string, string>>;
  readonly exemptions?: {
    readonly usernames?: readonly string[];
    readonly namespaces?: readonly string[];
    readonly runtimeClasses?: readonly string[];
  };
}

/**
 * PodSecurity (KEP-2579): holds pods to the standard that their namespace's labels enforce, and warns of pods and of templates of pods that go against the
 * one to warn of.
 */
export function podSecurityPlugin(
  lookup: Lookup,
  metrics: PodSecurityMetrics,
  { defaults = {}, exemptions = {} }: PodSecurityConfiguration = {},
): AdmissionPlugin {
  const { usernames = [], namespaces: exemptNamespaces = [], runtimeClasses = [] } = exemptions;
  const whereNotSet = policyOfDefaults(defaults);
  const exemption = ({ user, namespace }: AdmissionAttributes): string | undefined => {
    if (exemptNamespaces.includes(namespace)) return 'namespace';
    return usernames.includes(user.username) ? 'user' : undefined;
  };
  const isOfExemptClass = ({ spec: { runtimeClassName } }: PodParts): boolean => {
    return runtimeClassName !== undefined && runtimeClasses.includes(runtimeClassName);
  };
  return {
    name: 'PodSecurity',
    validate(attributes) {
      const { operation, definition, subresource, object } = attributes;
      if ((operation !== 'CREATE' && operation !== 'UPDATE') || !object) return;
      if (isFor(attributes, namespaces)) return validateNamespace(attributes, lookup, whereNotSet, exemptNamespaces);
      const isPod = isKind(definition, pods);
      if (isPod ? ignoredSubresources.includes(subresource) : subresource !== '') return;
      const parts = isPod ? (object as unknown as PodParts) : templateOf(attributes);
      if (!parts) return;
      const request: PodSecurityRequest = {
        operation: operation === 'CREATE' ? 'create' : 'update',
        resource: isPod ? 'pod' : 'controller',
        subresource,
      };
      const count: Count = (mode, standard, found) => metrics.evaluated(found.length > 0 ? 'deny' : 'allow', mode, standard, request);
      const exempted = (why: string) => {
        metrics.exempted(request);
        attributes.annotate?.(exemptAnnotation, why);
      };
      const exempt = exemption(attributes);
      if (exempt !== undefined) return exempted(exempt);
      return underPolicy(
        attributes,
        lookup,
        whereNotSet,
        () => metrics.failed(true, request),
        ({ policy, errors }) => {
          if (errors.length === 0) {
            if (isPod && isPrivileged(policy)) {
              count('enforce', policy.enforce, []);
              return attributes.annotate?.(enforcedAnnotation, standardText(privilegedPolicy.enforce));
            }
            if (!isPod && policy.audit.level === 'privileged' && policy.warn.level === 'privileged') return;
          }
          if (isPod && operation === 'UPDATE' && !changesImages(object as Pod, attributes.old as Pod)) return;
          if (isOfExemptClass(parts)) return exempted('runtimeClass');
          if (errors.length > 0) {
            metrics.failed(false, request);
            attributes.annotate?.(errorAnnotation, `Failed to parse policy: ${errorsText(errors)}`);
          }
          if (isPod) validatePod(attributes, parts, policy, count);
          else validateTemplate(attributes, parts, policy, count);
        },
      );
    },
  };
}

async function validateNamespace(
  attributes: AdmissionAttributes,
  lookup: Lookup,
  defaults: Policy,
  exemptNamespaces: readonly string[],
): Promise<void> {
  const { operation, object, old, definition } = attributes;
  const name = object!.metadata!.name!;
  const { policy, errors } = policyOf(object!.metadata!.labels, defaults);
  const before = operation === 'UPDATE' ? policyOf(old!.metadata!.labels, defaults) : undefined;
  if (errors.length > 0 && (!before || JSON.stringify(errors) !== JSON.stringify(before.errors))) throw invalid(definition, name, errors);
  const { enforce } = policy;
  if (before) {
    const enforced = before.policy.enforce;
    if (enforce.level === 'privileged' || sameStandard(enforce, enforced)) return;
    if (enforce.minor === enforced.minor && compareLevels(enforce.level, enforced.level) < 1) return;
  }
  if (exemptNamespaces.includes(name)) {
    const text = warningOfExemption(name, policy, defaults, object!.metadata!.labels);
    if (text !== undefined) attributes.warn(text);
    return;
  }
  // A new one has no pods.
  if (before) for (const text of await warningsOfPods(name, enforce, lookup)) attributes.warn(text);
}

/** What is said of a namespace whose labels have no effect; undefined where they ask for nothing but the defaults. */
function warningOfExemption(
  name: string,
  policy: Policy,
  defaults: Policy,
  labels: Readonly<Record<string, string>> = {},
): string | undefined {
  if (isPrivileged(policy) || isEquivalent(policy, defaults)) return undefined;
  const set = modesOfLabels(labels).filter((mode) => policy[mode].level !== 'privileged');
  const texts = set.map((mode) => `${mode}=${standardText(policy[mode])}`);
  return `namespace ${goQuote(name)} is exempt from Pod Security, and the policy (${texts.join(', ')}) will be ignored`;
}

/** One warning for each sort of violation in a namespace, with the first pod that has it. */
async function warningsOfPods(name: string, enforce: Standard, lookup: Lookup): Promise<string[]> {
  const all = prioritized((await lookup.list(pods, name)) as Pod[]);
  const checked = all.slice(0, mostPods);
  const found = new Map<string, string[]>();
  for (const pod of checked) {
    const text = reasonsText(violations(enforce, pod as PodParts));
    if (text !== '') found.set(text, [...(found.get(text) ?? []), pod.metadata!.name!]);
  }
  const warnings: string[] = [];
  if (checked.length < all.length) {
    warnings.push(`new PodSecurity enforce level only checked against the first ${checked.length} of ${all.length} existing pods`);
  }
  if (found.size > 0) {
    warnings.push(
      `existing pods in namespace ${goQuote(name)} violate the new PodSecurity enforce level ${goQuote(standardText(enforce))}`,
    );
  }
  const others = (count: number) => (count === 0 ? '' : count === 1 ? ' (and 1 other pod)' : ` (and ${count} other pods)`);
  const named = Array.from(found, ([text, names]) => `${names.sort()[0]}${others(names.length - 1)}: ${text}`);
  return [...warnings, ...named.sort()];
}

// One pod of each controller first, so that many replicas do not hide the others.
function prioritized(list: readonly Pod[]): Pod[] {
  const first: Pod[] = [];
  const further: Pod[] = [];
  const seen = new Set<string>();
  for (const pod of list) {
    const controller = pod.metadata!.ownerReferences?.find((owner) => owner.controller)?.uid;
    if (controller !== undefined && seen.has(controller)) further.push(pod);
    else first.push(pod);
    if (controller !== undefined) seen.add(controller);
  }
  return [...first, ...further];
}

/** Counts what a standard found in a pod. */
type Count = (mode: keyof Policy, standard: Standard, found: readonly Violation[]) => void;

function validatePod(attributes: AdmissionAttributes, pod: PodParts, policy: Policy, count: Count): void {
  const { definition, name } = attributes;
  const found = violations(policy.enforce, pod);
  count('enforce', policy.enforce, found);
  attributes.annotate?.(enforcedAnnotation, standardText(policy.enforce));
  annotate(attributes, policy.audit, sameStandard(policy.audit, policy.enforce) ? found : violations(policy.audit, pod), count);
  if (found.length > 0) {
    const text = `violates PodSecurity ${goQuote(standardText(policy.enforce))}: ${violationsText(found)}`;
    throw forbidden({ group: definition.group, resource: definition.plural }, name, text);
  }
  warn(attributes, policy.warn, sameStandard(policy.warn, policy.enforce) ? found : violations(policy.warn, pod), count);
}

function validateTemplate(attributes: AdmissionAttributes, template: PodParts, policy: Policy, count: Count): void {
  annotate(attributes, policy.audit, violations(policy.audit, template), count);
  warn(attributes, policy.warn, violations(policy.warn, template), count);
}

function warn(attributes: AdmissionAttributes, standard: Standard, found: readonly Violation[], count: Count): void {
  if (found.length === 0) return;
  count('warn', standard, found);
  attributes.warn(wouldViolate(standard, found));
}

function annotate(attributes: AdmissionAttributes, standard: Standard, found: readonly Violation[], count: Count): void {
  if (found.length === 0) return;
  count('audit', standard, found);
  attributes.annotate?.(violationsAnnotation, wouldViolate(standard, found));
}

function wouldViolate(standard: Standard, found: readonly Violation[]): string {
  return `would violate PodSecurity ${goQuote(standardText(standard))}: ${violationsText(found)}`;
}

/** Judges by the policy of the request's namespace: at once where the cache knows it. @param failed called where there is none */
function underPolicy(
  { namespace }: AdmissionAttributes,
  lookup: Lookup,
  defaults: Policy,
  failed: () => void,
  judge: (found: ReturnType<typeof policyOf>) => void,
): Promise<void> | void {
  const cached = lookup.cached(namespaces, '', namespace);
  if (cached) return judge(policyOf(cached.metadata?.labels, defaults));
  return lookup.get(namespaces, '', namespace).then((found) => {
    if (!found) {
      failed();
      throw internalError(`failed to lookup namespace ${goQuote(namespace)}`);
    }
    judge(policyOf(found.metadata?.labels, defaults));
  });
}

// Of what an update may change, only images and the containers themselves matter.
function changesImages(pod: Pod, old: Pod): boolean {
  const differ = (now: readonly Container[] = [], before: readonly Container[] = []) =>
    now.length !== before.length || now.some(({ image }, i) => image !== before[i]!.image);
  const added = (container: EphemeralContainer) => {
    const before = old.spec!.ephemeralContainers?.find(({ name }) => name === container.name);
    return before?.image !== container.image;
  };
  return (
    differ(pod.spec!.containers, old.spec!.containers) ||
    differ(pod.spec!.initContainers, old.spec!.initContainers) ||
    (pod.spec!.ephemeralContainers ?? []).some(added)
  );
}

/** The template of the kinds that make pods. */
function templateOf({ definition, object }: AdmissionAttributes): PodParts | undefined {
  if (typeof definition.schema !== 'string') return undefined;
  if (isKind(definition, podTemplate)) return partsOf(object!['template']);
  if (isKind(definition, cronJob)) return partsOf(object!['spec']?.jobTemplate?.spec?.template);
  return partsOf(object!['spec']?.template);
}

function isKind(a: { group: string; plural: string }, b: { group: string; plural: string }): boolean {
  return a.group === b.group && a.plural === b.plural;
}

function partsOf(template: KubeObject | undefined): PodParts | undefined {
  return template?.['spec']?.containers ? { metadata: template.metadata ?? {}, spec: template['spec'] } : undefined;
}
