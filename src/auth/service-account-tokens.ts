import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { decodeJwt, exportJWK, type JWTHeaderParameters, type JWTPayload, errors as joseErrors, jwtVerify, SignJWT } from 'jose';
import { goQuote } from '../../api/meta/go-quote.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { quotedList } from '../../api/meta/text.ts';
import { type Clock, formatTime } from '../machinery/clock.ts';
import type { Random } from '../machinery/random.ts';
import { bearerToken } from './authenticate/bearer.ts';
import type { ServiceAccountKeys } from './pki.ts';
import type { Authenticator, UserInfo } from './types.ts';

/** Reads one core/v1 object, to see whether what a token is bound to is still there. */
export type ObjectReader = (
  resource: 'serviceaccounts' | 'pods' | 'secrets' | 'nodes',
  namespace: string,
  name: string,
) => Promise<KubeObject | undefined>;

export interface TokenRequestInput {
  readonly serviceAccount: KubeObject;
  /** Empty: the API server's own. */
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  /** When whoever has it should take another, if that is before it ends. */
  readonly warnAfterSeconds?: number;
  /** What the token dies with, besides its service account. */
  readonly pod?: KubeObject;
  readonly secret?: KubeObject;
  readonly node?: KubeObject;
}

/** The claim `kubernetes.io` of a bound token (KEP-1205). */
interface KubernetesClaims {
  namespace: string;
  serviceaccount: Reference;
  pod?: Reference;
  secret?: Reference;
  node?: Reference;
  warnafter?: number;
}
interface Reference {
  name: string;
  uid: string;
}

/** The seconds that the ServiceAccount plugin asks for in the tokens that it mounts; the number tells them from others. */
export const mountedTokenSeconds = 60 * 60 + 7;

const userPrefix = 'system:serviceaccount:';
const extraPrefix = 'authentication.kubernetes.io';
/** Issuer and claims of tokens that are kept in secrets. */
const secretIssuer = 'kubernetes/serviceaccount';
const secretClaim = 'kubernetes.io/serviceaccount';

/** When a token that is kept in a secret was used last, and since when it is not good any more, as dates (KEP-2799). */
const lastUsed = 'kubernetes.io/legacy-token-last-used';
const invalidSince = 'kubernetes.io/legacy-token-invalid-since';

export interface TokensOptions {
  /** The first makes the tokens, all are believed. */
  readonly issuers: readonly string[];
  /** Tokens for one of them are good for this server; default: the first issuer. */
  readonly audiences?: readonly string[];
  /** Longer lives are cut to it; 0 or absent: none is. */
  readonly maxExpirationSeconds?: number;
  /** Whether tokens that the ServiceAccount plugin mounts live longer than they say; absent: they do. */
  readonly extendsExpiration?: boolean;
  /** Where the key set is said to be; absent: at the server itself. */
  readonly keySetAddress?: string;
  readonly keys: ServiceAccountKeys;
  readonly clock: Clock;
  readonly random: Random;
  readonly read: ObjectReader;
  /** Told of the first use of a secret's token on a day, with the labels that the secret should get. */
  readonly secretUsed?: (namespace: string, name: string, labels: Readonly<Record<string, string>>) => void;
}

interface NamedKey {
  readonly alg: string;
  readonly kid: string;
  readonly key: KeyObject;
}

const curveAlgorithms: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/**
 * The algorithm that a key signs service-account tokens with.
 * @returns undefined where it is none that kube-apiserver takes
 */
export function tokenAlgorithm(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  return key.asymmetricKeyType === 'ec' ? curveAlgorithms[key.asymmetricKeyDetails?.namedCurve ?? ''] : undefined;
}

// The key's name is the hash of the public key, as kube-apiserver names it.
function namedKey(key: KeyObject): NamedKey {
  const kid = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  return { alg: tokenAlgorithm(key)!, kid, key };
}

/** Makes and checks the tokens of service accounts: JWTs signed with the cluster's own key, or the one that a flag names. */
export class ServiceAccountTokens implements Authenticator {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly maxExpirationSeconds: number;
  readonly extendsExpiration: boolean;
  private readonly keySetAddress: string | undefined;
  private readonly issuers: readonly string[];
  private readonly signingKey: NamedKey;
  private readonly keys: readonly NamedKey[];
  private readonly algorithms: readonly string[];
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly read: ObjectReader;
  private readonly secretUsed: NonNullable<TokensOptions['secretUsed']>;

