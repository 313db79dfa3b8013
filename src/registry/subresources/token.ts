import { type FieldError, invalid as invalidField } from '../../../api/meta/field.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { mountedTokenSeconds, type TokenRequestInput } from '../../auth/service-account-tokens.ts';
import { formatTime } from '../../machinery/clock.ts';
import { badRequest, conflict, invalid } from '../errors.ts';
import { getObject } from '../get.ts';
import type { ActionCall, ActionResult } from './action.ts';

/** Makes the tokens of service accounts. */
export interface TokenIssuer {
  /** The API server's own. */
  readonly audiences: readonly string[];
  /** Longer lives are cut to it; 0 or absent: none is. */
  readonly maxExpirationSeconds?: number;
  /** Whether tokens that the ServiceAccount plugin mounts live longer than they say; absent: they do. */
  readonly extendsExpiration?: boolean;
  /** @returns the token, its id and when it should be given up, in milliseconds since the epoch */
  issue(request: TokenRequestInput): Promise<{ token: string; id: string; expires: number }>;
}

const tokenRequest = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
const leastExpirationSeconds = 600;
const mostExpirationSeconds = 2 ** 32;
/** How long tokens hold that the ServiceAccount plugin has mounted: not every client reads them anew (KEP-1205). */
const mountedLifeSeconds = 365 * 24 * 60 * 60;

/** Answers a TokenRequest of a service account. */
export async function token(call: ActionCall): Promise<ActionResult> {
  const { object, name, operation, parts } = call;
  const metadata = object.metadata ?? {};
  checkOwn(name, metadata.name, 'name', name);
  checkOwn(operation.namespace, metadata.namespace, 'namespace', name);
  const account = (await getObject(call.store!, operation.namespace, name)).object;
  if (metadata.uid && metadata.uid !== account.metadata!.uid) {
    throw conflict(
      { group: tokenRequest.group, resource: tokenRequest.kind },
      name,
      `the UID in the token request (${metadata.uid}) does not match the UID of the service account (${account.metadata!.uid})`,
    );
  }
  const spec = {
    ...object['spec'],
    audiences: object['spec']?.audiences?.length ? object['spec'].audiences : [...parts.tokenIssuer.audiences],
  };
  const errors = validateExpiration(spec.expirationSeconds);
  if (errors.length > 0) throw invalid(tokenRequest, '', errors);
  await call.validate();
  const bound = await boundObjects(call, spec.boundObjectRef);
  const { maxExpirationSeconds: most = 0, extendsExpiration = true } = parts.tokenIssuer;
  if (most > 0 && spec.expirationSeconds > most) {
    operation.warn(`requested expiration of ${spec.expirationSeconds} seconds shortened to ${most} seconds`);
    spec.expirationSeconds = most;
  }
  const { audiences, expirationSeconds } = spec;
  const isMounted =
    extendsExpiration &&
    bound.pod &&
    expirationSeconds === mountedTokenSeconds &&
    audiences.every((audience: string) => parts.tokenIssuer.audiences.includes(audience));
  const lifetime = isMounted ? { expirationSeconds: mountedLifeSeconds, warnAfterSeconds: expirationSeconds } : { expirationSeconds };
  const issued = await parts.tokenIssuer.issue({ serviceAccount: account, audiences, ...lifetime, ...bound });
  operation.annotate?.('authentication.kubernetes.io/issued-credential-id', `JTI=${issued.id}`);
  const now = parts.clock.now();
  return {
    status: 201,
    object: {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {
        ...metadata,
        name: account.metadata!.name!,
        namespace: account.metadata!.namespace!,
        uid: account.metadata!.uid!,
        creationTimestamp: formatTime(now),
      },
      spec,
      status: { token: issued.token, expirationTimestamp: formatTime(issued.expires) },
    },
  };
}

function checkOwn(expected: string, given: string | undefined, field: 'name' | 'namespace', name: string): void {
  if (!given || given === expected) return;
  throw invalid(tokenRequest, name, [invalidField(`metadata.${field}`, given, `must match the service account ${field} if specified`)]);
}

function validateExpiration(seconds: number): FieldError[] {
  const path = 'spec.expirationSeconds';
  if (seconds < leastExpirationSeconds) return [invalidField(path, seconds, 'may not specify a duration less than 10 minutes')];
  return seconds > mostExpirationSeconds ? [invalidField(path, seconds, 'may not specify a duration larger than 2^32 seconds')] : [];
}

interface Bound {
  pod?: KubeObject;
  secret?: KubeObject;
  node?: KubeObject;
}

interface BoundObjectRef {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly name?: string;
  readonly uid?: string;
}

async function boundObjects(call: ActionCall, ref: BoundObjectRef | undefined): Promise<Bound> {
  if (!ref) return {};
  const { registry } = call.parts;
  const { namespace } = call.operation;
  const { kind = '', apiVersion = '', name = '' } = ref;
  const read = async (plural: string, inNamespace: string, objectName: string) =>
    (await getObject(registry.storeOf('', 'v1', plural), inNamespace, objectName)).object;
  const bound: Bound = {};
  let uid: string | undefined;
  const [group, version] = groupVersionOf(apiVersion);
  if (group !== '' || !['Pod', 'Node', 'Secret'].includes(kind)) {
    throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  }
  if (kind === 'Pod') {
    bound.pod = await read('pods', namespace, name);
    if (bound.pod['spec'].serviceAccountName !== call.name) {
      throw badRequest(`cannot bind token for serviceaccount ${goQuote(call.name)} to pod running with different serviceaccount name.`);
    }
    uid = bound.pod.metadata!.uid;
    const node = await nodeOf(call, bound.pod['spec'].nodeName);
    if (node) bound.node = node;
  } else if (kind === 'Node') {
    bound.node = await read('nodes', '', name);
    uid = bound.node.metadata!.uid;
  } else {
    bound.secret = await read('secrets', namespace, name);
    uid = bound.secret.metadata!.uid;
  }
  if (ref.uid && ref.uid !== uid) {
    throw conflict(
      { group: '', resource: kind },
      name,
      `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  return bound;
}

// What is no version at all counts as none.
function groupVersionOf(apiVersion: string): readonly [group: string, version: string] {
  const [first = '', second, ...more] = apiVersion.split('/');
  if (more.length > 0) return ['', ''];
  return second === undefined ? ['', first] : [first, second];
}

async function nodeOf(call: ActionCall, name: string | undefined): Promise<KubeObject | undefined> {
  if (!name) return undefined;
  const store = call.parts.registry.storeOf('', 'v1', 'nodes');
  return (await store.read(store.key('', name)))?.object;
}
