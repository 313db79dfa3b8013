import type { Labels } from '../../machinery/histogram.ts';
import type { MetricFamily } from '../../machinery/metrics.ts';

/** How many objects there are of each resource. */
export type ObjectCounts = () => Iterable<{ readonly group: string; readonly resource: string; readonly count: number }>;

/** Which APIServices are available, and how often each has ceased to be. */
export interface ApiServiceAvailability {
  unavailable(): Iterable<readonly [name: string, isUnavailable: boolean]>;
  failures(): Iterable<{ readonly name: string; readonly reason: string; readonly count: number }>;
}

export function objectCounts(counts: ObjectCounts): MetricFamily[] {
  return [
    {
      name: 'apiserver_storage_objects',
      help: '[STABLE] (Deprecated since 1.34.0) [DEPRECATED, consider using apiserver_resource_objects instead] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
      type: 'gauge',
      samples: () =>
        [...counts()].map(({ group, resource, count }) => ({
          labels: { resource: group === '' ? resource : `${resource}.${group}` },
          value: count,
        })),
    },
    {
      name: 'apiserver_resource_objects',
      help: '[ALPHA] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
      type: 'gauge',
      samples: () => [...counts()].map(({ group, resource, count }) => ({ labels: { group, resource }, value: count })),
    },
  ];
}

export function apiServiceMetrics(services: ApiServiceAvailability): MetricFamily[] {
  return [
    {
      name: 'aggregator_unavailable_apiservice',
      help: '[ALPHA] Gauge of APIServices which are marked as unavailable broken down by APIService name.',
      type: 'gauge',
      samples: () => [...services.unavailable()].map(([name, isUnavailable]) => ({ labels: { name }, value: isUnavailable ? 1 : 0 })),
    },
    {
      name: 'aggregator_unavailable_apiservice_total',
      help: '[ALPHA] Counter of APIServices which are marked as unavailable broken down by APIService name and reason.',
      type: 'counter',
      samples: () => [...services.failures()].map(({ name, reason, count }) => ({ labels: { name, reason }, value: count })),
    },
  ];
}

/** What the server is a build of. @param version what /version answers */
export function versionMetrics(version: Labels): MetricFamily[] {
  const gauge = (name: string, help: string, value: () => number, labels: Labels = {}): MetricFamily => ({
    ...{ name, help, type: 'gauge' },
    samples: () => [{ labels, value: value() }],
  });
  const { gitVersion, emulationMajor, emulationMinor, minCompatibilityMajor, minCompatibilityMinor } = version;
  const builds = Object.entries(version).filter(([name]) => !/^(emulation|minCompatibility)/.test(name));
  const build = builds.map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]);
  return [
    gauge(
      'kubernetes_build_info',
      "[BETA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
      () => 1,
      Object.fromEntries(build),
    ),
    gauge(
      'version_info',
      '[ALPHA] Provides the compatibility version info of the component. The component label is the name of the component, usually kube, but is relevant for aggregated-apiservers.',
      () => 1,
      {
        binary: gitVersion?.replace(/^v/, '') ?? '',
        component: 'kube',
        emulation: `${emulationMajor}.${emulationMinor}`,
        min_compat: `${minCompatibilityMajor}.${minCompatibilityMinor}`,
      },
    ),
  ];
}
