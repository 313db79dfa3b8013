import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartHooks } from './start-hooks.ts';

const failing = (hooks: StartHooks) =>
  hooks.checks(true).flatMap(({ name, check }) => {
    try {
      check();
      return [];
    } catch {
      return [name];
    }
  });

test('the checks of a start fail until their steps are done', () => {
  const hooks = new StartHooks();
  assert.ok(failing(hooks).includes('informer-sync'));
  assert.ok(failing(hooks).includes('poststarthook/rbac/bootstrap-roles'));
  assert.ok(!failing(hooks).includes('poststarthook/storage-readiness'));
  hooks.finish('bootstrap');
  assert.ok(!failing(hooks).includes('poststarthook/rbac/bootstrap-roles'));
  assert.ok(failing(hooks).includes('poststarthook/crd-informer-synced'));
  for (const step of ['custom resources', 'aggregation', 'flow control'] as const) hooks.finish(step);
  assert.deepEqual(failing(hooks), []);
});

test('without priority and fairness nothing of it is started', () => {
  const names = new StartHooks().checks(false).map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => name.includes('fairness')),
    ['poststarthook/priority-and-fairness-config-producer'],
  );
});
