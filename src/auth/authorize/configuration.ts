import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { compileReviewCondition } from '../../../api/cel/authorization/review-environment.ts';
import { parseGoDuration } from '../../../api/meta/duration.ts';
import { duplicate, type FieldError, FieldPath, invalid, notSupported, refuseErrors, required, tooMany } from '../../../api/meta/field.ts';
import { isDns1123Subdomain } from '../../../api/meta/names.ts';
import { aggregate, sorted } from '../../../api/meta/text.ts';
import { decodeConfiguration } from '../../machinery/configuration-file.ts';
import { boolean, list, object, string, typeMeta } from '../../machinery/schema/shapes.ts';

export interface WebhookAuthorizerConfiguration {
  readonly timeout?: string;
  readonly authorizedTTL?: string;
  readonly unauthorizedTTL?: string;
  readonly cacheAuthorizedRequests?: boolean;
  readonly cacheUnauthorizedRequests?: boolean;
  readonly subjectAccessReviewVersion?: string;
  readonly matchConditionSubjectAccessReviewVersion?: string;
  readonly failurePolicy?: string;
  readonly connectionInfo?: { readonly type?: string; readonly kubeConfigFile?: string };
  readonly matchConditions?: readonly { readonly expression?: string }[];
}

export interface AuthorizerConfiguration {
  readonly type?: string;
  readonly name?: string;
  readonly webhook?: WebhookAuthorizerConfiguration;
}

const webhook = object('WebhookConfiguration', {
  timeout: string,
  authorizedTTL: string,
  unauthorizedTTL: string,
  cacheAuthorizedRequests: boolean,
  cacheUnauthorizedRequests: boolean,
  subjectAccessReviewVersion: string,
  matchConditionSubjectAccessReviewVersion: string,
  failurePolicy: string,
  connectionInfo: object('WebhookConnectionInfo', { type: string, kubeConfigFile: string }),
  matchConditions: list(object('WebhookMatchCondition', { expression: string })),
});
const shape = object('AuthorizationConfiguration', {
  ...typeMeta,
  authorizers: list(object('AuthorizerConfiguration', { type: string, name: string, webhook })),
});
const kind = {
  kind: 'AuthorizationConfiguration',
  versions: { 'apiserver.config.k8s.io/v1': shape, 'apiserver.config.k8s.io/v1beta1': shape, 'apiserver.config.k8s.io/v1alpha1': shape },
};

/** The sorts of authorizers. */
export const authorizerTypes = ['ABAC', 'AlwaysAllow', 'AlwaysDeny', 'Node', 'RBAC', 'Webhook'];
const longestTimeout = 30_000;
const mostConditions = 64;

/**
 * Reads an AuthorizationConfiguration.
 * @param needed types besides webhooks that have to be there: what a server began with stays
 * @throws Error in kube-apiserver's words
 */
export function readAuthorizationConfiguration(text: string, needed: readonly string[] = []): readonly AuthorizerConfiguration[] {
  let authorizers: readonly AuthorizerConfiguration[];
  try {
    authorizers = text === '' ? [] : (decodeConfiguration(text, kind).authorizers ?? []);
    for (const { webhook: { authorizedTTL, unauthorizedTTL, timeout } = {} } of authorizers)
      for (const duration of [authorizedTTL, unauthorizedTTL, timeout]) if (duration !== undefined) parseGoDuration(duration);
  } catch (error) {
    throw new Error(`failed to load AuthorizationConfiguration from file: ${(error as Error).message}`);
  }
  const errors = validate(authorizers);
  refuseErrors(errors);
  const misnamed = authorizers
    .filter(({ type, name }) => type !== 'Webhook' && name !== nameOfType(type!))
    .map(({ type, name }) => `expected name ${nameOfType(type!)} for authorizer ${type} instead of ${name}`);
  const missing = sorted(needed.filter((type) => !builtInTypes(authorizers).includes(type)));
  const problems = [...misnamed, ...(missing.length > 0 ? [`missing required types: [${missing.join(' ')}]`] : [])];
  if (problems.length > 0) throw new Error(aggregate(problems));
  return authorizers;
}

/** The types that are no webhooks. */
export function builtInTypes(authorizers: readonly AuthorizerConfiguration[]): string[] {
  return authorizers.filter(({ type }) => type !== 'Webhook').map(({ type }) => type!);
}

/** The name that an authorizer of a type has where flags or kube-apiserver give it. */
export function nameOfType(type: string): string {
  return type.toLowerCase();
}

