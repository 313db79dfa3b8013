import { deepStrictEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { readAuthenticationConfiguration, validateAuthentication } from './configuration.ts';

function problems(content: object): string[] {
  const text = JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthenticationConfiguration', ...content });
  try {
    validateAuthentication(readAuthenticationConfiguration(text), ['https://own']);
    return [];
  } catch (error) {
    return (error as Error).message
      .replace(/^invalid authentication configuration: /, '')
      .replace(/^\[(.*)\]$/s, '$1')
      .split(/, (?=jwt\[|anonymous)/);
  }
}

test('a wrong configuration is told in the words of kube-apiserver', () => {
  const at = (i: number, field: string) => `jwt[${i}].${field}`;
  const prefix = 'prefix: Required value: prefix is required when claim is set. It can be set to an empty string to disable prefixing';
  const bad = 'https://u:p@a?x#f';
  const urlFaults = (field: string) =>
    ['username or password', 'query', 'fragment'].map((what) => `${at(2, field)}: Invalid value: "${bad}": URL must not contain a ${what}`);
  deepStrictEqual(
    problems({
      jwt: [
        {},
        { issuer: { url: 'http://a', audiences: [] }, claimMappings: { username: {} } },
        {
          issuer: { url: bad, audiences: [''], discoveryURL: bad, audienceMatchPolicy: 'foo', certificateAuthority: 'xx' },
          claimMappings: {
            username: { claim: 'a', expression: 'b' },
            groups: { claim: 'a', prefix: '', expression: 'b' },
            uid: { claim: 'a', expression: 'claims.b' },
            extra: [
              { key: 'a', valueExpression: '1' },
              { key: 'example.com/A', valueExpression: '' },
              { key: 'k8s.io/a', valueExpression: 'claims.x' },
              { key: 'example.com/a', valueExpression: 'claims.x' },
              { key: 'example.com/a', valueExpression: 'claims.x' },
            ],
          },
          claimValidationRules: [
            {},
            { claim: 'a', expression: 'b' },
            { claim: 'a', message: 'x' },
            { expression: 'claims.a', requiredValue: 'x' },
            { expression: "'a'" },
            { claim: 'b' },
            { claim: 'b' },
          ],
          userValidationRules: [
            {},
            { expression: "user.foo == 'a'" },
            { expression: "user.username.startsWith('system:')" },
            { expression: "user.username.startsWith('system:')" },
            { expression: 'user.username' },
          ],
        },
        {
          issuer: { url: 'https://own', audiences: ['a', 'b'], discoveryURL: 'https://own' },
          claimMappings: { username: { claim: 'sub' }, groups: { claim: 'g' } },
        },
        {
          issuer: { url: 'https://e', audiences: ['a', 'a'], audienceMatchPolicy: 'MatchAny' },
          claimMappings: { username: { expression: 'claims.email' } },
        },
        { issuer: { url: 'https://e', audiences: ['a'] }, claimMappings: { username: { prefix: 'a:', expression: 'claims.sub' } } },
      ],
      anonymous: { enabled: false, conditions: [{ path: '/healthz' }] },
    }),
    [
      `${at(0, 'issuer.url')}: Required value`,
      `${at(0, 'issuer.audiences')}: Required value: at least one jwt[0].issuer.audiences is required`,
      `${at(0, 'claimMappings.username')}: Required value: claim or expression is required`,
      `${at(1, 'issuer.url')}: Invalid value: "http://a": URL scheme must be https`,
      `${at(1, 'issuer.audiences')}: Required value: at least one jwt[1].issuer.audiences is required`,
      `${at(1, 'claimMappings.username')}: Required value: claim or expression is required`,
      ...urlFaults('issuer.url'),
      `${at(2, 'issuer.discoveryURL')}: Invalid value: "${bad}": discoveryURL must be different from URL`,
      ...urlFaults('issuer.discoveryURL'),
      `${at(2, 'issuer.audiences[0]')}: Required value`,
      `${at(2, 'issuer.audienceMatchPolicy')}: Invalid value: "foo": audienceMatchPolicy must be empty or MatchAny for single audience`,
      `${at(2, 'issuer.certificateAuthority')}: Invalid value: "<omitted>": data does not contain any valid RSA or ECDSA certificates`,
      `${at(2, 'claimValidationRules[0]')}: Required value: claim or expression is required`,
      `${at(2, 'claimValidationRules[1]')}: Invalid value: "a": claim and expression can't both be set`,
      `${at(2, 'claimValidationRules[2].message')}: Invalid value: "x": may not be specified when claim is set`,
      `${at(2, 'claimValidationRules[3].requiredValue')}: Invalid value: "x": may not be specified when expression is set`,
      `${at(2, 'claimValidationRules[3].expression')}: Invalid value: "claims.a": must evaluate to bool`,
      `${at(2, 'claimValidationRules[4].expression')}: Invalid value: "'a'": must evaluate to bool`,
      `${at(2, 'claimValidationRules[6].claim')}: Duplicate value: "b"`,
      `${at(2, 'claimMappings.username')}: Invalid value: "": claim and expression can't both be set`,
      `${at(2, 'claimMappings.groups')}: Invalid value: "": claim and expression can't both be set`,
      `${at(2, 'claimMappings.uid')}: Invalid value: "": claim and expression can't both be set`,
      `${at(2, 'claimMappings.extra[0].key')}: Invalid value: "a": must be a domain-prefixed path (such as "acme.io/foo")`,
      `${at(2, 'claimMappings.extra[1].key')}: Invalid value: "example.com/A": must be lowercase`,
      `${at(2, 'claimMappings.extra[1].valueExpression')}: Required value`,
      `${at(2, 'claimMappings.extra[2].key')}: Invalid value: "k8s.io/a": k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use`,
      `${at(2, 'claimMappings.extra[4].key')}: Duplicate value: "example.com/a"`,
      `${at(2, 'userValidationRules[0].expression')}: Required value`,
      `${at(2, 'userValidationRules[1].expression')}: Invalid value: "user.foo == 'a'": compilation failed: ERROR: <input>:1:5: undefined field 'foo'\n | user.foo == 'a'\n | ....^`,
      `${at(2, 'userValidationRules[3].expression')}: Duplicate value: "user.username.startsWith('system:')"`,
      `${at(2, 'userValidationRules[4].expression')}: Invalid value: "user.username": must evaluate to bool`,
      `${at(3, 'issuer.discoveryURL')}: Invalid value: "https://own": discoveryURL must be different from URL`,
      `${at(3, 'issuer.audienceMatchPolicy')}: Invalid value: "": audienceMatchPolicy must be MatchAny for multiple audiences`,
      `${at(3, `claimMappings.username.${prefix}`)}`,
      `${at(3, `claimMappings.groups.${prefix}`)}`,
      `${at(4, 'issuer.audiences[1]')}: Duplicate value: "a"`,
      `${at(4, 'claimMappings.username.expression')}: Invalid value: "claims.email": claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression`,
      `${at(5, 'claimMappings.username.prefix')}: Invalid value: "a:": may not be specified when expression is set`,
      `${at(5, 'issuer.url')}: Duplicate value: "https://e"`,
      'anonymous.conditions: Invalid value: [{"Path":"/healthz"}]: enabled should be set to true when conditions are defined',
    ],
  );
  equal(
    problems({ jwt: [{ issuer: { url: 'https://a', audiences: ['x'] }, claimMappings: { username: { claim: 'sub', prefix: '' } } }] })
      .length,
    0,
  );
});

test('further mistakes, and files that are something else', () => {
  const issuer = { url: 'https://a', audiences: ['x'] };
  const one = { issuer, claimMappings: { username: { claim: 'sub', prefix: '' } } };
  deepStrictEqual(problems({ jwt: Array(65).fill(one) }), ['jwt: Too many: 65: must have at most 64 items']);
  deepStrictEqual(problems({ jwt: [{ ...one, issuer: { ...issuer, egressSelectorType: 'odd' } }] }), [
    'jwt[0].issuer.egressSelectorType: Invalid value: "odd": egress selector must be either controlplane or cluster',
  ]);
  deepStrictEqual(problems({ jwt: [{ ...one, issuer: { ...issuer, url: 'https://own' } }] }), [
    'issuer.url: Invalid value: "https://own": URL must not overlap with disallowed issuers: [https://own]',
  ]);
  const groups = { expression: 'claims.g.map(x, x.y)' };
  deepStrictEqual(problems({ jwt: [{ issuer, claimMappings: { ...one.claimMappings, groups } }] }), [
    `jwt[0].claimMappings.groups.expression: Invalid value: "claims.g.map(x, x.y)": compilation failed: ERROR: <input>:1:7: expression of type 'any' cannot be range of a comprehension (must be list, map, or dynamic)\n | claims.g.map(x, x.y)\n | ......^`,
  ]);
  deepStrictEqual(problems({ jwt: 1 }), [
    'json: cannot unmarshal number into Go struct field AuthenticationConfiguration.jwt of type []v1.JWTAuthenticator',
  ]);
  deepStrictEqual(problems({ kind: 'EncryptionConfiguration' }), [
    'expected AuthenticationConfiguration, got *apiserver.EncryptionConfiguration',
  ]);
  throws(() => readAuthenticationConfiguration(''), { message: 'empty config data' });
});
