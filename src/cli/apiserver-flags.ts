import { InvalidArgumentError, type Command as Program } from 'commander';
import { definitions } from '../../api/index.ts';
import { featureGates } from './feature-gates.ts';
import { allowedOrigins, boolean, goDuration, integer, ip, portRange, repeated, strings } from './go-values.ts';
import { type RuntimeConfig, runtimeConfig, servedDefinitions } from './runtime-config.ts';

/** Flags of kube-apiserver that `orrery up` takes under the same names, with the same meaning and defaults. */
export interface ApiServerFlags {
  readonly enablePriorityAndFairness: boolean;
  readonly encryptionProviderConfig?: string;
  readonly encryptionProviderConfigAutomaticReload: boolean;
  readonly authenticationConfig?: string;
  readonly anonymousAuth?: boolean;
  readonly apiAudiences?: readonly string[];
  readonly authenticationTokenWebhookConfigFile?: string;
  readonly authenticationTokenWebhookCacheTtl: number;
  readonly authenticationTokenWebhookVersion: string;
  readonly clientCaFile?: string;
  readonly tlsCertFile?: string;
  readonly tlsPrivateKeyFile?: string;
  readonly enableBootstrapTokenAuth: boolean;
  readonly oidcIssuerUrl?: string;
  readonly oidcClientId?: string;
  readonly oidcCaFile?: string;
  readonly oidcUsernameClaim: string;
  readonly oidcUsernamePrefix?: string;
  readonly oidcGroupsClaim?: string;
  readonly oidcGroupsPrefix?: string;
  readonly oidcRequiredClaim?: readonly string[];
  readonly oidcSigningAlgs?: readonly string[];
  readonly serviceAccountIssuer?: readonly string[];
  readonly serviceAccountSigningKeyFile?: string;
  readonly serviceAccountKeyFile?: readonly string[];
  readonly authorizationConfig?: string;
  readonly authorizationMode?: readonly string[];
  readonly authorizationPolicyFile?: string;
  readonly authorizationWebhookConfigFile?: string;
  readonly authorizationWebhookVersion: string;
  readonly authorizationWebhookCacheAuthorizedTtl: number;
  readonly authorizationWebhookCacheUnauthorizedTtl: number;
  readonly enableAdmissionPlugins?: readonly string[];
  readonly disableAdmissionPlugins?: readonly string[];
  readonly admissionControlConfigFile?: string;
  readonly serviceAccountExtendTokenExpiration: boolean;
  readonly serviceAccountMaxTokenExpiration: number;
  readonly serviceAccountJwksUri?: string;
  /** Absent: an address of the simulated network. */
  readonly advertiseAddress?: string;
  readonly externalHostname?: string;
  readonly eventTtl: number;
  readonly requestTimeout: number;
  /** Seconds. */
  readonly minRequestTimeout: number;
  readonly defaultNotReadyTolerationSeconds: number;
  readonly defaultUnreachableTolerationSeconds: number;
  readonly serviceNodePortRange: readonly [first: number, last: number];
  readonly corsAllowedOrigins?: readonly RegExp[];
  readonly featureGates?: readonly string[];
  readonly runtimeConfig?: RuntimeConfig;
}

