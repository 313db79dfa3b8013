import { readdirSync } from 'node:fs';
import { testedKinds } from './bodies.ts';
import { type Changes, type Chapter, changed, type Sequence } from './catalogue/catalogue.ts';
import { compareAll } from './compare-all.ts';
import type { Connection, Reply } from './connection.ts';
import { exchangeDifferences } from './exchanges/shown.ts';
import { makeNamespace, removeNamespace, removeObject } from './fixtures.ts';
import { runOptions } from './options.ts';
import { type Found, report } from './report.ts';
import { collectionPath, objectOf } from './requests.ts';

const options = runOptions('chapters', 3);
const { reference, tested } = options;
const servers = [reference, tested] as const;
const folder = new URL('catalogue/', import.meta.url);
const modules = await Promise.all(
  readdirSync(folder)
    .filter((file) => file !== 'catalogue.ts')
    .map(async (file) => import(new URL(file, folder).href) as Promise<{ chapters?: Chapter[]; sequences?: Sequence[] }>),
);
const chapters = modules.flatMap(({ chapters = [] }) => chapters).filter(({ name }) => options.wants(name));
const sequences = modules.flatMap(({ sequences = [] }) => sequences).filter(({ name }) => options.wants(name));
const namespace = `catalogue-${options.seed}`;
const send = (server: Connection, method: string, path: string, body?: unknown) =>
  server.send({ method, path, ...(body !== undefined && { body: JSON.stringify(body) }) });

/** One thing to ask both servers, with what it changes. */
interface Question {
  readonly verb: string;
  readonly changes: unknown;
  ask(server: Connection): Promise<readonly Reply[]>;
}

function kindOf({ kind, apiVersion }: Chapter) {
  const found = testedKinds.find((one) => one.kind === kind && (apiVersion ?? one.apiVersion) === one.apiVersion);
  if (!found) throw new Error(`no kind ${kind}`);
  return found;
}

const cleanups: string[] = [];
const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

function questionsOf(chapter: Chapter): readonly Question[] {
  const kind = kindOf(chapter);
  const collection = collectionPath(kind, namespace);
  const strict = '?dryRun=All&fieldValidation=Strict';
  const slug = chapter.name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const make = (name: string, changes: Changes) => changed(objectOf(kind, chapter.base, name, namespace), substituted(changes));
  const created = (chapter.creates ?? []).map(
    (changes): Question => ({
      verb: 'create',
      changes,
      ask: async (server) => [await send(server, 'POST', collection + strict, make(chapter.objectName ?? slug, changes))],
    }),
  );
  const onLive = (
    number: number,
    name: string | undefined,
    sub: string,
    from: Changes,
    first: Changes | undefined,
    to: readonly Changes[],
  ) => {
    const own = name ?? `${slug}-${sub === '' ? 'u' : 's'}${number}`;
    const path = `${collection}/${own}`;
    if (!kind.namespaced) cleanups.push(path);
    const ready = new Map<Connection, Promise<Reply>>();
    const prepare = async (server: Connection) => {
      const reply = await send(server, 'POST', collection, make(own, from));
      if (first === undefined || reply.status >= 300) return reply;
      return send(server, 'PUT', `${path}/status`, changed((await send(server, 'GET', path)).body as any, substituted(first)));
    };
    return to.map(
      (changes): Question => ({
        verb: sub === '' ? 'update' : 'status',
        changes: [from, first, changes],
        ask: async (server) => {
          const fixture = await (ready.get(server) ?? ready.set(server, prepare(server)).get(server)!);
          if (fixture.status >= 300) return [fixture];
          const live = (await send(server, 'GET', path)).body as any;
          delete live.metadata.managedFields;
          return [await send(server, 'PUT', path + sub + strict, changed(live, substituted(changes)))];
        },
      }),
    );
  };
  const patched = (chapter.patches ?? []).flatMap(({ from = {}, status, type, subresource, query = '', bodies }, i) => {
    const own = `${slug}-p${i}`;
    const path = `${collection}/${own}`;
    if (!kind.namespaced) cleanups.push(path);
    const ready = new Map<Connection, Promise<Reply>>();
    const prepare = async (server: Connection) => {
      const reply = await send(server, 'POST', collection, make(own, from));
      if (status === undefined || reply.status >= 300) return reply;
      return send(server, 'PUT', `${path}/status`, changed((await send(server, 'GET', path)).body as any, substituted(status)));
    };
    return bodies.map(
      (given): Question => ({
        verb: `${type} ${subresource ?? ''}`,
        changes: [from, given],
        ask: async (server) => {
          const fixture = await (ready.get(server) ?? ready.set(server, prepare(server)).get(server)!);
          if (fixture.status >= 300) return [fixture];
          const body = typeof given === 'string' ? given : JSON.stringify(given);
          const target = `${path}${subresource ? `/${subresource}` : ''}?dryRun=All${query}`;
          return [
            await server.send({
              method: 'PATCH',
              path: target,
              contentType: patchTypes[type],
              body: body.replaceAll('$namespace', namespace),
            }),
          ];
        },
      }),
    );
  });
  return [
    ...created,
    ...patched,
    ...(chapter.updates ?? []).flatMap(({ from = {}, status, to, name }, i) => onLive(i, name, '', from, status, to)),
    ...(chapter.statuses ?? []).flatMap(({ from = {}, first, to }, i) => onLive(i, undefined, '/status', from, first, to)),
  ];
}

/** The changes with `$namespace` filled in. */
function substituted(changes: Changes): Changes {
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll('$namespace', namespace);
    if (Array.isArray(value)) return value.map(walk);
    if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, walk(v)]));
    return value;
  };
  return walk(changes) as Changes;
}

async function questionOfSequence({ requests }: Sequence, server: Connection): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  for (const request of requests) {
    const body = typeof request.body === 'string' ? request.body.replaceAll('$namespace', namespace) : request.body;
    replies.push(
      await server.send({ ...request, path: request.path.replaceAll('$namespace', namespace), ...(body !== undefined && { body }) }),
    );
  }
  return replies;
}

async function compare({ verb, changes, ask }: Question): Promise<Found> {
  const [want, got] = await Promise.all(servers.map((server) => ask(server)));
  const text = JSON.stringify(changes, (_, value) => (value === undefined ? '(none)' : value));
  if (options.verbose)
    console.log(`${verb} ${text} -> ${want!.map(({ status, body }: any) => `${status} ${body?.message ?? ''}`).join(' | ')}`);
  return { verb, path: '', body: text, differences: exchangeDifferences(want!, got!) };
}

let [total, differing] = [0, 0];
try {
  await Promise.all(servers.map((server) => makeNamespace(server, namespace)));
  const all = [
    ...chapters.map((chapter) => ({ name: chapter.name, questions: questionsOf(chapter) })),
    ...sequences.map((sequence) => ({
      name: sequence.name,
      questions: [{ verb: 'sequence', changes: sequence.name, ask: (server: Connection) => questionOfSequence(sequence, server) }],
    })),
  ];
  for (const { name, questions } of all) {
    const found = await compareAll(questions, options.jobs, compare);
    if (found.length > 0) report(name, questions.length, found, options);
    total += questions.length;
    differing += found.length;
  }
} finally {
  for (const server of servers) {
    for (const path of cleanups) {
      if (path.startsWith('/api/v1/namespaces/')) await removeNamespace(server, path.slice(path.lastIndexOf('/') + 1));
      else await removeObject(server, path);
    }
    await removeNamespace(server, namespace);
    server.close();
  }
}
console.log(`\n${total} questions, ${differing} answers differ`);
