// Every format a schema may name, with values that are and are not of it.
import { CRDS, define, install, sorted } from '../custom-kinds.mjs';

export default ({ ns }) => {
  const group = 'rp-ext-format-values.example.com';
  const values = {
    bsonobjectid: ['507f1f77bcf86cd799439011', '507f1f77bcf86cd79943901', 'zz7f1f77bcf86cd799439011'], uri: ['http://example.com', '/path', 'a b', 'mailto:x@y', '', 'http://[::1', 'example.com', '//host/x', '#frag', 'http://x y'], email: ['a@b.c', 'a@', 'A <a@b.c>', 'ab', 'a@b', '"x y"@b.c'], hostname: ['example.com', '-a', 'a_b', 'a..b', `${'x'.repeat(64)}.com`, '1.2.3.4', 'UPPER', 'x.', ''], ipv4: ['1.2.3.4', '1.2.3', '1.2.3.256', '::1', '01.2.3.4'], ipv6: ['::1', '1.2.3.4', 'fe80::1%eth0', '::ffff:1.2.3.4', 'g::'], cidr: ['10.0.0.0/8', '10.0.0.1/8', '10.0.0.0', '::/0', '10.0.0.0/33', '010.0.0.0/8'], mac: ['01:23:45:67:89:ab', '01-23-45-67-89-ab', '0123.4567.89ab', '01:23:45', 'x'],
    uuid: ['a8098c1a-f86e-11da-bd1a-00112444be1e', 'A8098C1AF86E11DABD1A00112444BE1E', 'x', 'a8098c1a-f86e-11da-bd1a-00112444be1'], uuid3: ['bcd02e22-68f0-3046-a512-327cca9def8f', 'a8098c1a-f86e-11da-bd1a-00112444be1e'], uuid4: ['025b0d74-00a2-4048-bf57-227c5111bb34', 'bcd02e22-68f0-3046-a512-327cca9def8f'], uuid5: ['886313e1-3b8a-5372-9b90-0c9aee199e5d', '025b0d74-00a2-4048-bf57-227c5111bb34'], isbn: ['0321751043', '978-0321751041', '123', '3836221195'], isbn10: ['3836221195', '978-0321751041'], isbn13: ['978-4873113685', '3836221195'], creditcard: ['4111-1111-1111-1111', '4111 1111 1111 1111', '1234', '5019717010103742'], ssn: ['111-11-1111', '111 11 1111', '111111111', '1-1-1'], hexcolor: ['#FFF', '#ffaa00', 'fff', '#ggg', '#ffff'], rgbcolor: ['rgb(0,0,0)', 'rgb(256,0,0)', 'rgb( 1, 2, 3 )', 'red', 'rgb(1,2)'], byte: ['aGk=', 'aGk', '!', '', 'a-_='], password: ['anything', ''],
    date: ['2024-02-29', '2023-02-29', '2024-2-9', '2024-02-29T00:00:00Z', ''], duration: ['1h', '90s', '1 day', '1d', 'P1D', '1', '-1h', '1.5h', '1us', 'x', ''], datetime: ['2024-02-29T00:00:00Z', '2024-02-29 00:00:00', 'x'], 'date-time': ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.123456789+02:00', '2024-02-29T00:00:00', '2024-02-29', '2024-02-29t00:00:00z', '2024-02-30T00:00:00Z', '2024-02-29T24:00:00Z', '2024-02-29T00:00:60Z', '', 'now'], 'k8s-short-name': ['abc', 'a.b', 'A', '-a', 'x'.repeat(64), '1a', ''], 'k8s-long-name': ['a.b', 'A.b', 'a..b', 'x'.repeat(254), 'a-', ''], unknown: ['anything'], Hostname: ['-a'], ipv_4: ['x'],
  };
  const prop = (f) => `f${f.replace(/[^a-zA-Z0-9]/g, '')}`;
  const def = define(group, 'Form', { spec: { type: 'object', properties: { ...Object.fromEntries(Object.keys(values).map((f) => [prop(f), { type: 'string', format: f }])), i32: { type: 'integer', format: 'int32' }, i64: { type: 'integer', format: 'int64' }, fl: { type: 'number', format: 'float' }, db: { type: 'number', format: 'double' }, list: { type: 'array', items: { type: 'string', format: 'ipv4' } }, map: { type: 'object', additionalProperties: { type: 'string', format: 'date' } } } } });
  const P = `/apis/${group}/v1/namespaces/${ns}/forms`;
  const post = (name, spec, more) => ({ name, method: 'POST', path: P, query: { dryRun: 'All' }, body: typeof spec === 'string' ? spec : { apiVersion: `${group}/v1`, kind: 'Form', metadata: { name: 'x' }, spec }, pick: (b, r) => (r.status === 201 ? b.spec : sorted(b)), ...more });
  const raw = (text) => `{"apiVersion":"${group}/v1","kind":"Form","metadata":{"name":"x"},"spec":${text}}`;
  const steps = [
    // Warnings of one answer come in no fixed order.
    ...install(def).map((step) => (step.method === 'POST' ? { ...step, until: (_, r) => delete r.headers.warning } : step)),
    ...Object.entries(values).flatMap(([f, list]) => list.map((v) => post(`${f}: ${v.length > 40 ? `${v.length} letters` : v}`, { [prop(f)]: v }))),
    ...['2147483647', '2147483648', '-2147483649', '1.0', '1.5', '1e3', '"1"', 'true'].map((t) => post(`int32 ${t}`, raw(`{"i32":${t}}`))), ...['9223372036854775808', '-9223372036854775808', '1e19', '1e2'].map((t) => post(`int64 ${t}`, raw(`{"i64":${t}}`))), ...['3.4e38', '3.5e38', '1', '-0.0', '0.1'].map((t) => post(`float ${t}`, raw(`{"fl":${t}}`))), ...['1e308', '5e-324', '100000000000000000000'].map((t) => post(`double ${t}`, raw(`{"db":${t}}`))),
    post('in a list', { list: ['1.2.3.4', 'x', '1.2.3'] }), post('in a map', { map: { a: '2020-01-01', b: 'x' } }), post('several', { list: ['y'], [prop('uuid')]: 'u', [prop('email')]: 'e' }),
  ];
  steps.cleanup = [`${CRDS}/${def.metadata.name}`];
  return steps;
};
