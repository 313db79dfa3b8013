import { deepStrictEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessAttributes } from '../types.ts';
import { AbacAuthorizer, readPolicies } from './abac.ts';

const policy = (spec: object) => JSON.stringify({ apiVersion: 'abac.authorization.kubernetes.io/v1beta1', kind: 'Policy', spec });
const nothing = { verb: 'get', path: '', group: '', version: 'v1', resource: '', subresource: '', namespace: '', name: '' };

function asked(user: string, groups: string[], about: Partial<AccessAttributes>): AccessAttributes {
  return { ...nothing, resourceRequest: about.path === undefined, ...about, user: { username: user, groups } };
}

test('a policy allows what it names to whom it names, and no more', () => {
  const file = [
    '# who may do what',
    policy({ user: 'bob', namespace: 'proj', resource: 'pods', readonly: true }),
    '',
    policy({ group: 'devs', namespace: '*', resource: '*', apiGroup: 'apps' }),
    policy({ user: 'probe', nonResourcePath: '/healthz*', readonly: true }),
    policy({ user: 'both', group: 'devs', namespace: 'x', resource: 'pods', apiGroup: '*' }),
    policy({ user: '*', namespace: 'open', resource: 'configmaps', apiGroup: '*' }),
    policy({ namespace: '*', resource: '*', apiGroup: '*' }),
    '{"user":"old","resource":"pods","readonly":true}',
    '{"user":"older"}',
  ];
  const abac = new AbacAuthorizer(readPolicies(file.join('\n'), 'f'));
  const allowed = (...args: Parameters<typeof asked>) => abac.authorize(asked(...args)).decision === 'allow';
  const pods = { resource: 'pods', namespace: 'proj' };
  const rows: [boolean, ...Parameters<typeof asked>][] = [
    [true, 'bob', [], pods],
    [false, 'bob', [], { ...pods, verb: 'create' }],
    [false, 'bob', [], { ...pods, namespace: 'other' }],
    [false, 'bob', [], { ...pods, group: 'apps' }],
    [true, 'x', ['devs'], { resource: 'deployments', group: 'apps', verb: 'delete' }],
    [false, 'x', ['devs'], pods],
    [true, 'probe', [], { path: '/healthz/etcd' }],
    [false, 'probe', [], { path: '/healthz', verb: 'post' }],
    [false, 'both', [], { resource: 'pods', namespace: 'x' }],
    [true, 'both', ['devs'], { resource: 'pods', namespace: 'x' }],
    [false, 'anyone', [], { resource: 'configmaps', namespace: 'open' }],
    [true, 'anyone', ['system:authenticated'], { resource: 'configmaps', namespace: 'open' }],
    [true, 'old', [], { ...pods, group: 'any' }],
    [false, 'old', [], { path: '/x' }],
    [true, 'older', [], { resource: 'anything', group: 'g', verb: 'create' }],
    [true, 'older', [], { path: '/x', verb: 'post' }],
  ];
  for (const [expected, ...args] of rows) deepStrictEqual([args, allowed(...args)], [args, expected]);
});

test('rules are told for a namespace', async () => {
  const lines = [
    policy({ user: 'a', namespace: 'n', resource: 'pods', readonly: true }),
    policy({ user: 'a', namespace: '*', nonResourcePath: '/x' }),
  ];
  deepStrictEqual(await new AbacAuthorizer(readPolicies(lines.join('\n'), 'f')).rulesFor({ username: 'a', groups: [] }, 'n'), {
    resourceRules: [{ verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['pods'] }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['/x'] }],
    incomplete: false,
    errors: [],
  });
});

test('a line that is no policy is told with its place', () => {
  const problem = (line: string, message: string) =>
    throws(() => readPolicies(`{"user":"a"}\n${line}`, 'f'), { message: `error reading policy file f, line 2: ${line}: ${message}` });
  problem('{"apiVersion":"v9","kind":"Policy"}', 'no kind "Policy" is registered for version "v9" in scheme "pkg/runtime/scheme.go:111"');
  problem('{nope', "couldn't get version/kind; json parse error: invalid character 'n' looking for beginning of object key string");
  problem('{"user":5}', 'json: cannot unmarshal number into Go struct field Policy.user of type string');
  problem(policy({ user: 5 }), 'json: cannot unmarshal number into Go struct field PolicySpec.spec.user of type string');
});
