import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { customResourceDefinition } from '../api/apiextensions.k8s.io/v1/customresourcedefinition.ts';
import { namespace as namespaces } from '../api/core/v1/namespace.ts';
import type { KubeObject } from '../api/meta/object.ts';
import type { ResourceClient, ResourceReference, WatchEvent } from '../src/client/client.ts';
import { createHttpClient, type HttpClient } from '../src/client/http.ts';
import { ApiError } from '../src/registry/errors.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { processorSeconds } from './processes.ts';

const group = 'bench.example.com';
/** So long until kinds that were not served yet are asked for again. */
const servedAgainMs = 100;
const namespace = 'bench-extension';
const propertyCount = 200;

/** How long something took: by the clock, and of the server's processor time. */
export interface Cost {
  readonly microseconds: number;
  /** NaN where the server's processes are unknown. */
  readonly processorMicroseconds: number;
}

/** A server that is measured from outside. */
export class ExtensionTarget implements AsyncDisposable {
  readonly name: string;
  private readonly client: HttpClient;
  private readonly pids: readonly number[];

  /** @param pids the server's processes, its store's with them */
  constructor(name: string, kubeconfig: string, pids: readonly number[]) {
    this.name = name;
    this.client = createHttpClient(readKubeconfig(kubeconfig));
    this.pids = pids;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }

  private get definitions(): ResourceClient {
    return this.client.resource(customResourceDefinition);
  }

  /** @returns the cost of everything that `work` does, divided by `operations` */
  async measure(operations: number, work: () => Promise<void>): Promise<Cost> {
    const processor = () => this.pids.reduce((sum, pid) => sum + processorSeconds(pid), 0);
    const before = processor();
    const start = performance.now();
    await work();
    const milliseconds = performance.now() - start;
    const used = this.pids.length > 0 ? processor() - before : Number.NaN;
    return { microseconds: (milliseconds * 1000) / operations, processorMicroseconds: (used * 1e6) / operations };
  }

  /** A kind with 200 properties and five rules, served. @returns its client */
  async wideKind(): Promise<ResourceClient> {
    await this.client.resource(namespaces).create('', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const [reference] = await this.establish([definitionOf('Wide', wideSchema())]);
    return this.client.resource(reference!);
  }

  /** Creates definitions all at once and waits until each is established and its kind is served. */
  async establish(definitions: readonly KubeObject[]): Promise<ResourceReference[]> {
    const waiting = new Set(definitions.map(nameOf));
    const create = () => inParallel(definitions, (definition) => this.definitions.create('', definition));
    await this.follow(this.definitions, create, ({ object }) => {
      if (isEstablished(object)) waiting.delete(nameOf(object));
      return waiting.size === 0;
    });
    const references = definitions.map(referenceOf);
    await this.allServed(references);
    return references;
  }

  /** Deletes definitions and waits until the last has gone. */
  async remove(names: readonly string[]): Promise<void> {
    const waiting = new Set(names);
    await this.follow(
      this.definitions,
      () => inParallel(names, (name) => this.definitions.delete('', name)),
      ({ type, object }) => {
        if (type === 'DELETED') waiting.delete(object.metadata!.name!);
        return waiting.size === 0;
      },
    );
  }

  async removeNamespace(): Promise<void> {
    const api = this.client.resource(namespaces);
    await this.follow(
      api,
      () => api.delete('', namespace),
      ({ type, object }) => type === 'DELETED' && object.metadata!.name === namespace,
    );
  }

  /** Does something and follows what comes of it until `isEnd` says so. */
  private async follow(
    api: ResourceClient,
    action: () => Promise<unknown>,
    isEnd: (event: WatchEvent<KubeObject>) => boolean,
  ): Promise<void> {
    const { metadata } = await api.list('', { limit: 1 });
    const done = new AbortController();
    const followed = (async () => {
      // kube-apiserver ends the watches of those that cannot keep up.
      for (let { resourceVersion } = metadata; ; ) {
        for await (const event of api.watch('', { resourceVersion }, done.signal)) {
          if (event.type === 'ERROR') throw new Error(`a watch failed: ${event.object['message']}`);
          if (isEnd(event)) return;
          resourceVersion = event.object.metadata!.resourceVersion!;
        }
      }
    })();
    await Promise.all([action(), followed]);
    done.abort();
  }

  // Definitions are established before kube-apiserver's aggregator knows of their groups. Nothing tells when it does: one kind is asked for at a time.
  private async allServed(references: readonly ResourceReference[]): Promise<void> {
    for (const reference of references) while (!(await this.isServed(reference))) await sleep(servedAgainMs);
  }

  private async isServed(reference: ResourceReference): Promise<boolean> {
    try {
      await this.client.resource(reference).list('', { limit: 1 });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return false;
      throw error;
    }
  }
}

/** Creates, updates and applies objects of the wide kind. @param values how many of their properties have a value */
export async function writeObjects(
  target: ExtensionTarget,
  kind: ResourceClient,
  count: number,
  values: number,
): Promise<Map<string, Cost>> {
  const names = Array.from({ length: count }, (_, i) => `o${values}-${i}`);
  const created = new Map<string, KubeObject>();
  const costs = new Map<string, Cost>();
  const note = async (verb: string, write: (name: string) => Promise<unknown>) => {
    costs.set(`${verb} with ${values} values`, await target.measure(count, () => inParallel(names, write)));
  };
  await note('create', async (name) => created.set(name, await kind.create(namespace, wideObject(name, values))));
  await note('update', (name) => {
    const object = created.get(name)!;
    return kind.update(namespace, { ...object, spec: { ...object['spec'], integer1: 2 } });
  });
  await note('apply of a new object', (name) => apply(kind, wideObject(`a-${name}`, values)));
  await note('apply of a change', (name) => {
    const object = wideObject(`a-${name}`, values);
    return apply(kind, { ...object, spec: { ...object['spec'], integer1: 2 } });
  });
  return costs;
}

function apply(kind: ResourceClient, object: KubeObject): Promise<KubeObject> {
  return kind.patch(namespace, object.metadata!.name!, 'application/apply-patch+yaml', object, { fieldManager: 'bench' });
}

/** As many definitions as asked for, so many of them in one group, each with a schema of so many properties and five rules. */
export function manyDefinitions(count: number, ofGroup: number, properties: number): KubeObject[] {
  const schema = wideSchema(properties);
  return Array.from({ length: count }, (_, i) => definitionOf(`Many${i}`, schema, `g${Math.floor(i / ofGroup)}.${group}`));
}

export function nameOf({ metadata }: KubeObject): string {
  return metadata!.name!;
}

function definitionOf(kind: string, schema: object, ofGroup = group): KubeObject {
  const plural = `${kind.toLowerCase()}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${ofGroup}` },
    spec: {
      group: ofGroup,
      scope: 'Namespaced',
      names: { kind, plural },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} } }],
    },
  };
}

