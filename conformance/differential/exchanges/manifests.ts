import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';
import type { Random } from '../../../src/machinery/random.ts';
import { pick } from '../mutations.ts';
import { type Area, type Exchange, revisionOf, type Setting, type Turn, withBody } from './exchange.ts';
import { acceptOf, json, type Parameter, query } from './parameters.ts';

/** A document of a manifest; kinds that a server does not have are answered as such by both. */
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

const folder = process.env['DIFFERENTIAL_MANIFESTS'] ?? fileURLToPath(new URL('../../kubectl/files', import.meta.url));
const clusterScoped =
  /^(Cluster|CustomResourceDefinition|Namespace|PersistentVolume$|StorageClass|IngressClass|PriorityClass|.*Webhook|APIService|Node$)/;
const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const apply = 'application/apply-patch+yaml';

function readManifests(): readonly Manifest[] {
  const documents = readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), 'utf8')).map((document) => document.toJS() as Manifest | null));
  const all = documents.filter(
    (document): document is Manifest => Boolean(document?.kind && document.metadata) && document!.kind !== 'Namespace',
  );
  // Definitions are many and long; two of five exchanges are enough for them.
  const definitions = all.filter(({ kind }) => kind === 'CustomResourceDefinition').slice(0, 8);
  return [...all.filter(({ kind }) => kind !== 'CustomResourceDefinition'), ...definitions];
}

