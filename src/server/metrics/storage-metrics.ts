import type { Histogram, Labels } from '../../machinery/histogram.ts';
import type { MetricFamily } from '../../machinery/metrics.ts';
import type { StorageOperation } from '../../storage/measured-storage.ts';
import type { CacheStats } from '../../storage/watch-cache/cache-stats.ts';

/** What is counted of one resource in the registry. */
export interface MeasuredResource {
  readonly group: string;
  readonly resource: string;
  readonly storage: {
    readonly listed: number;
    readonly stats: ReadonlyMap<StorageOperation, { readonly duration: Histogram; readonly errors: number }>;
  };
  readonly cache: { readonly stats: CacheStats; readonly revision: number; readonly bytes: number; readonly size: number };
  readonly reads: { readonly consistent: number; readonly fromStorage: number };
}

type Value = (of: MeasuredResource) => number | undefined;

/**
 * What kube-apiserver tells of its requests to etcd and of its watch caches; here of whichever storage there is.
 * @param all read when /metrics is
 * @param size of the database, in bytes; where nothing of it lies on a disk, it takes what the objects do
 */
export function storageMetrics(all: () => Iterable<MeasuredResource>, size: () => number | undefined): MetricFamily[] {
  const each = (type: 'counter' | 'gauge', name: string, help: string, value: Value, more: Labels = {}): MetricFamily => ({
    ...{ name, help, type },
    samples: () =>
      [...all()].flatMap((of) => {
        const is = value(of);
        return is === undefined ? [] : [{ labels: labelsOf(of, more), value: is }];
      }),
  });
  const counter = (name: string, help: string, value: (of: MeasuredResource) => number, more?: Labels): MetricFamily =>
    each('counter', name, help, (of) => value(of) || undefined, more);
  const loaded =
    (value: (of: MeasuredResource) => number): Value =>
    (of) =>
      of.cache.revision > 0 ? value(of) : undefined;
  const requests = (of: MeasuredResource) =>
    [...of.storage.stats].map(([operation, stats]) => ({ labels: labelsOf(of, { operation }), stats }));
  const lists: Value = ({ storage }) => storage.stats.get('list')?.duration.observations;
  const listed: Value = (of) => (lists(of) === undefined ? undefined : of.storage.listed);
  const held = () => [...all()].reduce((sum, { cache }) => sum + cache.bytes, 0);
  return [
    {
      name: 'apiserver_storage_size_bytes',
      help: '[STABLE] Size of the storage database file physically allocated in bytes.',
      type: 'gauge',
      samples: () => [{ labels: { storage_cluster_id: 'etcd-0' }, value: size() ?? held() }],
    },
    {
      name: 'etcd_request_duration_seconds',
      help: '[ALPHA] Etcd request latency in seconds for each operation and object type.',
      type: 'histogram',
      samples: () => [...all()].flatMap(requests).map(({ labels, stats }) => ({ labels, value: stats.duration })),
    },
    {
      name: 'etcd_requests_total',
      help: '[ALPHA] Etcd request counts for each operation and object type.',
      type: 'counter',
      samples: () => [...all()].flatMap(requests).map(({ labels, stats }) => ({ labels, value: stats.duration.observations })),
    },
    {
      name: 'etcd_request_errors_total',
      help: '[ALPHA] Etcd failed request counts for each operation and object type.',
      type: 'counter',
      samples: () =>
        [...all()].flatMap(requests).flatMap(({ labels, stats }) => (stats.errors > 0 ? [{ labels, value: stats.errors }] : [])),
    },
    each(
      'gauge',
      'apiserver_resource_size_estimate_bytes',
      '[ALPHA] Estimated size of stored objects in database. Estimate is based on sum of last observed sizes of serialized objects. In case of a fetching error, the value will be -1.',
      loaded(({ cache }) => cache.bytes),
    ),
    each(
      'gauge',
      'apiserver_watch_cache_resource_version',
      '[ALPHA] Current resource version of watch cache broken by resource type. This is truncated to the 15 least significant digits.',
      loaded(({ cache }) => cache.revision % 1e15),
    ),
    each('counter', 'apiserver_storage_list_total', '[ALPHA] Number of LIST requests served from storage', lists),
    each(
      'counter',
      'apiserver_storage_list_fetched_objects_total',
      '[ALPHA] Number of objects read from storage in the course of serving a LIST request',
      listed,
    ),
    each(
      'counter',
      'apiserver_storage_list_evaluated_objects_total',
      '[ALPHA] Number of objects tested in the course of serving a LIST request from storage',
      listed,
    ),
    each(
      'counter',
      'apiserver_storage_list_returned_objects_total',
      '[ALPHA] Number of objects returned for a LIST request from storage',
      listed,
    ),
    counter(
      'apiserver_storage_events_received_total',
      '[BETA] Number of etcd events received split by kind.',
      ({ cache }) => cache.stats.received,
    ),
    counter(
      'apiserver_watch_cache_events_received_total',
      '[ALPHA] Counter of events received in watch cache broken by resource type.',
      ({ cache }) => cache.stats.received,
    ),
    counter(
      'apiserver_watch_cache_events_dispatched_total',
      '[ALPHA] Counter of events dispatched in watch cache broken by resource type.',
      ({ cache }) => cache.stats.received,
    ),
    counter(
      'apiserver_watch_cache_initializations_total',
      '[ALPHA] Counter of watch cache initializations broken by resource type.',
      ({ cache }) => cache.stats.loads,
    ),
    counter(
      'apiserver_init_events_total',
      '[ALPHA] Counter of init events processed in watch cache broken by resource type.',
      ({ cache }) => cache.stats.initial,
    ),
    counter(
      'apiserver_terminated_watchers_total',
      '[ALPHA] Counter of watchers closed due to unresponsiveness broken by resource type.',
      ({ cache }) => cache.stats.lagged,
    ),
    counter(
      'apiserver_cache_list_total',
      '[ALPHA] Number of LIST requests served from watch cache',
      ({ cache }) => cache.stats.lists.total,
      { index: '' },
    ),
    counter(
      'apiserver_cache_list_fetched_objects_total',
      '[ALPHA] Number of objects read from watch cache in the course of serving a LIST request',
      ({ cache }) => cache.stats.lists.fetched,
      { index: '' },
    ),
    counter(
      'apiserver_cache_list_returned_objects_total',
      '[ALPHA] Number of objects returned for a LIST request from watch cache',
      ({ cache }) => cache.stats.lists.returned,
    ),
    {
      name: 'apiserver_watch_cache_read_wait_seconds',
      help: '[ALPHA] Histogram of time spent waiting for a watch cache to become fresh.',
      type: 'histogram',
      samples: () => [...all()].flatMap((of) => of.cache.stats.waits.seriesIfAny(labelsOf(of, {}))),
    },
    {
      name: 'apiserver_watch_cache_consistent_read_total',
      help: '[ALPHA] Counter for consistent reads from cache.',
      type: 'counter',
      samples: () =>
        [...all()].flatMap((of) => {
          const { consistent, fromStorage } = of.reads;
          return [
            ...(consistent > 0 ? [{ labels: labelsOf(of, { fallback: 'false', success: 'true' }), value: consistent }] : []),
            ...(fromStorage > 0 ? [{ labels: labelsOf(of, { fallback: 'true', success: 'true' }), value: fromStorage }] : []),
          ];
        }),
    },
  ];
}

function labelsOf({ group, resource }: MeasuredResource, more: Labels): Labels {
  return { group, resource, ...more };
}