  constructor(options: TokensOptions) {
    this.issuers = options.issuers;
    this.issuer = options.issuers[0]!;
    this.audiences = options.audiences?.length ? options.audiences : [this.issuer];
    this.maxExpirationSeconds = options.maxExpirationSeconds ?? 0;
    this.extendsExpiration = options.extendsExpiration ?? true;
    this.keySetAddress = options.keySetAddress;
    const { privateKey, publicKeys } = options.keys;
    this.signingKey = { ...namedKey(createPublicKey(privateKey)), key: privateKey };
    this.keys = publicKeys.map(namedKey);
    this.algorithms = [...new Set(this.keys.map(({ alg }) => alg))].sort();
    this.clock = options.clock;
    this.random = options.random;
    this.read = options.read;
    this.secretUsed = options.secretUsed ?? (() => {});
  }

  /** @returns the token, its id and when it should be given up, in milliseconds since the epoch */
  async issue(request: TokenRequestInput): Promise<{ token: string; id: string; expires: number }> {
    const now = Math.floor(this.clock.now() / 1000);
    const expires = now + request.expirationSeconds;
    const { namespace, name } = request.serviceAccount.metadata!;
    const { node, pod, secret, warnAfterSeconds } = request;
    const claims: KubernetesClaims = {
      namespace: namespace!,
      ...(node && { node: reference(node) }),
      ...(pod && { pod: reference(pod) }),
      ...(secret && { secret: reference(secret) }),
      serviceaccount: reference(request.serviceAccount),
      ...(warnAfterSeconds && { warnafter: now + warnAfterSeconds }),
    };
    const id = this.random.uuid();
    const token = await this.sign({
      aud: request.audiences.length > 0 ? [...request.audiences] : [...this.audiences],
      exp: expires,
      iat: now,
      iss: this.issuer,
      jti: id,
      'kubernetes.io': claims,
      nbf: now,
      sub: `${userPrefix}${namespace}:${name}`,
    });
    return { token, id, expires: (claims.warnafter ?? expires) * 1000 };
  }

  /** The token of a Secret of type kubernetes.io/service-account-token: it never ends, and dies with the secret. */
  issueForSecret(claims: { namespace: string; serviceAccount: { name: string; uid: string }; secretName: string }): Promise<string> {
    const { namespace, serviceAccount, secretName } = claims;
    return this.sign({
      iss: secretIssuer,
      [`${secretClaim}/namespace`]: namespace,
      [`${secretClaim}/secret.name`]: secretName,
      [`${secretClaim}/service-account.name`]: serviceAccount.name,
      [`${secretClaim}/service-account.uid`]: serviceAccount.uid,
      sub: `${userPrefix}${namespace}:${serviceAccount.name}`,
    });
  }