function validate(authorizers: readonly AuthorizerConfiguration[]): FieldError[] {
  if (authorizers.length === 0) return [required('authorizers', 'at least one authorization mode must be defined')];
  const types = new Set<string>();
  const names = new Set<string>();
  return authorizers.flatMap(({ type = '', name = '', webhook: own }, i) => {
    const path = FieldPath.of('authorizers').index(i);
    if (type === '') return [required(path.child('type'))];
    if (!authorizerTypes.includes(type)) return [notSupported(path.child('type'), type, authorizerTypes)];
    if (type !== 'Webhook' && types.has(type)) return [duplicate(path.child('type'), type)];
    types.add(type);
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(path.child('name')));
    else if (names.has(name)) errors.push(duplicate(path.child('name'), name));
    else {
      const problems = isDns1123Subdomain(name);
      if (problems.length > 0) errors.push(invalid(path.child('name'), name, `authorizer name is invalid: ${problems.join(', ')}`));
    }
    names.add(name);
    if (type !== 'Webhook') {
      if (own) errors.push(invalid(path.child('webhook'), 'non-null', 'may only be specified when type=Webhook'));
      return errors;
    }
    if (!own) return [...errors, required(path.child('webhook'), 'required when type=Webhook')];
    return [...errors, ...validateWebhook(own, path)];
  });
}

function validateWebhook(own: WebhookAuthorizerConfiguration, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const at = (name: string) => path.child(name);
  const oneOf = (name: keyof WebhookAuthorizerConfiguration, supported: readonly string[]) => {
    const value = (own[name] ?? '') as string;
    if (value === '') errors.push(required(at(name)));
    else if (!supported.includes(value)) errors.push(notSupported(at(name), value, supported));
  };
  const timeout = own.timeout === undefined ? 0 : parseGoDuration(own.timeout);
  if (timeout === 0) errors.push(required(at('timeout')));
  else if (timeout < 0 || timeout > longestTimeout) errors.push(invalid(at('timeout'), own.timeout, 'must be > 0s and <= 30s'));
  for (const name of ['authorizedTTL', 'unauthorizedTTL'] as const) {
    if (own[name] !== undefined && parseGoDuration(own[name]) < 0) errors.push(invalid(at(name), own[name], 'must be > 0s'));
  }
  oneOf('subjectAccessReviewVersion', ['v1', 'v1beta1']);
  const conditions = own.matchConditions ?? [];
  const conditionVersion = own.matchConditionSubjectAccessReviewVersion ?? '';
  if (conditionVersion !== '') oneOf('matchConditionSubjectAccessReviewVersion', ['v1']);
  else if (conditions.length > 0) {
    errors.push(required(at('matchConditionSubjectAccessReviewVersion'), 'required if match conditions are specified'));
  }
  oneOf('failurePolicy', ['NoOpinion', 'Deny']);
  errors.push(...validateConnection(own.connectionInfo ?? {}, at('connectionInfo')));
  if (conditions.length > mostConditions) return [...errors, tooMany(at('matchConditions'), conditions.length, mostConditions)];
  const seen = new Set<string>();
  for (const [i, { expression = '' }] of conditions.entries()) {
    const where = at('matchConditions').index(i).child('expression');
    if (expression.trim() === '') errors.push(required(where));
    else if (seen.has(expression)) errors.push(duplicate(where, expression));
    else {
      try {
        compileReviewCondition(expression);
      } catch (error) {
        errors.push(invalid(where, expression, (error as Error).message));
      }
    }
    seen.add(expression);
  }
  return errors;
}

function validateConnection({ type = '', kubeConfigFile }: { type?: string; kubeConfigFile?: string }, path: FieldPath): FieldError[] {
  const at = path.child('kubeConfigFile');
  switch (type) {
    case '':
      return [required(path.child('type'))];
    case 'InClusterConfig':
      return kubeConfigFile === undefined ? [] : [invalid(at, kubeConfigFile, 'can only be set when type=KubeConfigFile')];
    case 'KubeConfigFile': {
      if (!kubeConfigFile) return [required(at)];
      if (!isAbsolute(kubeConfigFile)) return [invalid(at, kubeConfigFile, 'must be an absolute path')];
      const there = statSync(kubeConfigFile, { throwIfNoEntry: false });
      if (!there) return [invalid(at, kubeConfigFile, `error loading file: stat ${kubeConfigFile}: no such file or directory`)];
      return there.isFile() ? [] : [invalid(at, kubeConfigFile, 'must be a regular file')];
    }
    default:
      return [
        notSupported(path.child('type'), { Type: type, KubeConfigFile: kubeConfigFile ?? null }, ['InClusterConfig', 'KubeConfigFile']),
      ];
  }
}
