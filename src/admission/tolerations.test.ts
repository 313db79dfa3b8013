import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Toleration } from '../../openapi/types.ts';
import { mergeTolerations } from './tolerations.ts';

test('tolerations that another one covers are left out, as kube-apiserver v1.36.3 merges them', () => {
  const exists = (key: string, more: Partial<Toleration> = {}): Toleration => ({ key, operator: 'Exists', ...more });
  const equal = (key: string, value: string): Toleration => ({ key, operator: 'Equal', value });
  const everything: Toleration = { operator: 'Exists' };
  const seconds = (tolerationSeconds: number) => exists('k', { effect: 'NoExecute', tolerationSeconds });
  const rows: [first: Toleration[], second: Toleration[], merged: Toleration[]][] = [
    [[exists('x')], [equal('x', '1')], [exists('x')]],
    [[equal('x', '1')], [exists('x')], [exists('x')]],
    [[equal('x', '2')], [equal('x', '1')], [equal('x', '2'), equal('x', '1')]],
    [[exists('a')], [everything, exists('b')], [everything]],
    [[exists('x')], [{ key: 'x' }], [exists('x')]],
    [[{ key: 'x' }], [equal('x', '')], [{ key: 'x' }]],
    [[seconds(5), seconds(7)], [], [seconds(7)]],
    [[exists('x'), exists('x')], [exists('x')], [exists('x')]],
  ];
  for (const [first, second, merged] of rows) deepStrictEqual(mergeTolerations(first, second), merged);
});
