// Numbers of custom resources: all integers of 64 bits stay what they are, whichever way they come and go; all other numbers are floats.
import { CRDS, define, install, sorted } from '../custom-kinds.mjs';

const at = '1732600000123456789';

export default ({ ns }) => {
  const group = 'rp-ext-numbers.example.com';
  const integer = { type: 'integer' };
  const number = { type: 'number' };
  const any = { 'x-kubernetes-preserve-unknown-fields': true };
  const schema = {
    i: integer, i64: { type: 'integer', format: 'int64' }, i32: { type: 'integer', format: 'int32' }, n: number, s: { type: 'string' }, ios: { 'x-kubernetes-int-or-string': true }, any,
    max: { type: 'integer', maximum: '#MAX' }, min: { type: 'integer', minimum: '#MIN' }, xmax: { type: 'integer', maximum: '#MAX', exclusiveMaximum: true }, mult: { type: 'integer', multipleOf: '#MAX' }, nmax: { type: 'number', maximum: '#MAX' }, nmult: { type: 'number', multipleOf: '#MAX' }, en: { type: 'integer', enum: ['#MAX'] }, nen: { type: 'number', enum: ['#MAX'] },
    d: { type: 'integer', default: '#AT' }, dany: { ...any, default: { a: '#AT', f: '#FLOAT' } }, dn: { type: 'number', default: '#FLOAT' }, m: { type: 'object', additionalProperties: integer },
    set: { type: 'array', items: integer, 'x-kubernetes-list-type': 'set' }, map: { type: 'array', items: { type: 'object', required: ['k'], properties: { k: integer, v: { type: 'string' } } }, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] },
    cel: { type: 'object', properties: { a: integer, b: integer, n: number, any }, 'x-kubernetes-validations': [{ rule: '!has(self.a) || self.a == 9007199254740993' }, { rule: '!has(self.b) || self.b > self.a' }, { rule: '!has(self.n) || self.n > 9007199254740993.0' }, { rule: '!has(self.b) || self.b == oldSelf.b + 1', optionalOldSelf: false }] },
  };
  const columns = [['I', 'integer', 'i'], ['Float', 'number', 'i'], ['Text', 'string', 'i'], ['Any', 'string', 'any'], ['N', 'number', 'n'], ['NI', 'integer', 'n'], ['NT', 'string', 'n']].map(([name, type, field]) => ({ name, type, jsonPath: `.spec.${field}` }));
  const crd = define(group, 'Gauge', { spec: { type: 'object', properties: schema }, status: any }, { version: { subresources: { status: {} }, additionalPrinterColumns: columns, selectableFields: [{ jsonPath: '.spec.i' }] } });
  const written = JSON.stringify(crd).replaceAll('"#MAX"', '9007199254740993').replaceAll('"#MIN"', '-9007199254740993').replaceAll('"#AT"', at).replaceAll('"#FLOAT"', '1.0');
  const gauges = `/apis/${group}/v1/namespaces/${ns}/gauges`;
  // Answers are compared as texts: JSON.parse would round them on both sides.
  const part = (text, name) => new RegExp(`"${name}":.*`, 's').exec(text)?.[0] ?? text;
  const seen = (b, r) => (r.status < 300 ? part(r.text, 'spec') : sorted(b));
  const owned = (b, r) => (r.status < 300 ? [part(r.text, 'managedFields').replace(/"resourceVersion":"\d+"/, '')] : sorted(b));
  const object = (name, spec, meta = '') => `{"apiVersion":"${group}/v1","kind":"Gauge","metadata":{"name":"${name}"${meta}},"spec":{${spec}}}`;
  const tryit = (spec) => ({ name: spec, method: 'POST', path: gauges, query: { dryRun: 'All' }, type: 'application/json', body: object('x', spec), pick: seen });
  const patch = (name, type, body, query = { dryRun: 'All' }, more = {}) => ({ name, method: 'PATCH', path: `${gauges}/a`, type: `application/${type}`, query: { fieldManager: 'p', ...query }, body, pick: seen, ...more });
  const json = (operations, query) => patch(`JSON patch ${operations}`, 'json-patch+json', `[${operations}]`, query);
  const merge = (body, query) => patch(`merge patch ${body}`, 'merge-patch+json', body, query);
  const apply = (manager, spec, query, pick = seen) => ({ name: `${manager} applies ${spec}`, method: 'PATCH', path: `${gauges}/b`, type: 'application/apply-patch+yaml', query: { fieldManager: manager, ...query }, body: object('b', spec), pick });
  const read = (name, path, accept, pick = seen, query = {}) => ({ name, path, query, headers: { accept: `application/${accept}` }, pick });
  const table = 'json;as=Table;v=v1;g=meta.k8s.io';
  const cells = (b, r) => /"cells":\[.*?\],"object"/s.exec(r.text)?.[0];
  const yaml = (spec) => ({ name: `YAML ${spec}`, method: 'POST', path: gauges, query: { dryRun: 'All' }, type: 'application/yaml', body: `apiVersion: ${group}/v1\nkind: Gauge\nmetadata: {name: x}\nspec: {${spec}}\n`, pick: seen });
  const steps = [
    ...install(crd).map((step) => (step.method === 'POST' ? { ...step, body: written, type: 'application/json', headers: { accept: 'application/json' }, pick: (b, r) => part(r.text, 'versions').replace(/"status":\{"conditions.*/s, '') } : step)),
    ...[at, `-${at}`, '9223372036854775807', '9223372036854775808', '-9223372036854775808', '-9223372036854775809', '18446744073709551615', '9007199254740992', '9007199254740993', '9007199254740993.0', '1e18', '1e19', '123456789012345678901234'].flatMap((n) => ['i', 'i64', 'i32', 'n', 's', 'ios', 'any'].map((f) => tryit(`"${f}":${n}`))),
    ...['"i":1e400', '"any":-1e400', '"nope":{"a":[1e309]}', '"any":1e400,"any":1', '"any":"1e400"', '"any":1e-400'].map(tryit),
    ...['"max":9007199254740992', '"max":9007199254740993', '"min":-9007199254740992', '"min":-9007199254740993', '"xmax":9007199254740992', '"xmax":9007199254740991', '"mult":9007199254740993', '"mult":18014398509481984', '"nmax":9007199254740993', '"nmult":9007199254740993', '"nmult":27021597764222976', '"en":9007199254740993', '"en":9007199254740992', '"nen":9007199254740993', '"nen":9007199254740993.0'].map(tryit),
    ...['"set":[9007199254740993,9007199254740992]', '"set":[9007199254740993,9007199254740993]', '"map":[{"k":9007199254740993},{"k":9007199254740992}]', '"map":[{"k":9007199254740993},{"k":9007199254740993}]', '"m":{"a":9007199254740993,"b":9223372036854775808}'].map(tryit),
    ...['{"a":9007199254740993}', '{"a":9007199254740992}', '{"a":9007199254740993,"b":9007199254740994}', '{"a":9007199254740993,"b":9007199254740992}', '{"n":9007199254740993}', '{"n":9007199254740995}'].map((cel) => tryit(`"cel":${cel}`)),
    tryit('"any":{"l":[9007199254740993,1.0,1e3,-0,1e21,1e-7,0.1,9007199254740993.5],"o":{"x":9223372036854775808}}'),
    yaml(`i: ${at}, n: 9223372036854775808, any: [0x7fffffffffffffff, 0xffffffffffffffff, 1_000_000_000_000_000_001, +9007199254740993, -0o17, 1e400]`),
    { name: 'create', method: 'POST', path: gauges, query: { fieldManager: 't' }, type: 'application/json', body: object('a', `"i":${at},"n":1e18,"set":[9007199254740993,2],"map":[{"k":9007199254740993,"v":"x"}],"any":{"a":1.0,"b":${at}}`), pick: owned },
    read('get', `${gauges}/a`, 'json'), read('list', gauges, 'json', (b, r) => part(r.text, 'spec').replace(/"resourceVersion":"\d+"/, '')), read('get as YAML', `${gauges}/a`, 'yaml', (b, r) => /\nspec:.*/s.exec(r.text)[0]), read('get for people', `${gauges}/a`, 'json', (b, r) => /\n {2}"spec".*/s.exec(r.text)[0], { pretty: 'true' }), read('a table', `${gauges}/a`, table, cells),
    read('select it', gauges, 'json', (b) => b.items.length, { fieldSelector: `spec.i=${at}` }), read('select what it is not', gauges, 'json', (b) => b.items.length, { fieldSelector: 'spec.i=1732600000123456800' }),
    { name: 'watch', path: gauges, query: { watch: 'true', timeoutSeconds: '2' }, watch: { events: 1 }, pick: (b, r) => part(r.text, 'spec') },
    json(`{"op":"add","path":"/spec/i64","value":${at}}`), json(`{"op":"test","path":"/spec/i","value":${at}}`), json('{"op":"test","path":"/spec/i","value":1732600000123456788}'), json('{"op":"test","path":"/spec/any/a","value":1}'), json('{"op":"test","path":"/spec/any/a","value":1.0}'), json(`{"op":"test","path":"/spec/any","value":{"a":1,"b":${at}}}`),
    json('{"op":"copy","from":"/spec/i","path":"/spec/any/c"},{"op":"move","from":"/spec/any/b","path":"/spec/any/d"},{"op":"add","path":"/spec/any/e","value":[1.0,1e2]}'), json('{"op":"add","path":"/spec/max","value":9007199254740995}'), json('{"op":"add","path":"/spec/any/e","value":1e400}'),
    merge(`{"spec":{"i64":${at},"any":{"x":[9007199254740993,1.0]}}}`), merge('{"spec":{"max":9007199254740995}}'), merge('{"spec":{"any":{"x":1e400}}}'), patch('a strategic merge patch', 'strategic-merge-patch+json', `{"spec":{"i64":${at}}}`),
    apply('one', `"i":${at},"any":{"a":1.0,"b":9007199254740993}`, {}, owned), apply('two', `"i":${at}`, {}, owned), apply('three', '"i":1732600000123456788'), apply('three', '"i":9223372036854775808,"n":9223372036854775808', { force: 'true' }), apply('four', '"n":1e400'), apply('four', '"s":9007199254740993'),
    { ...merge(`{"status":{"at":${at}}}`, {}), name: 'the status', path: `${gauges}/b/status`, pick: (b, r) => part(r.text, 'status') },
    merge(`{"spec":{"i":${at}}}`, {}), { name: 'what that left', path: `${gauges}/a`, pick: (b) => b.metadata.generation }, merge('{"spec":{"n":1000000000000000000}}', {}), { name: 'what that left', path: `${gauges}/a`, pick: (b) => b.metadata.generation }, merge('{"spec":{"i":1732600000123456788}}', {}), { name: 'what this left', path: `${gauges}/a`, pick: (b) => b.metadata.generation },
    { name: 'put', method: 'PUT', path: `${gauges}/a`, query: { fieldManager: 'u' }, type: 'application/json', body: object('a', '"i":1732600000123456790,"any":{"b":9007199254740995}'), pick: (b, r) => (r.status === 200 ? part(r.text, 'spec') : b) },
    { name: 'put with a resourceVersion', compare: false, path: `${gauges}/a`, save: (b, vars) => (vars.version = b.metadata.resourceVersion) },
    (vars) => ({ name: 'put', method: 'PUT', path: `${gauges}/a`, query: { fieldManager: 'u' }, type: 'application/json', body: object('a', '"i":1732600000123456790,"any":{"b":9007199254740995}', `,"resourceVersion":"${vars.version}"`), pick: owned }),
    ...[['generation', at], ['generation', '9223372036854775808'], ['generation', '1e400'], ['deletionGracePeriodSeconds', at]].map(([field, n]) => ({ name: `${field} ${n}`, method: 'POST', path: gauges, query: { dryRun: 'All' }, type: 'application/json', body: object('x', '"i":1', `,"${field}":${n}`), pick: seen })),
    { name: 'the definition', path: `${CRDS}/${crd.metadata.name}`, headers: { accept: 'application/json' }, pick: (b, r) => part(r.text, 'versions').replace(/"status":\{"conditions.*/s, '') },
  ];
  steps.cleanup = [`${CRDS}/${crd.metadata.name}`];
  return steps;
};
