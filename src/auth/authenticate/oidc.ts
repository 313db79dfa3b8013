import { createLocalJWKSet, decodeJwt, type JWTPayload, type JWTVerifyGetKey, errors as jose, jwtVerify } from 'jose';
import { dynamicValue, jsonOf } from '../../../api/cel/policy/dynamic-values.ts';
import type { Program } from '../../../api/cel/program.ts';
import { compileTokenExpression } from '../../../api/cel/token/token-environment.ts';
import { goJsonError } from '../../../api/meta/json-errors.ts';
import { quotedList } from '../../../api/meta/text.ts';
import { type Clock, formatTime, type Timer } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import type { Authenticator, UserInfo } from '../types.ts';
import { bearerToken } from './bearer.ts';
import type { JwtConfiguration } from './configuration.ts';
import { getJson } from './https-json.ts';

/** All that are asymmetric: RFC 7518. */
export const signingAlgorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'];
const retryMs = 10_000;
/** Time is judged before, in upstream's words: a token may be good a little too early. */
const leewaySeconds = 310;
const earliestSeconds = 300;
const longestToken = 128 * 1024;
const credentialId = 'authentication.kubernetes.io/credential-id';

interface Source {
  readonly claim?: string;
  readonly prefix?: string;
  readonly program?: Program;
}

/** Knows the tokens of one OpenID Connect issuer; its keys are fetched from it. */
export class OidcAuthenticator implements Authenticator, Disposable {
  private readonly configuration: JwtConfiguration;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly username: Source;
  private readonly groups: Source | undefined;
  private readonly uid: Source | undefined;
  private readonly extra: readonly { readonly key: string; readonly program: Program }[];
  private readonly claimRules: readonly { readonly text: string; readonly program: Program; readonly message: string }[];
  private readonly userRules: readonly { readonly text: string; readonly program: Program; readonly message: string }[];
  private jwksUri = '';
  private keys: JWTVerifyGetKey | undefined;
  private fetching: Promise<void> | undefined;
  private starting: Promise<void> | undefined;
  private timer: Timer | undefined;
  private ended = false;

  /** @param configuration valid */
  constructor(configuration: JwtConfiguration, clock: Clock, logger: Logger) {
    this.configuration = configuration;
    this.clock = clock;
    this.logger = logger;
    const { username, groups, uid, extra = [] } = configuration.claimMappings ?? {};
    const source = ({ expression, ...rest }: { claim?: string; prefix?: string; expression?: string }): Source =>
      expression ? { program: compileTokenExpression(expression, 'claims', 'any') } : rest;
    this.username = source(username!);
    this.groups = groups && source(groups);
    this.uid = uid && source(uid);
    this.extra = extra.map(({ key, valueExpression }) => ({
      key: key!,
      program: compileTokenExpression(valueExpression!, 'claims', 'any'),
    }));
    const rules = (subject: 'claims' | 'user', given: readonly { expression?: string; message?: string }[] = []) =>
      given.flatMap(({ expression, message = '' }) =>
        expression ? [{ text: expression, program: compileTokenExpression(expression, subject, 'bool'), message }] : [],
      );
    this.claimRules = rules('claims', configuration.claimValidationRules);
    this.userRules = rules('user', configuration.userValidationRules);
  }

  /** Looks for the issuer's keys until it has them. */
  start(): void {
    this.starting = this.discover().catch((error: Error) => {
      if (this.ended) return;
      this.logger.error({ err: error, issuer: this.configuration.issuer.url }, 'oidc authenticator: initializing plugin');
      this.timer = this.clock.timer(retryMs, () => this.start(), { background: true });
    });
  }

  [Symbol.dispose](): void {
    this.ended = true;
    this.timer?.cancel();
  }

  authenticate(credentials: Parameters<Authenticator['authenticate']>[0]): Promise<UserInfo> | undefined {
    const token = bearerToken(credentials);
    if (token === undefined || !this.isOurs(token)) return undefined;
    return this.userOf(token).catch((error: Error) => {
      throw new Error(`oidc: ${error.message}`);
    });
  }

  private isOurs(token: string): boolean {
    if (token.length > longestToken || token.split('.').length !== 3) return false;
    try {
      return decodeJwt(token).iss === this.configuration.issuer.url;
    } catch {
      return false;
    }
  }

