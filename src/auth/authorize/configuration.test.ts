import { deepStrictEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { readAuthorizationConfiguration } from './configuration.ts';

test('a wrong configuration is told in the words of kube-apiserver', () => {
  const problems = (content: object) => {
    try {
      readAuthorizationConfiguration(
        JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthorizationConfiguration', ...content }),
      );
      return [];
    } catch (error) {
      return (error as Error).message.replace(/^\[|\]$/g, '').split(/, (?=authorizers\[)/);
    }
  };
  const none = 'authorizers: Required value: at least one authorization mode must be defined';
  deepStrictEqual(problems({}), [none]);
  throws(() => readAuthorizationConfiguration(''), { message: none });
  deepStrictEqual(problems({ authorizers: [{ type: 'Webhook', name: 'w', webhook: { timeout: 'x' } }] }), [
    'failed to load AuthorizationConfiguration from file: time: invalid duration "x"',
  ]);
  const whole = { timeout: '3s', subjectAccessReviewVersion: 'v1', matchConditionSubjectAccessReviewVersion: 'v1', failurePolicy: 'Deny' };
  const webhook = (name: string, own: object) => ({ type: 'Webhook', name, webhook: { ...whole, ...own } });
  const fromFile = (kubeConfigFile?: string) => ({
    connectionInfo: { type: 'KubeConfigFile', ...(kubeConfigFile ? { kubeConfigFile } : {}) },
  });
  const compare = "request.user == 'a'";
  const conditions = (...expressions: string[]) => ({ matchConditions: expressions.map((expression) => ({ expression })) });
  const { matchConditionSubjectAccessReviewVersion: _, ...noConditions } = whole;
  deepStrictEqual(
    problems({
      authorizers: [
        {},
        { type: 'Foo', name: 'a' },
        { type: 'RBAC', name: 'rbac' },
        { type: 'RBAC', name: 'a' },
        { type: 'Node', name: 'a', webhook: { timeout: '1s' } },
        { type: 'Webhook', name: 'w' },
        { type: 'Webhook', name: 'w2', webhook: {} },
        webhook('w3', {
          ...{ timeout: '50s', authorizedTTL: '-1s', unauthorizedTTL: '-1s', subjectAccessReviewVersion: 'v9', failurePolicy: 'X' },
          ...{ matchConditionSubjectAccessReviewVersion: 'v9', connectionInfo: { type: 'Z' }, ...conditions('', 'request.foo', '1') },
        }),
        { type: 'Webhook', name: 'w4', webhook: { ...noConditions, timeout: '0s', ...fromFile(), ...conditions(compare, compare) } },
        webhook('w5', { connectionInfo: { type: 'InClusterConfig', kubeConfigFile: '/x' } }),
        webhook('w6', fromFile('rel')),
        webhook('w7', fromFile('/nope')),
        webhook('w8', { ...fromFile('/'), ...conditions(...Array.from({ length: 65 }, (_, i) => `request.user == '${i}'`)) }),
      ],
    }),
    [
      'authorizers[0].type: Required value',
      'authorizers[1].type: Unsupported value: "Foo": supported values: "ABAC", "AlwaysAllow", "AlwaysDeny", "Node", "RBAC", "Webhook"',
      'authorizers[3].type: Duplicate value: "RBAC"',
      'authorizers[4].webhook: Invalid value: "non-null": may only be specified when type=Webhook',
      'authorizers[5].webhook: Required value: required when type=Webhook',
      'authorizers[6].timeout: Required value',
      'authorizers[6].subjectAccessReviewVersion: Required value',
      'authorizers[6].failurePolicy: Required value',
      'authorizers[6].connectionInfo.type: Required value',
      'authorizers[7].timeout: Invalid value: "50s": must be > 0s and <= 30s',
      'authorizers[7].authorizedTTL: Invalid value: "-1s": must be > 0s',
      'authorizers[7].unauthorizedTTL: Invalid value: "-1s": must be > 0s',
      'authorizers[7].subjectAccessReviewVersion: Unsupported value: "v9": supported values: "v1", "v1beta1"',
      'authorizers[7].matchConditionSubjectAccessReviewVersion: Unsupported value: "v9": supported values: "v1"',
      'authorizers[7].failurePolicy: Unsupported value: "X": supported values: "NoOpinion", "Deny"',
      'authorizers[7].connectionInfo.type: Unsupported value: {"Type":"Z","KubeConfigFile":null}: supported values: "InClusterConfig", "KubeConfigFile"',
      'authorizers[7].matchConditions[0].expression: Required value',
      `authorizers[7].matchConditions[1].expression: Invalid value: "request.foo": compilation failed: ERROR: <input>:1:8: undefined field 'foo'\n | request.foo\n | .......^`,
      'authorizers[7].matchConditions[2].expression: Invalid value: "1": must evaluate to bool but got int',
      'authorizers[8].timeout: Required value',
      'authorizers[8].matchConditionSubjectAccessReviewVersion: Required value: required if match conditions are specified',
      'authorizers[8].connectionInfo.kubeConfigFile: Required value',
      `authorizers[8].matchConditions[1].expression: Duplicate value: "${compare}"`,
      'authorizers[9].connectionInfo.kubeConfigFile: Invalid value: "/x": can only be set when type=KubeConfigFile',
      'authorizers[10].connectionInfo.kubeConfigFile: Invalid value: "rel": must be an absolute path',
      'authorizers[11].connectionInfo.kubeConfigFile: Invalid value: "/nope": error loading file: stat /nope: no such file or directory',
      'authorizers[12].connectionInfo.kubeConfigFile: Invalid value: "/": must be a regular file',
      'authorizers[12].matchConditions: Too many: 65: must have at most 64 items',
    ],
  );
});

test('the built-in authorizers have names of their own, and stay', () => {
  const said = (authorizers: object[], needed?: string[]) => {
    const text = JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthorizationConfiguration', authorizers });
    try {
      return readAuthorizationConfiguration(text, needed).length;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const rbac = { type: 'RBAC', name: 'rbac' };
  deepStrictEqual(said([rbac], ['RBAC']), 1);
  deepStrictEqual(said([{ type: 'ABAC', name: 'a' }]), 'expected name abac for authorizer ABAC instead of a');
  deepStrictEqual(
    said([{ type: 'AlwaysAllow', name: 'a' }, rbac], ['RBAC', 'Node', 'ABAC']),
    '[expected name alwaysallow for authorizer AlwaysAllow instead of a, missing required types: [ABAC Node]]',
  );
});
