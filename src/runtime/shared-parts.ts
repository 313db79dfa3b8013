import { setOwn } from '../../api/meta/json.ts';
import type { KubeObject } from '../../api/meta/object.ts';

type Fields = Record<string, unknown>;

/** So many groups of alike objects are known at one time. */
const groups = 256;
/** What lies deeper is kept as it is. */
const levels = 32;

/**
 * Lets objects that are alike, such as the pods of one ReplicaSet, share what is equal in them: an object takes the equal parts of the one of its group that
 * came last. Of a decoded pod that leaves little more than its names, times and addresses.
 */
export class SharedParts {
  /** By group; those that came last are the last. */
  private readonly latest = new Map<string, KubeObject>();

  /** @returns an equal object; neither may be changed from now on */
  sharing(object: KubeObject): KubeObject {
    const { metadata } = object;
    const group = metadata?.ownerReferences?.[0]?.uid ?? `${object.apiVersion}/${object.kind}/${metadata?.namespace ?? ''}`;
    const model = this.latest.get(group);
    const shared = model ? (withPartsOf(object, model, levels) as KubeObject) : object;
    this.latest.delete(group);
    this.latest.set(group, shared);
    if (this.latest.size > groups) this.latest.delete(this.latest.keys().next().value!);
    return shared;
  }
}

// On the way of every change of every object that informers keep: where nothing differs, nothing is made.

/** @returns the model where it is equal to the value, keys in the same order; else the value, or a copy of it in which the parts that are equal are the model's */
function withPartsOf(value: unknown, model: unknown, depth: number): unknown {
  if (value === model) return model;
  if (typeof value !== 'object' || typeof model !== 'object' || value === null || model === null || depth === 0) return value;
  if (Array.isArray(value)) return Array.isArray(model) ? itemsWithPartsOf(value, model, depth - 1) : value;
  return Array.isArray(model) ? value : fieldsWithPartsOf(value as Fields, model as Fields, depth - 1);
}

function itemsWithPartsOf(items: readonly unknown[], model: readonly unknown[], depth: number): readonly unknown[] {
  let copy: unknown[] | undefined = items.length === model.length ? undefined : items.slice();
  for (let index = 0; index < items.length; index++) {
    const shared = withPartsOf(items[index], model[index], depth);
    if (!copy && shared !== model[index]) {
      copy = items.slice();
      for (let before = 0; before < index; before++) copy[before] = model[before];
    }
    if (copy) copy[index] = shared;
  }
  return copy ?? model;
}

function fieldsWithPartsOf(fields: Fields, model: Fields, depth: number): Fields {
  const names = Object.keys(fields);
  const modelNames = Object.keys(model);
  let copy: Fields | undefined;
  if (names.length !== modelNames.length) copy = { ...fields };
  for (let index = 0; index < names.length; index++) {
    const name = names[index]!;
    const isPresent = name === modelNames[index] || Object.hasOwn(model, name);
    const shared = isPresent ? withPartsOf(fields[name], model[name], depth) : fields[name];
    if (!copy && (name !== modelNames[index] || shared !== model[name])) {
      copy = { ...fields };
      for (let before = 0; before < index; before++) setOwn(copy, names[before]!, model[names[before]!]);
    }
    if (copy) setOwn(copy, name, shared);
  }
  return copy ?? model;
}
