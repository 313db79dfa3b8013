import type { Lookup } from '../admission/lookup.ts';
import { bootstrapTokenAuthenticator } from '../auth/authenticate/bootstrap-token.ts';
import {
  type AnonymousConfiguration,
  type AuthenticationConfiguration,
  type JwtConfiguration,
  readAuthenticationConfiguration,
  refuseTwoAnonymous,
  validateAuthentication,
} from '../auth/authenticate/configuration.ts';
import { OidcAuthenticator, signingAlgorithms } from '../auth/authenticate/oidc.ts';
import { TokenWebhook } from '../auth/authenticate/token-webhook.ts';
import type { Authenticator } from '../auth/types.ts';
import { type ApiServerFlags, usesOidcFlags } from '../cli/apiserver-flags.ts';
import { UserError } from '../cli/errors.ts';
import { readWebhookKubeconfig } from '../cli/webhook-kubeconfig.ts';
import type { Clock } from '../machinery/clock.ts';
import type { Logger } from '../machinery/logger.ts';
import { watchFile } from '../machinery/watched-file.ts';
import { fileOfFlag, orUserError } from './files.ts';

export interface AuthenticationParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lookup: () => Lookup;
  /** Of service accounts' tokens. */
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
  readonly signal: AbortSignal;
}

export interface ConfiguredAuthentication {
  /** In kube-apiserver's order, after those that are always there. */
  readonly authenticators: readonly Authenticator[];
  mayBeAnonymous(path: string): boolean;
}

/**
 * The ways to authenticate that flags and the AuthenticationConfiguration add.
 * @throws UserError in kube-apiserver's words
 */
export async function configuredAuthentication(flags: ApiServerFlags, parts: AuthenticationParts): Promise<ConfiguredAuthentication> {
  const { clock, logger, signal } = parts;
  const jwt = new JwtAuthenticators(clock, logger);
  signal.addEventListener('abort', () => jwt[Symbol.dispose](), { once: true });
  const configuration = await configurationOf(flags, parts);
  jwt.use(configuration.jwt ?? []);
  const ofFlags: AnonymousConfiguration = { enabled: anonymousByFlags(flags, logger) };
  let anonymous = configuration.anonymous ?? ofFlags;
  if (flags.authenticationConfig !== undefined) {
    const file = flags.authenticationConfig;
    const failed = (error: Error) => logger.error({ err: error, file }, 'the authentication configuration stays as it is');
    const changed = (text: string) => {
      const now = checked(readAuthenticationConfiguration(text), flags, parts);
      jwt.use(now.jwt ?? []);
      anonymous = now.anonymous ?? ofFlags;
      logger.info({ file }, 'the authentication configuration was read again');
    };
    watchFile(file, await fileOfFlag(file), changed, failed, signal);
  }
  const webhook = await webhookOf(flags, parts);
  const secrets = { group: '', version: 'v1', plural: 'secrets' };
  const bootstrap = bootstrapTokenAuthenticator((namespace, name) => parts.lookup().get(secrets, namespace, name), clock);
  return {
    authenticators: [...(flags.enableBootstrapTokenAuth ? [bootstrap] : []), jwt, ...(webhook ? [webhook] : [])],
    mayBeAnonymous(path) {
      const { enabled = false, conditions } = anonymous;
      return enabled && (!conditions?.length || conditions.some((condition) => condition.path === path));
    },
  };
}

/** Where the flags say that all is allowed, kube-apiserver lets only those in who say who they are, whatever `--anonymous-auth` says. */
function anonymousByFlags({ anonymousAuth = true, authorizationMode = [] }: ApiServerFlags, logger: Logger): boolean {
  if (!anonymousAuth || !authorizationMode.includes('AlwaysAllow')) return anonymousAuth;
  logger.warn('the authorization mode AlwaysAllow lets nobody be anonymous');
  return false;
}

