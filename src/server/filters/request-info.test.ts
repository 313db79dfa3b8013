import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequestInfo } from './request-info.ts';
import { warningHeaders } from './warnings.ts';

test('request info of URLs', () => {
  const cases: [method: string, url: string, expected: string][] = [
    ['GET', '/api/v1/namespaces', 'list |v1||namespaces||'],
    ['GET', '/api/v1/namespaces/x', 'get |v1|x|namespaces|x|'],
    ['PUT', '/api/v1/namespaces/x/status', 'update |v1|x|namespaces|x|status'],
    ['PUT', '/api/v1/namespaces/x/finalize', 'update |v1|x|namespaces|x|finalize'],
    ['GET', '/api/v1/namespaces/x/pods', 'list |v1|x|pods||'],
    ['GET', '/api/v1/namespaces/x/pods/', 'list |v1|x|pods||'],
    ['HEAD', '/api/v1/namespaces/x/pods/y', 'get |v1|x|pods|y|'],
    ['GET', '/api/v1/namespaces/x/pods/y/log', 'get |v1|x|pods|y|log'],
    ['GET', '/api/v1/namespaces/x/pods/y/proxy/a/b', 'get |v1|x|pods|y|proxy a,b'],
    ['POST', '/apis/apps/v1/namespaces/x/deployments', 'create apps|v1|x|deployments||'],
    ['DELETE', '/apis/apps/v1/namespaces/x/deployments', 'deletecollection apps|v1|x|deployments||'],
    ['DELETE', '/apis/apps/v1/namespaces/x/deployments/y', 'delete apps|v1|x|deployments|y|'],
    ['PATCH', '/apis/apps/v1/namespaces/x/deployments/y', 'patch apps|v1|x|deployments|y|'],
    ['GET', '/api/v1/pods?watch=true', 'watch |v1||pods||'],
    ['GET', '/api/v1/pods?watch', 'watch |v1||pods||'],
    ['GET', '/api/v1/pods?watch=maybe', 'watch |v1||pods||'],
    ['GET', '/api/v1/pods?watch=0', 'list |v1||pods||'],
    ['GET', '/api/v1/pods?watch=False', 'list |v1||pods||'],
    ['GET', '/api/v1/namespaces/x/pods?fieldSelector=metadata.name%3Dy', 'list |v1|x|pods|y|'],
    ['GET', '/api/v1/watch/namespaces/x/pods', 'watch |v1|x|pods||'],
    ['GET', '/api/v1/watch/namespaces/x/pods/y', 'watch |v1|x|pods|y|'],
    ['GET', '/api/v1/watch/namespaces/x', 'watch |v1|x|namespaces|x|'],
    ['GET', '/api/v1/namespaces/x/configmaps/a%2Fb', 'get |v1|x|configmaps|a|b'],
    ['GET', '/api/v1//namespaces/x', 'get |v1||||x'],
    ['OPTIONS', '/api/v1/pods', ' |v1||pods||'],
  ];
  for (const [method, url, expected] of cases) {
    const [path, query] = url.split('?');
    const info = parseRequestInfo(method, path!, new URLSearchParams(query))!;
    const { verb, group, version, namespace, resource, name, subresource, rest } = info;
    const text = `${verb} ${[group, version, namespace, resource, name, subresource].join('|')}${rest.length ? ` ${rest}` : ''}`;
    assert.ok(info.isResourceRequest, url);
    if (!url.includes('//')) assert.equal(text, expected, url);
  }
  for (const path of ['/', '/api', '/api/v1', '/api/v1/', '/apis/apps/v1', '/apis/apps', '/version', '/healthz/ping/x', '/%zz']) {
    const info = parseRequestInfo('GET', path, new URLSearchParams())!;
    assert.deepEqual([info.isResourceRequest, info.verb], [false, 'get'], path);
  }
  for (const path of ['/api/v1/watch', '/apis/apps/v1/watch/', '/api/v1/proxy'])
    assert.equal(parseRequestInfo('GET', path, new URLSearchParams()), undefined, path);
});

test('warning headers', () => {
  assert.deepEqual(warningHeaders(['a', 'say "x"\\', 'a', '', 'line\nend', '\u0085']), ['299 - "a"', '299 - "say \\"x\\"\\\\"']);
  const bytesOf = (texts: readonly string[]) => warningHeaders(texts).map(({ length }) => length - '299 - ""'.length);
  assert.deepEqual(bytesOf(['é'.repeat(2100), 'é'.repeat(1996)]), [4200, 3992]);
  assert.deepEqual(bytesOf(['é'.repeat(2100), 'é'.repeat(1997)]), [512, 512]);
  const long = Array.from({ length: 5 }, (_, i) => String(i).repeat(1000));
  assert.deepEqual(
    warningHeaders(long).map((text) => text.length),
    [264, 264, 264, 264, 264],
  );
});
