import type { Connection } from '../connection.ts';

/** What is watched and compared, by kind. */
export const observed: Readonly<Record<string, string>> = {
  Pod: '/api/v1/pods',
  ReplicationController: '/api/v1/replicationcontrollers',
  PersistentVolumeClaim: '/api/v1/persistentvolumeclaims',
  Event: '/api/v1/events',
  Deployment: '/apis/apps/v1/deployments',
  ReplicaSet: '/apis/apps/v1/replicasets',
  StatefulSet: '/apis/apps/v1/statefulsets',
  DaemonSet: '/apis/apps/v1/daemonsets',
  ControllerRevision: '/apis/apps/v1/controllerrevisions',
  Job: '/apis/batch/v1/jobs',
  CronJob: '/apis/batch/v1/cronjobs',
  PodDisruptionBudget: '/apis/policy/v1/poddisruptionbudgets',
  HorizontalPodAutoscaler: '/apis/autoscaling/v2/horizontalpodautoscalers',
  Service: '/api/v1/services',
  Endpoints: '/api/v1/endpoints',
  EndpointSlice: '/apis/discovery.k8s.io/v1/endpointslices',
  ServiceAccount: '/api/v1/serviceaccounts',
  Secret: '/api/v1/secrets',
  ConfigMap: '/api/v1/configmaps',
  ResourceQuota: '/api/v1/resourcequotas',
  ResourceClaim: '/apis/resource.k8s.io/v1/resourceclaims',
};

/** The same without a namespace: the names of these begin with the scenario's. */
export const observedInCluster: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  PersistentVolume: '/api/v1/persistentvolumes',
  CertificateSigningRequest: '/apis/certificates.k8s.io/v1/certificatesigningrequests',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
};

/** The scenario that an object without a namespace belongs to, by its name. */
const scenarioOf = (name: string): string => /^ctl-[a-z]+-\d+-\d+/.exec(name)?.[0] ?? 'default';

interface Namespace {
  readonly objects: Map<string, any>;
  /** Generated names that were seen, and what stands for them. */
  readonly names: Map<string, string>;
  changed: number;
}

/** What a server holds in every namespace, by watches. */
export class Observer {
  private readonly namespaces = new Map<string, Namespace>();
  private readonly watches: { stop(): void }[] = [];
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  async start(): Promise<void> {
    for (const [kind, path] of Object.entries({ ...observed, ...observedInCluster })) {
      const watch = this.connection.watch(`${path}?watch=1&timeoutSeconds=3600`, (events) => {
        const { type, object } = events.at(-1)!;
        if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') this.take(kind, type, object);
      });
      this.watches.push(watch);
      await watch.opened;
    }
  }

  private take(kind: string, type: string, object: any): void {
    const { namespace, name, generateName } = object.metadata;
    const isOfCluster = namespace === undefined || (kind === 'Event' && namespace === 'default');
    const space = this.of(isOfCluster ? scenarioOf(kind === 'Event' ? object.involvedObject.name : name) : namespace);
    const key = `${kind}/${name}`;
    if (type === 'DELETED') space.objects.delete(key);
    else space.objects.set(key, object);
    if (generateName && /^[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(name.slice(generateName.length)))
      space.names.set(name, `${generateName}<random>`);
    // An event that is told again and again does not keep a namespace from being calm.
    if (kind !== 'Event' || type === 'ADDED') space.changed = performance.now();
  }

  private of(namespace: string): Namespace {
    let space = this.namespaces.get(namespace);
    if (!space) this.namespaces.set(namespace, (space = { objects: new Map(), names: new Map(), changed: performance.now() }));
    return space;
  }

  /** The objects of a namespace, of one kind or of all, with their kinds. */
  objects(namespace: string, kind?: string): any[] {
    return [...this.of(namespace).objects]
      .filter(([key]) => kind === undefined || key.startsWith(`${kind}/`))
      .map(([key, object]) => ({ kind: key.split('/')[0], ...object }));
  }

  generatedNames(namespace: string): ReadonlyMap<string, string> {
    return this.of(namespace).names;
  }

  /** For how many milliseconds nothing has changed; 0 while a controller has not seen the last change of a spec. */
  calmFor(namespace: string): number {
    const space = this.of(namespace);
    for (const { metadata, status } of space.objects.values()) {
      if (status?.observedGeneration !== undefined && metadata.generation > status.observedGeneration && !metadata.deletionTimestamp) {
        if (!metadata.ownerReferences || status.replicas !== undefined) return 0;
      }
    }
    return performance.now() - space.changed;
  }

  /** Something was done, the answer to which has still to come. */
  disturb(namespace: string): void {
    this.of(namespace).changed = performance.now();
  }

  forget(namespace: string): void {
    this.namespaces.delete(namespace);
  }

  stop(): void {
    for (const watch of this.watches) watch.stop();
  }
}
