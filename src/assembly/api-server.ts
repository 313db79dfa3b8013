import { mutatingAdmissionPolicy } from '../../api/admissionregistration.k8s.io/v1/mutatingadmissionpolicy.ts';
import { mutatingAdmissionPolicyBinding } from '../../api/admissionregistration.k8s.io/v1/mutatingadmissionpolicybinding.ts';
import { mutatingWebhookConfiguration } from '../../api/admissionregistration.k8s.io/v1/mutatingwebhookconfiguration.ts';
import { validatingAdmissionPolicy } from '../../api/admissionregistration.k8s.io/v1/validatingadmissionpolicy.ts';
import { validatingAdmissionPolicyBinding } from '../../api/admissionregistration.k8s.io/v1/validatingadmissionpolicybinding.ts';
import { validatingWebhookConfiguration } from '../../api/admissionregistration.k8s.io/v1/validatingwebhookconfiguration.ts';
import { namespace as namespaces } from '../../api/core/v1/namespace.ts';
import { resourceQuota as resourceQuotas } from '../../api/core/v1/resourcequota.ts';
import { secret as secrets } from '../../api/core/v1/secret.ts';
import type { ResourceDefinition } from '../../api/define.ts';
import { definitions } from '../../api/index.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { createSchemaSource } from '../../openapi/source.ts';
import { type AdmissionParts, admissionPlugins } from '../admission/plugins.ts';
import { mutatingPolicies } from '../admission/policy/mutating.ts';
import { validatingPolicies } from '../admission/policy/validating.ts';
import type { QuotaStore } from '../admission/resource-quota/accounting.ts';
import { serviceResolver } from '../admission/webhook/services.ts';
import { Webhooks } from '../admission/webhook/webhook.ts';
import { clientCertificateAuthenticator } from '../auth/authenticate/client-certificate.ts';
import { requestHeaderAuthenticator } from '../auth/authenticate/request-header.ts';
import { readTokenFile } from '../auth/authenticate/token-file.ts';
import { unionAuthenticator } from '../auth/authenticate/union.ts';
import { AuthorizationDecisions } from '../auth/authorize/counted.ts';
import { nodeAuthorizer } from '../auth/authorize/node.ts';
import { RbacAuthorizer } from '../auth/authorize/rbac.ts';
import { followRbac } from '../auth/authorize/rbac-source.ts';
import { bootstrapPolicy } from '../auth/bootstrap/rbac.ts';
import type { ClusterKeys } from '../auth/pki.ts';
import { ServiceAccountTokens } from '../auth/service-account-tokens.ts';
import type { Authenticator } from '../auth/types.ts';
import { UserError } from '../cli/errors.ts';
import { featureGateMetrics } from '../cli/feature-gates.ts';
import { flagValues } from '../cli/flag-values.ts';
import type { UpOptions } from '../cli/options.ts';
import { askedInVain, servedDefinitions } from '../cli/runtime-config.ts';
import type { Client } from '../client/client.ts';
import type { Clock } from '../machinery/clock.ts';
import type { Disposables } from '../machinery/disposables.ts';
import type { Logger } from '../machinery/logger.ts';
import { ProtobufCodec } from '../machinery/protobuf/codec.ts';
import type { Random } from '../machinery/random.ts';
import { WebhookClient } from '../machinery/webhook-client.ts';
import { storagePrefix } from '../registry/resource-store.ts';
import { unlessNotFound } from '../runtime/errors.ts';
import type { Answer } from '../server/answer.ts';
import { ApiServer, type ApiServerOptions } from '../server/api-server.ts';
import { apiServerUser } from '../server/bootstrap.ts';
import { mediaTypeNames, negotiateOnly } from '../server/negotiation/accept.ts';
import { nodeObjects } from '../server/node-objects.ts';
import { createOwnApi } from '../server/own-api/own-api.ts';
import { type Follower, followObjects } from '../storage/follow.ts';
import type { Storage } from '../storage/storage.ts';
import { chosenPlugins } from './admission.ts';
import { configuredAuthentication } from './authentication.ts';
import { configuredAuthorizer } from './authorization.ts';
import { componentProbes } from './component-probes.ts';
import type { FrontProxy } from './front-proxy.ts';
import { versionInfo } from './version.ts';

