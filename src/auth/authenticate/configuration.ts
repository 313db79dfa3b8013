import { X509Certificate } from 'node:crypto';
import type { Program } from '../../../api/cel/program.ts';
import { compileTokenExpression, type TokenSubject } from '../../../api/cel/token/token-environment.ts';
import { duplicate, errorsText, type FieldError, FieldPath, forbidden, invalid, required, tooMany } from '../../../api/meta/field.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { decodeConfiguration } from '../../machinery/configuration-file.ts';
import { boolean, list, object, string, typeMeta } from '../../machinery/schema/shapes.ts';

interface Prefixed {
  readonly claim?: string;
  readonly prefix?: string;
  readonly expression?: string;
}

/** One issuer of JWTs, as an AuthenticationConfiguration describes it. */
export interface JwtConfiguration {
  readonly issuer: {
    readonly url?: string;
    readonly discoveryURL?: string;
    readonly certificateAuthority?: string;
    readonly audiences?: readonly string[];
    readonly audienceMatchPolicy?: string;
    readonly egressSelectorType?: string;
  };
  readonly claimValidationRules?: readonly {
    readonly claim?: string;
    readonly requiredValue?: string;
    readonly expression?: string;
    readonly message?: string;
  }[];
  readonly claimMappings?: {
    readonly username?: Prefixed;
    readonly groups?: Prefixed;
    readonly uid?: { readonly claim?: string; readonly expression?: string };
    readonly extra?: readonly { readonly key?: string; readonly valueExpression?: string }[];
  };
  readonly userValidationRules?: readonly { readonly expression?: string; readonly message?: string }[];
  /** The algorithms that the `--oidc-signing-algs` flag allows; absent: all that are asymmetric. */
  readonly algorithms?: readonly string[];
}

export interface AnonymousConfiguration {
  readonly enabled?: boolean;
  readonly conditions?: readonly { readonly path?: string }[];
}

export interface AuthenticationConfiguration {
  readonly jwt?: readonly JwtConfiguration[];
  readonly anonymous?: AnonymousConfiguration;
}

const prefixed = object('PrefixedClaimOrExpression', { claim: string, prefix: string, expression: string });
const jwt = object('JWTAuthenticator', {
  issuer: object('Issuer', {
    url: string,
    discoveryURL: string,
    certificateAuthority: string,
    audiences: list(string),
    audienceMatchPolicy: string,
    egressSelectorType: string,
  }),
  claimValidationRules: list(object('ClaimValidationRule', { claim: string, requiredValue: string, expression: string, message: string })),
  claimMappings: object('ClaimMappings', {
    username: prefixed,
    groups: prefixed,
    uid: object('ClaimOrExpression', { claim: string, expression: string }),
    extra: list(object('ExtraMapping', { key: string, valueExpression: string })),
  }),
  userValidationRules: list(object('UserValidationRule', { expression: string, message: string })),
});
const shape = object('AuthenticationConfiguration', {
  ...typeMeta,
  jwt: list(jwt),
  anonymous: object('AnonymousAuthConfig', {
    enabled: boolean,
    conditions: list(object('AnonymousAuthCondition', { path: string })),
  }),
});
const kind = {
  kind: 'AuthenticationConfiguration',
  versions: { 'apiserver.config.k8s.io/v1': shape, 'apiserver.config.k8s.io/v1beta1': shape, 'apiserver.config.k8s.io/v1alpha1': shape },
};

/** Reads an AuthenticationConfiguration, which is not yet validated. @throws Error in the decoder's words */
export function readAuthenticationConfiguration(text: string): AuthenticationConfiguration {
  if (text === '') throw new Error('empty config data');
  const { apiVersion: _, kind: __, ...configuration } = decodeConfiguration(text, kind);
  return configuration;
}

const mostIssuers = 64;

/**
 * What is wrong with a configuration, in kube-apiserver's words.
 * @param ownIssuers the issuers of service accounts' tokens, which are not configured here
 */