  /** @param claims in alphabetical order, as kube-apiserver writes them */
  private sign(claims: JWTPayload): Promise<string> {
    const { alg, kid, key } = this.signingKey;
    return new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key);
  }

  async authenticate(credentials: Parameters<Authenticator['authenticate']>[0]): Promise<UserInfo | undefined> {
    const token = bearerToken(credentials);
    return token === undefined ? undefined : (await this.review(token, this.audiences))?.user;
  }

  /**
   * Whose token it is and which of the audiences it is good for; undefined if the token is not one of ours.
   * @throws Error if it is ours and does not hold (expired, or what it is bound to is gone)
   */
  async review(token: string, audiences: readonly string[]): Promise<{ user: UserInfo; audiences: string[] } | undefined> {
    const payload = await this.verify(token);
    if (!payload) return undefined;
    if (payload.iss === secretIssuer) return { user: await this.secretUser(token, payload), audiences: [...audiences] };
    const tokenAudiences = [payload.aud ?? []].flat();
    const common = audiences.filter((audience) => tokenAudiences.includes(audience));
    if (common.length === 0)
      throw new Error(`token audiences ${quotedList(tokenAudiences)} is invalid for the target audiences ${quotedList(audiences)}`);
    const claims = payload['kubernetes.io'] as KubernetesClaims;
    await this.checkBoundObjects(claims);
    return { user: userOf(claims, payload), audiences: common };
  }

  /** The JSON Web Key Set at /openid/v1/jwks. */
  async keySet(): Promise<object> {
    return { keys: await Promise.all(this.keys.map(async ({ alg, kid, key }) => ({ use: 'sig', ...(await exportJWK(key)), kid, alg }))) };
  }

  /** The discovery document at /.well-known/openid-configuration. @param server host and port at which the keys are served */
  discovery(server: string): object {
    return {
      issuer: this.issuer,
      jwks_uri: this.keySetAddress ?? `https://${server}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: this.algorithms,
    };
  }

  // Of an algorithm that has no key here, no token gets as far as this.
  private keyOf({ alg, kid }: JWTHeaderParameters): KeyObject {
    const fitting = this.keys.filter((key) => key.alg === alg);
    return (fitting.find((key) => key.kid === kid) ?? fitting[0]!).key;
  }

  private async verify(token: string): Promise<JWTPayload | undefined> {
    try {
      const { payload } = await jwtVerify(token, (header) => this.keyOf(header), {
        issuer: [...this.issuers, secretIssuer],
        algorithms: [...this.algorithms],
        // jose wants a Date; the time is the injected clock's.
        currentDate: new Date(this.clock.now()),
      });
      return payload;
    } catch (error) {
      if (error instanceof joseErrors.JWTExpired) throw new Error('service account token has expired');
      if (!(error instanceof joseErrors.JOSEError)) throw error;
      if (signatureProblems.includes(error.code) && this.saysItIsOurs(token))
        throw new Error('go-jose/go-jose: error in cryptographic primitive');
      return undefined;
    }
  }

  private saysItIsOurs(token: string): boolean {
    try {
      const { iss } = decodeJwt(token);
      return iss === secretIssuer || (iss !== undefined && this.issuers.includes(iss));
    } catch {
      return false;
    }
  }

  // Whether the secret still holds this very token, and its account is the one that it was made for.
  private async secretUser(token: string, payload: JWTPayload): Promise<UserInfo> {
    const claim = (name: string) => String(payload[`${secretClaim}/${name}`] ?? '');
    const [namespace, name, secretName] = [claim('namespace'), claim('service-account.name'), claim('secret.name')];
    const secret = await this.read('secrets', namespace, secretName);
    if (!secret || secret.metadata?.deletionTimestamp) throw new Error('Token has been invalidated');
    if (Buffer.from(secret['data']?.token ?? '', 'base64').toString() !== token) throw new Error("Token does not match server's copy");
    const uid = claim('service-account.uid');
    await this.checkBoundObjects({ namespace, serviceaccount: { name, uid } });
    const { labels } = secret.metadata ?? {};
    if (labels?.[invalidSince] !== undefined) throw new Error(`the token in secret ${namespace}/${secretName} has been marked invalid`);
    const today = formatTime(this.clock.now()).slice(0, '2026-01-01'.length);
    if (labels?.[lastUsed] !== today) this.secretUsed(namespace, secretName, { [lastUsed]: today });
    return { ...serviceAccountUser(namespace, name), uid };
  }

  private async checkBoundObjects(claims: KubernetesClaims): Promise<void> {
    const check = async (resource: Parameters<ObjectReader>[0], namespace: string, wanted: Reference | undefined, what: string) => {
      if (!wanted) return;
      const uid = (await this.read(resource, namespace, wanted.name))?.metadata?.uid;
      if (uid === undefined) throw new Error('service account token has been invalidated');
      if (uid !== wanted.uid) throw new Error(`${what} UID (${uid}) does not match service account ${what} ref claim (${wanted.uid})`);
    };
    const { name, uid } = claims.serviceaccount;
    const account = (await this.read('serviceaccounts', claims.namespace, name))?.metadata;
    if (!account) throw new Error(`serviceaccounts ${goQuote(name)} not found`);
    if (account.uid !== uid) throw new Error(`service account UID (${account.uid}) does not match claim (${uid})`);
    await check('pods', claims.namespace, claims.pod, 'pod');
    await check('secrets', claims.namespace, claims.secret, 'secret');
    if (!claims.pod) await check('nodes', '', claims.node, 'node');
  }
}

/** The signature is none, of another algorithm, or another's. */
const signatureProblems: readonly string[] = ['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'ERR_JOSE_ALG_NOT_ALLOWED', 'ERR_JWS_INVALID'];

function reference(object: KubeObject): Reference {
  return { name: object.metadata!.name!, uid: object.metadata!.uid! };
}

function userOf(claims: KubernetesClaims, payload: JWTPayload): UserInfo {
  const extra: Record<string, string[]> = { [`${extraPrefix}/credential-id`]: [`JTI=${payload.jti}`] };
  if (claims.pod) {
    extra[`${extraPrefix}/pod-name`] = [claims.pod.name];
    extra[`${extraPrefix}/pod-uid`] = [claims.pod.uid];
  }
  if (claims.node) {
    extra[`${extraPrefix}/node-name`] = [claims.node.name];
    extra[`${extraPrefix}/node-uid`] = [claims.node.uid];
  }
  return { ...serviceAccountUser(claims.namespace, claims.serviceaccount.name), uid: claims.serviceaccount.uid, extra };
}

/** The user that a service account is. */
export function serviceAccountUser(namespace: string, name: string): UserInfo {
  return {
    username: `${userPrefix}${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}
