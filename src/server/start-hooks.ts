import type { HealthCheck } from './health.ts';

/** What has to happen before the server is whole, beside what is done when it is made. */
export type StartStep = 'custom resources' | 'aggregation' | 'bootstrap' | 'flow control';

/** kube-apiserver's names for the parts of its start, in its order, with the step that does it here; none where it is done when the server is made. */
const hooks: readonly (readonly [name: string, step?: StartStep])[] = [
  ['poststarthook/start-apiserver-admission-initializer'],
  ['poststarthook/generic-apiserver-start-informers'],
  ['poststarthook/priority-and-fairness-config-consumer', 'flow control'],
  ['poststarthook/priority-and-fairness-filter', 'flow control'],
  ['poststarthook/storage-object-count-tracker-hook'],
  ['poststarthook/start-apiextensions-informers', 'custom resources'],
  ['poststarthook/start-apiextensions-controllers', 'custom resources'],
  ['poststarthook/crd-informer-synced', 'custom resources'],
  ['poststarthook/start-system-namespaces-controller', 'bootstrap'],
  ['poststarthook/peer-endpoint-reconciler-controller'],
  ['poststarthook/start-cluster-authentication-info-controller', 'aggregation'],
  ['poststarthook/start-kube-apiserver-identity-lease-controller'],
  ['poststarthook/start-kube-apiserver-identity-lease-garbage-collector'],
  ['poststarthook/storage-readiness'],
  ['poststarthook/start-legacy-token-tracking-controller', 'bootstrap'],
  ['poststarthook/start-service-ip-repair-controllers'],
  ['poststarthook/rbac/bootstrap-roles', 'bootstrap'],
  ['poststarthook/scheduling/bootstrap-system-priority-classes', 'bootstrap'],
  ['poststarthook/priority-and-fairness-config-producer', 'bootstrap'],
  ['poststarthook/bootstrap-controller', 'bootstrap'],
  ['poststarthook/start-kubernetes-service-cidr-controller', 'bootstrap'],
  ['poststarthook/aggregator-reload-proxy-client-cert'],
  ['poststarthook/start-kube-aggregator-informers', 'aggregation'],
  ['poststarthook/apiservice-status-local-available-controller', 'aggregation'],
  ['poststarthook/apiservice-status-remote-available-controller', 'aggregation'],
  ['poststarthook/apiservice-registration-controller', 'aggregation'],
  ['poststarthook/apiservice-discovery-controller', 'aggregation'],
  ['poststarthook/kube-apiserver-autoregistration', 'aggregation'],
  ['autoregister-completion', 'aggregation'],
  ['poststarthook/apiservice-openapi-controller', 'aggregation'],
  ['poststarthook/apiservice-openapiv3-controller', 'aggregation'],
];

/** How far the start of a server has come, as its health checks tell. */
export class StartHooks {
  private readonly finished = new Set<StartStep>();

  finish(step: StartStep): void {
    this.finished.add(step);
  }

  /** @param withFlowControl whether requests wait for their turn: without it nothing of it is started */
  checks(withFlowControl: boolean): HealthCheck[] {
    const started = hooks.filter(([, step]) => step !== 'flow control' || withFlowControl);
    return [
      { name: 'informer-sync', endpoints: ['readyz'], check: () => this.expect('aggregation') },
      ...started.map(([name, step]) => ({ name, check: () => this.expect(step) })),
    ];
  }

  /** @throws Error if a step is still to be done */
  private expect(step: StartStep | undefined): void {
    if (step !== undefined && !this.finished.has(step)) throw new Error('not finished');
  }
}
