import type { Random } from '../../../src/machinery/random.ts';
import { testedKinds } from '../bodies.ts';
import { pick } from '../mutations.ts';
import { collectionPath } from '../requests.ts';
import { type Area, type Exchange, type Setting, type Turn, withBody } from './exchange.ts';
import { randomObject, randomStatus } from './objects.ts';
import { meta } from './parameters.ts';

const kinds = testedKinds.filter(({ unstored, names }) => !unstored && !names);

/** Random objects of every kind with random statuses, read as rows, one and several, and as bare metadata. */
export const tables: Area = {
  name: 'tables',
  make(random: Random, { namespace, unique }: Setting): Exchange {
    const kind = pick(random, kinds);
    const collection = collectionPath(kind, namespace);
    const path = `${collection}/${unique}`;
    const object = randomObject(random, kind, unique, namespace, pick(random, [0, 1, 2, 3]));
    const status = randomStatus(random, kind);
    const read = (query: string, as: string): Turn => ({ method: 'GET', path: query, accept: meta(as, pick(random, ['v1', 'v1beta1'])) });
    const turns: Turn[] = [withBody('POST', collection, object)];
    if (status !== undefined) {
      turns.push(withBody('PATCH', `${path}/status`, { status }, 'application/merge-patch+json'));
    }
    const included = pick(random, ['', '?includeObject=None', '?includeObject=Object', '?includeObject=Metadata']);
    turns.push(read(path + included, 'Table'));
    turns.push(read(`${collection}?fieldSelector=metadata.name%3D${unique}`, pick(random, ['Table', 'PartialObjectMetadataList'])));
    const remove: Turn = {
      method: 'DELETE',
      path: `${path}?gracePeriodSeconds=0`,
      accept: pick(random, [meta('Table'), 'application/json']),
    };
    return { verb: `table of ${kind.kind}`, turns: [...turns, remove] };
  },
};
