import { type FieldError, FieldPath, invalid as invalidField, printValue, required } from '../../../api/meta/field.ts';
import { type FieldRequirement, parseFieldSelector } from '../../../api/meta/field-selector.ts';
import {
  type LabelRequirement,
  type LabelSelectorObject,
  parseLabelSelector,
  selectorFromObject,
} from '../../../api/meta/label-selector.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { printedMap } from '../../../api/meta/printed.ts';
import { aggregate } from '../../../api/meta/text.ts';
import { type SelectorRequirement, validateFieldRequirement, validateLabelRequirement } from '../../../api/meta/validation.ts';
import type { AccessAttributes, UserInfo } from '../../auth/types.ts';
import { formatTime } from '../../machinery/clock.ts';
import { badRequest, invalid } from '../errors.ts';
import type { ActionCall, ActionResult } from './action.ts';

/** SubjectAccessReview: may this user do that? */
export async function subjectAccessReview(call: ActionCall): Promise<ActionResult> {
  const { object } = call;
  refuse(call, [...specErrors(object, true), ...emptyMetadata(object, false)]);
  await call.validate();
  return decided(call, attributesOf(subjectOf(object), object['spec']));
}

/** LocalSubjectAccessReview: the same within one namespace. */
export async function localSubjectAccessReview(call: ActionCall): Promise<ActionResult> {
  const { object, operation } = call;
  const errors = [...specErrors(object, true), ...emptyMetadata(object, true)];
  const { resourceAttributes, nonResourceAttributes } = object['spec'] ?? {};
  if (resourceAttributes && (resourceAttributes.namespace ?? '') !== (object.metadata?.namespace ?? '')) {
    errors.push(invalidField('spec.resourceAttributes.namespace', resourceAttributes.namespace ?? '', 'must match metadata.namespace'));
  }
  if (nonResourceAttributes)
    errors.push(invalidField('spec.nonResourceAttributes', inGo(nonResourceAttributes), 'disallowed on this kind of request'));
  refuse(call, errors);
  if (operation.namespace === '') throw badRequest('namespace is required on this type: ');
  await call.validate();
  return decided(call, attributesOf(subjectOf(object), object['spec']));
}

/** SelfSubjectAccessReview: may I do that? */
export async function selfSubjectAccessReview(call: ActionCall): Promise<ActionResult> {
  const { object } = call;
  refuse(call, [...specErrors(object, false), ...emptyMetadata(object, false)]);
  await call.validate();
  return decided(call, attributesOf(call.operation.user, object['spec']));
}

/** SelfSubjectRulesReview: what may I do in a namespace? */
export async function selfSubjectRulesReview(call: ActionCall): Promise<ActionResult> {
  const namespace = call.object['spec']?.namespace ?? '';
  if (namespace === '') throw badRequest('no namespace on request');
  await call.validate();
  const rules = await call.parts.authorizer.rulesFor(call.operation.user, namespace);
  const { resourceRules, nonResourceRules, incomplete, errors } = rules;
  return created(call, {
    metadata: {},
    spec: {},
    status: { resourceRules, nonResourceRules, incomplete, ...(errors.length > 0 ? { evaluationError: aggregate(errors) } : {}) },
  });
}

/** SelfSubjectReview: who am I? */
export async function selfSubjectReview(call: ActionCall): Promise<ActionResult> {
  await call.validate();
  return created(call, {
    metadata: { creationTimestamp: formatTime(call.parts.clock.now()) },
    status: { userInfo: userInfo(call.operation.user) },
  });
}

const invalidToken = 'invalid bearer token';

/** TokenReview: whose token is this? */
export async function tokenReview(call: ActionCall): Promise<ActionResult> {
  const { object, parts } = call;
  const spec = object['spec'] ?? {};
  if (!spec.token) throw badRequest('token is required for TokenReview in authentication');
  await call.validate();
  // What the request says of the status stays where the review has nothing to say.
  const status = { user: {}, ...object['status'], authenticated: false, ...(await review(parts, spec.token, spec.audiences ?? [])) };
  if (!status.authenticated) delete status.authenticated;
  return created(call, { metadata: object.metadata ?? {}, spec, status });
}

