/** The official conformance cases of CEL (`@bufbuild/cel-spec`): those about what Kubernetes' environment offers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tests } from '@bufbuild/cel-spec/testdata/conformance.js';
import type { Variable } from './check/environment.ts';
import * as types from './check/types.ts';
import { type CelType, printType } from './check/types.ts';
import { kubernetesEnvironment } from './library/index.ts';
import { CompileError, compileProgram, type Program } from './program.ts';
import { equal } from './runtime/equality.ts';
import { LiteralMap } from './runtime/literal-map.ts';
import { ArrayList, ListValue, MapValue, TypeValue, typeName, Uint, type Value } from './runtime/values.ts';

interface Suite {
  readonly name: string;
  readonly suites?: readonly Suite[];
  readonly tests?: readonly { readonly original: Case }[];
}

interface Case {
  readonly name: string;
  readonly expr: string;
  readonly value?: TaggedValue;
  readonly evalError?: object;
  readonly typedResult?: { readonly result?: TaggedValue; readonly deducedType: TaggedType };
  readonly bindings?: Readonly<Record<string, { readonly value?: TaggedValue }>>;
  readonly typeEnv?: readonly { readonly name: string; readonly ident?: { readonly type: TaggedType } }[];
  readonly container?: string;
  readonly disableCheck?: boolean;
  readonly checkOnly?: boolean;
}

type TaggedValue = Readonly<Record<string, any>>;
type TaggedType = Readonly<Record<string, any>>;

class Unsupported extends Error {}

const protobuf = 'need messages or enums of their own: Kubernetes declares none';

/** Cases that cel-go answers otherwise with the options and the version that Kubernetes has: every expression was asked of it. */
const answeredOtherwise = new Set([
  'fields/qualified_identifier_resolution/map_value_repeat_key',
  'optionals/optionals/map_null_entry_no_such_key',
  'optionals/optionals/map_present_key_invalid_field',
  'string_ext/value_errors/indexof_out_of_range',
  'string_ext/value_errors/lastindexof_out_of_range',
]);

