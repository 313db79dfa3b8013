import type { Random } from '../../../src/machinery/random.ts';
import { testedKinds } from '../bodies.ts';
import { pick } from '../mutations.ts';
import { collectionPath } from '../requests.ts';
import { type Area, type Exchange, revisionOf, type Setting, type Turn, withBody } from './exchange.ts';
import { randomObject } from './objects.ts';
import { fieldSelector, json, labelSelector, meta, oddParameters, type Parameter, protobuf, query } from './parameters.ts';

const wanted = ['ConfigMap', 'ConfigMap', 'Pod', 'Secret', 'Deployment', 'Service', 'Event', 'Lease', 'Job', 'ServiceAccount', 'Namespace'];
const kinds = testedKinds.filter(({ kind }) => wanted.includes(kind));

const accepts = [
  json,
  json,
  json,
  '',
  '*/*',
  protobuf,
  meta('Table'),
  meta('Table'),
  meta('PartialObjectMetadata'),
  meta('PartialObjectMetadata', 'v1', protobuf),
  'application/yaml',
  'application/json;stream=watch',
  meta('PartialObjectMetadataList'),
];

/** Writes that a watch sees: creates, changes of labels and of nothing, deletions. */
function writes(random: Random, kind: (typeof kinds)[number], namespace: string, unique: string, count: number, first: number): Turn[] {
  const collection = collectionPath(kind, namespace);
  const turns: Turn[] = [];
  for (let i = 0; i < count; i++) {
    const name = `${unique}-${Math.floor(random.next() * 3)}`;
    const labels = { set: unique, tier: pick(random, ['a', 'b']), n: String(first + i) };
    const chance = random.next();
    if (chance < 0.45) {
      const object = randomObject(random, kind, name, namespace, 0);
      turns.push({ ...withBody('POST', collection, { ...object, metadata: { ...object.metadata, labels } }), unseen: true });
    } else if (chance < 0.8) {
      const patch = { metadata: { labels: pick(random, [labels, { tier: 'b' }, { tier: null }, {}]) } };
      turns.push({ ...withBody('PATCH', `${collection}/${name}`, patch, 'application/merge-patch+json'), unseen: true });
    } else turns.push({ method: 'DELETE', path: `${collection}/${name}?gracePeriodSeconds=0`, unseen: true });
  }
  return turns;
}

/** Watches from every sort of beginning, with selectors, forms and options, of what happened before and meanwhile. */
export const watches: Area = {
  name: 'watches',
  make(random: Random, { namespace, unique }: Setting): Exchange {
    const kind = pick(random, kinds);
    const collection = collectionPath(kind, namespace);
    const before = writes(random, kind, namespace, unique, 3, 0);
    const after = writes(random, kind, namespace, unique, 4, 3);
    const remembered: Turn = {
      method: 'GET',
      path: `${collection}?labelSelector=set%3D${unique}`,
      unseen: true,
      keep: { before: revisionOf },
    };
    const more = random.next() < 0.3 ? `,${labelSelector(random)}` : '';
    const parameters: Parameter[] = [
      ['watch', pick(random, ['1', '1', 'true', 'True'])],
      ['labelSelector', `set=${unique}${more}`],
      ['timeoutSeconds', '3'],
    ];
    if (random.next() < 0.2) parameters.push(['fieldSelector', fieldSelector(random, [`${unique}-0`, `${unique}-1`, namespace])]);
    if (random.next() < 0.75)
      parameters.push(['resourceVersion', pick(random, ['<before>', '<before>', '<before>', '0', '', 'x', '99999999999'])]);
    if (random.next() < 0.3) parameters.push(['sendInitialEvents', pick(random, ['true', 'true', 'false', 'x', ''])]);
    if (random.next() < 0.3) parameters.push(['resourceVersionMatch', pick(random, ['NotOlderThan', 'NotOlderThan', 'Exact', 'x'])]);
    if (random.next() < 0.3) parameters.push(['allowWatchBookmarks', pick(random, ['true', '1', 'false'])]);
    if (random.next() < 0.1) parameters.push(...oddParameters(random).filter(([name]) => name !== 'watch' && !name.startsWith('timeout')));
    const isLive = random.next() < 0.4;
    const watch: Turn = {
      method: 'GET',
      path: collection + query(parameters),
      accept: random.next() < 0.5 ? json : pick(random, accepts),
      ...(isLive && { meanwhile: after }),
    };
    const isByPath = random.next() < 0.1;
    const asked = isByPath ? { ...watch, path: watch.path.replace('/v1/', '/v1/watch/').replace(/watch=[a-zA-Z0-9]+&/, '') } : watch;
    return { verb: `watch ${kind.kind}`, turns: [...before, remembered, ...(isLive ? [] : after), asked] };
  },
};
