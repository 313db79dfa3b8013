import { FormatError, parseFormat } from '../library/format-string.ts';
import { compileRegex } from '../library/regex.ts';
import { succeeds } from '../runtime/errors.ts';
import { convert } from '../runtime/operations.ts';
import { type Call, type Expression, type ListLiteral, type MapLiteral, walk } from '../syntax/ast.ts';
import type { Issue } from '../syntax/source.ts';
import type { Checked } from './checker.ts';
import { type CelType, isDyn, isOptional, printType, sameType } from './types.ts';

/** Checks of a well-typed expression: literal durations, timestamps, patterns and formats that could not be read, and mixed lists and maps. */
export function validateLiterals(expression: Expression, checked: Checked): Issue[] {
  const issues: Issue[] = [];
  const calls: Call[] = [];
  walk(expression, (part) => {
    if (part.kind === 'call') calls.push(part);
  });
  const checkArgument = (name: string, read: (text: string) => unknown) => {
    for (const call of calls) {
      const [argument] = call.args;
      if (call.name !== name || argument?.kind !== 'literal' || !['string', 'bigint'].includes(typeof argument.value)) continue;
      if (!succeeds(() => read(argument.value as string))) issues.push({ offset: argument.offset, message: `invalid ${name} argument` });
    }
  };
  checkArgument('duration', (text) => convert(text, 'duration'));
  checkArgument('timestamp', (text) => convert(text, 'timestamp'));
  checkArgument('matches', (text) => typeof text === 'string' && compileRegex(text));
  checkHomogeneous(expression, checked, issues);
  for (const call of calls) checkFormat(call, checked, issues);
  return issues;
}

function checkHomogeneous(expression: Expression, checked: Checked, issues: Issue[]): void {
  const exempt = new Set<Expression>();
  const lists: ListLiteral[] = [];
  const maps: MapLiteral[] = [];
  walk(expression, (part) => {
    if (part.kind === 'call' && part.name === 'format') for (const argument of part.args) walk(argument, (inner) => exempt.add(inner));
    if (part.kind === 'list') lists.push(part);
    if (part.kind === 'map') maps.push(part);
  });
  const typeOf = (part: Expression, optional: boolean): CelType => {
    const type = checked.types.get(part.id)!;
    return optional && isOptional(type) ? type.parameters[0]! : type;
  };
  /** Remembers the first type. @returns whether this one is the same */
  const comparer = () => {
    let expected: CelType | undefined;
    return (part: Expression, optional = false): boolean => {
      const type = typeOf(part, optional);
      expected ??= type;
      if (sameType(expected, type)) return true;
      issues.push({ offset: part.offset, message: `expected type '${printType(expected)}' but found '${printType(type)}'` });
      return false;
    };
  };
  for (const list of lists) {
    if (exempt.has(list)) continue;
    const compare = comparer();
    list.elements.every((element, i) => compare(element, list.optional.has(i)));
  }
  for (const map of maps) {
    if (exempt.has(map)) continue;
    const compareKey = comparer();
    const compareValue = comparer();
    for (const { key, value, optional } of map.entries) {
      compareKey(key);
      compareValue(value, optional);
    }
  }
}

class FormatRefusal extends Error {
  readonly part: Expression;

  constructor(part: Expression, message: string) {
    super(message);
    this.part = part;
  }
}

const printable = new Set(['list', 'map', 'int', 'uint', 'double', 'bool', 'string', 'timestamp', 'bytes', 'duration', 'type', 'null']);
const kindsByName: Record<string, string> = {
  'google.protobuf.Timestamp': 'timestamp',
  'google.protobuf.Duration': 'duration',
  null_type: 'null',
};

function checkFormat(call: Call, checked: Checked, issues: Issue[]): void {
  const [list] = call.args;
  if (call.name !== 'format' || call.target?.kind !== 'literal' || typeof call.target.value !== 'string' || list?.kind !== 'list') return;
  const args = (list as ListLiteral).elements;
  let index = 0;
  try {
    const parts = parseFormat(call.target.value, (at, last) => {
      if (at >= args.length && !last) throw new FormatError(`index ${at} out of range`);
    });
    for (const part of parts) {
      if (typeof part === 'string') continue;
      const argument = args[index++]!;
      const type = checked.types.get(argument.id)!;
      if (part.clause.letter === 's') checkPrintable(argument, checked, part.clause.refusal);
      else if (!isDyn(type) && !part.clause.types.some((name) => (kindsByName[name] ?? name) === type.kind)) {
        throw new FormatRefusal(argument, `error during formatting: ${part.clause.refusal}${type.name}`);
      }
    }
    if (args.length > index) {
      issues.push({ offset: call.offset, message: `too many arguments supplied to string.format (expected ${index}, got ${args.length})` });
    }
  } catch (error) {
    if (error instanceof FormatRefusal) issues.push({ offset: error.part.offset, message: error.message });
    else if (error instanceof FormatError) issues.push({ offset: call.offset, message: error.message });
    else throw error;
  }
}

function checkPrintable(argument: Expression, checked: Checked, refusal: string): void {
  const type = checked.types.get(argument.id)!;
  if (!isDyn(type) && !printable.has(type.kind)) throw new FormatRefusal(argument, `error during formatting: ${refusal}${type.name}`);
  if (argument.kind === 'list') for (const element of argument.elements) checkPrintable(element, checked, refusal);
  if (argument.kind !== 'map') return;
  for (const { key, value } of argument.entries) {
    checkPrintable(key, checked, refusal);
    checkPrintable(value, checked, refusal);
  }
}
