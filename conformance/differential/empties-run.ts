import type { Schema } from '../../openapi/schema.ts';
import { createSchemaSource } from '../../openapi/source.ts';
import type { TestedKind } from './bodies.ts';
import { compareAll } from './compare-all.ts';
import type { Connection, Request } from './connection.ts';
import { runKinds } from './kinds-run.ts';
import { differences, normalized } from './normalize.ts';
import { runOptions } from './options.ts';
import type { Found } from './report.ts';
import { collectionPath, fixtureName, objectOf } from './requests.ts';

type Place = readonly string[];

/** A body for each server; they differ where the servers gave an object's fields themselves. */
interface Question extends Request {
  readonly verb: string;
  readonly bodies: readonly unknown[];
}

const options = runOptions('kinds', 4);
const { reference, tested } = options;
const servers = [reference, tested] as const;
const namespace = `empties-${options.seed}`;
const schemas = createSchemaSource();
const deepest = 12;

/** Every list, map, run of bytes and absent object below the fields that `object` has, with what is empty there. */
function* emptiesOf(object: any, schema: Schema, path: Place): Generator<[Place, unknown]> {
  if (path.length > deepest || object === undefined || object === null) return;
  if (schema.type === 'list' && Array.isArray(object)) {
    for (const [i, item] of object.entries()) yield* emptiesOf(item, schema.items, [...path, String(i)]);
  } else if (schema.type === 'map') {
    for (const key of Object.keys(object)) yield* emptiesOf(object[key], schema.values, [...path, key]);
  } else if (schema.type === 'object') {
    for (const [name, { schema: field }] of schema.fields) {
      const at = [...path, name];
      if (field.type === 'list') yield [at, []];
      else if (field.type === 'bytes') yield [at, ''];
      else if (field.type === 'map' || (field.type === 'object' && object[name] === undefined)) yield [at, {}];
      yield* emptiesOf(object[name], field, at);
    }
  }
}

function withValue(object: unknown, path: Place, value: unknown): any {
  const copy = structuredClone(object) as any;
  let holder = copy;
  for (const step of path.slice(0, -1)) holder = holder?.[step];
  if (holder) holder[path.at(-1)!] = value;
  return copy;
}

async function questionsOf(kind: TestedKind): Promise<Question[]> {
  const schema = schemas.get(kind.schema);
  const status = schema.type === 'object' ? schema.fields.get('status')?.schema : undefined;
  const collection = collectionPath(kind, namespace);
  const query = '?dryRun=All';
  const questions: Question[] = [];
  const asked = (object: any) => [...emptiesOf(object, schema, [])].filter(([[top]]) => top !== 'metadata' && top !== 'status');
  for (const [i, body] of kind.bodies.entries()) {
    const own = fixtureName(kind, i);
    const object = objectOf(kind, body, kind.names ? own.replace(/\d$/, '9') : `new-${own}`, namespace);
    for (const [path, value] of asked(object)) {
      questions.push({
        verb: `create ${path.join('.')}`,
        method: 'POST',
        path: collection + query,
        bodies: [withValue(object, path, value)],
      });
    }
    if (kind.unstored) continue;
    const path = `${collection}/${own}`;
    const live = await Promise.all(servers.map(async (server) => liveObject(server, path)));
    const ask = (verb: string, sub: string, objects: readonly any[], place: Place, value: unknown) =>
      questions.push({
        verb: `${verb} ${place.join('.')}`,
        method: 'PUT',
        path: path + sub + query,
        bodies: objects.map((one) => withValue(one, place, value)),
      });
    for (const [place, value] of asked(live[0])) ask('replace', '', live, place, value);
    for (const statuses of kind.statuses ?? []) {
      const objects = live.map((one) => ({ ...one, ...structuredClone(statuses) }));
      for (const [place, value] of status ? emptiesOf(objects[0].status, status, ['status']) : []) {
        ask('status', '/status', objects, place, value);
      }
    }
  }
  return questions;
}

// Without what would refuse it for having been changed meanwhile.
async function liveObject(server: Connection, path: string): Promise<any> {
  const { body } = await server.send({ method: 'GET', path });
  const { metadata, ...rest } = body as any;
  const { managedFields: _, resourceVersion: __, ...meta } = metadata;
  return { ...rest, metadata: meta };
}

async function compare({ verb, bodies, ...request }: Question): Promise<Found> {
  const texts = servers.map((_, i) => JSON.stringify(bodies[i] ?? bodies[0]));
  const [want, got] = await Promise.all(servers.map((server, i) => server.send({ ...request, body: texts[i]! })));
  return { verb, path: request.path.replace(/.*\//, ''), body: texts[0]!, differences: differences(normalized(want!), normalized(got!)) };
}

await runKinds(options, namespace, async (kind) => {
  const questions = await questionsOf(kind);
  return { asked: questions.length, found: await compareAll(questions, options.jobs, compare) };
});
