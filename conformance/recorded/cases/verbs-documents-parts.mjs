// Documents as http.ServeContent sends them: what is known already, what was expected to be otherwise, parts of them; and media ranges that are hardly any.
export default () => {
  // Sizes depend on the custom kinds that there are.
  const told = (_, { status, headers, text }) => ({
    type: headers['content-type'],
    range: headers['content-range']?.replace(/\d{4,}/g, '…'),
    has: ['etag', 'last-modified', 'accept-ranges'].filter((name) => headers[name]),
    text: text.length < 2000 && status !== 200 ? text : text.length > 0,
  });
  const get = (path, headers) => ({ name: `${path} ${JSON.stringify(headers)}`, path, headers, pick: told });
  const conditions = [
    ...['*', '"x"', 'W/"x", *', 'x, *'].map((value) => ({ 'if-none-match': value })),
    ...['*', '"x"'].map((value) => ({ 'if-match': value })),
    { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' }, { 'if-modified-since': 'Fri, 01 Jan 2000 00:00:00 GMT' }, { 'if-modified-since': 'soon' },
    { 'if-unmodified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' }, { 'if-unmodified-since': 'Fri, 01 Jan 2000 00:00:00 GMT' },
    { 'if-none-match': '"x"', 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
  ];
  const ranges = ['bytes=0-9', 'bytes=3-3', 'bytes=-5', 'bytes=5-4', 'bytes=99999999-', 'bytes=99999999-, 0-1', 'bytes=0-99999999', 'bytes=0-,0-', 'x', 'bytes=', 'bytes=,', 'bytes=-', 'bytes= 1 - 2', 'bytes=1-x', 'bytes=--1', 'lines=0-1'].map((range) => ({ range }));
  const since = [{ 'if-range': '"x"', range: 'bytes=0-9' }, { 'if-range': 'Fri, 01 Jan 2000 00:00:00 GMT', range: 'bytes=0-9' }];
  const accepts = ['*', '*;q=0.5', '*, */*', 'application', 'application/', '/', '*/json', ';', ' ', ',', 'application/json;q=0', 'APPLICATION/JSON', 'text/html', 'text/html, application/*'].map((accept) => ({ accept }));
  const protobuf = (version) => ['@', '.'].map((sign) => `application/com.github.proto-openapi.spec.${version}${sign}v1.0+protobuf`);
  const encoded = [...protobuf('v2'), ...protobuf('v3'), `${protobuf('v3')[0]}, application/json`, `application/json;q=0.5, ${protobuf('v3')[0]}`];
  return [
    ...[...conditions, ...ranges, ...since].flatMap((headers) => ['/openapi/v2', '/openapi/v3', '/openapi/v3/apis/node.k8s.io/v1'].map((path) => get(path, headers))).filter(({ headers: { range }, path }) => path !== '/openapi/v2' || !/^bytes=0-99|^bytes=0-,/.test(range)),
    ...encoded.flatMap((accept) => ['/openapi/v2', '/openapi/v3', '/openapi/v3/apis/node.k8s.io/v1'].map((path) => get(path, { accept }))),
    ...accepts.flatMap((headers) => ['/openapi/v2', '/openapi/v3/apis/node.k8s.io/v1', '/apis', '/apis/apps', '/apis/apps/v1', '/api', '/version'].map((path) => get(path, headers))),
  ];
};
