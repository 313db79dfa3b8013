import { deepEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import type { Histogram } from '../../machinery/histogram.ts';
import { createAdmissionChain } from '../chain.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { ChainMetrics } from './chain-metrics.ts';

const request = (operation: string, name = '') => ({ operation, name }) as AdmissionAttributes;

/** How often plugins were asked, as `name type operation rejected: times`. */
function asked(metrics: ChainMetrics, family: string): string[] {
  const [samples] = metrics.families().flatMap(({ name, samples }) => (name.includes(family) ? [[...samples()]] : []));
  return samples!.map(
    ({ labels, value }) =>
      `${labels['name'] ?? 'all'} ${labels['type']} ${labels['operation']} ${labels['rejected']}: ${(value as Histogram).observations}`,
  );
}

test('plugins are counted as kube-apiserver asks them: whatever the request is about, until one refuses', async () => {
  let now = 0;
  const metrics = new ChainMetrics(() => now++);
  const plugins: AdmissionPlugin[] = [
    { name: 'NamespaceLifecycle', mutate: () => {} },
    {
      name: 'LimitRanger',
      mutate({ name }) {
        if (name === 'bad') throw new Error('no');
      },
    },
    { name: 'Priority', concerns: ({ name }) => name === 'pod', mutate: async () => {}, validate: () => {} },
    { name: 'OfOurOwn', mutate: () => {} },
    { name: 'PodGroupProtection' },
  ];
  const chain = createAdmissionChain(plugins, metrics);
  await chain.mutate(request('CREATE', 'pod'));
  await chain.mutate(request('CREATE', 'other'));
  throws(() => chain.mutate(request('CREATE', 'bad')));
  await chain.mutate(request('DELETE'));
  await chain.validate(request('CREATE', 'pod'));
  deepEqual(asked(metrics, 'step'), [
    'all admit CREATE false: 2',
    'all admit CREATE true: 1',
    'all admit DELETE false: 1',
    'all validate CREATE false: 1',
  ]);
  deepEqual(asked(metrics, 'controller'), [
    'NamespaceLifecycle admit CREATE false: 3',
    'LimitRanger admit CREATE false: 2',
    'LimitRanger admit CREATE true: 1',
    'Priority admit CREATE false: 2',
    'PodGroupProtection admit CREATE false: 2',
    'NamespaceLifecycle admit DELETE false: 1',
    'Priority admit DELETE false: 1',
    'LimitRanger validate CREATE false: 1',
    'Priority validate CREATE false: 1',
  ]);
});

test('what asked for a second round is asked again, and the whole is one', async () => {
  const metrics = new ChainMetrics(() => 0);
  const plugins: AdmissionPlugin[] = [
    { name: 'NamespaceLifecycle', mutate: () => {} },
    { name: 'MutatingAdmissionWebhook', mutate: async (_, reinvocation) => reinvocation.request() },
  ];
  await createAdmissionChain(plugins, metrics).mutate(request('UPDATE'));
  deepEqual(asked(metrics, 'step'), ['all admit UPDATE false: 1']);
  deepEqual(asked(metrics, 'controller'), ['NamespaceLifecycle admit UPDATE false: 2', 'MutatingAdmissionWebhook admit UPDATE false: 2']);
});
