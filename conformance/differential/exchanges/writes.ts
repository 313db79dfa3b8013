import { createSchemaSource } from '../../../openapi/source.ts';
import { type Random, seededRandom } from '../../../src/machinery/random.ts';
import { testedKinds } from '../bodies.ts';
import { mutate, pick } from '../mutations.ts';
import { collectionPath } from '../requests.ts';
import { type Area, type Exchange, revisionOf, type Setting, type Turn, withBody } from './exchange.ts';
import { randomObject, randomStatus } from './objects.ts';
import { type Parameter, query } from './parameters.ts';

const kinds = testedKinds.filter(
  ({ unstored, names, kind }) => !unstored && !names && kind !== 'FlowSchema' && kind !== 'PriorityLevelConfiguration',
);
const managers = ['one', 'two', 'kubectl-client-side-apply', 'kubectl', ''];
const schemas = createSchemaSource();

function changed(random: Random, kind: (typeof kinds)[number], object: any): any {
  const copy = structuredClone(object);
  const own = seededRandom(Math.floor(random.next() * 2 ** 32));
  for (let i = pick(random, [0, 1, 1, 2]); i > 0; i--) mutate(own, copy, schemas.get(kind.schema));
  return copy;
}

/** Real writes to one object by several managers, one after the other: creates, updates, applies, patches, statuses; the object after each. */
export const writes: Area = {
  name: 'writes',
  make(random: Random, { namespace, unique }: Setting): Exchange {
    const kind = pick(random, kinds);
    const collection = collectionPath(kind, namespace);
    const path = `${collection}/${unique}`;
    const base = randomObject(random, kind, unique, namespace, pick(random, [0, 0, 1]));
    if (random.next() < 0.3)
      base.metadata.annotations = { ...base.metadata.annotations, 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    const parameters = (force: boolean): string => {
      const list: Parameter[] = [];
      const manager = pick(random, managers);
      if (manager) list.push(['fieldManager', manager]);
      if (force && random.next() < 0.8) list.push(['force', pick(random, ['true', 'true', 'false'])]);
      if (random.next() < 0.2) list.push(['fieldValidation', pick(random, ['Strict', 'Warn', 'Ignore'])]);
      if (random.next() < 0.08) list.push(['dryRun', 'All']);
      return query(list);
    };
    const write = (): Turn => {
      const object = changed(random, kind, base);
      switch (
        pick(random, ['create', 'update', 'apply', 'apply', 'apply', 'merge', 'strategic', 'json', 'status', 'statusApply', 'delete'])
      ) {
        case 'create':
          return withBody('POST', collection + parameters(false), object);
        case 'update': {
          const metadata = {
            ...object.metadata,
            ...(random.next() < 0.4 && { resourceVersion: pick(random, ['<seen>', '<seen>', '1', '']) }),
            ...(random.next() < 0.1 && { managedFields: pick<unknown>(random, [[], [{}], null]) }),
          };
          return withBody('PUT', path + parameters(false), { ...object, metadata });
        }
        case 'apply':
          return withBody('PATCH', path + parameters(true), object, 'application/apply-patch+yaml');
        case 'merge':
          return withBody(
            'PATCH',
            path + parameters(false),
            { metadata: { labels: { a: pick(random, ['b', null, 'c']) } }, spec: object.spec },
            'application/merge-patch+json',
          );
        case 'strategic':
          return withBody(
            'PATCH',
            path + parameters(false),
            { metadata: { annotations: { a: pick(random, ['b', null]) } }, spec: object.spec },
            'application/strategic-merge-patch+json',
          );
        case 'json':
          return withBody(
            'PATCH',
            path + parameters(false),
            [
              {
                op: pick(random, ['add', 'replace', 'remove', 'test', 'copy', 'move', 'x']),
                path: pick(random, [
                  '/metadata/labels',
                  '/metadata/labels/a',
                  '/spec',
                  '/metadata/annotations/a~1b',
                  '/metadata/name',
                  '/data/a',
                  '/spec/replicas',
                  '/metadata/managedFields',
                  'x',
                  '',
                ]),
                from: '/metadata/labels',
                value: pick<unknown>(random, ['a', {}, { a: 'b' }, null, 1, []]),
              },
            ],
            'application/json-patch+json',
          );
        case 'delete':
          return { method: 'DELETE', path: `${path}?gracePeriodSeconds=0` };
        default: {
          const status = randomStatus(random, kind) ?? {};
          const isApply = random.next() < 0.5;
          return isApply
            ? withBody(
                'PATCH',
                `${path}/status${parameters(true)}`,
                { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: unique }, status },
                'application/apply-patch+yaml',
              )
            : withBody('PATCH', `${path}/status${parameters(false)}`, { status }, 'application/merge-patch+json');
        }
      }
    };
    const turns = Array.from({ length: pick(random, [3, 4, 5, 6]) }, write).map((turn) => ({ ...turn, keep: { seen: revisionOf } }));
    const remove: Turn = { method: 'DELETE', path: `${path}?gracePeriodSeconds=0`, unseen: true };
    return {
      verb: `writes of ${kind.kind}`,
      turns: [
        ...turns,
        { method: 'GET', path },
        remove,
        { ...withBody('PATCH', path, { metadata: { finalizers: null } }, 'application/merge-patch+json'), unseen: true },
      ],
    };
  },
};
