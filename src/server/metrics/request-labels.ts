import type { Labels } from '../../machinery/histogram.ts';
import type { RequestContext, RequestInfo } from '../context.ts';

const methods: Readonly<Record<string, string>> = {
  create: 'POST',
  delete: 'DELETE',
  deletecollection: 'DELETE',
  get: 'GET',
  list: 'LIST',
  patch: 'PATCH',
  post: 'POST',
  put: 'PUT',
  update: 'PUT',
  watch: 'WATCH',
};

/** Subresources that connect to something else: upstream calls each of their requests so, whatever its method. */
const connecting: ReadonlySet<string> = new Set(['attach', 'exec', 'log', 'portforward', 'proxy']);

/** What kube-apiserver counts besides resources: no other path has a series. */
const countedPaths: Readonly<Record<string, Labels>> = {
  '/healthz': { component: '', subresource: '/healthz' },
  '/livez': { component: '', subresource: '/livez' },
  '/readyz': { component: '', subresource: '/readyz' },
  '/openapi/v3': { component: '', subresource: 'openapi/v3' },
  '/api': { component: 'apiserver', subresource: 'api' },
  '/apis': { component: 'apiserver', subresource: 'apis' },
};
const documents: Labels = { component: '', subresource: 'openapi/v3/' };

/**
 * The labels that kube-apiserver's metrics of requests give a request, without its code.
 * @param info of a resource that is served, or of a path
 * @returns undefined where it counts no such requests
 */
export function requestLabels(info: RequestInfo, isApply: boolean, dryRun: string): Labels | undefined {
  const verb = verbOf(info, isApply);
  if (info.isResourceRequest) {
    const { group, resource, subresource, version } = info;
    return { component: 'apiserver', dry_run: dryRun, group, resource, scope: scopeOf(info), subresource, verb, version };
  }
  const path = countedPaths[info.path] ?? (info.path.startsWith('/openapi/v3/') ? documents : undefined);
  return path && { dry_run: '', group: '', resource: '', scope: '', verb, version: '', ...path };
}

/** As `requestLabels`, for gauges of what is at work. */
export function withoutDryRun({ dry_run: _, ...labels }: Labels): Labels {
  return labels;
}

/** The label of a request's dryRun parameters, made-up values under one name. */
export function dryRunOf({ request: { query } }: Pick<RequestContext, 'request'>): string {
  if (!query.has('dryRun')) return '';
  const values = [...new Set(query.getAll('dryRun'))].filter((value) => value !== '').sort();
  return values.every((value) => value === 'All') ? values.join(',') : 'invalid';
}

function verbOf({ verb, subresource, isResourceRequest }: RequestInfo, isApply: boolean): string {
  if (isApply) return 'APPLY';
  if (isResourceRequest && connecting.has(subresource)) return 'CONNECT';
  return methods[verb] ?? 'other';
}

function scopeOf({ name, namespace, verb }: RequestInfo): string {
  if (name !== '' || verb === 'create') return 'resource';
  return namespace === '' ? 'cluster' : 'namespace';
}
