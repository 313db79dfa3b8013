import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAdmissionConfiguration } from './configuration.ts';

const files = { read: assert.fail, endpoint: assert.fail, credentials: assert.fail };

/** What is said of one plugin's configuration. */
async function said(name: string, configuration: object, isOn = true): Promise<string> {
  const text = JSON.stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: [{ name, configuration }],
  });
  return readAdmissionConfiguration(text, files, (plugin) => isOn && plugin === name).then(
    () => 'accepted',
    ({ message }: Error) => message,
  );
}

const security = (more: object) => ({ apiVersion: 'pod-security.admission.config.k8s.io/v1', kind: 'PodSecurityConfiguration', ...more });
const limits = (...list: object[]) => ({ apiVersion: 'eventratelimit.admission.k8s.io/v1alpha1', kind: 'Configuration', limits: list });
const tolerations = { apiVersion: 'podtolerationrestriction.admission.k8s.io/v1alpha1', kind: 'Configuration' };
const quota = (more: object) => ({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'ResourceQuotaConfiguration', ...more });

test('what plugins are told is judged, as kube-apiserver v1.36.3 does it', async () => {
  const cases: readonly (readonly [plugin: string, configuration: object, said: string])[] = [
    ['PodSecurity', security({ defaults: { enforce: 'baseline', warn: '' } }), 'accepted'],
    [
      'PodSecurity',
      security({ defaults: { enforce: 'odd', 'audit-version': 'x' } }),
      'failed to initialize admission plugin "PodSecurity": PodSecurity configuration error: [enforce: must be one of privileged, baseline, restricted, audit-version: must be "latest" or "v1.x"]',
    ],
    [
      'PodSecurity',
      security({ exemptions: { usernames: ['', 'a', 'a'] } }),
      'failed to initialize admission plugin "PodSecurity": PodSecurity invalid: [exemptions.usernames[0]: Invalid value: "": username must not be empty, exemptions.usernames[2]: Duplicate value: "a"]',
    ],
    [
      'PodSecurity',
      security({ foo: 1, defaults: { x: 1 } }),
      'couldn\'t init admission plugin "PodSecurity": strict decoding error: unknown field "defaults.x", unknown field "foo"',
    ],
    ['PodSecurity', { a: 'b' }, `couldn't init admission plugin "PodSecurity": Object 'Kind' is missing in '{"a":"b"}'`],
    ['EventRateLimit', limits({ type: 'Server', qps: 1, burst: 1, foo: 1 }), 'accepted'],
    ['EventRateLimit', limits(), 'couldn\'t init admission plugin "EventRateLimit": limits: Invalid value: null: must not be empty'],
    [
      'EventRateLimit',
      limits({ type: 'User', qps: -1, burst: 1, cacheSize: -1 }),
      'couldn\'t init admission plugin "EventRateLimit": [limits[0].qps: Invalid value: -1: must be positive, limits[0].cacheSize: Invalid value: -1: must not be negative]',
    ],
    [
      'ResourceQuota',
      quota({ limitedResources: [{ resource: 'pods' }, {}] }),
      'couldn\'t init admission plugin "ResourceQuota": limitedResources[1].resource: Required value',
    ],
    ['ResourceQuota', { apiVersion: 'resourcequota.admission.k8s.io/v1beta1', kind: 'Configuration', limitedResources: [] }, 'accepted'],
    [
      'PodTolerationRestriction',
      { ...tolerations, foo: 1, default: [{ key: 'a', operator: 'Odd' }], whitelist: [{ key: 'a', operator: 'Exists', value: 'b' }] },
      'couldn\'t init admission plugin "PodTolerationRestriction": invalid config: [podtolerationrestriction.default[0].operator: Unsupported value: "Odd": supported values: "Equal", "Exists" podtolerationrestriction.whitelist[0].operator: Invalid value: "b": value must be empty when `operator` is \'Exists\']',
    ],
    [
      'MutatingAdmissionWebhook',
      { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'Foo' },
      'couldn\'t init admission plugin "MutatingAdmissionWebhook": no kind "Foo" is registered for version "apiserver.config.k8s.io/v1" in scheme "pkg/runtime/scheme.go:111"',
    ],
  ];
  for (const [plugin, configuration, wanted] of cases) assert.equal(await said(plugin, configuration), wanted);
  assert.equal(await said('PodSecurity', { a: 'b' }, false), 'accepted', 'a plugin that is off');
});
