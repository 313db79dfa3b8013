import type { KubeObject } from '../../../api/meta/object.ts';
import { sameLabels } from '../../runtime/dependents.ts';
import type { Informer } from '../../runtime/informer.ts';
import { isPodFinished, isPodReady } from '../../runtime/pods.ts';

const byLabel = 'label';
const bySelector = 'selector';
const labelKey = (namespace: string, name: string, value: string): string => `${namespace}/${name}=${value}`;

function selectorEntries(service: KubeObject): [string, string][] {
  return Object.entries<string>(service.spec.selector ?? {});
}

/** Which pods a service selects and which services select a pod, each found by a label instead of by looking at all. */
export interface ServicePods {
  podsOf(service: KubeObject): KubeObject[];
  servicesOf(pod: KubeObject): KubeObject[];
  /** Calls back for each service whose endpoints a change of a pod may change. */
  onChange(changed: (service: KubeObject) => void): void;
}

export function createServicePods(services: Informer, pods: Informer): ServicePods {
  pods.addIndex(byLabel, (pod) => {
    const { namespace = '', labels = {} } = pod.metadata!;
    return Object.entries(labels).map(([name, value]) => labelKey(namespace, name, value));
  });
  services.addIndex(bySelector, (service) => {
    const first = selectorEntries(service)[0];
    return first ? [labelKey(service.metadata!.namespace!, first[0], first[1])] : [];
  });

  function podsOf(service: KubeObject): KubeObject[] {
    const { namespace } = service.metadata!;
    const entries = selectorEntries(service);
    const first = entries[0];
    // An empty selector selects everything.
    if (!first) return [...pods.list(namespace)];
    return [...pods.byIndex(byLabel, labelKey(namespace!, first[0], first[1]))].filter((pod) => selects(entries, pod));
  }

  function servicesOf(pod: KubeObject): KubeObject[] {
    const { namespace = '', labels = {} } = pod.metadata!;
    const found: KubeObject[] = [];
    for (const [name, value] of Object.entries(labels)) {
      for (const service of services.byIndex(bySelector, labelKey(namespace, name, value))) {
        if (selects(selectorEntries(service), pod)) found.push(service);
      }
    }
    return found;
  }

  return {
    podsOf,
    servicesOf,
    onChange(changed) {
      const report = (pod: KubeObject) => servicesOf(pod).forEach(changed);
      pods.addHandler({
        added: report,
        updated(pod, old) {
          const moved = !sameLabels(pod.metadata!.labels, old.metadata!.labels);
          if (!moved && !endpointChanged(pod, old)) return;
          report(pod);
          if (moved) report(old);
        },
        deleted: report,
      });
    },
  };
}

function selects(entries: readonly [string, string][], pod: KubeObject): boolean {
  return entries.every(([name, value]) => pod.metadata!.labels?.[name] === value);
}

function endpointChanged(pod: KubeObject, old: KubeObject): boolean {
  return (
    isPodReady(pod) !== isPodReady(old) ||
    isPodFinished(pod) !== isPodFinished(old) ||
    Boolean(pod.metadata!.deletionTimestamp) !== Boolean(old.metadata!.deletionTimestamp) ||
    pod.status?.podIP !== old.status?.podIP ||
    pod.spec.nodeName !== old.spec.nodeName ||
    pod.status?.podIPs?.length !== old.status?.podIPs?.length
  );
}

/** Whether a pod can be an endpoint at all. */
export function canBeEndpoint(pod: KubeObject, includeTerminating: boolean): boolean {
  if (isPodFinished(pod) || !pod.status?.podIP) return false;
  return includeTerminating || !pod.metadata!.deletionTimestamp;
}

/** The pod's hostname if the service gives it a name of its own. */
export function endpointHostname(pod: KubeObject, service: KubeObject): string | undefined {
  const { hostname, subdomain } = pod.spec;
  return hostname && subdomain === service.metadata!.name ? hostname : undefined;
}

export function targetReference(pod: KubeObject): Record<string, unknown> {
  const { namespace, name, uid } = pod.metadata!;
  return { kind: 'Pod', namespace, name, uid };
}

/** The pod's port that a service port leads to; undefined where the pod has none of that name. */
export function findPort(pod: KubeObject, servicePort: any): number | undefined {
  const { targetPort, port, protocol = 'TCP' } = servicePort;
  if (targetPort === undefined || targetPort === 0 || targetPort === '') return port;
  if (typeof targetPort === 'number') return targetPort;
  const sidecars = (pod.spec.initContainers ?? []).filter((container: any) => container.restartPolicy === 'Always');
  for (const container of [...pod.spec.containers, ...sidecars]) {
    for (const candidate of container.ports ?? []) {
      if (candidate.name === targetPort && (candidate.protocol ?? 'TCP') === protocol) return candidate.containerPort;
    }
  }
  return undefined;
}

export function isHeadless(service: KubeObject): boolean {
  return !service.spec.clusterIP || service.spec.clusterIP === 'None';
}

/** Whether we write the endpoints of a service: those without selector are the user's. */
export function isManaged(service: KubeObject): boolean {
  return service.spec.type !== 'ExternalName' && service.spec.selector !== undefined && service.spec.selector !== null;
}
