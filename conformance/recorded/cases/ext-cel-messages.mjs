// Messages of protobuf in expressions: which there are, their fields, what they are to the checker, and what they come to when they are evaluated.
import { CRDS, define, install, sorted } from '../custom-kinds.mjs';

// The names of types within a rule end in a number that is made up each time.
const plain = (b) => JSON.parse(JSON.stringify(sorted(b)).replace(/selfType\d+/g, 'selfType'));

export default ({ ns }) => {
  const group = 'rp-ext-cel-messages.example.com';
  const text = { type: 'string', maxLength: 10 };
  const properties = { s: text, i: { type: 'integer' }, ts: { type: 'string', format: 'date-time' }, d: { type: 'string', format: 'duration' }, l: { type: 'array', maxItems: 3, items: text }, m: { type: 'object', maxProperties: 3, additionalProperties: text } };
  const G = 'google.protobuf.';
  const wrappers = ['BoolValue', 'BytesValue', 'DoubleValue', 'FloatValue', 'Int32Value', 'Int64Value', 'StringValue', 'UInt32Value', 'UInt64Value'];
  const others = ['Struct', 'Value', 'ListValue', 'Any', 'Empty', 'Duration', 'Timestamp', 'Struct.FieldsEntry', 'FieldMask', 'NullValue'];
  const values = ['true', '1', '"a"', 'b"a"', '1.5', '1u', 'null', '[]'];
  const rules = [
    ...[...wrappers, ...others].flatMap((t) => [`${G}${t}{} == 1`, `${G}${t} == ${G}${t}`, `type(${G}${t}{none: 1}) == 1`]),
    ...wrappers.map((t, i) => `${G}${t}{value: ${values[i % values.length]}} == ${values[i % values.length]}`), ...wrappers.map((t, i) => `${G}${t}{value: ${values[(i + 3) % values.length]}} == self.i`),
    ...['Int64Value{value: self.i} == self.i', 'Int64Value{value: self.s} == 1', 'Int64Value{} == null', 'Int64Value{value: null} == null', 'Int64Value{value: 1}.value == 1', 'Int64Value{value: 1} + 1 == 2', 'Int64Value{value: 1} in [1, 2]', 'Int64Value{?value: optional.of(1)} == 1', 'Int64Value{?value: 1} == 1', 'BoolValue{value: true}', 'BoolValue{value: true} && true', 'StringValue{value: self.s}.startsWith("a")', 'StringValue{value: self.s} in self.l', 'Duration{seconds: "1"} == self.d', 'Value{kind: 1} == 1', 'Struct{fields: {"a": 1.0}}.a == 1.0', 'Struct{fields: {1: 1.0}}.a == 1.0', 'ListValue{values: ["a", 1.0]}.size() == 2', 'Any{type_url: 1} == 1', 'NullValue.NULL_VALUE == 0', 'NullValue.NULL_VALUE == "a"', 'NullValue.NONE == 0', 'Int64Value(1) == 1', 'Empty{} == self.m'].map((r) => G + r),
    '[google.protobuf.Int64Value{value: 1}, 2].size() == 2', '[google.protobuf.Int64Value{value: 1}, "a"].size() == 2', '(true ? null : google.protobuf.Int64Value{value: 1}) == 1', 'self.l.map(x, google.protobuf.StringValue{value: x}) == self.l', 'has(google.protobuf.NullValue.NULL_VALUE)', 'google.protobuf == 1', 'string{} == ""', 'int{value: 1} == 1', 'list{} == []', 'null_type{} == null', 'null_type{a: 1} == null', 'duration{} == self.d', 'duration{seconds: 1, none: 1} == self.d', 'timestamp{} == self.ts', 'duration == duration', 'null_type == null_type', 'optional_type{} == 1', 'net.IP{} == 1', 'object{}',
  ];
  const A = '/apis/admissionregistration.k8s.io/v1';
  const inDefinition = (rule) => ({ name: rule.slice(0, 100), method: 'POST', path: CRDS, query: { dryRun: 'All' }, body: define(group, 'Asked', { spec: { type: 'object', properties, 'x-kubernetes-validations': [{ rule }] } }), pick: (b, r) => (r.status === 201 ? 'accepted' : plain(b)) });
  const inPolicy = (rule) => ({ name: `a policy: ${rule}`.slice(0, 100), method: 'POST', path: `${A}/validatingadmissionpolicies`, query: { dryRun: 'All' }, body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: 'rp-ext-cel-messages' }, spec: { matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }] }, validations: [{ expression: rule.replaceAll('self', 'object') }] } }, pick: (b, r) => (r.status === 201 ? 'accepted' : b) });
  // Each is false, or cannot be evaluated, unless what it says is so.
  const evaluated = ['Int64Value{value: self.i} == self.i', 'Int64Value{} == 0', 'Int32Value{value: 3000000000} == 1', 'UInt32Value{value: 5000000000u} == 1u', 'UInt64Value{} == 0u', 'FloatValue{value: 0.1} == 0.1', 'DoubleValue{value: 0.1} == 0.1', 'StringValue{value: self.s} == "abc"', 'StringValue{} == ""', 'BytesValue{value: b"x"} == b"x"', 'BoolValue{} == false', 'Duration{seconds: 3600} == duration("1h")', 'Duration{seconds: 1, nanos: 500000000} == duration("1.5s")', 'Duration{} == duration("0s")', 'Timestamp{seconds: 60} == timestamp("1970-01-01T00:01:00Z")', 'Timestamp{}.getFullYear() == 1970', 'Value{} == null', 'Value{number_value: 1.0} == 1', 'Value{string_value: "a"} == "a"', 'Value{bool_value: true} == true', 'Value{null_value: 0} == null', 'Value{struct_value: {"a": self.i}} == {"a": 5}', 'Value{list_value: [1, 2]} == [1, 2]', 'Struct{fields: {"a": 1}} == {"a": 1}', 'Struct{fields: self.m}.k == "v"', 'Struct{} == {}', 'ListValue{values: self.l} == self.l', 'ListValue{values: [b"hi"]} == ["aGk="]', 'ListValue{values: [duration("1h")]} == ["3600s"]', 'ListValue{values: [9007199254740993]} == ["9007199254740993"]', 'ListValue{} == []', 'NullValue.NULL_VALUE == 0', 'Int64Value{value: dyn("a")} == 1', 'StringValue{value: dyn(1)} == "1"', 'DoubleValue{value: dyn(1)} == 1.0', 'BoolValue{value: dyn(null)} == true', 'Int64Value{?value: optional.none()} == 0'].map((r) => G + r);
  evaluated.push('type(google.protobuf.Int64Value{}) == int', 'type(google.protobuf.Duration{}) == google.protobuf.Duration', 'type(google.protobuf.Value{number_value: 2.0}) == double', 'duration{} == duration("0s")', 'null_type{} == null', 'self.l.map(x, google.protobuf.StringValue{value: x}) == self.l');
  const kind = define(group, 'Told', { spec: { type: 'object', properties, 'x-kubernetes-validations': evaluated.map((rule, i) => ({ rule, message: `${i}: ${rule}` })) } });
  const steps = [
    ...rules.map(inDefinition),
    ...rules.filter((_, i) => i % 3 === 0).map(inPolicy),
    ...install(kind),
    { name: 'evaluated', method: 'POST', path: `/apis/${group}/v1/namespaces/${ns}/tolds`, query: { dryRun: 'All' }, body: { apiVersion: `${group}/v1`, kind: 'Told', metadata: { name: 'x' }, spec: { s: 'abc', i: 5, l: ['a', 'b'], m: { k: 'v' }, d: '1h', ts: '2020-01-01T00:00:00Z' } }, pick: sorted },
  ];
  steps.cleanup = [`${CRDS}/${kind.metadata.name}`];
  return steps;
};
