import { deepEqual, notEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createPodTemplateHash, GoPrinter, parseGoTypes } from './pod-template-hash.ts';

/** Templates of Deployments with the hashes that kube-controller-manager v1.36.3 gave their ReplicaSets. */
const golden: { hash: string; template: unknown }[] = JSON.parse(
  readFileSync(new URL('pod-template-hash.golden.json', import.meta.url), 'utf8'),
);

test('a pod template has the hash that upstream gives it', () => {
  const hash = createPodTemplateHash();
  deepEqual(
    golden.map(({ template }) => hash(template, undefined)),
    golden.map(({ hash: expected }) => expected),
  );
  notEqual(hash(golden[0]!.template, 1), golden[0]!.hash);
});

test('values are printed as Go prints them', () => {
  const printer = new GoPrinter(parseGoTypes());
  const cases: [type: string, value: unknown, text: string][] = [
    ['*int64', undefined, '(*int64)<nil>'],
    ['*int64', 5, '(*int64)5'],
    ['v1.PullPolicy', 'Always', '(v1.PullPolicy)Always'],
    ['[]string', ['a', 'b c'], '([]string)[a b c]'],
    ['map[string]string', { b: '2', a: '1' }, '(map[string]string)map[a:1 b:2]'],
    ['intstr.IntOrString', '10%', '(intstr.IntOrString){Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)10%}'],
    ['v1.EnvVar', { name: 'A' }, '(v1.EnvVar){Name:(string)A Value:(string) ValueFrom:(*v1.EnvVarSource)<nil>}'],
    ['v1.LocalObjectReference', undefined, '(v1.LocalObjectReference){Name:(string)}'],
  ];
  deepEqual(
    cases.map(([type, value]) => printer.print(type, value, true)),
    cases.map(([, , text]) => text),
  );
});