export function validateAuthentication({ jwt: issuers = [], anonymous }: AuthenticationConfiguration, ownIssuers: readonly string[]): void {
  const errors: FieldError[] = issuers.length > mostIssuers ? [tooMany('jwt', issuers.length, mostIssuers)] : [];
  const urls = new Set<string>();
  const discoveries = new Set<string>();
  for (const [i, one] of errors.length > 0 ? [] : issuers.entries()) {
    const path = FieldPath.of('jwt').index(i);
    errors.push(...validateIssuer(one.issuer ?? {}, path.child('issuer')));
    errors.push(...validateRulesAndMappings(one, path));
    const { url = '', discoveryURL = '' } = one.issuer ?? {};
    if (url !== '' && urls.has(url)) errors.push(duplicate(path.child('issuer', 'url'), url));
    if (discoveryURL !== '' && discoveries.has(discoveryURL)) errors.push(duplicate(path.child('issuer', 'discoveryURL'), discoveryURL));
    urls.add(url);
    discoveries.add(discoveryURL);
  }
  if (anonymous && !anonymous.enabled && anonymous.conditions?.length) {
    const printed = anonymous.conditions.map(({ path = '' }) => ({ Path: path }));
    errors.push(invalid('anonymous.conditions', printed, 'enabled should be set to true when conditions are defined'));
  }
  if (errors.length > 0) throw new Error(`invalid authentication configuration: ${errorsText(errors)}`);
  for (const { issuer: { url = '', discoveryURL = '' } = {} } of issuers)
    if (ownIssuers.includes(url) && discoveryURL === '') {
      const { field, message } = invalid('issuer.url', url, `URL must not overlap with disallowed issuers: [${ownIssuers.join(' ')}]`);
      throw new Error(`${field}: ${message}`);
    }
}

function validateIssuer(issuer: JwtConfiguration['issuer'], path: FieldPath): FieldError[] {
  const {
    url = '',
    discoveryURL = '',
    audiences = [],
    audienceMatchPolicy = '',
    certificateAuthority = '',
    egressSelectorType = '',
  } = issuer;
  const errors: FieldError[] = [];
  const at = path.child('url');
  errors.push(...(url === '' ? [required(at)] : validateUrl(url, at)));
  if (discoveryURL !== '') {
    const there = path.child('discoveryURL');
    if (discoveryURL.replace(/\/$/, '') === url.replace(/\/$/, ''))
      errors.push(invalid(there, discoveryURL, 'discoveryURL must be different from URL'));
    errors.push(...validateUrl(discoveryURL, there));
  }
  const to = path.child('audiences');
  if (audiences.length === 0) errors.push(required(to, `at least one ${to} is required`));
  for (const [i, audience] of audiences.entries()) {
    if (audience === '') errors.push(required(to.index(i)));
    else if (audiences.indexOf(audience) < i) errors.push(duplicate(to.index(i), audience));
  }
  const policy = path.child('audienceMatchPolicy');
  if (audiences.length > 1 && audienceMatchPolicy !== 'MatchAny')
    errors.push(invalid(policy, audienceMatchPolicy, 'audienceMatchPolicy must be MatchAny for multiple audiences'));
  if (audiences.length === 1 && audienceMatchPolicy !== '' && audienceMatchPolicy !== 'MatchAny')
    errors.push(invalid(policy, audienceMatchPolicy, 'audienceMatchPolicy must be empty or MatchAny for single audience'));
  if (certificateAuthority !== '' && !isCertificate(certificateAuthority)) {
    const text = 'data does not contain any valid RSA or ECDSA certificates';
    errors.push(invalid(path.child('certificateAuthority'), '<omitted>', text));
  }
  if (!['', 'controlplane', 'cluster'].includes(egressSelectorType))
    errors.push(invalid(path.child('egressSelectorType'), egressSelectorType, 'egress selector must be either controlplane or cluster'));
  return errors;
}

function validateUrl(text: string, path: FieldPath): FieldError[] {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return [invalid(path, text, `parse ${goQuote(text)}: invalid URI for request`)];
  }
  const problems = [
    url.protocol !== 'https:' && 'URL scheme must be https',
    (url.username !== '' || url.password !== '') && 'URL must not contain a username or password',
    url.search !== '' && 'URL must not contain a query',
    url.hash !== '' && 'URL must not contain a fragment',
  ];
  return problems.flatMap((problem) => (problem ? [invalid(path, text, problem)] : []));
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).publicKey.asymmetricKeyType !== undefined;
  } catch {
    return false;
  }
}