const defaultIssuer = 'https://kubernetes.default.svc.cluster.local';

export interface ApiServerAssembly {
  readonly options: UpOptions;
  readonly storage: Storage;
  readonly keys: ClusterKeys;
  readonly frontProxy: FrontProxy;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Ends what it follows. */
  readonly signal: AbortSignal;
  /** Called when what it follows has ended by itself. */
  readonly onFailure: (error: Error) => void;
  /** Takes what has to be disposed of. */
  readonly running: Disposables;
}

/** What differs between the API servers of one store. */
export type OwnParts = Pick<
  ApiServerOptions,
  | 'serverAddress'
  | 'healthChecks'
  | 'audit'
  | 'proxyClient'
  | 'tls'
  | 'frontThread'
  | 'priorityAndFairness'
  | 'inFlightLimits'
  | 'largeRequests'
  | 'nodes'
>;

export interface AssembledApiServer {
  readonly server: ApiServer;
  readonly tokens: ServiceAccountTokens;
}

/**
 * Puts together the API server that the flags describe; it follows the store's access rules, admission configurations and custom kinds when this resolves.
 * @throws UserError where a flag or its file is wrong
 */
export async function assembleApiServer(assembly: ApiServerAssembly, own: OwnParts): Promise<AssembledApiServer> {
  const { options, storage, keys, frontProxy, clock, random, logger, signal, onFailure, running } = assembly;
  const issuers = options.serviceAccountIssuer ?? [defaultIssuer];
  const tokens: ServiceAccountTokens = new ServiceAccountTokens({
    issuers,
    ...(options.apiAudiences ? { audiences: options.apiAudiences } : {}),
    keys: keys.serviceAccount,
    maxExpirationSeconds: options.serviceAccountMaxTokenExpiration / 1000,
    extendsExpiration: options.serviceAccountExtendTokenExpiration,
    ...(options.serviceAccountJwksUri ? { keySetAddress: options.serviceAccountJwksUri } : {}),
    clock,
    random,
    read: (plural, namespace, name) => server.lookup.get({ group: '', version: 'v1', plural }, namespace, name),
    secretUsed(namespace, name, labels) {
      const api = server.client(apiServerUser, 'kube-apiserver').resource(secrets);
      api.patch(namespace, name, 'application/merge-patch+json', { metadata: { labels } }).catch((error) => {
        logger.debug({ namespace, name, error }, 'the use of a token could not be noted');
      });
    },
  });
  const rbac = new RbacAuthorizer();
  const webhookClient = running.use(new WebhookClient((...service) => resolveService(...service), clock));
  const admission: AdmissionParts = {
    quotas: quotaStore(() => server.client(apiServerUser, 'kube-apiserver')),
    rbac,
    webhookClient,
    mutatingWebhooks: new Webhooks(),
    validatingWebhooks: new Webhooks(),
    mutatingPolicies: mutatingPolicies(),
    validatingPolicies: validatingPolicies(),
    createNamespace: (name) => server.client(apiServerUser, 'kube-apiserver').resource(namespaces).create('', { metadata: { name } }),
  };
  const plugins = await chosenPlugins(options);
  for (const key of askedInVain(options.runtimeConfig ?? {}))
    logger.warn({ runtimeConfig: key }, 'alpha and beta versions are not served by Orrery');
  const lookup = () => server.lookup;
  const { audiences } = tokens;
  const authentication = await configuredAuthentication(options, { clock, logger, lookup, issuers, audiences, signal });
  const node = nodeAuthorizer(
    nodeRules(bootstrapPolicy()),
    nodeObjects(() => server.registry),
  );
  const decisions = new AuthorizationDecisions();
  const authorizer = await configuredAuthorizer(options, { clock, logger, node, rbac, signal, decisions });
  const server: ApiServer = new ApiServer({
    storage,
    definitions: servedDefinitions(options.runtimeConfig ?? {}, definitions, options.enablePriorityAndFairness),
    schemas: createSchemaSource(),
    clock,
    random,
    logger,
    settings: {
      serviceClusterIPRanges: options.serviceClusterIpRange,
      nodePortRange: options.serviceNodePortRange,
      eventTtlSeconds: options.eventTtl / 1000,
      minRequestTimeoutSeconds: options.minRequestTimeout,
    },
    requestTimeout: options.requestTimeout,
    corsAllowedOrigins: options.corsAllowedOrigins ?? [],
    authenticator: unionAuthenticator(
      [
        requestHeaderAuthenticator(frontProxy.trust),
        clientCertificateAuthenticator(),
        ...(options.tokenAuthFile ? [await tokenFile(options.tokenAuthFile)] : []),
        tokens,
        ...authentication.authenticators,
      ],
      authentication.mayBeAnonymous,
    ),
    authorizer,
    metrics: [decisions.total.family(), featureGateMetrics()],
    components: componentProbes(options.components, storage),
    tokens,
    protobuf: new ProtobufCodec(),
    admissionPlugins: (environment, namespaceLifecycle) => admissionPlugins(environment, admission, namespaceLifecycle, plugins),
    versionInfo,
    flags: flagValues(options),
    pages: createOwnApi({
      versionInfo,
      definitions: () => server.registry.definitions(),
      client: (user) => server.client(user, 'orrery'),
    }),
    handlers: {
      '/.well-known/openid-configuration': ({ request }) => {
        negotiateOnly([mediaTypeNames.json], request.headers['accept']);
        return publicAnswer(mediaTypeNames.json, tokens.discovery(own.serverAddress()));
      },
      '/openid/v1/jwks': async ({ request }) => {
        negotiateOnly([keySetType], request.headers['accept']);
        return publicAnswer(keySetType, await tokens.keySet());
      },
    },
    ...own,
  });
  running.use(server);
  const resolveService = serviceResolver(server.lookup);
  await followRbac(storage, rbac, signal, onFailure);
  await followAdmission(storage, admission, signal, onFailure);
  await server.serveCustomResources(webhookClient, signal);
  return { server, tokens };
}

