import type { MutatingWebhook, ValidatingWebhook } from '../../../openapi/types.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { duplicate, type FieldError, FieldPath, invalid, notSupported, required } from '../../meta/field.ts';
import { isDns1123Subdomain } from '../../meta/names.ts';
import { validateLabelSelector } from '../../meta/validation.ts';
import { validateMatchConditions } from './match-conditions.validation.ts';
import { failurePolicies, matchPolicies, reinvocationPolicies, validateRule } from './rules.validation.ts';
import { hasKnownReviewVersion, reviewVersions, validateReviewVersions, validateWebhookClient } from './webhook-client.validation.ts';

type Webhook = ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>;

const webhooksPath = FieldPath.of('webhooks');
const sideEffects = ['None', 'NoneOnDryRun', 'Some', 'Unknown'];
const noSideEffects = ['None', 'NoneOnDryRun'];

/** What a configuration stored under older rules may keep. */
interface Tolerance {
  readonly sideEffects: boolean;
  readonly unknownVersions: boolean;
  readonly repeatedNames: boolean;
  readonly badLabelValues: boolean;
  readonly matchConditions: boolean;
}

const none: Tolerance = {
  sideEffects: false,
  unknownVersions: false,
  repeatedNames: false,
  badLabelValues: false,
  matchConditions: false,
};

function toleranceFor(webhooks: readonly Webhook[], old: readonly Webhook[]): Tolerance {
  const selectorErrors = ({ namespaceSelector, objectSelector }: Webhook) => [
    ...validateLabelSelector(namespaceSelector, webhooksPath),
    ...validateLabelSelector(objectSelector, webhooksPath),
  ];
  return {
    sideEffects: old.some((webhook) => !noSideEffects.includes(webhook.sideEffects)),
    unknownVersions: old.some(({ admissionReviewVersions }) => !hasKnownReviewVersion(admissionReviewVersions)),
    repeatedNames: new Set(old.map(({ name }) => name)).size < old.length,
    badLabelValues: old.some((webhook) => selectorErrors(webhook).length > 0),
    matchConditions:
      webhooks.length === old.length && webhooks.every((hook, i) => semanticEqual(hook.matchConditions, old[i]!.matchConditions)),
  };
}

/** The webhooks of a configuration of either sort. @param old those of the stored object on an update */
export function validateWebhooks(webhooks: readonly Webhook[] = [], old?: readonly Webhook[]): FieldError[] {
  const tolerance = old ? toleranceFor(webhooks, old) : none;
  const names = new Set<string>();
  return webhooks.flatMap((webhook, i) => {
    const at = webhooksPath.index(i);
    const errors = [
      ...validateWebhook(webhook, tolerance, at),
      ...validateReviewVersions(
        webhook.admissionReviewVersions,
        !tolerance.unknownVersions,
        `must specify one of ${reviewVersions.join(', ')}`,
        at.child('admissionReviewVersions'),
      ),
    ];
    if (!tolerance.repeatedNames && names.has(webhook.name)) errors.push(duplicate(at.child('name'), webhook.name));
    if (webhook.name) names.add(webhook.name);
    return errors;
  });
}

function validateWebhook(webhook: Webhook, tolerance: Tolerance, path: FieldPath): FieldError[] {
  const errors = validateFullName(webhook.name ?? '', path.child('name'));
  (webhook.rules ?? []).forEach((rule, i) => {
    errors.push(...validateRule(rule, path.child('rules').index(i)));
  });
  const choose = (value: string | undefined, choices: readonly string[], name: string) => {
    if (value !== undefined && !choices.includes(value)) errors.push(notSupported(path.child(name), value, choices));
  };
  choose(webhook.failurePolicy, failurePolicies, 'failurePolicy');
  choose(webhook.matchPolicy, matchPolicies, 'matchPolicy');
  const allowed = tolerance.sideEffects ? sideEffects : noSideEffects;
  // Required, and so null rather than absent where it was left out.
  const effects: string | undefined = webhook.sideEffects ?? undefined;
  if (effects === undefined) errors.push(required(path.child('sideEffects'), `must specify one of ${allowed.join(', ')}`));
  choose(effects, allowed, 'sideEffects');
  const { timeoutSeconds } = webhook;
  if (timeoutSeconds !== undefined && (timeoutSeconds > 30 || timeoutSeconds < 1)) {
    errors.push(invalid(path.child('timeoutSeconds'), timeoutSeconds, 'the timeout value must be between 1 and 30 seconds'));
  }
  for (const name of ['namespaceSelector', 'objectSelector'] as const) {
    errors.push(...validateLabelSelector(webhook[name], path.child(name), { allowInvalidValues: tolerance.badLabelValues }));
  }
  choose(webhook.reinvocationPolicy, reinvocationPolicies, 'reinvocationPolicy');
  errors.push(...validateWebhookClient(webhook.clientConfig, path.child('clientConfig')));
  if (!tolerance.matchConditions) errors.push(...validateMatchConditions(webhook.matchConditions, path.child('matchConditions')));
  return errors;
}

function validateFullName(name: string, path: FieldPath): FieldError[] {
  if (name === '') return [required(path)];
  const messages = isDns1123Subdomain(name);
  if (messages.length > 0) return [invalid(path, name, messages.join(','))];
  if (name.split('.').length >= 3) return [];
  return [invalid(path, name, 'should be a domain with at least three segments separated by dots')];
}
