import { parseGoDuration } from '../../api/meta/duration.ts';
import { aggregate, quotedList } from '../../api/meta/text.ts';
import { AbacAuthorizer, readPolicies } from '../auth/authorize/abac.ts';
import { alwaysAllow, alwaysDeny } from '../auth/authorize/always.ts';
import {
  type AuthorizerConfiguration,
  authorizerTypes,
  builtInTypes,
  nameOfType,
  readAuthorizationConfiguration,
} from '../auth/authorize/configuration.ts';
import type { AuthorizationDecisions } from '../auth/authorize/counted.ts';
import { superuserAuthorizer, unionAuthorizer } from '../auth/authorize/union.ts';
import { WebhookAuthorizer } from '../auth/authorize/webhook.ts';
import type { Authorizer } from '../auth/types.ts';
import type { ApiServerFlags } from '../cli/apiserver-flags.ts';
import { UserError } from '../cli/errors.ts';
import { readWebhookKubeconfig } from '../cli/webhook-kubeconfig.ts';
import type { Clock } from '../machinery/clock.ts';
import type { Logger } from '../machinery/logger.ts';
import { watchFile } from '../machinery/watched-file.ts';
import { fileOfFlag, orUserError } from './files.ts';

export interface AuthorizationParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly node: Authorizer;
  readonly rbac: Authorizer;
  readonly signal: AbortSignal;
  /** Where the authorizers' decisions are counted. */
  readonly decisions: AuthorizationDecisions;
}

const defaultTtls = { authorizedTTL: '5m', unauthorizedTTL: '30s' };
const invalidConfiguration = 'invalid authorization config: ';
const defaultModes = ['Node', 'RBAC'];

/**
 * The authorizers that flags or the AuthorizationConfiguration name, after the one for `system:masters`.
 * @throws UserError in kube-apiserver's words
 */
export async function configuredAuthorizer(flags: ApiServerFlags, parts: AuthorizationParts): Promise<Authorizer> {
  const { authorizationConfig: file } = flags;
  const abac = await policiesOf(flags);
  if (file === undefined) return (await build(modesOf(flags), parts, abac)).authorizer;
  const text = await fileOfFlag(file, 'failed to load AuthorizationConfiguration from file: ');
  const configuration = await orUserError(() => readAuthorizationConfiguration(text));
  let current = await build(configuration, parts, abac);
  const needed = builtInTypes(configuration);
  const changed = async (now: string) => {
    const before = current;
    current = await build(readAuthorizationConfiguration(now, needed), parts, abac);
    for (const webhook of before.webhooks) webhook[Symbol.dispose]();
    parts.logger.info({ file }, 'the authorization configuration was read again');
  };
  const failed = (error: Error) => parts.logger.error({ err: error, file }, 'the authorization configuration stays as it is');
  watchFile(file, text, changed, failed, parts.signal);
  return {
    authorize: (attributes) => current.authorizer.authorize(attributes),
    rulesFor: (user, namespace) => current.authorizer.rulesFor(user, namespace),
  };
}

