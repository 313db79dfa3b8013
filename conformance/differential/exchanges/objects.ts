import { createSchemaSource } from '../../../openapi/source.ts';
import { type Random, seededRandom } from '../../../src/machinery/random.ts';
import type { TestedKind } from '../bodies.ts';
import { mutate, pick, randomValue } from '../mutations.ts';
import { objectOf } from '../requests.ts';

const schemas = createSchemaSource();

/** A body of a kind with some fields changed. @param changes how many; 0 leaves it as it is known to be good */
export function randomObject(random: Random, kind: TestedKind, name: string, namespace: string, changes: number): any {
  const object = objectOf(kind, pick(random, kind.bodies), name, namespace);
  // A generator of its own, so that a change of one object does not change all requests after it.
  const own = seededRandom(Math.floor(random.next() * 2 ** 32));
  for (let i = 0; i < changes; i++) mutate(own, object, schemas.get(kind.schema));
  return object;
}

/** Any status of a kind: a known one, or one from the schema; undefined where it has none. */
export function randomStatus(random: Random, kind: TestedKind): unknown {
  const schema = schemas.get(kind.schema);
  const status = schema.type === 'object' ? schema.fields.get('status')?.schema : undefined;
  if (!status) return undefined;
  if (kind.statuses && random.next() < 0.3) return pick(random, kind.statuses);
  const value = randomValue(seededRandom(Math.floor(random.next() * 2 ** 32)), status, 'status', 0);
  return typeof value === 'object' ? value : {};
}
