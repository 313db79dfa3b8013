import { parseGoDuration } from '../../api/meta/duration.ts';
import { alwaysAllow, alwaysDeny } from '../auth/authorize/always.ts';
import { type AuthorizerConfiguration, authorizerTypes, readAuthorizationConfiguration } from '../auth/authorize/configuration.ts';
import type { AuthorizationDecisions } from '../auth/authorize/counted.ts';
import { superuserAuthorizer, unionAuthorizer } from '../auth/authorize/union.ts';
import { WebhookAuthorizer } from '../auth/authorize/webhook.ts';
import type { Authorizer } from '../auth/types.ts';
import type { ApiServerFlags } from '../cli/apiserver-flags.ts';
import { UserError } from '../cli/errors.ts';
import { readWebhookKubeconfig } from '../cli/kubeconfig.ts';
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
const defaultModes = ['Node', 'RBAC'];

/**
 * The authorizers that flags or the AuthorizationConfiguration name, after the one for `system:masters`.
 * @throws UserError in kube-apiserver's words
 */
export async function configuredAuthorizer(flags: ApiServerFlags, parts: AuthorizationParts): Promise<Authorizer> {
  const { authorizationConfig: file } = flags;
  if (file === undefined) return (await build(modesOf(flags), parts)).authorizer;
  const load = (text: string) => build(readAuthorizationConfiguration(text), parts);
  const text = await fileOfFlag(file, 'failed to load AuthorizationConfiguration from file: ');
  let current = await orUserError(() => load(text));
  const changed = async (now: string) => {
    const before = current;
    current = await load(now);
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
  if (modes.includes('ABAC')) problems.push("authorization-mode ABAC's authorization policy file not passed");
  if (modes.includes('Webhook') && webhookFile === undefined)
    problems.push("authorization-mode Webhook's authorization config file not passed");
  if (!modes.includes('Webhook') && webhookFile !== undefined)
    problems.push('cannot specify --authorization-webhook-config-file without mode Webhook');
  if (new Set(modes).size < modes.length) {
    problems.push(`authorization-mode [${modes.map((mode) => JSON.stringify(mode)).join(' ')}] has mode specified more than once`);
  }
  if (problems.length > 0) throw new UserError(problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`);
  return modes.map((type) => {
    const configuration = { type, name: type.toLowerCase() };
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

async function build(
  configuration: readonly AuthorizerConfiguration[],
  { clock, node, rbac, decisions }: AuthorizationParts,
): Promise<{ authorizer: Authorizer; webhooks: readonly WebhookAuthorizer[] }> {
  const webhooks: WebhookAuthorizer[] = [];
  const plain: Readonly<Record<string, Authorizer>> = { Node: node, RBAC: rbac, AlwaysAllow: alwaysAllow, AlwaysDeny: alwaysDeny };
  const authorizers: Authorizer[] = [];
  for (const one of configuration) {
    if (one.type !== 'Webhook') {
      const known = plain[one.type!];
      if (!known) throw new UserError(`authorizers of type ${one.type} are not supported`);
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
      endpoint: await orUserError(() => readWebhookKubeconfig(connectionInfo!.kubeConfigFile!)),
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
