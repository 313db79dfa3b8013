import { FieldSelector, parseFieldSelector } from '../../api/meta/field-selector.ts';
import { goQuote } from '../../api/meta/go-quote.ts';
import { LabelSelector, parseLabelSelector } from '../../api/meta/label-selector.ts';
import type { CacheFilter, CacheScope } from '../storage/watch-cache/types.ts';
import { badRequest } from './errors.ts';
import type { Attributes, ResourceStore } from './resource-store.ts';

/** What of a resource a list, watch or deletecollection is about. */
export interface Selection {
  /** '' for all. */
  readonly namespace: string;
  /** Set if only one object can match, so that it is looked up by its key. */
  readonly name: string | undefined;
  /** Absent if everything in the scope matches. */
  readonly filter: ((attributes: Attributes) => boolean) | undefined;
}

/** What is selected from. */
export type Selectable = Pick<ResourceStore, 'definition' | 'namespaced'>;

export interface Selectors {
  readonly labelSelector: LabelSelector;
  readonly fieldSelector: FieldSelector;
}

/** @throws ApiError 400 for selectors that cannot be read */
export function parseSelectors(labels: string, fields: string): Selectors {
  return {
    labelSelector: labels === '' ? LabelSelector.everything : asBadRequest(() => parseLabelSelector(labels)),
    fieldSelector: fields === '' ? FieldSelector.everything : asBadRequest(() => parseFieldSelector(fields)),
  };
}

/**
 * @param name of a list or watch of one object by its path
 * @throws ApiError 400 for selectors that name fields that the resource does not have
 */
export function parseSelection(store: Selectable, namespace: string, { labelSelector, fieldSelector }: Selectors, name = ''): Selection {
  checkFields(store, fieldSelector);
  let exactName = fieldSelector.requiresExactly('metadata.name');
  if (name !== '') {
    if (!fieldSelector.isEverything() && exactName !== name) throw badRequest("fieldSelector metadata.name doesn't match requested name");
    exactName = name;
  }
  const inNamespace = namespace || (store.namespaced ? (fieldSelector.requiresExactly('metadata.namespace') ?? '') : '');
  return { namespace: inNamespace, name: exactName, filter: compile(labelSelector, fieldSelector, name) };
}

function asBadRequest<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}

function checkFields(store: Selectable, selector: FieldSelector): void {
  const { selectableFields: selectable, unknownFieldMessage, schema } = store.definition;
  for (const { field } of selector.requirements) {
    // Where a kind names its fields itself, the namespace is one of them only if it has one.
    if (field === 'metadata.name' || (field === 'metadata.namespace' && (store.namespaced || !selectable))) continue;
    if (selectable && Object.hasOwn(selectable, field)) continue;
    // Kinds with fields of their own, and custom ones, have words of their own for it.
    if (unknownFieldMessage) throw badRequest(unknownFieldMessage(field));
    if (selectable || typeof schema !== 'string') throw badRequest(`field label not supported: ${field}`);
    throw badRequest(`${goQuote(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`);
  }
}

function compile(labels: LabelSelector, fields: FieldSelector, name: string): Selection['filter'] {
  const byLabel = labels.isEverything() ? undefined : labels.matches;
  const byField = fields.isEverything() ? undefined : fields.compile<Attributes>(readersOf(fields));
  if (!byLabel && !byField) return name === '' ? undefined : (attributes) => attributes.name === name;
  if (!byField) return (attributes) => byLabel!(attributes.labels);
  if (!byLabel) return byField;
  return (attributes) => byLabel(attributes.labels) && byField(attributes);
}

function readersOf(fields: FieldSelector): Record<string, (attributes: Attributes) => string> {
  const readers: Record<string, (attributes: Attributes) => string> = {};
  for (const { field } of fields.requirements) {
    if (field === 'metadata.name') readers[field] = (a) => a.name;
    else if (field === 'metadata.namespace') readers[field] = (a) => a.namespace;
    else readers[field] = (a) => a.fields?.[field] ?? '';
  }
  return readers;
}

/** The keys that a selection looks at. */
export function scopeOf(store: ResourceStore, selection: Selection): CacheScope {
  const { namespace, name } = selection;
  if (name !== undefined && isSegment(name) && (namespace !== '' || !store.namespaced)) return { key: store.keyPrefix(namespace) + name };
  return { prefix: store.keyPrefix(namespace) };
}

function isSegment(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/%]/.test(name);
}

/** The selection as the watch cache's filter. */
export function cacheFilter(selection: Selection): CacheFilter<Attributes> | undefined {
  return selection.filter;
}