async function configurationOf(flags: ApiServerFlags, parts: AuthenticationParts): Promise<AuthenticationConfiguration> {
  const { authenticationConfig: file } = flags;
  if (file !== undefined) {
    const prefix = `failed to load authentication configuration from file ${JSON.stringify(file)}: `;
    const text = await fileOfFlag(file, prefix);
    const configuration = await orUserError(() => readAuthenticationConfiguration(text), prefix);
    return orUserError(() => checked(configuration, flags, parts));
  }
  if (!usesOidcFlags(flags)) return {};
  return orUserError(async () => checked({ jwt: [await jwtOfFlags(flags)] }, flags, parts));
}

/** @throws Error */
function checked(
  configuration: AuthenticationConfiguration,
  flags: ApiServerFlags,
  { issuers }: AuthenticationParts,
): AuthenticationConfiguration {
  refuseTwoAnonymous(flags.anonymousAuth !== undefined, configuration);
  validateAuthentication(configuration, issuers);
  return configuration;
}

async function jwtOfFlags(flags: ApiServerFlags): Promise<JwtConfiguration> {
  const { oidcIssuerUrl: url = '', oidcClientId = '', oidcCaFile, oidcUsernameClaim: claim, oidcUsernamePrefix } = flags;
  const algorithms = flags.oidcSigningAlgs ?? ['RS256'];
  for (const algorithm of algorithms) {
    if (!signingAlgorithms.includes(algorithm)) throw new UserError(`oidc: unsupported signing alg: ${JSON.stringify(algorithm)}`);
  }
  const defaultPrefix = claim === 'email' ? '' : `${url}#`;
  const prefix = oidcUsernamePrefix === '-' ? '' : oidcUsernamePrefix || defaultPrefix;
  const required = (flags.oidcRequiredClaim ?? []).map((pair) => {
    const at = pair.indexOf('=');
    return { claim: pair.slice(0, at), requiredValue: pair.slice(at + 1) };
  });
  return {
    issuer: {
      url,
      audiences: [oidcClientId],
      ...(oidcCaFile ? { certificateAuthority: await fileOfFlag(oidcCaFile) } : {}),
    },
    claimMappings: {
      username: { claim, prefix },
      ...(flags.oidcGroupsClaim ? { groups: { claim: flags.oidcGroupsClaim, prefix: flags.oidcGroupsPrefix ?? '' } } : {}),
    },
    claimValidationRules: required,
    algorithms,
  };
}

async function webhookOf(flags: ApiServerFlags, { clock, audiences, signal }: AuthenticationParts): Promise<TokenWebhook | undefined> {
  const { authenticationTokenWebhookConfigFile: file, authenticationTokenWebhookVersion: version } = flags;
  if (file === undefined) return undefined;
  const endpoint = await orUserError(() => readWebhookKubeconfig(file));
  const webhook = new TokenWebhook({ endpoint, version, cacheTtl: flags.authenticationTokenWebhookCacheTtl, audiences }, clock);
  signal.addEventListener('abort', () => webhook[Symbol.dispose](), { once: true });
  return webhook;
}

/** The issuers of JWTs, which may be replaced; the one that a token names judges it. */
class JwtAuthenticators implements Authenticator, Disposable {
  private readonly clock: Clock;
  private readonly logger: Logger;
  private issuers: readonly OidcAuthenticator[] = [];

  constructor(clock: Clock, logger: Logger) {
    this.clock = clock;
    this.logger = logger;
  }

  use(configuration: readonly JwtConfiguration[]): void {
    const before = this.issuers;
    this.issuers = configuration.map((one) => new OidcAuthenticator(one, this.clock, this.logger));
    for (const issuer of this.issuers) issuer.start();
    for (const issuer of before) issuer[Symbol.dispose]();
  }

  authenticate(credentials: Parameters<Authenticator['authenticate']>[0]): ReturnType<Authenticator['authenticate']> {
    for (const issuer of this.issuers) {
      const user = issuer.authenticate(credentials);
      if (user) return user;
    }
    return undefined;
  }

  [Symbol.dispose](): void {
    for (const issuer of this.issuers) issuer[Symbol.dispose]();
  }
}
