// What a rule that fails says: messages, expressions that make them and fail, reasons, field paths; rules that fail with an error; lists, maps and nested parts.
import { CRDS, define, install, sorted } from '../custom-kinds.mjs';

// The names of types within a rule end in a number that is made up each time.
const plain = (b) => JSON.parse(JSON.stringify(sorted(b)).replace(/selfType\d+/g, 'selfType'));

export default ({ ns }) => {
  const group = 'rp-ext-told.example.com';
  const str = { type: 'string', maxLength: 200 };
  const rules = [
    { rule: "self.s != 'plain'" }, { rule: "self.s != 'message'", message: 'a message' }, { rule: "self.s !=\n 'lines'", message: 'of a rule on lines' }, { rule: "self.s != 'expr'", messageExpression: "'s is ' + self.s" }, { rule: "self.s != 'both'", message: 'instead', messageExpression: "'made of ' + self.s" }, { rule: "self.s != 'fails'", message: 'instead', messageExpression: "string(self.m['none'])" }, { rule: "self.s != 'failsalone'", messageExpression: "string(self.m['none'])" }, { rule: "self.s != 'blank'", message: 'for a blank', messageExpression: "'  '" }, { rule: "self.s != 'empty'", messageExpression: "''" }, { rule: "self.s != 'newline'", message: 'for lines', messageExpression: "'a\\nb'" }, { rule: "self.s != 'long'", messageExpression: "self.big + self.big + self.big" }, { rule: "self.s != 'trim'", messageExpression: "'  trimmed  '" },
    ...['FieldValueRequired', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueDuplicate'].map((reason) => ({ rule: `self.s != '${reason}'`, reason, message: `because of ${reason}` })), ...[['.s'], ['.o.p'], ['.o'], ['.m.key'], [".m['a.b']"], ['.l'], [".o['q-r']"], ['.any']].map(([fieldPath], i) => ({ rule: `self.s != 'path${i}'`, fieldPath, message: `path ${i}` })), { rule: "self.s != 'pathreq'", fieldPath: '.o.p', reason: 'FieldValueRequired', message: 'is required' }, { rule: "self.s != 'pathdup'", fieldPath: '.o.p', reason: 'FieldValueDuplicate', message: 'is double' },
    ...["self.m['none'] == 'x'", 'self.l[9] == 1', '1 / self.zero == 1', '1 % self.zero == 1', 'self.max + 1 > 0', '-self.min > 0', 'self.max * 2 > 0', "int('x') == 1", "timestamp('x') == timestamp('y')", "duration('x') == duration('y')", "self.s.matches('[')", "quantity('x').isInteger()", "ip('x').family() == 4", "cidr('x').prefixLength() == 8", "url('::').getHost() == ''", "self.s.substring(9) == ''", "self.s.charAt(99) == ''", 'self.l.min() == 1', "self.none == 'x'", "self.?none.value() == 'x'", "optional.none().value() == 'x'", "'%d'.format(['x']) == ''", "'%s'.format([]) == ''", "semver('x').major() == 1", "self.any.foo == 'x'", "self.any == 5", "uint(-1) == 0u", "double('x') == 1.0", "bool('x')", "string(b'\\xff') == ''", "lists.range(-1) == []", "base64.decode('!') == b''", "math.least([]) == 1", "self.ts.getHours('Nowhere') == 1", "size(self.none) > 0"].map((rule) => ({ rule: `self.s != 'err' || ${rule}` })),
  ];
  const build = (list) => define(group, 'Told', { spec: { type: 'object', properties: { s: str, big: { type: 'string', maxLength: 3000 }, o: { type: 'object', properties: { p: str, 'q-r': str } }, m: { type: 'object', maxProperties: 5, additionalProperties: str }, l: { type: 'array', maxItems: 5, items: { type: 'integer' } }, zero: { type: 'integer' }, max: { type: 'integer' }, min: { type: 'integer' }, none: str, ts: { type: 'string', format: 'date-time' }, any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }, 'x-kubernetes-validations': list } , items: { type: 'array', maxItems: 4, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: { type: 'object', required: ['k'], properties: { k: str, v: { ...str, 'x-kubernetes-validations': [{ rule: "self != 'bad'", message: 'v is bad' }] } }, 'x-kubernetes-validations': [{ rule: "self.k != 'bad'", message: 'k is bad', fieldPath: '.k' }] } }, dict: { type: 'object', maxProperties: 4, additionalProperties: { ...str, 'x-kubernetes-validations': [{ rule: "self != 'bad'", messageExpression: "'not ' + self", reason: 'FieldValueForbidden' }] } }, deep: { type: 'array', maxItems: 3, items: { type: 'array', maxItems: 3, items: { ...str, 'x-kubernetes-validations': [{ rule: "self != 'bad'" }] } } } });
  const one = (rule, i) => ({ name: `rule ${i}: ${rule.rule}`.slice(0, 120), method: 'POST', path: CRDS, query: { dryRun: 'All' }, body: build([rule]), pick: (b, r) => (r.status === 201 ? 'accepted' : plain(b)) });
  const P = `/apis/${group}/v1/namespaces/${ns}/tolds`;
  const refused = new Set(); // expressions that no definition is made with, as upstream says
  const post = (title, spec, more) => ({ name: title, method: 'POST', path: P, query: { dryRun: 'All' }, body: { apiVersion: `${group}/v1`, kind: 'Told', metadata: { name: 'x' }, spec, ...more }, pick: (b, r) => (r.status === 201 ? 'let through' : sorted(b)) });
  const good = { big: 'x'.repeat(3000), o: { p: 'p' }, m: { key: 'k' }, l: [1, 2], zero: 0, max: 9223372036854775807, min: -9223372036854775808, ts: '2020-01-01T00:00:00Z', any: { bar: 1 } };
  const raw = (s) => JSON.stringify({ apiVersion: `${group}/v1`, kind: 'Told', metadata: { name: 'x' }, spec: { ...good, s, max: 'MAX', min: 'MIN' } }).replace('"MAX"', '9223372036854775807').replace('"MIN"', '-9223372036854775808');
  const fits = rules.filter((r) => !/base64|math\.|self\.any == 5|uint\(-1|any\.foo|fieldPath|matches\('\['|\.slice\(|lists\.range\(-/.test(r.rule) && ![".any", ".m['a.b']"].includes(r.fieldPath));
  const def = build(fits);
  const words = ['plain', 'message', 'lines', 'expr', 'both', 'fails', 'failsalone', 'blank', 'empty', 'newline', 'long', 'trim', 'FieldValueRequired', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueDuplicate', 'path0', 'path1', 'path2', 'path3', 'path5', 'path6', 'pathreq', 'pathdup', 'fine'];
  const steps = [
    ...rules.map(one), ...install(def), ...words.map((s) => ({ ...post(`told: ${s}`), body: raw(s) })),
    ...fits.filter((r) => r.rule.startsWith("self.s != 'err'")).map(() => undefined).slice(0, 0),
    { ...post('all the errors'), body: raw('err') },
    post('in lists', { s: 'fine' }, { items: [{ k: 'bad', v: 'bad' }, { k: 'x', v: 'bad' }], dict: { a: 'bad', 'b.c': 'bad', d: 'good' }, deep: [['bad', 'x'], ['y', 'bad']] }),
  ];
  steps.cleanup = [`${CRDS}/${def.metadata.name}`];
  return steps;
};
