import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { definitions } from '../../../api/index.ts';
import { aggregatedDiscovery, apiResourceList } from './documents.ts';
import { compareVersions } from './priorities.ts';
import { ResourceIndex } from './resource-index.ts';

const index = new ResourceIndex({ version: 1, definitions: () => definitions });

/** A resource, or a subresource below it, in one line. */
function lines(): string[] {
  return [[index.group('')!], index.groups()]
    .map((groups) => aggregatedDiscovery(index, groups, 'v2', () => undefined))
    .flatMap(({ items }) =>
      items.flatMap(({ metadata, versions }: any) =>
        versions.flatMap(({ version, freshness, resources }: any) => {
          const group = metadata.name ?? '';
          const list = apiResourceList(index, group, version, index.resources(group, version)!);
          const hashes = new Map(list['resources'].map((resource: any) => [resource.name, resource.storageVersionHash]));
          return [
            `${group}/${version} ${freshness}`,
            ...resources.flatMap((r: any) => [
              [
                '',
                r.resource,
                r.singularResource,
                kindOf(r),
                r.scope,
                r.verbs,
                r.shortNames ?? '-',
                r.categories ?? '-',
                hashes.get(r.resource) ?? '-',
              ].join(' '),
              ...(r.subresources ?? []).map((s: any) => ` /${s.subresource} ${kindOf(s)} ${s.verbs}`),
            ]),
          ];
        }),
      ),
    );
}

function kindOf({ responseKind: { group, version, kind } }: any): string {
  return group === '' && version === '' ? kind : `${group}/${version}/${kind}`;
}

// discovery.golden.txt was written by this function from the answers of kube-apiserver v1.36.3.
test('discovery is that of the real server: groups, versions, resources, subresources and their order', () => {
  const golden = readFileSync(new URL('discovery.golden.txt', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  assert.deepEqual(lines(), golden);
});

test('versions in order of stability, then age', () => {
  const sorted = ['foo1', 'v1', 'v1alpha1', 'v10', 'v2', 'v1beta2', 'v1beta1', 'v11alpha2', 'bar'].sort(compareVersions);
  assert.deepEqual(sorted, ['v10', 'v2', 'v1', 'v1beta2', 'v1beta1', 'v11alpha2', 'v1alpha1', 'bar', 'foo1']);
});