function collectionOf({ apiVersion, kind }: Manifest, namespace: string): string {
  const lower = kind.toLowerCase();
  const plural = /(s|ss|x|ch)$/.test(lower) ? `${lower}es` : lower.endsWith('cy') ? `${lower.slice(0, -1)}ies` : `${lower}s`;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return clusterScoped.test(kind) ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`;
}

/** The same with one thing changed somewhere: a value, an entry that is gone, doubled, empty, or in another place. */
function varied(random: Random, value: any, depth = 0): any {
  if (Array.isArray(value)) {
    if (value.length === 0) return pick<unknown>(random, [value, [{}], null]);
    const at = Math.floor(random.next() * value.length);
    if (random.next() < 0.6) return value.with(at, varied(random, value[at], depth + 1));
    return pick(random, [
      () => value.toSpliced(at, 1),
      () => [...value, value[at]],
      () => [...value, renamed(value[at])],
      () => [renamed(value[at]), ...value],
      () => value.toReversed(),
      () => [],
      () => null,
    ])();
  }
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value).filter((key) => depth > 0 || (key !== 'apiVersion' && key !== 'kind'));
    if (keys.length === 0) return pick<unknown>(random, [{ a: 'b' }, null, value]);
    const key = pick(random, keys);
    if (depth === 1 && key === 'name') return value;
    if (random.next() < 0.85 || depth === 0) return { ...value, [key]: varied(random, value[key], depth + 1) };
    const { [key]: _, ...rest } = value;
    return pick<unknown>(random, [rest, { ...value, [key]: null }, { ...rest, [`${key}x`]: value[key] }]);
  }
  if (typeof value === 'number') return pick<unknown>(random, [value + 1, 0, -1, String(value), null]);
  if (typeof value === 'boolean') return !value;
  return pick<unknown>(random, [`${value}-a`, '', null, 1, 'b', `${value}`.toUpperCase()]);
}

function renamed(item: any): any {
  if (typeof item !== 'object' || item === null) return `${item}x`;
  const key = ['name', 'port', 'containerPort', 'mountPath', 'key', 'host'].find((name) => name in item);
  return key === undefined ? item : { ...item, [key]: typeof item[key] === 'number' ? item[key] + 1 : `${item[key]}x` };
}

/** Some of the fields only, as a second manager would have an opinion of them. */
function partOf(random: Random, value: any, depth = 0): any {
  if (Array.isArray(value)) return value.filter(() => random.next() < 0.8).map((item) => partOf(random, item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const always = ['apiVersion', 'kind', 'metadata', 'name', 'containerPort', 'port', 'mountPath', 'protocol', 'key'];
  const kept = Object.entries(value).filter(([key]) => always.includes(key) || (depth < 2 && key === 'spec') || random.next() < 0.7);
  return Object.fromEntries(kept.map(([key, inside]) => [key, partOf(random, inside, depth + 1)]));
}

/** Documents of real manifests, as kubectl, helm, autoscalers and controllers write them, one after the other; the object after each. */
export const manifestArea: Area = {
  name: 'manifests',
  make(random: Random, { namespace, unique }: Setting): Exchange {
    const document = pick(random, manifests());
    const isDefinition = document.kind === 'CustomResourceDefinition';
    const isShared = clusterScoped.test(document.kind);
    const collection = collectionOf(document, namespace);
    const named = {
      ...document,
      metadata: {
        ...document.metadata,
        ...(isDefinition ? {} : { name: unique }),
        ...(isShared ? {} : { namespace }),
      },
    };
    const path = `${collection}/${named.metadata['name']}`;
    const parameters = (manager: string, more: readonly Parameter[] = []) =>
      query([
        ['fieldManager', manager],
        ...more,
        ...(random.next() < 0.3 ? [['fieldValidation', pick(random, ['Strict', 'Warn', 'Ignore'])] as const] : []),
        // Nothing of definitions is established, so that the kinds of both servers stay what they are.
        ...(isDefinition ? [['dryRun', 'All'] as const] : []),
      ]);
    const opinion = () => {
      const part = random.next() < 0.5 ? named : partOf(random, named);
      return random.next() < 0.5 ? part : varied(random, part);
    };
    const lastApplied = (object: Manifest): Manifest => ({
      ...object,
      metadata: {
        ...object.metadata,
        annotations: {
          ...(object.metadata['annotations'] as object),
          'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify(object)}\n`,
        },
      },
    });
    const containers = (document['spec'] as any)?.template?.spec?.containers ?? [];
    const write = (): Turn => {
      switch (
        pick(random, [
          'apply',
          'apply',
          'apply',
          'apply',
          'create',
          'put',
          'strategic',
          'merge',
          'label',
          'restart',
          'image',
          'scale',
          'status',
          'edit',
        ])
      ) {
        case 'apply': {
          const manager = pick(random, ['kubectl', 'helm', 'argocd-controller', 'flux']);
          const force: readonly Parameter[] = random.next() < 0.6 ? [['force', pick(random, ['true', 'true', 'false'])]] : [];
          const object = opinion();
          const text = random.next() < 0.4 ? stringify(object) : JSON.stringify(object);
          return { method: 'PATCH', path: path + parameters(manager, force), contentType: apply, body: text, accept: acceptOften(random) };
        }
        case 'create':
          return withBody(
            'POST',
            collection + parameters(pick(random, ['kubectl-client-side-apply', 'helm', 'kubectl-create'])),
            lastApplied(named),
          );
        case 'put':
          return withBody('PUT', path + parameters('kubectl-replace'), opinion());
        case 'strategic':
          return withBody('PATCH', path + parameters('kubectl-client-side-apply'), lastApplied(opinion()), strategic);
        case 'merge':
          return withBody('PATCH', path + parameters('kubectl-patch'), opinion(), merge);
        case 'label':
          return withBody(
            'PATCH',
            path + parameters('kubectl-label'),
            { metadata: { labels: { tier: pick(random, ['a', null, '']) } } },
            merge,
          );
        case 'restart': {
          const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' };
          return withBody('PATCH', path + parameters('kubectl-rollout'), { spec: { template: { metadata: { annotations } } } }, strategic);
        }
        case 'image': {
          const changed = containers.slice(0, 1).map(({ name }: { name: string }) => ({ name, image: 'example.com/other:2' }));
          return withBody('PATCH', path + parameters('kubectl-set'), { spec: { template: { spec: { containers: changed } } } }, strategic);
        }
        case 'scale':
          return withBody('PATCH', `${path}/scale${parameters('kubectl')}`, { spec: { replicas: pick(random, [0, 3, 5]) } }, merge);
        case 'status':
          return withBody(
            'PATCH',
            `${path}/status${parameters('kube-controller-manager')}`,
            { status: { observedGeneration: 1, replicas: 1 } },
            merge,
          );
        default: {
          const order = containers.map(({ name }: { name: string }) => ({ name }));
          const env = [{ name: 'ADDED', value: pick(random, ['1', '2', null]) }];
          const changed = containers.slice(0, 1).map(({ name }: { name: string }) => ({
            name,
            env: pick<unknown>(random, [env, [...env, { $patch: 'replace' }], [{ name: 'ADDED', $patch: 'delete' }]]),
          }));
          const spec = { '$setElementOrder/containers': pick<unknown>(random, [order, order.toReversed()]), containers: changed };
          return withBody('PATCH', path + parameters('kubectl-edit'), { spec: { template: { spec } } }, strategic);
        }
      }
    };
    const turns = Array.from({ length: pick(random, [3, 5, 8]) }, write).map((turn) => ({ ...turn, keep: { seen: revisionOf } }));
    return {
      verb: `${document.kind} of manifests`,
      turns: [
        ...turns,
        { method: 'GET', path },
        { method: 'DELETE', path: `${path}?gracePeriodSeconds=0${isDefinition ? '&dryRun=All' : ''}`, unseen: true },
      ],
    };
  },
};

const acceptOften = (random: Random) => (random.next() < 0.8 ? json : acceptOf(random));

let read: readonly Manifest[] | undefined;
function manifests(): readonly Manifest[] {
  read ??= readManifests();
  return read;
}