const keySetType = 'application/jwk-set+json';

/** A document that whoever reads it may keep for an hour. */
function publicAnswer(contentType: string, document: object): Answer {
  const headers = { 'cache-control': 'public, max-age=3600' };
  return { type: 'raw', status: 200, contentType, body: JSON.stringify(document), headers };
}

/** Keeps the webhooks and policies of admission in step with what is stored. */
async function followAdmission(
  storage: Storage,
  { mutatingWebhooks, validatingWebhooks, mutatingPolicies, validatingPolicies }: AdmissionParts,
  signal: AbortSignal,
  onFailure: (error: Error) => void,
): Promise<void> {
  const followed: [ResourceDefinition, Follower][] = [
    [mutatingWebhookConfiguration, mutatingWebhooks],
    [validatingWebhookConfiguration, validatingWebhooks],
    [mutatingAdmissionPolicy, mutatingPolicies.policies],
    [mutatingAdmissionPolicyBinding, mutatingPolicies.bindings],
    [validatingAdmissionPolicy, validatingPolicies.policies],
    [validatingAdmissionPolicyBinding, validatingPolicies.bindings],
  ];
  await Promise.all(
    followed.map(([definition, follower]) => followObjects(storage, storagePrefix(definition), follower, signal, onFailure)),
  );
}

/** Quotas for their admission plugin, which charges them in the API server's own name. */
function quotaStore(client: () => Client): QuotaStore {
  const api = () => client().resource(resourceQuotas);
  return {
    read: (namespace, name) => unlessNotFound(api().get(namespace, name)),
    updateStatus: (quota) => api().update(quota.metadata!.namespace!, quota, { subresource: 'status' }),
  };
}

async function tokenFile(file: string): Promise<Authenticator> {
  try {
    return await readTokenFile(file);
  } catch (error) {
    throw new UserError(`--token-auth-file: ${(error as Error).message}`);
  }
}

function nodeRules(policy: readonly KubeObject[]) {
  return policy.find(({ kind, metadata }) => kind === 'ClusterRole' && metadata?.name === 'system:node')!.rules;
}
