import type { Schema } from '../../openapi/schema.ts';
import { type Random, seededRandom } from '../../src/machinery/random.ts';
import type { Body, TestedKind } from './bodies.ts';
import type { Request } from './connection.ts';
import { mutate, pick } from './mutations.ts';

const validations = ['Strict', 'Strict', 'Warn', 'Ignore'];

/** Name of the object that updates of a kind's body start from. */
export function fixtureName(kind: TestedKind, index: number): string {
  return kind.names?.[index] ?? `${kind.namespaced ? '' : 'differential-'}${kind.kind.toLowerCase()}-${index}`;
}

export function collectionPath(kind: TestedKind, namespace: string): string {
  const root = kind.apiVersion.includes('/') ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  return `${root}${kind.namespaced ? `/namespaces/${namespace}` : ''}/${kind.plural}`;
}

/** A body as an object of the API. Where it says `$namespace`, the run's own is meant. */
export function objectOf(kind: TestedKind, body: Body, name: string, namespace: string): any {
  const own = JSON.parse(JSON.stringify(body).replaceAll('$namespace', namespace)) as Body;
  const metadata = { ...own.metadata, ...(name === '' ? {} : { name }) };
  return { apiVersion: kind.apiVersion, kind: kind.kind, ...own, metadata };
}

export interface TextRequest extends Request {
  readonly body?: string;
}

/** What one step of a run sends to each of the two servers. */
export interface Step {
  readonly verb: string;
  /** The object that a replace starts from, as each server has it; its answer goes into `request`. */
  readonly reads?: string;
  request(live: unknown): TextRequest;
}

/** One step that changes nothing: a create, update or patch of a mutated body, as a dry run. */
export function makeStep(random: Random, kind: TestedKind, schema: Schema, namespace: string): Step {
  const index = Math.floor(random.next() * kind.bodies.length);
  const collection = collectionPath(kind, namespace);
  const query = `?dryRun=All&fieldValidation=${pick(random, validations)}`;
  const mutations = pick(random, [1, 1, 2, 3]);
  const seed = Math.floor(random.next() * 2 ** 32);
  const change = (object: any): any => {
    const changes = seededRandom(seed);
    for (let i = 0; i < mutations; i++) mutate(changes, object, schema);
    return object;
  };
  const own = fixtureName(kind, index);
  const chance = kind.unstored ? 0 : random.next();
  const path = `${collection}/${own}`;
  if (kind.statuses && random.next() < 0.25) return statusStep(random, kind, path, query, change);
  if (chance < 0.55) {
    const name = kind.unstored ? own : kind.names ? own.replace(/\d$/, '9') : `new-${own}`;
    const body = JSON.stringify(change(objectOf(kind, kind.bodies[index]!, name, namespace)));
    return { verb: 'create', request: () => ({ method: 'POST', path: collection + query, body }) };
  }
  if (chance < 0.72) {
    const request = (live: unknown) => ({ method: 'PUT', path: path + query, body: JSON.stringify(change(withoutManagers(live))) });
    return { verb: 'update', reads: path, request };
  }
  const before = objectOf(kind, kind.bodies[index]!, own, namespace);
  if (chance < 0.8) {
    const body = JSON.stringify(change(before));
    const apply = {
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      path: `${path}${query}&fieldManager=other&force=true`,
      body,
    };
    return { verb: 'apply', request: () => apply };
  }
  const patch = patchBetween(before, change(structuredClone(before))) ?? {};
  const type = chance < 0.9 ? 'strategic-merge-patch+json' : 'merge-patch+json';
  const request = { method: 'PATCH', path: path + query, contentType: `application/${type}`, body: JSON.stringify(patch) };
  return { verb: type.split('-')[0]!, request: () => request };
}

// Through the subresource, as a merge patch; nothing but the status may change.
function statusStep(random: Random, kind: TestedKind, path: string, query: string, change: (object: any) => any): Step {
  const status = structuredClone(pick(random, kind.statuses!));
  const body = JSON.stringify({ status: change({ status }).status });
  const request = { method: 'PATCH', path: `${path}/status${query}`, contentType: 'application/merge-patch+json', body };
  return { verb: 'status', request: () => request };
}

// An object of the API without what only hides differences: who owns which of its fields, and its version.
function withoutManagers(live: any): any {
  const { managedFields: _fields, resourceVersion: _version, ...metadata } = live.metadata ?? {};
  return { ...structuredClone(live), metadata: structuredClone(metadata) };
}

/** The merge patch from one value to another; undefined where they are equal. */
function patchBetween(before: any, after: any): any {
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
  const isObject = (value: any) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject(before) || !isObject(after)) return after;
  const patch: Record<string, any> = {};
  for (const key of Object.keys(before)) if (after[key] === undefined) patch[key] = null;
  for (const key of Object.keys(after)) {
    const inside = patchBetween(before[key], after[key]);
    if (inside !== undefined) patch[key] = inside;
  }
  return patch;
}