function validateRulesAndMappings(one: JwtConfiguration, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const programs: { readonly username: Program[]; readonly others: Program[] } = { username: [], others: [] };
  const compile = (text: string, subject: TokenSubject, wanted: 'bool' | 'any', at: FieldPath, kept?: Program[]) => {
    try {
      const program = compileTokenExpression(text, subject, wanted);
      kept?.push(program);
    } catch (error) {
      errors.push(invalid(at, text, (error as Error).message));
    }
  };
  const seen = new Set<string>();
  const twice = (text: string, at: FieldPath) => {
    if (seen.has(text)) errors.push(duplicate(at, text));
    const isNew = !seen.has(text);
    seen.add(text);
    return !isNew;
  };

  for (const [i, { claim = '', expression = '', message = '', requiredValue = '' }] of (one.claimValidationRules ?? []).entries()) {
    const at = path.child('claimValidationRules').index(i);
    if (claim === '' && expression === '') errors.push(required(at, 'claim or expression is required'));
    else if (claim !== '' && expression !== '') errors.push(invalid(at, claim, "claim and expression can't both be set"));
    else if (claim !== '') {
      if (message !== '') errors.push(invalid(at.child('message'), message, 'may not be specified when claim is set'));
      twice(claim, at.child('claim'));
    } else {
      if (requiredValue !== '')
        errors.push(invalid(at.child('requiredValue'), requiredValue, 'may not be specified when expression is set'));
      if (!twice(expression, at.child('expression'))) compile(expression, 'claims', 'bool', at.child('expression'), programs.others);
    }
  }

  const { username = {}, groups, uid, extra = [] } = one.claimMappings ?? {};
  const mappings = path.child('claimMappings');
  const both = (at: FieldPath) => errors.push(invalid(at, '', "claim and expression can't both be set"));
  const checkPrefix = ({ claim = '', prefix, expression = '' }: Prefixed, at: FieldPath) => {
    if (claim !== '' && prefix === undefined) {
      const text = 'prefix is required when claim is set. It can be set to an empty string to disable prefixing';
      errors.push(required(at.child('prefix'), text));
    }
    if (expression !== '' && prefix !== undefined && claim === '')
      errors.push(invalid(at.child('prefix'), prefix, 'may not be specified when expression is set'));
  };
  const usernamePath = mappings.child('username');
  if (!username.claim && !username.expression) errors.push(required(usernamePath, 'claim or expression is required'));
  else if (username.claim && username.expression) both(usernamePath);
  else {
    checkPrefix(username, usernamePath);
    if (username.expression) compile(username.expression, 'claims', 'any', usernamePath.child('expression'), programs.username);
  }
  if (groups?.claim && groups.expression) both(mappings.child('groups'));
  else if (groups) {
    checkPrefix(groups, mappings.child('groups'));
    if (groups.expression) compile(groups.expression, 'claims', 'any', mappings.child('groups', 'expression'));
  }
  if (uid?.claim && uid.expression) both(mappings.child('uid'));
  else if (uid?.expression) compile(uid.expression, 'claims', 'any', mappings.child('uid', 'expression'));
  const keys = new Set<string>();
  for (const [i, { key = '', valueExpression = '' }] of extra.entries()) {
    const at = mappings.child('extra').index(i);
    errors.push(...validateExtraKey(key, at.child('key'), keys));
    if (valueExpression === '') errors.push(required(at.child('valueExpression')));
    else compile(valueExpression, 'claims', 'any', at.child('valueExpression'), programs.others);
  }
  if (username.expression && usesEmail(username.expression, 'email') && ![...programs.username, ...programs.others].some(verifiesEmail)) {
    const text =
      'claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression';
    errors.push(invalid(usernamePath.child('expression'), username.expression, text));
  }

  seen.clear();
  for (const [i, { expression = '' }] of (one.userValidationRules ?? []).entries()) {
    const at = path.child('userValidationRules').index(i).child('expression');
    if (expression === '') errors.push(required(at));
    else if (!twice(expression, at)) compile(expression, 'user', 'bool', at);
  }
  return errors;
}

function usesEmail(text: string, claim: string): boolean {
  return new RegExp(`\\bclaims\\s*(\\.\\s*\\??${claim}\\b|\\[\\s*\\??["']${claim}["']\\s*\\])`).test(text);
}

function verifiesEmail({ parsed }: Program): boolean {
  return usesEmail(parsed.source.text, 'email_verified');
}

const extraKey = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[^/\s].*$/;

function validateExtraKey(key: string, path: FieldPath, seen: Set<string>): FieldError[] {
  if (key === '') return [required(path)];
  const errors: FieldError[] = [];
  if (!extraKey.test(key.toLowerCase())) errors.push(invalid(path, key, 'must be a domain-prefixed path (such as "acme.io/foo")'));
  if (key !== key.toLowerCase()) errors.push(invalid(path, key, 'must be lowercase'));
  if (seen.has(key)) errors.push(duplicate(path, key));
  seen.add(key);
  const [domain = ''] = key.split('/');
  if (['k8s.io', 'kubernetes.io'].some((own) => domain === own || domain.endsWith(`.${own}`)))
    errors.push(invalid(path, key, 'k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use'));
  return errors;
}

/** @throws Error where both the flag and the file say who may be anonymous */
export function refuseTwoAnonymous(flagIsSet: boolean, { anonymous }: AuthenticationConfiguration): void {
  if (!flagIsSet || !anonymous) return;
  const text = '--anonymous-auth flag cannot be set when anonymous field is configured in authentication configuration file';
  const { field, message } = forbidden('anonymous', text);
  throw new Error(`${field}: ${message}`);
}
