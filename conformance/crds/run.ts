import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { JsonSchema } from '../../api/structural/structural.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '../../openapi/types.ts';
import { type Random, seededRandom } from '../../src/machinery/random.ts';
import { Connection, type Reply } from '../differential/connection.ts';
import { differences, normalized } from '../differential/normalize.ts';
import { startCluster } from '../harness/cluster.ts';
import { runCommand } from '../harness/programs.ts';
import { bundledTool } from '../harness/tools.ts';
import { definitionsOf } from './definitions.ts';
import { malformedDefinition } from './malformed.ts';
import { type Sample, sampleOf } from './objects.ts';
import { type Project, projects } from './projects.ts';

// npm run conformance:crds [-- [--vs KUBECONFIG] [--seed 1] [--objects 20] [--malformed 0] [PROJECT…]]: what operators of large projects define, here and on another server.
const { values: options, positionals } = parseArgs({
  options: {
    vs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    objects: { type: 'string', default: '20' },
    explained: { type: 'string', default: '3' },
    malformed: { type: 'string', default: '0' },
  },
  allowPositionals: true,
});
const random = seededRandom(Number(options.seed));
const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const establishLimitMs = 60_000;

interface Server {
  readonly kubeconfig: string;
  readonly connection: Connection;
}

/** Counts what was compared, and prints what is wrong. */
class Report {
  compared = 0;
  wrong = 0;

  /** @param want what the other server says, or what must hold @param got what Orrery says */
  same(what: string, want: unknown, got: unknown, given?: unknown): void {
    this.compared++;
    const found = differences(want, got);
    if (found.length === 0) return;
    this.wrong++;
    console.log(`differs: ${what}${given === undefined ? '' : ` ${JSON.stringify(given)}`}`);
    for (const { path, want, got } of found.slice(0, 6)) {
      const [left, right] = whereTheyPart(JSON.stringify(want) ?? 'nothing', JSON.stringify(got) ?? 'nothing');
      console.log(`    ${path}\n      want ${left}\n      got  ${right}`);
    }
  }
}

/** Two texts from a little before the first character that differs. */
function whereTheyPart(want: string, got: string): [want: string, got: string] {
  let at = 0;
  while (at < want.length && want[at] === got[at]) at++;
  const from = Math.max(0, at - 80);
  return [want.slice(from, at + 600), got.slice(from, at + 600)];
}

