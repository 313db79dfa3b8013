import { isDeepStrictEqual } from 'node:util';
import type { Json } from './print-definition.ts';

const prefix = '#/definitions/';
const gvkKey = 'x-kubernetes-group-version-kind';

/** A document of `/openapi/v2`. */
export interface OpenAPIV2 {
  readonly paths?: Json;
  readonly definitions?: Json;
  readonly [member: string]: unknown;
}

/**
 * Adds to a document what others say of paths below a prefix each, as kube-aggregator merges them: a path that is there already stays as it is, and a
 * definition that is there with other content comes under another name (`…_v2`). Nothing that is passed in is changed.
 */
export function mergeOpenAPIV2(
  own: OpenAPIV2,
  others: readonly { readonly document: OpenAPIV2; readonly pathPrefix: string }[],
): OpenAPIV2 {
  const paths: Json = { ...own.paths };
  const definitions: Json = { ...own.definitions };
  for (const { document, pathPrefix } of others) {
    const added = Object.entries(document.paths ?? {}).filter(([path]) => path.startsWith(pathPrefix) && !(path in paths));
    if (added.length === 0) continue;
    const theirs = definitionsFor(document, Object.fromEntries(added));
    const renames = renamesFor(theirs, definitions);
    for (const [name, definition] of Object.entries(renamed(theirs, renames) as Json)) {
      const newName = renames.get(name) ?? name;
      definitions[newName] = newName in definitions ? withKindsOf(definitions[newName] as Json, definition as Json) : definition;
    }
    Object.assign(paths, renamed(Object.fromEntries(added), renames));
  }
  return { ...own, paths: sorted(paths), definitions: sorted(definitions) };
}

/** Those that the paths lead to, and those that nothing in the document leads to. */
function definitionsFor({ paths = {}, definitions = {} }: OpenAPIV2, added: Json): Json {
  const wanted = reachable(added, definitions);
  const used = reachable(paths, definitions);
  return Object.fromEntries(Object.entries(definitions).filter(([name]) => wanted.has(name) || !used.has(name)));
}

function reachable(from: unknown, definitions: Json): Set<string> {
  const found = new Set<string>();
  const pending = [from];
  while (pending.length > 0) {
    for (const name of references(pending.pop())) {
      if (found.has(name)) continue;
      found.add(name);
      pending.push(definitions[name]);
    }
  }
  return found;
}

function references(value: unknown, found: string[] = []): string[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, member] of Object.entries(value)) {
    if (key === '$ref' && typeof member === 'string' && member.startsWith(prefix)) found.push(member.slice(prefix.length));
    else references(member, found);
  }
  return found;
}

/** New names for those that are known with other content; one that was renamed before for another document is taken again. */
function renamesFor(theirs: Json, known: Json): Map<string, string> {
  const renames = new Map<string, string>();
  const taken = new Set([...Object.keys(known), ...Object.keys(theirs)]);
  for (const [name, definition] of Object.entries(theirs)) {
    if (!(name in known) || sameButKinds(known[name] as Json, definition as Json)) continue;
    let number = 2;
    const candidate = () => `${name}_v${number}`;
    while (taken.has(candidate()) && !(candidate() in known && sameButKinds(known[candidate()] as Json, definition as Json))) number++;
    taken.add(candidate());
    renames.set(name, candidate());
  }
  return renames;
}

function renamed(value: unknown, renames: ReadonlyMap<string, string>): unknown {
  if (renames.size === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => renamed(item, renames));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const to = key === '$ref' && typeof member === 'string' ? renames.get(member.slice(prefix.length)) : undefined;
      return [key, to === undefined ? renamed(member, renames) : prefix + to];
    }),
  );
}

/** Equal but for the kinds. */
function sameButKinds(a: Json, b: Json): boolean {
  return isDeepStrictEqual({ ...a, [gvkKey]: undefined }, { ...b, [gvkKey]: undefined });
}

/** The first one, with the kinds of both. */
function withKindsOf(first: Json, second: Json): Json {
  const [own, others] = [first[gvkKey], second[gvkKey]] as (unknown[] | undefined)[];
  const further = (others ?? []).filter((kind) => !own?.some((known) => isDeepStrictEqual(known, kind)));
  return further.length === 0 ? first : { ...first, [gvkKey]: [...(own ?? []), ...further] };
}

function sorted(members: Json): Json {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
}
