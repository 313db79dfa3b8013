import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { pod } from '../../../api/core/v1/pod.ts';
import type { Toleration } from '../../../openapi/types.ts';
import type { Lookup } from '../lookup.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import { podTolerationRestrictionPlugin } from './pod-toleration-restriction.ts';

const prefix = 'scheduler.alpha.kubernetes.io/';
const configuration = { default: [{ key: 'cluster', operator: 'Exists' }], whitelist: [{ key: 'cluster', operator: 'Exists' }] };

/** The tolerations of a new pod, or what is said of it. */
async function tolerated(annotations: Record<string, string>, tolerations?: Toleration[], requests?: object): Promise<unknown> {
  const lookup = { cached: () => ({ metadata: { annotations } }) } as unknown as Lookup;
  const plugin = podTolerationRestrictionPlugin(lookup, configuration);
  const spec = {
    containers: [{ name: 'a', image: 'a', ...(requests ? { resources: { requests } } : {}) }],
    ...(tolerations ? { tolerations } : {}),
  };
  const attributes = {
    definition: pod,
    operation: 'CREATE',
    subresource: '',
    namespace: 'n',
    object: { spec },
  } as unknown as AdmissionAttributes;
  try {
    await plugin.mutate!(attributes, {} as never);
    return (attributes.object as unknown as { spec: { tolerations?: Toleration[] } }).spec.tolerations;
  } catch (error) {
    return (error as Error).message;
  }
}

test('as kube-apiserver v1.36.3 gives and refuses tolerations', async () => {
  const conflict = (whose: string) =>
    `pod tolerations (possibly merged with namespace default tolerations) conflict with its ${whose} whitelist`;
  const free = { [`${prefix}defaultTolerations`]: '', [`${prefix}tolerationsWhitelist`]: '' };
  const [exists, equals] = [
    { key: 'y', operator: 'Exists' },
    { key: 'y', operator: 'Equal', value: '2' },
  ];
  deepStrictEqual(await tolerated({}), configuration.default);
  deepStrictEqual(await tolerated({}, [exists]), conflict('cluster'));
  deepStrictEqual(await tolerated({ [`${prefix}tolerationsWhitelist`]: '[{"key":"x"}]' }), conflict('namespace'));
  // Nothing is put together where nothing comes to it.
  deepStrictEqual(await tolerated(free, [exists, equals]), [exists, equals]);
  const pressure = { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' };
  deepStrictEqual(await tolerated(free, [exists, equals], { cpu: '1' }), [exists, pressure]);
  const defaults = (text: string) => tolerated({ ...free, [`${prefix}defaultTolerations`]: text });
  deepStrictEqual(await defaults('[{"KEY":"q","operator":"Exists","foo":1}]'), [{ key: 'q', operator: 'Exists' }]);
  deepStrictEqual(await defaults('null'), undefined);
  deepStrictEqual(await defaults('{'), 'unexpected end of JSON input');
  deepStrictEqual(await defaults('[{"key":1}]'), 'json: cannot unmarshal number into Go struct field Toleration.key of type string');
});