async function review(parts: ActionCall['parts'], token: string, audiences: readonly string[]): Promise<Record<string, unknown>> {
  try {
    const own = parts.tokenIssuer.audiences;
    // As in a header, the token ends where the next word begins.
    const [word = ''] = token.split(' ');
    // Only the server's own tokens are made for other audiences than the server; who shows none may be anonymous.
    const reviewed = word !== '' && (await parts.tokenReviewer?.review(word, audiences.length > 0 ? audiences : own));
    if (reviewed) return { authenticated: true, user: userInfo(reviewed.user), audiences: reviewed.audiences };
    const user = await parts.authenticator.authenticate({ authorization: `Bearer ${word}` });
    if (!user) return { error: invalidToken };
    const common = own.filter((audience) => audiences.length === 0 || audiences.includes(audience));
    if (common.length === 0) return { error: invalidToken };
    return { authenticated: true, user: userInfo(user), audiences: common };
  } catch (error) {
    return { error: `[${invalidToken}, ${(error as Error).message}]` };
  }
}

function userInfo(user: UserInfo): Record<string, unknown> {
  const { username, uid, groups, extra } = user;
  return {
    username,
    ...(uid ? { uid } : {}),
    ...(groups.length > 0 ? { groups } : {}),
    ...(extra && Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

function created(call: ActionCall, content: KubeObject): ActionResult {
  return { status: 201, object: { kind: call.object.kind!, apiVersion: call.object.apiVersion!, ...content } };
}

async function decided(call: ActionCall, attributes: AccessAttributes): Promise<ActionResult> {
  const { decision, reason, error } = await call.parts.authorizer.authorize(attributes);
  const evaluationError = [...selectorProblems(call.object['spec'].resourceAttributes ?? {}), ...(error ? [error] : [])].join('; ');
  const status = {
    allowed: decision === 'allow',
    ...(decision === 'deny' ? { denied: true } : {}),
    ...(reason ? { reason } : {}),
    ...(evaluationError ? { evaluationError } : {}),
  };
  return created(call, { metadata: call.object.metadata ?? {}, spec: call.object['spec'], status });
}

function subjectOf(object: KubeObject): UserInfo {
  const { user = '', uid, groups = [], extra } = object['spec'];
  return { username: user, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) };
}

function attributesOf(user: UserInfo, spec: any): AccessAttributes {
  const { resourceAttributes: resource, nonResourceAttributes: other } = spec;
  return {
    user,
    verb: (resource ?? other).verb ?? '',
    resourceRequest: resource !== undefined,
    path: other?.path ?? '',
    group: resource?.group ?? '',
    version: resource ? resource.version || '*' : '',
    resource: resource?.resource ?? '',
    subresource: resource?.subresource ?? '',
    namespace: resource?.namespace ?? '',
    name: resource?.name ?? '',
    ...(resource?.fieldSelector ? { fieldSelector: exactRequirements(resource.fieldSelector) } : {}),
    ...(resource?.labelSelector ? { labelSelector: labelRequirements(resource.labelSelector) } : {}),
  };
}

function labelRequirements({ rawSelector = '', requirements = [] }: GivenSelector): readonly LabelRequirement[] {
  if (rawSelector === '')
    return selectorFromObject({ matchExpressions: requirements.filter(isLabelRequirement) } as LabelSelectorObject).requirements;
  try {
    return parseLabelSelector(rawSelector).requirements;
  } catch {
    return [];
  }
}

// Only requirements that a field selector could state are passed on: the others narrow nothing that is known.
function exactRequirements({ rawSelector = '', requirements = [] }: GivenSelector): readonly FieldRequirement[] {
  if (rawSelector !== '') {
    try {
      return parseFieldSelector(rawSelector).requirements;
    } catch {
      return [];
    }
  }
  return requirements.flatMap(({ key = '', operator, values = [] }) => {
    if (values.length !== 1 || (operator !== 'In' && operator !== 'NotIn')) return [];
    return [{ field: key, operator: operator === 'In' ? ('=' as const) : ('!=' as const), value: values[0]! }];
  });
}

interface GivenSelector {
  readonly rawSelector?: string;
  readonly requirements?: readonly SelectorRequirement[];
}

// What of the selectors nobody can understand narrows nothing, which the answer tells.
function selectorProblems({ fieldSelector, labelSelector }: { fieldSelector?: GivenSelector; labelSelector?: GivenSelector }): string[] {
  const ofFields =
    fieldSelector && understood(fieldSelector, parseFieldSelector, (one) => exactRequirements({ requirements: [one] }).length > 0);
  const ofLabels = labelSelector && understood(labelSelector, parseLabelSelector, isLabelRequirement);
  const problem = (name: string, found: ReturnType<typeof understood> | undefined) =>
    found === undefined || found === 'all'
      ? []
      : [`spec.resourceAttributes.${name} ${found === 'some' ? 'partially ' : ''}ignored due to parse error`];
  return [...problem('fieldSelector', ofFields), ...problem('labelSelector', ofLabels)];
}

function understood(
  { rawSelector = '', requirements = [] }: GivenSelector,
  parse: (text: string) => unknown,
  isKnown: (requirement: SelectorRequirement) => boolean,
): 'all' | 'some' | 'none' {
  if (requirements.length > 0) {
    const known = requirements.filter(isKnown).length;
    return known === requirements.length ? 'all' : known > 0 ? 'some' : 'none';
  }
  try {
    parse(rawSelector);
    return 'all';
  } catch {
    return 'none';
  }
}

const labelOperators: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

function isLabelRequirement(requirement: SelectorRequirement): boolean {
  return labelOperators.includes(requirement.operator ?? '') && validateLabelRequirement(requirement, FieldPath.empty).length === 0;
}

function specErrors(object: KubeObject, needsSubject: boolean): FieldError[] {
  const { resourceAttributes, nonResourceAttributes, user = '', groups = [] } = object['spec'] ?? {};
  const errors: FieldError[] = [];
  if (resourceAttributes && nonResourceAttributes) {
    errors.push(
      invalidField('spec.nonResourceAttributes', inGo(nonResourceAttributes), 'cannot be specified in combination with resourceAttributes'),
    );
  }
  if (!resourceAttributes && !nonResourceAttributes) {
    errors.push(
      invalidField('spec.resourceAttributes', null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified'),
    );
  }
  if (needsSubject && user === '' && groups.length === 0) {
    errors.push(invalidField('spec.user', user, 'at least one of user or group must be specified'));
  }
  const { fieldSelector, labelSelector } = resourceAttributes ?? {};
  const path = FieldPath.of('spec').child('resourceAttributes');
  if (fieldSelector) errors.push(...selectorErrors(fieldSelector, path.child('fieldSelector'), validateFieldRequirement));
  if (labelSelector) {
    const validate = (requirement: SelectorRequirement, at: FieldPath) =>
      validateLabelRequirement(requirement, at, { allowUnknownOperators: true });
    errors.push(...selectorErrors(labelSelector, path.child('labelSelector'), validate));
  }
  return errors;
}

// Upstream prints its internal type, whose fields have no JSON names.
function inGo({ path = '', verb = '' }: { path?: string; verb?: string }): object {
  return { Path: path, Verb: verb };
}

function selectorErrors(
  { rawSelector = '', requirements = [] }: { rawSelector?: string; requirements?: readonly SelectorRequirement[] },
  path: FieldPath,
  validate: (requirement: SelectorRequirement, path: FieldPath) => FieldError[],
): FieldError[] {
  const errors: FieldError[] = [];
  if (rawSelector !== '' && requirements.length > 0) {
    errors.push(invalidField(path.child('rawSelector'), rawSelector, 'may not specified at the same time as requirements'));
  }
  if (rawSelector === '' && requirements.length === 0) {
    errors.push(required(path.child('requirements'), `when ${path} is specified, requirements or rawSelector is required`));
  }
  return [...errors, ...requirements.flatMap((requirement, i) => validate(requirement, path.child('requirements').index(i)))];
}

function emptyMetadata(object: KubeObject, allowsNamespace: boolean): FieldError[] {
  const { managedFields: _managed, namespace, ...rest } = object.metadata ?? {};
  const given = { ...rest, ...(allowsNamespace || !namespace ? {} : { namespace }) };
  if (Object.keys(given).length === 0) return [];
  return [
    invalidField('metadata', printedMetadata(object.metadata!), allowsNamespace ? 'must be empty except for namespace' : 'must be empty'),
  ];
}

/** In the order of Go's fields, with sorted maps. */
function printedMetadata(metadata: Record<string, any>): object {
  const { name, generateName, namespace, uid, resourceVersion, generation, creationTimestamp, labels, annotations, ...rest } = metadata;
  const maps = { ...(labels && { labels: printedMap(labels) }), ...(annotations && { annotations: printedMap(annotations) }) };
  const { deletionTimestamp, deletionGracePeriodSeconds, ownerReferences, finalizers, managedFields } = rest;
  const times = { creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds };
  const ordered = {
    name,
    generateName,
    namespace,
    uid,
    resourceVersion,
    generation,
    ...times,
    ...maps,
    ownerReferences,
    finalizers,
    managedFields,
  };
  return JSON.parse(printValue(ordered));
}

function refuse(call: ActionCall, errors: readonly FieldError[]): void {
  // Upstream builds this error without the kind.
  if (errors.length > 0) throw invalid({ group: call.definition.group, kind: '' }, '', errors);
}
