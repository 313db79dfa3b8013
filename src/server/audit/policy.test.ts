import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessAttributes } from '../../auth/types.ts';
import { readPolicy } from './policy.ts';

const head = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n';
const asked: AccessAttributes = {
  user: { username: 'alice', groups: ['dev', 'system:authenticated'] },
  verb: 'get',
  resourceRequest: true,
  path: '',
  group: '',
  version: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: 'a',
  name: 'p',
};
const path = (text: string): AccessAttributes => ({ ...asked, resourceRequest: false, path: text, resource: '', namespace: '', name: '' });

test('a rule matches requests for which all that it names holds', () => {
  const cases: [rule: string, request: AccessAttributes, matches: boolean][] = [
    ['', asked, true],
    ['users: [alice]', asked, true],
    ['users: [bob]', asked, false],
    ['userGroups: [ops, dev]', asked, true],
    ['userGroups: [ops]', asked, false],
    ['verbs: [get]', asked, true],
    ['verbs: [list]', asked, false],
    ['verbs: ["*"]', asked, false],
    ['namespaces: [a]', asked, true],
    ['namespaces: [""]', asked, false],
    ['namespaces: [""]', { ...asked, namespace: '' }, true],
    ['namespaces: [a]', path('/healthz'), false],
    ['resources: [{group: ""}]', asked, true],
    ['resources: [{group: apps}]', asked, false],
    ['resources: [{resources: [pods]}]', asked, true],
    ['resources: [{resources: [pods]}]', { ...asked, subresource: 'log' }, false],
    ['resources: [{resources: [pods/log]}]', { ...asked, subresource: 'log' }, true],
    ['resources: [{resources: [pods/*]}]', { ...asked, subresource: 'log' }, true],
    ['resources: [{resources: [pods/*]}]', asked, true],
    ['resources: [{resources: ["*/log"]}]', { ...asked, subresource: 'log' }, true],
    ['resources: [{resources: ["*/log"]}]', asked, false],
    ['resources: [{resources: ["*"]}]', { ...asked, subresource: 'log' }, true],
    ['resources: [{resources: [pods], resourceNames: [p]}]', asked, true],
    ['resources: [{resources: [pods], resourceNames: [q]}]', asked, false],
    ['nonResourceURLs: ["/healthz*"]', path('/healthz/etcd'), true],
    ['nonResourceURLs: ["/healthz"]', path('/healthz/etcd'), false],
    ['nonResourceURLs: ["*"]', path('/version'), true],
    ['nonResourceURLs: ["*"]', asked, false],
  ];
  for (const [rule, request, matches] of cases) {
    const found = readPolicy(`${head}rules: [{level: Metadata${rule === '' ? '' : `, ${rule}`}}]`).rulingOn(request);
    assert.equal(found !== undefined, matches, rule);
  }
});

test('the first rule that matches decides, with what the policy says for all', () => {
  const policy = readPolicy(`${head}omitStages: [RequestReceived]
omitManagedFields: true
rules:
- {level: None, verbs: [list]}
- {level: Request, users: [alice], omitStages: [Panic], omitManagedFields: false}
- {level: Metadata, verbs: [get]}
`);
  const rulings = [
    asked,
    { ...asked, verb: 'list' },
    { ...asked, user: { username: 'bob', groups: [] } },
    { ...asked, verb: 'x', user: { username: 'bob', groups: [] } },
  ];
  assert.deepStrictEqual(
    rulings.map((request) => policy.rulingOn(request)),
    [
      { level: 'Request', omitStages: new Set(['RequestReceived', 'Panic']), omitManagedFields: false },
      undefined,
      { level: 'Metadata', omitStages: new Set(['RequestReceived']), omitManagedFields: true },
      undefined,
    ],
  );
});

test('a policy that is wrong is refused in one line', () => {
  const cases: [text: string, message: string][] = [
    ['', 'unknown group version field audit.k8s.io/__internal, Kind=Policy in policy'],
    ['rules: [', 'failed decoding: yaml: line 1: did not find expected node content'],
    [
      'apiVersion: audit.k8s.io/v1beta1\nkind: Policy',
      'failed decoding: no kind "Policy" is registered for version "audit.k8s.io/v1beta1" in scheme "pkg/runtime/scheme.go:111"',
    ],
    [head, 'loaded illegal policy with 0 rules'],
    [`${head}rules: {}`, 'failed decoding: json: cannot unmarshal object into Go struct field Policy.rules of type []v1.PolicyRule'],
    [
      `${head}rules: [{level: Metadata, users: alice}]`,
      'failed decoding: json: cannot unmarshal string into Go struct field PolicyRule.rules.users of type []string',
    ],
    [
      `${head}rules: [{level: 1}]`,
      'failed decoding: json: cannot unmarshal number into Go struct field PolicyRule.rules.level of type v1.Level',
    ],
    [`${head}omitStages: a`, 'failed decoding: json: cannot unmarshal string into Go struct field Policy.omitStages of type []v1.Stage'],
    [
      `${head}omitStages: [Odd]\nrules: [{level: None}]`,
      'omitStages[0]: Invalid value: "Odd": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic',
    ],
    [`${head}rules: [{}]`, 'rules[0].level: Required value'],
    [
      `${head}rules: [{level: All}]`,
      'rules[0].level: Unsupported value: "All": supported values: "None", "Metadata", "Request", "RequestResponse"',
    ],
    [
      `${head}rules: [{level: None, nonResourceURLs: [a]}, {level: None, nonResourceURLs: ["/*/a"]}]`,
      '[rules[0].nonResourceURLs[0]: Invalid value: "a": non-resource URL rules must begin with a \'/\' character, ' +
        'rules[1].nonResourceURLs[0]: Invalid value: "/*/a": non-resource URL wildcards \'*\' must be the final character of the rule]',
    ],
    [
      `${head}rules: [{level: None, nonResourceURLs: [/a], namespaces: [a]}]`,
      'rules[0].nonResourceURLs: Invalid value: ["/a"]: rules cannot apply to both regular resources and non-resource URLs',
    ],
    [
      `${head}rules: [{level: None, resources: [{resourceNames: [a]}]}]`,
      'rules[0].resources.resourceNames: Invalid value: ["a"]: using resourceNames requires at least one resource',
    ],
    [
      `${head}rules: [{level: None, omitStages: [Never]}]`,
      'rules[0].omitStages[0]: Invalid value: "Never": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic',
    ],
  ];
  for (const [text, message] of cases) assert.throws(() => readPolicy(text), { message });
});