/** Adds the flags to a command, in a group of their own in its help. */
export function addApiServerFlags(command: Program): Program {
  return command
    .optionsGroup('Flags of kube-apiserver, as its reference describes them:')
    .option('--encryption-provider-config <file>', 'which resources are encrypted at rest, and how: an EncryptionConfiguration')
    .option('--encryption-provider-config-automatic-reload [boolean]', 'read it again when it has changed', boolean, false)
    .option('--authentication-config <file>', 'issuers of JWTs, and who may be anonymous: an AuthenticationConfiguration')
    .option('--anonymous-auth [boolean]', 'whether requests may be anonymous (default: true)', boolean)
    .option('--api-audiences <list>', 'what tokens have to be good for (default: the issuer of service accounts)', strings)
    .option('--authentication-token-webhook-config-file <file>', 'a kubeconfig that names a webhook to ask about tokens')
    .option('--authentication-token-webhook-cache-ttl <duration>', 'how long its answers are kept', goDuration, 120_000)
    .option('--authentication-token-webhook-version <version>', 'of the TokenReviews that it gets', 'v1beta1')
    .option('--client-ca-file <file>', "further authorities of client certificates, besides the cluster's own")
    .option(
      '--tls-cert-file <file>',
      "the server's certificate, with those between it and its authority (default: one of the cluster's own)",
    )
    .option('--tls-private-key-file <file>', 'its key')
    .option('--enable-bootstrap-token-auth [boolean]', 'whether bootstrap tokens in kube-system are good', boolean, false)
    .option('--oidc-issuer-url <url>', 'an issuer of JWTs')
    .option('--oidc-client-id <id>', 'the audience of its tokens')
    .option('--oidc-ca-file <file>', "the issuer's authority")
    .option('--oidc-username-claim <claim>', 'the claim that names the user', 'sub')
    .option('--oidc-username-prefix <prefix>', "what goes before it; '-' for nothing")
    .option('--oidc-groups-claim <claim>', 'the claim that names the groups')
    .option('--oidc-groups-prefix <prefix>', 'what goes before each of them')
    .option('--oidc-required-claim <key=value>', 'a claim that has to be there; may be repeated', strings)
    .option('--oidc-signing-algs <list>', 'algorithms of the tokens (default: RS256)', strings)
    .option('--service-account-issuer <issuer>', 'issuer of service-account tokens; of several the first makes them', repeated)
    .option('--service-account-signing-key-file <file>', "the key that signs service-account tokens (default: the cluster's own)")
    .option(
      '--service-account-key-file <file>',
      'the keys that these tokens are checked with; may be repeated (default: the signing key)',
      repeated,
    )
    .option('--service-account-extend-token-expiration [boolean]', 'whether mounted tokens live for a year', boolean, true)
    .option('--service-account-max-token-expiration <duration>', 'the longest life of a token that is asked for (0: any)', goDuration, 0)
    .option('--service-account-jwks-uri <url>', 'where the discovery document says that the keys are (default: this server)')
    .option('--advertise-address <ip>', 'the address of the Service kubernetes in default (default: one of the simulated network)', ip)
    .option('--external-hostname <name>', 'the name at which documents say that this server is (default: its address)')
    .option('--event-ttl <duration>', 'how long events are kept', goDuration, 3_600_000)
    .option('--request-timeout <duration>', 'how long a request may take that is no watch or stream', goDuration, 60_000)
    .option('--min-request-timeout <seconds>', 'how long a watch lasts at least that names no time', integer('ParseInt'), 1800)
    .option('--authorization-config <file>', 'who is asked what is allowed: an AuthorizationConfiguration')
    .option('--authorization-mode <list>', 'of Node, RBAC, ABAC, Webhook, AlwaysAllow, AlwaysDeny, in order (default: Node,RBAC)', strings)
    .option('--authorization-policy-file <file>', 'the policies of mode ABAC, a line of JSON each')
    .option('--authorization-webhook-config-file <file>', 'a kubeconfig that names the webhook of mode Webhook')
    .option('--authorization-webhook-version <version>', 'of the SubjectAccessReviews that it gets', 'v1beta1')
    .option('--authorization-webhook-cache-authorized-ttl <duration>', 'how long its yes is kept', goDuration, 300_000)
    .option('--authorization-webhook-cache-unauthorized-ttl <duration>', 'how long its no is kept', goDuration, 30_000)
    .option('--enable-admission-plugins <list>', 'admission plugins besides those that are on by default', strings)
    .option('--disable-admission-plugins <list>', 'admission plugins that are off, though on by default', strings)
    .option('--admission-control-config-file <file>', 'what the plugins are told: an AdmissionConfiguration')
    .option('--default-not-ready-toleration-seconds <number>', 'how long pods stay on a node that is not ready', integer('ParseInt'), 300)
    .option(
      '--default-unreachable-toleration-seconds <number>',
      'how long pods stay on a node that is unreachable',
      integer('ParseInt'),
      300,
    )
    .option('--service-node-port-range <range>', 'node ports of Services: FIRST-LAST or FIRST+MORE', portRange, [30000, 32767])
    .option('--cors-allowed-origins <list>', 'whose pages may ask: patterns of origins', allowedOrigins)
    .option(
      '--feature-gates <list>',
      'NAME=true|false, … : taken where the gate is so by default, which none can be changed from',
      featureGates,
    )
    .option(
      '--runtime-config <list>',
      'GROUP/VERSION[/RESOURCE]=true|false or api/all|ga|beta|alpha=true|false, … : what is not to be served',
      runtimeConfig,
    );
}

/**
 * What kube-apiserver says of flags that do not go together.
 * @returns undefined if they do
 */
export function flagConflict(flags: ApiServerFlags): string | undefined {
  if (flags.encryptionProviderConfigAutomaticReload && flags.encryptionProviderConfig === undefined)
    return '--encryption-provider-config-automatic-reload must be set with --encryption-provider-config';
  if (flags.requestTimeout < 0) return '--request-timeout can not be negative value';
  if (flags.minRequestTimeout < 0) return '--min-request-timeout can not be negative value';
  const longest = flags.serviceAccountMaxTokenExpiration / 1000;
  if (longest !== 0 && (longest < 3600 || longest > 2 ** 32))
    return 'the service-account-max-token-expiration must be between 1 hour and 2^32 seconds';
  const keySet = flags.serviceAccountJwksUri;
  if (keySet && !keySet.startsWith('https://')) return `service-account-jwks-uri requires https scheme, parsed as: ${keySet}`;
  if (flags.serviceAccountIssuer?.includes('')) return 'service-account-issuer should not be an empty string';
  if (flags.authorizationConfig !== undefined && (flags.authorizationMode || flags.authorizationWebhookConfigFile !== undefined))
    return '--authorization-config can not be specified when --authorization-mode or --authorization-webhook-* flags are defined';
  const oidc = usesOidcFlags(flags);
  if (oidc && (!flags.oidcIssuerUrl || !flags.oidcClientId))
    return 'oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set';
  if (oidc && flags.authenticationConfig !== undefined) return 'authentication-config file and oidc-* flags are mutually exclusive';
  try {
    servedDefinitions(flags.runtimeConfig ?? {}, definitions, flags.enablePriorityAndFairness);
  } catch (error) {
    if (error instanceof InvalidArgumentError) return error.message;
    throw error;
  }
  return undefined;
}

export function usesOidcFlags(flags: ApiServerFlags): boolean {
  return [flags.oidcIssuerUrl, flags.oidcClientId, flags.oidcCaFile, flags.oidcUsernamePrefix, flags.oidcGroupsClaim].some(
    (value) => value !== undefined && value !== '',
  );
}