const report = new Report();
const chosen = positionals.length === 0 ? projects : projects.filter(({ name }) => positionals.includes(name));
if (chosen.length === 0) throw new Error(`the projects are ${projects.map(({ name }) => name).join(', ')}`);
const folder = await mkdtemp(join(tmpdir(), 'orrery-crds-'));
try {
  await using cluster = await startCluster({ flags: ['--memory', '--nodes', '0'] });
  const ours: Server = { kubeconfig: cluster.kubeconfig, connection: new Connection(cluster.kubeconfig) };
  const theirs: Server | undefined = options.vs ? { kubeconfig: options.vs, connection: new Connection(options.vs) } : undefined;
  if (theirs) await compareMalformed(ours, theirs);
  if (!theirs || Number(options.malformed) === 0) for (const project of chosen) await compareProject(project, ours, theirs);
  ours.connection.close();
  theirs?.connection.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(`${report.compared} answers, ${report.wrong} wrong`);
if (report.wrong > 0) process.exitCode = 1;

/** Definitions with something wrong, as dry runs. */
async function compareMalformed(ours: Server, theirs: Server): Promise<void> {
  for (let i = 0; i < Number(options.malformed); i++) {
    const definition = malformedDefinition(random);
    const request = { method: 'POST', path: `${definitionsPath}?dryRun=All&fieldValidation=Strict`, body: JSON.stringify(definition) };
    const [got, want] = await Promise.all([ours.connection.send(request), theirs.connection.send(request)]);
    // A panic of the other server is no answer to compare with.
    if (want.status === 0) continue;
    report.same(`malformed definition ${i}`, comparable(want), comparable(got), definition);
  }
}

async function compareProject(project: Project, ours: Server, theirs: Server | undefined): Promise<void> {
  const definitions = await definitionsOf(project);
  console.log(`${project.name} ${project.version}: ${definitions.length} definitions`);
  const servers = theirs ? [ours, theirs] : [ours];
  const established = await Promise.all(servers.map((server) => establish(server, definitions)));
  try {
    for (const definition of definitions) {
      const name = definition.metadata!.name!;
      const [got, want] = established.map((all) => all.get(name));
      report.same(`definition ${name}`, theirs ? want : { ...(got as object), established: true }, got);
      for (const version of definition.spec.versions.filter(({ served }) => served)) {
        await compareExplanations(definition, version, ours, theirs);
        await compareObjects(definition, version, ours, theirs);
      }
    }
  } finally {
    await Promise.all(
      servers.map(async ({ connection }) => {
        for (const { metadata } of definitions) await connection.send({ method: 'DELETE', path: `${definitionsPath}/${metadata!.name}` });
      }),
    );
  }
}

/** Creates definitions. @returns what became of each */
async function establish({ connection }: Server, definitions: readonly CustomResourceDefinition[]): Promise<Map<string, unknown>> {
  const waiting = new Set<string>();
  const results = new Map<string, unknown>();
  for (const definition of definitions) {
    const name = definition.metadata!.name!;
    const reply = await connection.send({ method: 'POST', path: definitionsPath, body: JSON.stringify(definition) });
    if (reply.status === 201) waiting.add(name);
    else results.set(name, normalized(reply));
  }
  for (const name of waiting) results.set(name, await whenEstablished(connection, name));
  return results;
}

/** Follows a definition until it is established. @returns its conditions and whether it is, with all that was made of it */
function whenEstablished(connection: Connection, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${name} is not established`)), establishLimitMs);
    const watch = connection.watch(`${definitionsPath}?watch=true&fieldSelector=metadata.name%3D${name}`, (events) => {
      const { object } = events.at(-1)!;
      if (!object.status?.conditions?.some((condition: any) => condition.type === 'Established' && condition.status === 'True')) return;
      clearTimeout(late);
      watch.stop();
      const { conditions, acceptedNames, storedVersions } = object.status;
      const plain = conditions.map(({ lastTransitionTime: _, ...condition }: any) => condition);
      resolve({ established: true, spec: object.spec, status: { conditions: plain, acceptedNames, storedVersions } });
    });
    watch.opened.catch(reject);
  });
}

async function compareExplanations(
  { spec }: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  ours: Server,
  theirs: Server | undefined,
): Promise<void> {
  const paths = fieldPaths(version.schema?.openAPIV3Schema as JsonSchema | undefined);
  const sample = [
    '',
    ...Array.from({ length: Number(options.explained) - 1 }, () => paths[Math.floor(random.next() * paths.length)] ?? ''),
  ];
  for (const [i, path] of sample.entries()) {
    // With a version given, kubectl takes all behind the first dot for the path of a field.
    const what = [`${spec.names.plural}${path}`, `--api-version=${spec.group}/${version.name}`, ...(i === 0 ? ['--recursive'] : [])];
    const explain = async ({ kubeconfig }: Server, name: string) =>
      runCommand(
        [await bundledTool('kubectl'), '--kubeconfig', kubeconfig, '--cache-dir', join(folder, name), 'explain', ...what],
        folder,
        process.env,
      );
    const [got, want] = await Promise.all([explain(ours, 'ours'), theirs && explain(theirs, 'theirs')]);
    report.same(`explain ${what.join(' ')}`, want ?? { code: 0, output: got.output }, got, want ? undefined : got.output);
  }
}

/** Where fields are, `.spec.list.name`. */
function fieldPaths(schema: JsonSchema | undefined, path = '', depth = 0): string[] {
  if (!schema || depth > 6) return [];
  const inside = schema.type === 'array' ? schema.items : schema;
  return Object.entries((inside?.properties ?? {}) as Record<string, JsonSchema>).flatMap(([name, property]) =>
    name.includes('.') ? [] : [`${path}.${name}`, ...fieldPaths(property, `${path}.${name}`, depth + 1)],
  );
}

async function compareObjects(
  { spec }: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  ours: Server,
  theirs: Server | undefined,
): Promise<void> {
  const schema = version.schema?.openAPIV3Schema as JsonSchema | undefined;
  if (!schema) return;
  const place = spec.scope === 'Namespaced' ? '/namespaces/default' : '';
  const path = `/apis/${spec.group}/${version.name}${place}/${spec.names.plural}`;
  const servers = theirs ? [ours, theirs] : [ours];
  const ask = (method: string, to: string, body: unknown, contentType?: string) =>
    Promise.all(
      servers.map(({ connection }) =>
        connection.send({ method, path: to, body: JSON.stringify(body), ...(contentType ? { contentType } : {}) }),
      ),
    );
  let stored = false;
  for (let i = 0; i < Number(options.objects); i++) {
    const sample = sampleOf(random, schema, `${spec.group}/${version.name}`, spec.names.kind);
    const strict = pickStrict(random);
    // Under another name, so that it is the object that decides and not that one is stored already.
    const other = { ...sample.object, metadata: { name: 'other' } };
    judge(`create ${path}`, await ask('POST', `${path}?dryRun=All${strict}`, other), sample);
    if (stored) {
      const { metadata: _, ...patch } = sample.object;
      judge(`patch ${path}`, await ask('PATCH', `${path}/sample?dryRun=All${strict}`, patch, 'application/merge-patch+json'), sample);
    } else stored = (await ask('POST', path, sample.object)).every(({ status }) => status === 201);
  }
  if (stored) await ask('DELETE', `${path}/sample`, {});
}

function pickStrict({ next }: Random): string {
  return next() < 0.5 ? '&fieldValidation=Strict' : '';
}

/** An answer, its causes in any order: Go goes through the members of custom objects as they come out of a map. The message only joins them. */
function comparable(reply: Reply): unknown {
  // Types of schemas are numbered as they come.
  const answer = JSON.parse(JSON.stringify(normalized(reply)).replace(/selfType\d+/g, 'selfType')) as {
    body?: { details?: { causes?: { field?: string; message?: string; reason?: string }[] } };
  };
  const { body } = answer;
  const causes = body?.details?.causes;
  if (!causes || causes.length < 2) return answer;
  const texts = causes.map(({ field, message, reason }) => `${field}: ${message} (${reason})`).sort();
  return { ...answer, body: { ...body, message: '', details: { ...body.details, causes: texts } } };
}

/** Compares two answers; of a single server, that what is broken is refused as invalid. */
function judge(what: string, [got, want]: readonly Reply[], { object, broken }: Sample): void {
  if (want) report.same(what, comparable(want), comparable(got!), object);
  else if (broken !== undefined) report.same(`${what}, where ${broken}`, true, [400, 422].includes(got!.status), object);
  else report.same(`${what}: ${got!.status}`, true, [200, 201, 400, 422].includes(got!.status), object);
}
