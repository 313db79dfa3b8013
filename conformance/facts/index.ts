/** What a running kube-apiserver v1.36.3 says of itself, captured once: the measure for discovery, documents and tables. */
import { readFileSync } from 'node:fs';

export interface OperationFact {
  readonly operationId: string;
  readonly action?: string;
  /** `group/version/kind`. */
  readonly gvk?: string;
  /** Names, sorted, space-separated; a name may come twice (path and query). */
  readonly params: string;
  /** Media types, sorted, space-separated. */
  readonly produces: string;
  readonly consumes?: string;
  readonly codes: string;
}

/** path → method → operation. */
export function operationFacts(): Record<string, Record<string, OperationFact>> {
  const { params, media, codes, operations } = read('operations');
  const expand = ([operationId, params_, produces, consumes, codes_, action, gvk]: any[]): OperationFact => ({
    operationId,
    ...(action !== undefined && { action, gvk }),
    params: params[params_],
    produces: media[produces],
    ...(consumes >= 0 && { consumes: media[consumes] }),
    codes: codes[codes_],
  });
  return mapValues(operations, (methods: any) => mapValues(methods, expand));
}

/** Definition name → OpenAPI v3 schema without descriptions; references by bare name. */
export function schemaFacts(): Record<string, any> {
  return read('schemas');
}

/** Definition name → property → its x-kubernetes extensions in OpenAPI v2. */
export function mergeKeyFacts(): Record<string, Record<string, Record<string, unknown>>> {
  return read('merge-keys');
}

/** `group/version` (`v1` for core) → its entry of aggregated discovery. */
export function discoveryFacts(): Record<string, { resources: DiscoveredResource[] }> {
  return read('discovery');
}

export interface DiscoveredResource {
  readonly resource: string;
  readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly scope: 'Namespaced' | 'Cluster';
  readonly singularResource: string;
  readonly verbs: string[];
  readonly shortNames?: string[];
  readonly categories?: string[];
  readonly subresources?: {
    readonly subresource: string;
    readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
    readonly verbs: string[];
  }[];
}

/** Collection path → columns of its Table answer. */
export function tableColumnFacts(): Record<string, { name: string; type: string; format?: string; priority?: number }[]> {
  return read('table-columns');
}

/** Collection path → the objects that the server makes for itself. */
export function bootstrapFacts(): Record<string, any> {
  return read('bootstrap');
}

function read(name: string): any {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8'));
}

function mapValues<T, R>(entries: Record<string, T>, change: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, change(value)]));
}
