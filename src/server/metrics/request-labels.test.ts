import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequestInfo } from '../filters/request-info.ts';
import { dryRunOf, requestLabels } from './request-labels.ts';

/** What kube-apiserver v1.36.3 shows for the same requests: verb, scope and subresource, and the component. */
const expected: readonly (readonly [request: string, labels: string])[] = [
  ['GET /api/v1/pods', 'LIST cluster  apiserver'],
  ['GET /api/v1/namespaces/a/pods', 'LIST namespace  apiserver'],
  ['GET /api/v1/namespaces/a/pods?watch=1', 'WATCH namespace  apiserver'],
  ['POST /api/v1/namespaces/a/pods', 'POST resource  apiserver'],
  ['PUT /api/v1/namespaces/a/pods/b/status', 'PUT resource status apiserver'],
  ['DELETE /api/v1/namespaces/a/pods', 'DELETE namespace  apiserver'],
  ['GET /api/v1/namespaces/a/pods/b/log', 'CONNECT resource log apiserver'],
  ['POST /api/v1/nodes/b/proxy/x', 'CONNECT resource proxy apiserver'],
  ['GET /readyz', 'GET  /readyz '],
  ['GET /apis', 'GET  apis apiserver'],
  ['GET /openapi/v3/api/v1', 'GET  openapi/v3/ '],
  ['LOCK /healthz', 'other  /healthz '],
  ['GET /version', 'none'],
  ['GET /readyz/etcd', 'none'],
];

for (const [request, wanted] of expected) {
  test(`labels of ${request}`, () => {
    const [method, target] = request.split(' ') as [string, string];
    const url = new URL(target, 'https://server');
    const labels = requestLabels(parseRequestInfo(method, url.pathname, url.searchParams)!, false, '')!;
    const { verb, scope, subresource, component } = labels ?? {};
    assert.equal(labels ? `${verb} ${scope} ${subresource} ${component}` : 'none', wanted);
  });
}

test('made-up values of dryRun are one', () => {
  const label = (query: string) => dryRunOf({ request: { query: new URLSearchParams(query) } as never });
  assert.deepEqual(['', 'dryRun=All', 'dryRun=All&dryRun=All', 'dryRun=x', 'dryRun='].map(label), ['', 'All', 'All', 'invalid', '']);
});
