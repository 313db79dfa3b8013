import type { Component } from '../cli/options.ts';
import type { ComponentProbe } from '../registry/subresources/component-status.ts';
import type { Storage } from '../storage/storage.ts';

/**
 * What `kubectl get componentstatuses` asks: the scheduler and the controllers of this process, and the storage. kube-apiserver looks for the
 * first two at their usual ports on its own machine; where another process runs them, it finds them no more than it would here.
 */
export function componentProbes(components: readonly Component[], storage: Storage): ComponentProbe[] {
  const neighbour = (name: string, component: Component, port: number): ComponentProbe => ({
    name,
    check: async () =>
      components.includes(component)
        ? { healthy: true, message: 'ok' }
        : {
            healthy: false,
            message: `Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`,
          },
  });
  return [
    neighbour('scheduler', 'scheduler', 10259),
    neighbour('controller-manager', 'controllers', 10257),
    {
      name: 'etcd-0',
      check: () =>
        storage.currentRevision().then(
          () => ({ healthy: true, message: 'ok' }),
          (error: Error) => ({ healthy: false, message: error.message }),
        ),
    },
  ];
}
