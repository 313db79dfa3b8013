import { deepEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { deployment } from '../../../api/apps/v1/deployment.ts';
import { pod as pods } from '../../../api/core/v1/pod.ts';
import type { ResourceDefinition } from '../../../api/define.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { PodSecurityMetrics } from '../metrics/pod-security-metrics.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import { podSecurityPlugin } from './pod-security.ts';

const spec = (more: object = {}) => ({ containers: [{ name: 'a', image: 'x' }], ...more });

test('what the standards find is counted as kube-apiserver counts it', () => {
  const labels: Record<string, string> = {};
  const label = (mode: string, value: string) => (labels[`pod-security.kubernetes.io/${mode}`] = value);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n', labels } };
  const lookup = { cached: () => namespace, get: async () => namespace, list: async () => [] };
  const metrics = new PodSecurityMetrics(36);
  const plugin = podSecurityPlugin(lookup, metrics, { exemptions: { usernames: ['root'] } });
  const create = (definition: ResourceDefinition, of: object, username = 'someone') =>
    plugin.validate!({
      ...{ definition, operation: 'CREATE', subresource: '', namespace: 'n', name: 'o', dryRun: false, options: undefined, old: undefined },
      object: { apiVersion: 'v1', kind: definition.kind, metadata: { name: 'o' }, spec: of } as KubeObject,
      user: { username, groups: [] },
      warn() {},
    } satisfies AdmissionAttributes);
  const ofPod = pods as ResourceDefinition;
  create(ofPod, spec());
  label('enforce', 'baseline');
  label('enforce-version', 'v1.25');
  label('warn', 'restricted');
  label('audit', 'restricted');
  label('audit-version', 'v1.99');
  create(ofPod, spec());
  throws(() => create(ofPod, spec({ hostNetwork: true })), /violates PodSecurity/);
  create(deployment as ResourceDefinition, { template: { spec: spec() } });
  create(ofPod, spec({ hostNetwork: true }), 'root');
  label('enforce', 'nonsense');
  throws(() => create(ofPod, spec()), /violates PodSecurity "restricted:v1.25"/);

  const counted = metrics.families().flatMap(({ name, samples }) =>
    Array.from(samples(), ({ labels: { request_operation, subresource, ...rest }, value }) => {
      return `${name.replace(/pod_security_|_total/g, '')} ${Object.values(rest).join(' ')}: ${value}`;
    }),
  );
  deepEqual(counted, [
    'evaluations allow enforce privileged latest pod: 1',
    'evaluations allow enforce baseline v1.25 pod: 1',
    'evaluations deny audit restricted future pod: 3',
    'evaluations deny warn restricted latest pod: 1',
    'evaluations deny enforce baseline v1.25 pod: 1',
    'evaluations deny audit restricted future controller: 1',
    'evaluations deny warn restricted latest controller: 1',
    'evaluations deny enforce restricted v1.25 pod: 1',
    'exemptions pod: 1',
    'exemptions controller: 0',
    'exemptions pod: 0',
    'exemptions controller: 0',
    'errors false pod: 1',
  ]);
});
