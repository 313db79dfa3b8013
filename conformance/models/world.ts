import { deepEqual } from 'node:assert/strict';
import { namespace as namespaces } from '../../api/core/v1/namespace.ts';
import { node as nodes } from '../../api/core/v1/node.ts';
import { pod as pods } from '../../api/core/v1/pod.ts';
import type { ResourceDefinition } from '../../api/define.ts';
import { definitions as builtIn } from '../../api/index.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { Field, ObjectSchema, Schema, SchemaSource } from '../../openapi/schema.ts';
import { createSchemaSource } from '../../openapi/source.ts';
import { RbacAuthorizer } from '../../src/auth/authorize/rbac.ts';
import { superuserAuthorizer, unionAuthorizer } from '../../src/auth/authorize/union.ts';
import { bootstrapPolicy } from '../../src/auth/bootstrap/rbac.ts';
import type { UserInfo } from '../../src/auth/types.ts';
import type { Client, ResourceClient, ResourceReference } from '../../src/client/client.ts';
import { type ControllerContext, defaultSettings, type StartController } from '../../src/controllers/context.ts';
import { componentName, identityOf } from '../../src/controllers/identities.ts';
import { adoptionAnnotation } from '../../src/kubelet/context.ts';
import { Fleet } from '../../src/kubelet/fleet.ts';
import { sharedAbortController } from '../../src/machinery/abort.ts';
import { VirtualClock } from '../../src/machinery/clock.ts';
import { Disposables } from '../../src/machinery/disposables.ts';
import { silentLogger } from '../../src/machinery/logger.ts';
import { ProtobufCodec } from '../../src/machinery/protobuf/codec.ts';
import { type Random, seededRandom } from '../../src/machinery/random.ts';
import { unlessNotFound } from '../../src/runtime/errors.ts';
import type { Informer } from '../../src/runtime/informer.ts';
import { createInformers, type Informers } from '../../src/runtime/informers.ts';
import { keyOf } from '../../src/runtime/keys.ts';
import { startScheduler } from '../../src/scheduler/index.ts';
import { fixedCatalog } from '../../src/server/aggregation/catalog.ts';
import { ApiServer } from '../../src/server/api-server.ts';
import { openMemoryStorage } from '../../src/storage/memory/memory-storage.ts';

/** What all worlds of a process share, for being costly to make. */
export interface SharedParts {
  readonly schemas: ReturnType<typeof createSchemaSource>;
  readonly protobuf: ProtobufCodec;
  readonly policy: readonly KubeObject[];
}

export interface WorldOptions {
  readonly seed: number;
  readonly parts: SharedParts;
  readonly controllers: readonly StartController[];
  /** Served besides the built-in resources. */
  readonly definitions: readonly ResourceDefinition[];
  /** Called at every change of a pod, or of what `watch` names; says what is wrong. */
  readonly check: (world: World) => string | undefined;
}

/** The schema of objects that may hold anything. */
export const freeSchema = 'model.Free';

export function sharedParts(): SharedParts {
  const known = createSchemaSource();
  const free: Schema = {
    type: 'object',
    mapType: 'granular',
    fields: metadataFields(known),
    preserveUnknownFields: true,
  };
  const schemas = { ...known, get: (name: string) => (name === freeSchema ? free : known.get(name)) };
  return { schemas, protobuf: new ProtobufCodec(), policy: bootstrapPolicy() };
}

function metadataFields(schemas: SchemaSource): ReadonlyMap<string, Field> {
  const { fields } = schemas.get('io.k8s.api.core.v1.Namespace') as ObjectSchema;
  return new Map([...fields].filter(([name]) => ['apiVersion', 'kind', 'metadata'].includes(name)));
}

export const namespace = 'model';
const admin: UserInfo = { username: 'admin', groups: ['system:masters', 'system:authenticated'] };
const start = Date.parse('2026-03-01T00:00:00Z');
/** So many turns of the event loop without a request mean that everybody waits for time to pass. */
const quietTurns = 8;
/** A request that is not answered after so many was asked to come again later. */
const answerTurns = 200;

/**
 * A cluster in this process on a virtual clock: the API server with its authorization by the bootstrap roles, some controllers, the scheduler and simulated
 * nodes, all real. The same seed gives the same history.
 */
export class World implements AsyncDisposable {
  readonly clock = new VirtualClock(start);
  readonly random: Random;
  readonly client: Client;
  readonly informers: Informers;
  readonly pods: Informer;
  readonly nodes: Informer;
  /** What happened, for the report of a failure. */
  readonly log: string[] = [];
  /** The first rule that was broken. */
  broken: string | undefined;
  /** Pods that we failed or deleted: the controllers have no part in that. */
  readonly disturbed = new Set<string>();
  private readonly server: ApiServer;
  private readonly running = new Disposables();
  private readonly stopping = sharedAbortController();
  private readonly check: (world: World) => string | undefined;
  private requests = 0;
  private fleet: Fleet | undefined;
  private nodeCount = 0;

