import type { ClusterSettings, ResourceDefinition } from '../../../api/define.ts';
import { createSchemaSource } from '../../../openapi/source.ts';
import type { AdmissionEnvironment } from '../../admission/environment.ts';
import type { AdmissionPlugin } from '../../admission/plugin.ts';
import { type Clock, systemClock } from '../../machinery/clock.ts';
import { silentLogger } from '../../machinery/logger.ts';
import { ProtobufCodec } from '../../machinery/protobuf/codec.ts';
import { seededRandom } from '../../machinery/random.ts';
import type { Storage } from '../../storage/storage.ts';
import { ApiServer } from '../api-server.ts';

export interface InProcessOptions {
  readonly seed?: number;
  readonly settings?: ClusterSettings;
  readonly clock?: Clock;
}

/** A server without a network, over some definitions: nothing is refused, and only the given plugins admit differently. */
export function openInProcessServer(
  storage: Storage,
  definitions: readonly ResourceDefinition[],
  furtherPlugins: (environment: AdmissionEnvironment) => readonly AdmissionPlugin[] = () => [],
  {
    seed = 1,
    settings = { serviceClusterIPRanges: ['10.96.0.0/16'], nodePortRange: [30000, 32767] },
    clock = systemClock,
  }: InProcessOptions = {},
): ApiServer {
  return new ApiServer({
    storage,
    definitions,
    schemas: createSchemaSource(),
    clock,
    random: seededRandom(seed),
    logger: silentLogger,
    settings,
    authenticator: { authenticate: () => undefined },
    authorizer: {
      authorize: () => ({ decision: 'allow', reason: '' }),
      rulesFor: async () => ({ resourceRules: [], nonResourceRules: [], incomplete: false, errors: [] }),
    },
    tokens: { audiences: ['https://kubernetes.default.svc'], issue: async () => ({ token: 't', id: '', expires: 0 }) },
    protobuf: new ProtobufCodec(),
    admissionPlugins: (environment, namespaceLifecycle) => [namespaceLifecycle, ...furtherPlugins(environment)],
    versionInfo: {},
    serverAddress: () => '127.0.0.1:6443',
  });
}