  private async userOf(token: string): Promise<UserInfo> {
    if (!this.keys) await this.starting;
    if (!this.keys) throw new Error(`authenticator for issuer ${JSON.stringify(this.configuration.issuer.url)} is not initialized`);
    const claims = await this.verify(token).catch((error: Error) => {
      throw new Error(`verify token: ${error.message}`);
    });
    const values = [dynamicValue(claims)];
    const user = this.mapped(claims, values);
    this.checkRequired(claims);
    for (const { text, program, message } of this.claimRules) holds(text, program, message, values, 'claim validation expression');
    const shown = [dynamicValue({ username: user.username, uid: user.uid ?? '', groups: user.groups, extra: user.extra ?? {} })];
    for (const { text, program, message } of this.userRules) holds(text, program, message, shown, 'user info validation rule');
    return user;
  }

  private async verify(token: string): Promise<JWTPayload> {
    const { audiences = [] } = this.configuration.issuer;
    const { algorithms = signingAlgorithms } = this.configuration;
    const alg = algorithmOf(token);
    if (!algorithms.includes(alg)) {
      const expected = quotedList([...algorithms].sort());
      throw new Error(`oidc: id token signed with unsupported algorithm, expected ${expected} got ${JSON.stringify(alg)}`);
    }
    const claims = decodeJwt(token);
    const given = [claims.aud ?? []].flat();
    if (!audiences.some((audience) => given.includes(audience))) {
      const wanted = audiences.length === 1 ? `audience ${JSON.stringify(audiences[0])}` : `audience in ${quotedList(audiences)}`;
      throw new Error(`oidc: expected ${wanted} got ${quotedList(given)}`);
    }
    const now = this.clock.now() / 1000;
    if ((claims.exp ?? 0) < now) throw new Error(`oidc: token is expired (Token Expiry: ${goTime(claims.exp)})`);
    if (claims.nbf !== undefined && now + earliestSeconds < claims.nbf)
      throw new Error(`oidc: current time ${goTime(now)} before the nbf (not before) time: ${goTime(claims.nbf)}`);
    return this.verifySignature(token, algorithms);
  }

  private async verifySignature(token: string, algorithms: readonly string[], fetched = false): Promise<JWTPayload> {
    const options = { algorithms: [...algorithms], currentDate: new Date(this.clock.now()), clockTolerance: leewaySeconds };
    try {
      return (await jwtVerify(token, this.keys!, options)).payload;
    } catch (error) {
      if (error instanceof jose.JWKSNoMatchingKey && !fetched) {
        // The issuer may have a new key; those who learn of it at once fetch it once.
        this.fetching ??= this.fetchKeys().finally(() => {
          this.fetching = undefined;
        });
        await this.fetching;
        return this.verifySignature(token, algorithms, true);
      }
      if (error instanceof jose.JOSEError) throw new Error('failed to verify signature: failed to verify id token signature');
      throw error;
    }
  }

  private checkRequired(claims: JWTPayload): void {
    for (const { claim, requiredValue = '' } of this.configuration.claimValidationRules ?? []) {
      if (!claim) continue;
      if (!Object.hasOwn(claims, claim)) throw new Error(`required claim ${claim} not present in ID token`);
      const value = claims[claim];
      if (typeof value !== 'string')
        throw new Error(`parse claim ${claim}: json: cannot unmarshal ${goKind(value)} into Go value of type string`);
      if (value !== requiredValue) throw new Error(`required claim ${claim} value does not match. Got = ${value}, want = ${requiredValue}`);
    }
  }

  private mapped(claims: JWTPayload, values: readonly ReturnType<typeof dynamicValue>[]): UserInfo {
    const username = this.usernameOf(claims, values);
    const groups = this.groupsOf(claims, values);
    const uid = this.uidOf(claims, values);
    const extra: Record<string, string[]> = {};
    for (const { key, program } of this.extra) {
      const texts = textsOf(evaluated(program, values, 'extra'), `extra claim expression: ${program.parsed.source.text}`);
      if (texts.length > 0) extra[key] = texts;
    }
    if (typeof claims.jti === 'string' && claims.jti !== '') extra[credentialId] = [`JTI=${claims.jti}`];
    return { username, groups, ...(uid ? { uid } : {}), ...(Object.keys(extra).length > 0 ? { extra } : {}) };
  }