  private constructor({ seed, parts: { schemas, protobuf, policy }, definitions, check }: WorldOptions) {
    this.random = seededRandom(seed);
    this.check = check;
    const rbac = new RbacAuthorizer();
    for (const object of policy) rbac.set(object);
    const { clock } = this;
    this.server = this.running.use(
      new ApiServer({
        storage: this.running.use(openMemoryStorage({ clock })),
        definitions: [...builtIn, ...definitions],
        schemas,
        clock,
        random: seededRandom(seed + 1),
        logger: silentLogger,
        settings: { serviceClusterIPRanges: ['10.96.0.0/16'], nodePortRange: [30000, 32767] },
        authenticator: { authenticate: () => undefined },
        authorizer: unionAuthorizer([superuserAuthorizer, rbac]),
        tokens: { audiences: [''], issue: () => Promise.reject(new Error('no tokens here')) },
        protobuf,
        admissionPlugins: (_, namespaceLifecycle) => [namespaceLifecycle],
        versionInfo: {},
        serverAddress: () => '',
      }),
    );
    this.client = this.clientOf(admin);
    const context = { clock, random: seededRandom(seed + 2), logger: silentLogger, signal: this.stopping.signal };
    this.informers = createInformers(this.client, context);
    this.running.use(this.informers);
    this.pods = this.informers.for(pods);
    this.nodes = this.informers.for(nodes);
  }

  /** What a container has printed, as its kubelet tells it. */
  logOf(pod: string, container: string): string {
    const node = this.pods.get(namespace, pod)!['spec'].nodeName;
    const options = { follow: false, previous: false, timestamps: false };
    return String(this.fleet!.streams.logs({ node, namespace, pod, container }, options).read() ?? '');
  }

  static async open(options: WorldOptions): Promise<World> {
    const world = new World(options);
    await world.client.resource(namespaces).create('', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    world.watch(world.pods);
    world.begin(options.seed, options.controllers);
    await world.quiesce();
    return world;
  }

  /** Checks the rules at each change of these objects. */
  watch(informer: Informer): void {
    const look = () => {
      this.broken ??= this.check(this);
    };
    informer.addHandler({ added: look, updated: look, deleted: look });
  }

  private begin(seed: number, controllers: readonly StartController[]): void {
    const { clock } = this;
    const context = { clock, random: seededRandom(seed + 3), logger: silentLogger, signal: this.stopping.signal };
    const clientFor = (name: string) => this.clientOf(identityOf(name), componentName);
    const informers = this.running.use(createInformers(clientFor(componentName), context));
    const controllerContext: ControllerContext = {
      ...context,
      clientFor,
      informers,
      catalog: fixedCatalog(builtIn),
      settings: defaultSettings,
    };
    for (const controller of controllers) this.running.use(controller(controllerContext));
    informers.start();
    this.informers.start();
    const scheduler = this.clientOf({ username: 'system:kube-scheduler', groups: ['system:authenticated'] }, 'kube-scheduler');
    this.running.use(startScheduler(scheduler, { ...context, random: seededRandom(seed + 4) }));
    const fleet = new Fleet(
      { ...context, random: seededRandom(seed + 5), client: this.client, clientFor: () => this.client },
      { nodes: [] },
    );
    this.fleet = fleet;
    this.running.use(fleet);
    void fleet.start();
    this.running.defer(() => this.stopping.abort(new Error('the world ends')));
  }

  // Counts what is on its way, so that we can tell when everybody waits.
  private clientOf(user: UserInfo, userAgent?: string): Client {
    const client = this.server.client(user, userAgent);
    const counted = <T extends KubeObject>(reference: ResourceReference): ResourceClient<T> =>
      new Proxy(client.resource<T>(reference), {
        get: (target, name) => {
          const member = Reflect.get(target, name);
          if (typeof member !== 'function') return member;
          return (...parameters: unknown[]) => {
            const result = member.apply(target, parameters);
            if (typeof result?.then !== 'function') return result;
            this.requests++;
            const done = () => {
              this.requests--;
            };
            result.then(done, done);
            return result;
          };
        },
      });
    return { resource: counted };
  }

  /** Lets everybody work until they all wait for time to pass. */
  async quiesce(): Promise<void> {
    for (let quiet = 0; quiet < quietTurns; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.requests > 0) quiet = 0;
    }
  }