function referenceOf({ spec }: KubeObject): ResourceReference {
  return { group: spec.group, version: 'v1', plural: spec.names.plural, kind: spec.names.kind, scope: 'Namespaced' };
}

/** Eight sorts of properties, as operators use them, over and over. */
const sorts: readonly (readonly [name: string, schema: object, value: (i: number) => unknown])[] = [
  ['text', { type: 'string', maxLength: 64 }, (i) => `value ${i}`],
  ['integer', { type: 'integer', format: 'int32', minimum: 0, maximum: 1000, default: 1 }, (i) => i],
  ['name', { type: 'string', maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' }, (i) => `name-${i}`],
  ['choice', { type: 'string', enum: ['Always', 'Never', 'IfNotPresent'] }, () => 'Never'],
  ['flag', { type: 'boolean' }, (i) => i % 2 === 0],
  ['list', { type: 'array', maxItems: 8, items: { type: 'string', maxLength: 32 } }, (i) => ['a', `b${i}`]],
  ['labels', { type: 'object', maxProperties: 8, additionalProperties: { type: 'string', maxLength: 32 } }, (i) => ({ app: `a${i}` })],
  ['port', { 'x-kubernetes-int-or-string': true }, (i) => i],
];

const rules = [
  { rule: 'self.integer1 <= 1000', message: 'too many' },
  { rule: '!has(self.text0) || self.text0.size() > 0' },
  { rule: "!has(self.list5) || self.list5.all(each, each != 'forbidden')" },
  {
    rule: "!has(self.labels6) || !('reserved' in self.labels6)",
    messageExpression: "'reserved, not for ' + (has(self.name2) ? self.name2 : 'any')",
  },
  { rule: '!has(oldSelf.name2) || has(self.name2) && self.name2 == oldSelf.name2', message: 'is immutable' },
];

function wideSchema(properties = propertyCount): object {
  const named = Array.from({ length: properties }, (_, i) => [propertyName(i), sorts[i % sorts.length]![1]] as const);
  return {
    type: 'object',
    properties: {
      spec: { type: 'object', properties: Object.fromEntries(named), 'x-kubernetes-validations': rules },
      status: { type: 'object', properties: { phase: { type: 'string' } } },
    },
  };
}

function wideObject(name: string, values: number): KubeObject {
  const spec = Object.fromEntries(Array.from({ length: values }, (_, i) => [propertyName(i), sorts[i % sorts.length]![2](i)]));
  return { apiVersion: `${group}/v1`, kind: 'Wide', metadata: { name }, spec };
}

function propertyName(i: number): string {
  return `${sorts[i % sorts.length]![0]}${i}`;
}

function isEstablished({ status }: KubeObject): boolean {
  return Boolean(status?.conditions?.some((condition: any) => condition.type === 'Established' && condition.status === 'True'));
}

const atOneTime = 32;

async function inParallel<T>(inputs: readonly T[], work: (input: T) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOneTime }, async () => {
      while (next < inputs.length) await work(inputs[next++]!);
    }),
  );
}

/** The processes of a file with lines `NAME PID`. */
export function pidsOf(file: string): number[] {
  return [...readFileSync(file, 'utf8').matchAll(/ (\d+)$/gm)].map(([, pid]) => Number(pid));
}
