import type { Random } from '../../../src/machinery/random.ts';
import { type TestedKind, testedKinds } from '../bodies.ts';
import { createFixtures, removeFixtures } from '../fixtures.ts';
import { pick } from '../mutations.ts';
import { collectionPath, fixtureName } from '../requests.ts';
import { type Area, type Exchange, revisionOf, type Setting, type Turn } from './exchange.ts';
import { acceptOf, fieldSelector, json, labelSelector, oddParameters, type Parameter, query, versionParameters } from './parameters.ts';

const kinds = testedKinds.filter(({ unstored }) => !unstored);
const often = ['Pod', 'ConfigMap', 'Event', 'Deployment', 'Service', 'Node', 'Namespace', 'Job', 'Secret'];
const weighted = [...kinds, ...kinds.filter(({ kind }) => often.includes(kind)).flatMap((kind) => [kind, kind, kind])];

/** A kind that is stored; those with selectable fields and rows of their own more often. */
export const storedKind = (random: Random): TestedKind => pick(random, weighted);

/** Every kind's fixtures, labelled so that selectors find some of them. */
export const readableFixtures = {
  async prepare(servers: Parameters<typeof createFixtures>[0], namespace: string): Promise<void> {
    for (const kind of kinds) {
      await createFixtures(servers, kind, namespace, (index) => ({
        labels: { tier: index % 2 ? 'b' : 'a', n: String(index), run: namespace },
      }));
    }
  },
  async cleanUp(server: Parameters<typeof removeFixtures>[0][number], namespace: string): Promise<void> {
    for (const kind of kinds) await removeFixtures([server], kind, namespace);
  },
};

/** Revisions to read from: of a fixture, and of the list now. */
export function revisions(path: string, own: string): Turn[] {
  return [
    { method: 'GET', path: `${path}/${own}`, unseen: true, keep: { before: revisionOf } },
    { method: 'GET', path: `${path}?limit=1`, unseen: true, keep: { now: revisionOf } },
  ];
}

function get(random: Random, path: string, namesOf: readonly string[]): Turn {
  const name = pick(random, [...namesOf, 'absent', random.next() < 0.2 ? 'Bad_Name' : namesOf[0]!]);
  const parameters: Parameter[] = [];
  if (random.next() < 0.5) parameters.push(...versionParameters(random));
  if (random.next() < 0.3) parameters.push(...oddParameters(random));
  return { method: 'GET', path: `${path}/${name}${query(parameters)}`, accept: random.next() < 0.6 ? acceptOf(random) : json };
}

function list(random: Random, path: string, selection: readonly Parameter[], own: readonly string[]): Turn[] {
  const parameters: Parameter[] = [...selection];
  if (random.next() < 0.35) parameters.push(['labelSelector', labelSelector(random)]);
  if (random.next() < 0.35) parameters.push(['fieldSelector', fieldSelector(random, own)]);
  if (random.next() < 0.5) parameters.push(...versionParameters(random));
  if (random.next() < 0.25) parameters.push(...oddParameters(random));
  const limit = random.next() < 0.4 ? pick(random, ['1', '1', '2', '3', '500']) : undefined;
  if (limit) parameters.push(['limit', limit]);
  const accept = random.next() < 0.5 ? acceptOf(random) : json;
  const first: Turn = {
    method: 'GET',
    path: path + query(parameters),
    accept,
    keep: { token: (reply) => (reply.body as { metadata?: { continue?: string } } | undefined)?.metadata?.continue || 'none' },
  };
  if (!limit || random.next() < 0.3) return [first];
  // The token belongs to the first request; what else the second may say is part of the contract.
  const kept = parameters.filter(([name]) => !name.startsWith('resourceVersion') && name !== 'limit' && name !== 'continue');
  const second = random.next() < 0.75 ? kept : parameters;
  const more: Parameter[] = [
    ['limit', pick(random, ['1', '2', '0'])],
    ['continue', '<token>'],
  ];
  return [first, { method: 'GET', path: path + query([...second.filter(([name]) => name !== 'limit'), ...more]), accept }];
}

/** Gets and lists of every kind, with selectors, revisions, pages and forms of the answer. */
export const reads: Area = {
  name: 'reads',
  ...readableFixtures,
  make(random: Random, { namespace }: Setting): Exchange {
    const kind = storedKind(random);
    const path = collectionPath(kind, namespace);
    const names = kind.bodies.map((_, index) => fixtureName(kind, index));
    const before = revisions(path, names[0]!);
    if (random.next() < 0.35) return { verb: `get ${kind.kind}`, turns: [...before, get(random, path, names)] };
    const everywhere = kind.namespaced && random.next() < 0.2;
    const from = everywhere ? path.replace(`/namespaces/${namespace}`, '') : path;
    // What the server itself keeps in other namespaces is not the same on both.
    const own: readonly Parameter[] = everywhere || !kind.namespaced ? [['labelSelector', `run=${namespace}`]] : [];
    return { verb: `list ${kind.kind}`, turns: [...before, ...list(random, from, own, [...names, namespace])] };
  },
};
