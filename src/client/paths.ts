import type { ResourceReference } from './client.ts';

/** `/api/v1`, or `/apis/apps/v1`. */
export function groupVersionPath({ group, version }: Pick<ResourceReference, 'group' | 'version'>): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** `/api/v1/namespaces/x/pods/y/status`. @param namespace '' for cluster-scoped resources and for all namespaces */
export function resourcePath(reference: ResourceReference, namespace: string, name?: string, subresource?: string): string {
  const { plural, scope } = reference;
  const inside = scope === 'Namespaced' && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}${subresource ? `/${subresource}` : ''}`;
  return `${groupVersionPath(reference)}${inside}/${plural}${object}`;
}

/** Query parameters of options: what is undefined is left out, `dryRun` is spelled as the API wants it. */
export function queryOf(options: object): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || name === 'subresource') continue;
    if (name === 'dryRun') {
      if (value) query.set('dryRun', 'All');
    } else {
      query.set(name, String(value));
    }
  }
  return query;
}