/** Why cases are left out; the first that applies counts. */
const leftOut: readonly (readonly [reason: string, applies: (path: string, test: Case) => boolean])[] = [
  [
    'use functions of the extensions math, encoders, block or proto: not in the environment',
    (path) => /^(math|encoders|block|proto2)_ext\//.test(path),
  ],
  ['use cel.bind: it is only in device selectors, and tested there', (_, { expr }) => /\bcel\.bind\(/.test(expr)],
  [protobuf, (path) => /^(enums|proto2|proto3)\//.test(path)],
  [protobuf, (_, { expr, bindings, typeEnv }) => /TestAllTypes/.test(expr + JSON.stringify([bindings, typeEnv]))],
  [protobuf, (_, { expr, container }) => container !== undefined && /GlobalEnum|NestedEnum|Value\{/.test(expr)],
  ['use names relative to a container: there is none', (path) => path.startsWith('namespace/')],
  ['are not checked: Kubernetes checks all expressions', (_, { disableCheck }) => disableCheck === true],
  ['declare functions of their own', (_, { typeEnv }) => typeEnv?.some(({ ident }) => !ident) ?? false],
  ['write names in backticks: not enabled', (path) => path.startsWith('fields/quoted_map_fields/')],
  ['print doubles, lists and maps with format() in the words of a later version', isOfLaterFormat],
  ['are answered otherwise by cel-go too', (path) => answeredOtherwise.has(path)],
];

function isOfLaterFormat(path: string): boolean {
  return /^string_ext\/format\/(.*(scientific notation|infinity|NaN)|(list|map) support|dyntype support for (lists|maps))/.test(path);
}

test('the official conformance cases', () => {
  const omitted = new Map<string, number>();
  const failures: string[] = [];
  let passed = 0;
  for (const [path, each] of cases(tests as unknown as Suite, '')) {
    let reason = leftOut.find(([, applies]) => applies(path, each))?.[0];
    try {
      const failure = reason === undefined ? run(each) : undefined;
      if (failure !== undefined) failures.push(`${path}: ${each.expr}: ${failure}`);
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      reason = error.message;
    }
    if (reason === undefined) passed++;
    else omitted.set(reason, (omitted.get(reason) ?? 0) + 1);
  }
  const lines = [...omitted].map(([reason, count]) => `  ${count} ${reason}`);
  console.log([`${passed - failures.length} conformance cases of CEL pass, ${failures.length} fail; left out:`, ...lines].join('\n'));
  assert.deepEqual(failures, []);
});

function* cases(suite: Suite, path: string): Generator<readonly [path: string, test: Case]> {
  for (const { original } of suite.tests ?? []) yield [`${path}${original.name}`, original];
  for (const inner of suite.suites ?? []) yield* cases(inner, `${path}${inner.name}/`);
}

/** @returns what is wrong */
function run({ expr, bindings = {}, typeEnv = [], value, evalError, typedResult, checkOnly }: Case): string | undefined {
  const variables: Variable[] = typeEnv.map(({ name, ident }) => ({ name, type: typeFrom(ident!.type) }));
  for (const name of Object.keys(bindings))
    if (!variables.some((known) => known.name === name)) variables.push({ name, type: types.dynType });
  let program: Program;
  try {
    program = compileProgram(expr, kubernetesEnvironment.extend({ variables }));
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    if (evalError) return undefined;
    if (/expected type '.*' but found/.test(error.message))
      throw new Unsupported('have lists or maps of mixed types: Kubernetes refuses them');
    return error.message;
  }
  if (typedResult) {
    const wanted = printType(typeFrom(typedResult.deducedType));
    if (printType(program.type) !== wanted) return `type ${printType(program.type)} instead of ${wanted}`;
  }
  if (checkOnly) return undefined;
  const outcome = program.evaluate(variables.map(({ name }) => bindings[name]?.value && valueFrom(bindings[name].value)));
  if ('error' in outcome) return evalError ? undefined : outcome.error;
  if (evalError) return 'no error';
  const wanted = value ?? typedResult?.result;
  const expected = wanted ? valueFrom(wanted) : true;
  return same(outcome.value, expected) ? undefined : `${print(outcome.value)} instead of ${print(expected)}`;
}

function same(a: Value, b: Value): boolean {
  if (typeof a === 'number' && Number.isNaN(a)) return typeof b === 'number' && Number.isNaN(b);
  return typeName(a) === typeName(b) && equal(a, b);
}

function print(value: Value): string {
  if (value instanceof ListValue) return `[${[...value].map(print).join(', ')}]`;
  if (value instanceof MapValue) return `{${[...value.keys()].map((key) => `${print(key)}: ${print(value.find(key)!)}`).join(', ')}}`;
  return `${typeName(value)} ${typeof value === 'object' ? JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) : value}`;
}

function valueFrom(tagged: TaggedValue): Value {
  const [[tag, value] = ['nullValue', null]] = Object.entries(tagged);
  switch (tag) {
    case 'boolValue':
    case 'stringValue':
      return value;
    case 'int64Value':
      return BigInt(value);
    case 'uint64Value':
      return new Uint(BigInt(value));
    case 'doubleValue':
      return Number(value);
    case 'bytesValue':
      return new Uint8Array(Buffer.from(value, 'base64'));
    case 'nullValue':
      return null;
    case 'typeValue':
      return new TypeValue(value);
    case 'listValue':
      return new ArrayList((value.values ?? []).map(valueFrom));
    case 'mapValue':
      return new LiteralMap(
        (value.entries ?? []).map((entry: { key: TaggedValue; value: TaggedValue }) => [valueFrom(entry.key), valueFrom(entry.value)]),
      );
    default:
      throw new Unsupported(protobuf);
  }
}

const primitives: Readonly<Record<string, CelType>> = {
  BOOL: types.boolType,
  BYTES: types.bytesType,
  DOUBLE: types.doubleType,
  INT64: types.intType,
  STRING: types.stringType,
  UINT64: types.uintType,
};

function typeFrom(tagged: TaggedType): CelType {
  const [[tag, type] = ['null', null]] = Object.entries(tagged);
  switch (tag) {
    case 'primitive':
      return primitives[type]!;
    case 'null':
      return types.nullType;
    case 'dyn':
      return types.dynType;
    case 'wellKnown':
      return type === 'DURATION' ? types.durationType : types.timestampType;
    case 'listType':
      return types.listType(typeFrom(type.elemType));
    case 'mapType':
      return types.mapType(typeFrom(type.keyType), typeFrom(type.valueType));
    case 'abstractType':
      if (type.name === 'optional_type') return types.optionalType(typeFrom(type.parameterTypes[0]));
  }
  throw new Unsupported(protobuf);
}
