import type { Random } from '../../../src/machinery/random.ts';
import { testedKinds } from '../bodies.ts';
import { pick } from '../mutations.ts';
import { collectionPath } from '../requests.ts';
import { type Area, type Exchange, type Setting, type Turn, withBody } from './exchange.ts';
import { randomObject } from './objects.ts';
import { acceptOf, fieldSelector, json, labelSelector, oddParameters, type Parameter, query, versionParameters } from './parameters.ts';

const kinds = testedKinds.filter(({ unstored, names }) => !unstored && !names);
const uidOf = (reply: { body: unknown }) => (reply.body as { metadata?: { uid?: string } }).metadata?.uid;

const someUid = '11111111-2222-3333-4444-555555555555';
const bodies: readonly unknown[] = [
  {},
  { gracePeriodSeconds: 0 },
  { gracePeriodSeconds: 1 },
  { gracePeriodSeconds: -1 },
  { gracePeriodSeconds: 'x' },
  { propagationPolicy: 'Foreground' },
  { propagationPolicy: 'Background' },
  { propagationPolicy: 'Orphan' },
  { propagationPolicy: 'x' },
  { orphanDependents: true },
  { orphanDependents: false, propagationPolicy: 'Orphan' },
  { dryRun: ['All'] },
  { dryRun: ['x'] },
  { dryRun: [] },
  { preconditions: { uid: '<uid>' } },
  { preconditions: { uid: someUid } },
  { preconditions: { resourceVersion: '1' } },
  { preconditions: { uid: '<uid>', resourceVersion: '1' } },
  { preconditions: {} },
  { kind: 'DeleteOptions', apiVersion: 'v1' },
  { kind: 'DeleteOptions', apiVersion: 'apps/v1' },
  { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1', gracePeriodSeconds: 0 },
  { kind: 'DeleteOptions', apiVersion: 'x/v1' },
  { kind: 'ConfigMap', apiVersion: 'v1' },
  { unknown: 1 },
  { kind: 'DeleteOptions', apiVersion: 'v1', unknown: 1, gracePeriodSeconds: 0 },
  { ignoreStoreReadErrorWithClusterBreakingPotential: true },
  { ignoreStoreReadErrorWithClusterBreakingPotential: true, dryRun: ['All'] },
  [],
  null,
  'x',
];

const inQuery: readonly Parameter[] = [
  ['gracePeriodSeconds', '0'],
  ['gracePeriodSeconds', '2'],
  ['gracePeriodSeconds', '-1'],
  ['propagationPolicy', 'Foreground'],
  ['propagationPolicy', 'Orphan'],
  ['propagationPolicy', 'x'],
  ['orphanDependents', 'true'],
  ['orphanDependents', 'false'],
  ['dryRun', 'All'],
  ['dryRun', 'x'],
  ['uid', someUid],
  ['ignoreStoreReadErrorWithClusterBreakingPotential', 'true'],
];

function removal(random: Random, path: string, parameters: Parameter[]): Turn {
  if (random.next() < 0.4) parameters.push(pick(random, inQuery));
  if (random.next() < 0.15) parameters.push(pick(random, inQuery));
  if (random.next() < 0.15) parameters.push(...oddParameters(random).filter(([name]) => name !== 'watch'));
  const accept = random.next() < 0.15 ? acceptOf(random) : json;
  const turn: Turn = { method: 'DELETE', path: path + query(parameters), accept };
  if (random.next() < 0.4) return turn;
  const contentType =
    random.next() < 0.85
      ? json
      : pick(random, ['application/yaml', '', 'text/plain', 'application/vnd.kubernetes.protobuf', 'application/merge-patch+json']);
  const body = random.next() < 0.04 ? '{' : JSON.stringify(pick(random, bodies));
  return { ...turn, contentType, body };
}

/** Deletions of one object and of what selectors select, with options in body and query, and what is left afterwards. */
export const deletes: Area = {
  name: 'deletes',
  make(random: Random, { namespace, unique }: Setting): Exchange {
    const kind = pick(random, kinds);
    const collection = collectionPath(kind, namespace);
    const finalizers =
      random.next() < 0.3 ? pick(random, [['example.com/f'], ['orphan'], ['foregroundDeletion'], ['example.com/f', 'orphan']]) : undefined;
    const names = [0, 1, 2].map((i) => `${unique}-${i}`);
    const creates = names.map((name, i): Turn => {
      const object = randomObject(random, kind, name, namespace, 0);
      const metadata = {
        ...object.metadata,
        labels: { set: unique, tier: i % 2 ? 'b' : 'a', n: String(i) },
        ...(finalizers && i < 2 && { finalizers }),
      };
      return { ...withBody('POST', collection, { ...object, metadata }), unseen: true, keep: i === 0 ? { uid: uidOf } : {} };
    });
    const own: Parameter = ['labelSelector', `set=${unique}${random.next() < 0.4 ? `,${labelSelector(random)}` : ''}`];
    const isCollection = random.next() < 0.5 && kind.kind !== 'Namespace';
    const selection: Parameter[] = [own];
    if (isCollection && random.next() < 0.25) selection.push(['fieldSelector', fieldSelector(random, names)]);
    if (isCollection && random.next() < 0.2) selection.push(['limit', pick(random, ['1', '2'])]);
    if (isCollection && random.next() < 0.15) selection.push(...versionParameters(random));
    const turn = isCollection
      ? removal(random, collection, selection)
      : removal(random, `${collection}/${pick(random, [names[0]!, names[0]!, names[2]!, 'absent'])}`, []);
    const left: Turn = { method: 'GET', path: `${collection}?labelSelector=set%3D${unique}` };
    // Cluster-scoped objects must go.
    const clean = names.flatMap((name): Turn[] => [
      { method: 'DELETE', path: `${collection}/${name}?gracePeriodSeconds=0`, unseen: true },
      { ...withBody('PATCH', `${collection}/${name}`, { metadata: { finalizers: null } }, 'application/merge-patch+json'), unseen: true },
    ]);
    return {
      verb: `${isCollection ? 'deletecollection' : 'delete'} ${kind.kind}`,
      turns: [...creates, turn, left, ...(kind.namespaced ? [] : clean)],
    };
  },
};
