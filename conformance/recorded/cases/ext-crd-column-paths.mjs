// Printer columns: every type and format, JSONPaths of every sort, values that are missing or of another type.
import { CRDS, define, install } from '../custom-kinds.mjs';

export default ({ ns }) => {
  const group = 'rp-ext-column-paths.example.com';
  const columns = [
    ['S', 'string', '.spec.s'], ['I', 'integer', '.spec.i'], ['I32', 'integer', '.spec.i', { format: 'int32' }], ['N', 'number', '.spec.n'], ['NF', 'number', '.spec.n', { format: 'float' }], ['B', 'boolean', '.spec.b'], ['D', 'date', '.spec.d'], ['P', 'string', '.spec.s', { priority: 1, description: 'of less interest' }],
    ['List', 'string', '.spec.list'], ['First', 'string', '.spec.list[0]'], ['Last', 'string', '.spec.list[-1]'], ['Slice', 'string', '.spec.list[0:2]'], ['Star', 'string', '.spec.list[*]'], ['Map', 'string', '.spec.map'], ['Dotted', 'string', '.spec.map.a\\.b'], ['Bracket', 'string', ".spec.map['a.b']"], ['MapStar', 'string', '.spec.one.*'],
    ['Filter', 'string', '.spec.items[?(@.type=="Ready")].status'], ['FilterAll', 'string', '.spec.items[*].type'], ['FilterNum', 'integer', '.spec.items[?(@.n>1)].n'], ['FilterNone', 'string', '.spec.items[?(@.type=="None")].status'], ['Desc', 'string', '..type'], ['Union', 'string', ".spec['s','i']"], ['Obj', 'string', '.spec.items[0]'], ['AsInt', 'integer', '.spec.s'], ['AsNum', 'number', '.spec.s'], ['AsBool', 'boolean', '.spec.s'], ['AsDate', 'date', '.spec.s'], ['IntList', 'integer', '.spec.ints'], ['Label', 'string', ".metadata.labels['app\\.kubernetes\\.io/name']"], ['Gen', 'integer', '.metadata.generation'], ['Kind', 'string', '.kind'], ['Up', 'date', '.metadata.creationTimestamp'],
  ].map(([name, type, jsonPath, more]) => ({ name, type, jsonPath, ...more }));
  const any = { 'x-kubernetes-preserve-unknown-fields': true };
  const def = define(group, 'Row', { spec: { type: 'object', ...any } }, { version: { additionalPrinterColumns: columns } });
  const P = `/apis/${group}/v1/namespaces/${ns}/rows`;
  const T = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  const row = (name, spec, labels) => ({ apiVersion: `${group}/v1`, kind: 'Row', metadata: { name, labels }, spec });
  // Ages grow with the days.
  const ageless = (cell) => (typeof cell === 'string' && /^\d+y(\d+d)?$/.test(cell) ? 'years ago' : cell);
  const cells = (b) => (b.kind === 'Table' ? (b.rows ?? []).map((r) => r.cells.slice(0, -1).map(ageless)) : b);
  const rows = {
    full: [{ s: 'text', i: 3, n: 1.5, b: true, d: '2020-01-01T00:00:00Z', list: ['a', 'b', 'c'], map: { 'a.b': 'dotted' }, one: { x: 'only' }, items: [{ type: 'Ready', status: 'True', n: 1 }, { type: 'Other', status: 'False', n: 2 }, { type: 'More', n: 3 }], ints: [4, 5] }, { 'app.kubernetes.io/name': 'n' }],
    empty: [{}], none: [undefined], nulls: [{ s: null, i: null, n: null, b: null, d: null, list: null, map: null, items: null }], zeros: [{ s: '', i: 0, n: 0, b: false, d: '', list: [], map: {}, items: [], ints: [] }],
    wrong: [{ s: 5, i: 'x', n: true, b: 'yes', d: 'yesterday', list: 'abc', map: ['a'], items: { type: 'Ready' }, ints: ['x'] }], wrong2: [{ s: { a: 1 }, i: 1.5, n: '2', b: 1, d: 7, list: [1, 2.5, null, true, { a: 'b' }], map: 3, items: ['x'], ints: 9 }], wrong3: [{ s: ['x', 'y'], i: 1e20, n: 1e300, b: null, d: '2020-01-01', list: [['n']], one: [1] }],
    numbers: [{ s: '42', i: 9007199254740993, n: 100000000000000000000, ints: [0] }], floats: [{ s: '1.5', i: 2.0, n: 0.1, list: [1e21, 1e-7, 123456789.123] }], truths: [{ s: 'true', n: 3 }], times: [{ s: '2020-01-01T00:00:00+02:00', d: '1999-12-31T23:59:59.999Z' }],
  };
  const steps = [
    ...install(def),
    ...Object.entries(rows).map(([name, [spec, labels]]) => ({ name: `make ${name}`, compare: false, method: 'POST', path: P, body: row(name, spec, labels) })),
    { name: 'the columns', path: P, headers: T, query: { limit: '1' }, pick: (b) => b.columnDefinitions },
    ...Object.keys(rows).map((name) => ({ name: `row ${name}`, path: `${P}/${name}`, headers: T, pick: cells })),
    { name: 'whole objects in rows', path: `${P}/empty`, headers: T, query: { includeObject: 'Object' }, pick: (b) => b.rows?.map((r) => r.object?.kind) ?? b }, { name: 'none in rows', path: `${P}/empty`, headers: T, query: { includeObject: 'None' }, pick: (b) => b.rows?.map((r) => r.object ?? null) ?? b }, { name: 'odd in rows', path: `${P}/empty`, headers: T, query: { includeObject: 'Some' } },
    { name: 'a watch of rows', path: P, headers: T, query: { watch: '1', fieldSelector: 'metadata.name=full' }, watch: { ms: 2500 }, pick: (l) => l.map((e) => [e.type, e.object.kind, e.object.columnDefinitions?.length, e.object.rows?.map((r) => r.cells.slice(0, 5))]) },
    { name: 'an empty list', path: P, headers: T, query: { labelSelector: 'a=b' }, pick: (b) => [b.kind, b.columnDefinitions?.length, b.rows] },
  ];
  steps.cleanup = [`${CRDS}/${def.metadata.name}`];
  return steps;
};
