// Whole numbers that are written as floats (1.0, 1e3) are no integers to what judges data without a type, until they are stored.
import { define, install, sorted } from '../custom-kinds.mjs';

export default ({ ns }) => {
  const group = 'rp-ext-floats.example.com';
  const properties = {
    s: { type: 'string' }, b: { type: 'boolean' }, l: { type: 'array', items: { type: 'string' } }, o: { type: 'object', properties: { a: { type: 'string' } } }, i: { type: 'integer' }, n: { type: 'number' }, ios: { 'x-kubernetes-int-or-string': true },
    half: { type: 'number', multipleOf: 0.5 }, third: { type: 'integer', multipleOf: 3 }, least: { type: 'number', minimum: 5000000 }, most: { type: 'number', maximum: 3 }, one: { type: 'number', enum: [1, 2.5] }, any: { type: 'number', anyOf: [{ minimum: 1 }, { multipleOf: 0.5 }] },
  };
  const crd = define(group, 'Gauge', { s: { type: 'number' }, spec: { type: 'object', properties }, status: { type: 'object', properties: { s: { type: 'string' }, half: properties.half } } }, { version: { subresources: { status: {} } } });
  const gauges = `/apis/${group}/v1/namespaces/${ns}/gauges`;
  const shown = (body, { status }) => (status < 300 ? body.spec : sorted(body));
  const object = (name, part, rest = '') => `{"apiVersion":"${group}/v1","kind":"Gauge","metadata":{"name":"${name}"${rest}},${part}}`;
  const dry = { dryRun: 'All' };
  const tryit = (value) => ({ name: `floats: ${value}`, method: 'POST', path: gauges, query: dry, type: 'application/json', body: object('x', `"spec":{${value}}`), pick: shown });
  const patch = (title, type, body, path = '/a') => ({ name: `floats: ${title} ${body}`, method: 'PATCH', path: gauges + path, query: { ...dry, fieldManager: 'm' }, type: `application/${type}`, body, pick: shown });
  return [
    ...install(crd),
    { name: 'floats: made', method: 'POST', path: gauges, type: 'application/json', body: object('a', '"spec":{"half":2.0,"n":1e3}'), pick: shown },
    ...['s', 'b', 'l', 'o', 'i', 'ios', 'half', 'third', 'least', 'most', 'one', 'any'].flatMap((name) => ['1.0', '1', '1e3', '4294967296.0', '-0.0'].map((value) => tryit(`"${name}":${value}`))),
    tryit('"l":["x",1.0,2]'), tryit('"o":{"a":1e2}'), tryit('"s":"1.0","l":[1,1.0]'),
    patch('merge patch', 'merge-patch+json', '{"spec":{"s":1.0}}'), patch('merge patch', 'merge-patch+json', '{"spec":{"half":3.0,"i":1.0}}'), patch('merge patch', 'merge-patch+json', '{"spec":{"s":1}}'), patch('JSON patch', 'json-patch+json', '[{"op":"add","path":"/spec/l","value":["a",1e2]}]'),
    patch('apply', 'apply-patch+yaml', object('a', '"spec":{"s":1.0}')), patch('status', 'merge-patch+json', '{"status":{"s":1.0,"half":1.0}}', '/a/status'), patch('status', 'merge-patch+json', '{"status":{"half":1}}', '/a/status'), patch('a float outside of the status', 'merge-patch+json', '{"s":1.0,"status":{"s":1}}', '/a/status'),
    { name: 'floats: in YAML', method: 'POST', path: gauges, query: dry, type: 'application/yaml', body: `apiVersion: ${group}/v1\nkind: Gauge\nmetadata: {name: x}\nspec: {s: 1.0}\n`, pick: shown },
    { name: 'floats: put', method: 'PUT', path: `${gauges}/a`, query: dry, type: 'application/json', body: object('a', '"spec":{"s":1.0}', ',"resourceVersion":"0"'), pick: shown },
    { name: 'floats: put and fits', method: 'PUT', path: `${gauges}/a`, query: dry, type: 'application/json', body: object('a', '"spec":{"half":7.0}', ',"resourceVersion":"0"'), pick: shown },
  ];
};