/** @throws UserError */
function modesOf(flags: ApiServerFlags): readonly AuthorizerConfiguration[] {
  const modes = flags.authorizationMode ?? defaultModes;
  const problems = modes
    .filter((mode) => !authorizerTypes.includes(mode))
    .map((mode) => `authorization-mode ${JSON.stringify(mode)} is not a valid mode`);
  const webhookFile = flags.authorizationWebhookConfigFile;
  const policyFile = flags.authorizationPolicyFile;
  if (modes.includes('ABAC') && policyFile === undefined) problems.push("authorization-mode ABAC's authorization policy file not passed");
  if (modes.includes('Webhook') && webhookFile === undefined)
    problems.push("authorization-mode Webhook's authorization config file not passed");
  if (!modes.includes('ABAC') && policyFile !== undefined) problems.push('cannot specify --authorization-policy-file without mode ABAC');
  if (!modes.includes('Webhook') && webhookFile !== undefined)
    problems.push('cannot specify --authorization-webhook-config-file without mode Webhook');
  if (new Set(modes).size < modes.length) {
    problems.push(`authorization-mode ${quotedList(modes)} has mode specified more than once`);
  }
  if (problems.length > 0) throw new UserError(aggregate(problems));
  return modes.map((type) => {
    const configuration = { type, name: nameOfType(type) };
    if (type !== 'Webhook') return configuration;
    const webhook = {
      timeout: '30s',
      authorizedTTL: `${flags.authorizationWebhookCacheAuthorizedTtl}ms`,
      unauthorizedTTL: `${flags.authorizationWebhookCacheUnauthorizedTtl}ms`,
      subjectAccessReviewVersion: flags.authorizationWebhookVersion,
      failurePolicy: 'NoOpinion',
      connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: webhookFile! },
    };
    return { ...configuration, webhook };
  });
}

/** Mode ABAC, if there is a file of policies for it. @throws UserError */
async function policiesOf({ authorizationPolicyFile: file }: ApiServerFlags): Promise<Authorizer | undefined> {
  if (file === undefined) return undefined;
  const text = await fileOfFlag(file, invalidConfiguration);
  return orUserError(() => new AbacAuthorizer(readPolicies(text, file)), invalidConfiguration);
}

async function build(
  configuration: readonly AuthorizerConfiguration[],
  { clock, node, rbac, decisions }: AuthorizationParts,
  abac: Authorizer | undefined,
): Promise<{ authorizer: Authorizer; webhooks: readonly WebhookAuthorizer[] }> {
  const webhooks: WebhookAuthorizer[] = [];
  const plain: Readonly<Record<string, Authorizer | undefined>> = {
    ...{ Node: node, RBAC: rbac, ABAC: abac },
    ...{ AlwaysAllow: alwaysAllow, AlwaysDeny: alwaysDeny },
  };
  const authorizers: Authorizer[] = [];
  for (const one of configuration) {
    if (one.type !== 'Webhook') {
      const known = plain[one.type!];
      // Only this one needs something that no file of authorizers gives.
      if (!known) throw new UserError("authorization-mode ABAC's authorization policy file not passed");
      authorizers.push(decisions.counted(one.type!, one.name!, known));
      continue;
    }
    const webhook = await webhookOf(one, clock);
    webhooks.push(webhook);
    authorizers.push(decisions.counted(one.type, one.name!, webhook));
  }
  return { authorizer: unionAuthorizer([superuserAuthorizer, ...authorizers]), webhooks };
}

async function webhookOf({ webhook = {} }: AuthorizerConfiguration, clock: Clock): Promise<WebhookAuthorizer> {
  const { connectionInfo, timeout, subjectAccessReviewVersion = 'v1', failurePolicy, matchConditions = [] } = webhook;
  const { cacheAuthorizedRequests = true, cacheUnauthorizedRequests = true } = webhook;
  if (connectionInfo?.type === 'InClusterConfig') {
    throw new UserError('unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined');
  }
  const ttl = (name: 'authorizedTTL' | 'unauthorizedTTL') => parseGoDuration(webhook[name] ?? defaultTtls[name]);
  return new WebhookAuthorizer(
    {
      endpoint: await orUserError(() => readWebhookKubeconfig(connectionInfo!.kubeConfigFile!), invalidConfiguration),
      version: subjectAccessReviewVersion,
      timeout: parseGoDuration(timeout!),
      authorizedTtl: cacheAuthorizedRequests ? ttl('authorizedTTL') : 0,
      unauthorizedTtl: cacheUnauthorizedRequests ? ttl('unauthorizedTTL') : 0,
      failurePolicy: failurePolicy as 'NoOpinion' | 'Deny',
      matchConditions: matchConditions.map(({ expression }) => expression!),
    },
    clock,
  );
}
