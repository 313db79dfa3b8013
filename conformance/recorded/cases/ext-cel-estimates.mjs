// What rules over nested lists and maps are estimated to cost, where texts or entries have no limit: loops of two variables, and paths of the same length that upstream takes for one another.
import { CRDS, define, sorted } from '../custom-kinds.mjs';

export default () => {
  const group = 'rp-ext-estimates.example.com';
  const str = (n) => ({ type: 'string', ...(n !== undefined && { maxLength: n }) });
  const list = (items, n) => ({ type: 'array', items, ...(n !== undefined && { maxItems: n }) });
  const map = (values, n) => ({ type: 'object', additionalProperties: values, ...(n !== undefined && { maxProperties: n }) });
  const object = (properties) => ({ type: 'object', properties });
  const tree = (n, k) => list(object({ name: str(k), vals: list(str(k), n), kv: map(str(k), n), short: str(3), in: object({ kv: map(str(k), n), few: map(str(4), n), subs: list(object({ tags: list(str(k), n), few: list(str(4), n), more: object({ kv: map(str(k), n), few: map(str(4), n) }) }), n) }) }), n);
  const rules = [
    'self.transformMap(i, o, o.name) == {}', 'self.all(o, o.kv.transformMap(k, v, v + k) == o.kv)', 'self.all(o, o.kv.transformMap(k, v, k + k) == o.kv)', 'self.all(o, o.kv.transformMapEntry(k, v, {v: k}) == o.kv)',
    'self.all(o, o.kv.all(k, v, k.contains("aaaaaaaaaaaa")))', 'self.all(o, o.kv.all(k, v, v.contains("aaaaaaaaaaaa")))', 'self.all(o, o.kv.all(k, k.contains("aaaaaaaaaaaa")))', 'self.all(o, o.in.kv.all(k, v, k.matches("^a+$")))', 'self.all(o, o.in.few.all(k, v, k.matches("^a+$")))', 'self.all(o, o.in.kv.exists(k, v, k == v))',
    'self.all(o, o.in.subs.all(s, s.more.kv.all(k, v, k + v == o.name)))', 'self.all(o, o.in.subs.all(s, s.more.few.all(k, v, s.more.kv.exists(l, w, k + w == v + l))))', 'self.all(o, o.in.subs.all(s, s.tags.all(t, s.few.exists(f, t.contains(f)))))', 'self.all(o, o.in.subs.all(s, s.few.all(f, s.tags.exists(t, f.contains(t)))))', 'self.all(o, o.in.subs.all(s, s.few.all(f, s.tags.size() > 1 && f.matches("^a+b+c+d+e+$"))))', 'self.all(o, o.in.subs.all(s, s.tags.all(t, s.few.size() > 1 && t.matches("^a+$"))))', 'self.all(o, o.in.few.all(k, v, o.in.kv.size() > 1 && v.matches("^a+$") && k.matches("^a+$")))', 'self.all(o, o.in.kv.all(k, v, o.in.few.size() > 1 && v.matches("^a+$") && k.matches("^a+$")))',
    'self.all(o, o.vals.all(i, v, i > 1 || v.matches("^a+$")))', 'self.all(i, o, o.vals.all(j, v, v.contains(o.name) && i > j))', 'self.exists(i, o, o.in.subs.exists(j, s, s.tags.exists(l, t, t == o.name && i == j)))', 'self.transformList(i, o, o.in.kv.transformList(k, v, k + v)).all(l, l.all(x, x.contains("aa")))',
  ];
  const bounds = [[10, undefined], [undefined, 10], [30, 40], [5, undefined]];
  return rules.flatMap((rule) => bounds.map(([n, k]) => ({ name: `${n} ${k}: ${rule}`, method: 'POST', path: CRDS, query: { dryRun: 'All' }, body: define(group, 'Cost', { spec: { type: 'object', properties: { p: { ...tree(n, k), 'x-kubernetes-validations': [{ rule }] } } } }), pick: (b, r) => (r.status === 201 ? 'accepted' : sorted(b)) })));
};