  private usernameOf(claims: JWTPayload, values: readonly ReturnType<typeof dynamicValue>[]): string {
    const { claim = '', prefix = '', program } = this.username;
    if (program) {
      const value = evaluated(program, values, 'username');
      if (typeof value !== 'string') throw new Error(`error evaluating username claim expression: error converting value to string`);
      if (value === '') throw new Error('username claim expression evaluated to an empty string');
      return value;
    }
    if (!Object.hasOwn(claims, claim)) throw new Error(`parse username claims ${JSON.stringify(claim)}: claim not present`);
    const value = claims[claim];
    if (typeof value !== 'string')
      throw new Error(
        `parse username claims ${JSON.stringify(claim)}: json: cannot unmarshal ${goKind(value)} into Go value of type string`,
      );
    if (claim === 'email' && Object.hasOwn(claims, 'email_verified')) {
      if (typeof claims['email_verified'] !== 'boolean') {
        throw new Error(
          `parse 'email_verified' claim: json: cannot unmarshal ${goKind(claims['email_verified'])} into Go value of type bool`,
        );
      }
      if (!claims['email_verified']) throw new Error('email not verified');
    }
    return prefix + value;
  }

  private groupsOf(claims: JWTPayload, values: readonly ReturnType<typeof dynamicValue>[]): string[] {
    const { claim = '', prefix = '', program } = this.groups ?? {};
    if (program) return textsOf(evaluated(program, values, 'group'), 'group claim expression');
    if (claim === '' || !Object.hasOwn(claims, claim)) return [];
    const value = claims[claim];
    const groups = typeof value === 'string' ? [value] : value;
    if (!Array.isArray(groups) || !groups.every((group) => typeof group === 'string')) {
      throw new Error(
        `parse groups claim ${JSON.stringify(claim)}: json: cannot unmarshal ${goKind(value)} into Go value of type []string`,
      );
    }
    return groups.map((group) => prefix + group);
  }

  private uidOf(claims: JWTPayload, values: readonly ReturnType<typeof dynamicValue>[]): string {
    const { claim = '', program } = this.uid ?? {};
    if (program) {
      const value = evaluated(program, values, 'uid');
      if (typeof value !== 'string') throw new Error('error evaluating uid claim expression: error converting value to string');
      return value;
    }
    if (claim === '') return '';
    if (typeof claims[claim] !== 'string') throw new Error(`parse uid claim ${JSON.stringify(claim)}: claim not present`);
    return claims[claim] as string;
  }

  private async discover(): Promise<void> {
    const { url = '', discoveryURL, certificateAuthority } = this.configuration.issuer;
    const where = discoveryURL || `${url.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const document = await getJson(where, certificateAuthority);
    if (document.issuer !== url)
      throw new Error(
        `oidc: issuer did not match the issuer returned by provider, expected ${JSON.stringify(url)} got ${JSON.stringify(document.issuer)}`,
      );
    this.jwksUri = document.jwks_uri;
    await this.fetchKeys();
  }

  private async fetchKeys(): Promise<void> {
    this.keys = createLocalJWKSet(await getJson(this.jwksUri, this.configuration.issuer.certificateAuthority));
  }
}

function evaluated(program: Program, values: readonly ReturnType<typeof dynamicValue>[], what: string): unknown {
  const outcome = program.evaluate(values);
  if ('error' in outcome) {
    throw new Error(
      `error evaluating ${what} claim expression: expression '${program.parsed.source.text}' resulted in error: ${outcome.error}`,
    );
  }
  return jsonOf(outcome.value);
}

function textsOf(value: unknown, what: string): string[] {
  if (value === null || value === '') return [];
  const texts = typeof value === 'string' ? [value] : value;
  if (Array.isArray(texts) && texts.every((text) => typeof text === 'string')) return texts.filter((text) => text !== '');
  throw new Error(`error evaluating ${what}: expression must return a string or a list of strings`);
}

function holds(text: string, program: Program, message: string, values: readonly ReturnType<typeof dynamicValue>[], what: string): void {
  const outcome = program.evaluate(values);
  if ('error' in outcome) throw new Error(`error evaluating ${what}: expression '${text}' resulted in error: ${outcome.error}`);
  if (outcome.value !== true) throw new Error(`error evaluating ${what}: validation expression '${text}' failed: ${message}`);
}

/** @throws Error in the words of Go's JSON decoder */
function algorithmOf(token: string): string {
  const text = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString();
  try {
    return String(JSON.parse(text).alg ?? '');
  } catch {
    throw new Error(`oidc: malformed jwt: ${goJsonError(text)}`);
  }
}

/** As Go prints a time; one that is not there is the first of all. */
function goTime(seconds: number | undefined): string {
  if (seconds === undefined) return '0001-01-01 00:00:00 +0000 UTC';
  return `${formatTime(seconds * 1000)
    .replace('T', ' ')
    .replace('Z', '')} +0000 UTC`;
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