  /** Moves time on; whoever waits for a moment in between works at that moment. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.clock.monotonic() + milliseconds;
    await this.quiesce();
    for (let due = this.clock.nextDue(); due !== undefined && due <= end; due = this.clock.nextDue()) {
      await this.clock.advance(Math.max(0, due - this.clock.monotonic()));
      await this.quiesce();
    }
    await this.clock.advance(Math.max(0, end - this.clock.monotonic()));
    await this.quiesce();
  }

  /** The answer to a request that the server may want to see again later, for which time moves on. */
  async answerTo<T>(request: Promise<T>): Promise<T> {
    let waiting = true;
    const answered = () => {
      waiting = false;
    };
    request.then(answered, answered);
    for (let turns = 1; waiting; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!waiting || turns < answerTurns) continue;
      turns = 0;
      await this.clock.advance(Math.max(0, this.clock.nextDue()! - this.clock.monotonic()));
    }
    return request;
  }

  note(text: string): void {
    this.log.push(`${Math.round((this.clock.now() - start) / 1000)}s ${text}`);
  }

  /** A whole number from `low` to `high`, both included. */
  number(low: number, high: number): number {
    return low + Math.floor(this.random.next() * (high - low + 1));
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.random.next() * items.length)];
  }

  chance(probability: number): boolean {
    return this.random.next() < probability;
  }

  api(reference: ResourceReference): ResourceClient {
    return this.client.resource(reference);
  }

  async patch(reference: ResourceReference, name: string, body: unknown): Promise<void> {
    await unlessNotFound(
      this.api(reference).patch(reference.scope === 'Cluster' ? '' : namespace, name, 'application/merge-patch+json', body),
    );
  }

  /** Pods of the model, by name. */
  podList(): KubeObject[] {
    return [...this.pods.list(namespace)].sort((a, b) => (a.metadata!.name! < b.metadata!.name! ? -1 : 1));
  }

  async failPod(): Promise<void> {
    const running = this.podList().filter(({ status, metadata }) => status?.phase === 'Running' && !metadata!.deletionTimestamp);
    const pod = this.pick(running);
    if (!pod) return;
    const name = pod.metadata!.name!;
    this.note(`pod ${name} fails`);
    this.disturbed.add(keyOf(pod));
    const time = new Date(this.clock.now()).toISOString().replace(/\.\d+/, '');
    const ended = { terminated: { exitCode: 1, reason: 'Error', startedAt: time, finishedAt: time } };
    const containerStatuses = pod.status.containerStatuses.map((status: object) => ({ ...status, ready: false, state: ended }));
    const conditions = pod.status.conditions.map((condition: { type: string }) =>
      condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: time } : condition,
    );
    const body = { metadata: { uid: pod.metadata!.uid }, status: { phase: 'Failed', containerStatuses, conditions } };
    await unlessNotFound(this.api(pods).patch(namespace, name, 'application/merge-patch+json', body, { subresource: 'status' }));
  }

  async deletePod(): Promise<void> {
    const pod = this.pick(this.podList().filter(({ metadata }) => !metadata!.deletionTimestamp));
    if (!pod) return;
    this.note(`pod ${pod.metadata!.name} is deleted`);
    this.disturbed.add(keyOf(pod));
    await unlessNotFound(this.api(pods).delete(namespace, pod.metadata!.name!));
  }

  async addNode(labels: Record<string, string> = {}): Promise<string> {
    const index = ++this.nodeCount;
    const name = `n${index}`;
    this.note(`node ${name} comes`);
    const allocatable = { cpu: '16', memory: '32Gi', pods: '50' };
    await this.api(nodes).create('', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, annotations: { [adoptionAnnotation]: 'fake' }, labels: { 'kubernetes.io/hostname': name, ...labels } },
      spec: { podCIDR: `10.244.${index}.0/24`, podCIDRs: [`10.244.${index}.0/24`] },
      status: { allocatable, capacity: allocatable },
    });
    return name;
  }

  async removeNode(): Promise<void> {
    const node = this.pick([...this.nodes.list()]);
    if (!node || this.nodes.size < 2) return;
    const name = node.metadata!.name!;
    this.note(`node ${name} is lost`);
    for (const pod of this.podList()) if (pod.spec.nodeName === name) this.disturbed.add(keyOf(pod));
    await this.api(nodes).delete('', name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.running[Symbol.asyncDispose]();
  }
}

/** What differs between two values, as text; undefined if nothing does. */
export function difference(actual: unknown, expected: unknown): string | undefined {
  try {
    deepEqual(actual, expected);
    return undefined;
  } catch {
    return `${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`;
  }
}
