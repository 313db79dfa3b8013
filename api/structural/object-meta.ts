import { isJsonObject } from '../meta/json.ts';
import { parseTime } from '../meta/timestamps.ts';
import type { ReadObjectMeta } from './conform-value.ts';

type Check = (value: unknown) => readonly [given: unknown, wanted: string] | undefined;

const ofType =
  (type: 'string' | 'number', goType: string): Check =>
  (value) =>
    jsonType(value) === type ? undefined : [value, goType];
const text = ofType('string', 'string');
const number = ofType('number', 'int64');
const texts: Check = (value) => (isJsonObject(value) ? firstWrong(Object.values(value), text) : [value, 'map[string]string']);
const list =
  (goType: string, item: Check): Check =>
  (value) =>
    Array.isArray(value) ? firstWrong(value, item) : [value, `[]${goType}`];
const struct =
  (goType: string): Check =>
  (value) =>
    isJsonObject(value) ? undefined : [value, goType];

const fields: Readonly<Record<string, Check>> = {
  name: text,
  generateName: text,
  namespace: text,
  selfLink: text,
  uid: ofType('string', 'types.UID'),
  resourceVersion: text,
  generation: number,
  deletionGracePeriodSeconds: number,
  labels: texts,
  annotations: texts,
  finalizers: list('string', text),
  ownerReferences: list('v1.OwnerReference', struct('v1.OwnerReference')),
  managedFields: list('v1.ManagedFieldsEntry', struct('v1.ManagedFieldsEntry')),
};

/** The names of ObjectMeta's fields. */
export const objectMetaFields: ReadonlySet<string> = new Set([...Object.keys(fields), 'creationTimestamp', 'deletionTimestamp']);

function firstWrong(values: readonly unknown[], check: Check): ReturnType<Check> {
  for (const value of values) {
    const wrong = value === null ? undefined : check(value);
    if (wrong) return wrong;
  }
  return undefined;
}

/** Looks whether a value can be an ObjectMeta, as far as its own fields go. @throws Error in the words of Go's decoder */
export const readObjectMeta: ReadObjectMeta = (value) => {
  if (value === null || value === undefined) return { value: {}, unknown: [] };
  if (!isJsonObject(value)) throw new Error(`json: cannot unmarshal ${jsonType(value)} into Go value of type v1.ObjectMeta`);
  for (const [name, given] of Object.entries(value)) {
    const wrong = given === null ? undefined : fields[name]?.(given);
    if (wrong) throw new Error(`json: cannot unmarshal ${jsonType(wrong[0])} into Go struct field ObjectMeta.${name} of type ${wrong[1]}`);
    const isTime = name === 'creationTimestamp' || name === 'deletionTimestamp';
    if (isTime && given !== null && (typeof given !== 'string' || Number.isNaN(parseTime(given)))) {
      throw new Error(
        `parsing time ${JSON.stringify(given)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(given)} as "2006"`,
      );
    }
  }
  return { value, unknown: [] };
};

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'bigint') return 'number';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
