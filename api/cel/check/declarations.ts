import type { Value } from '../runtime/values.ts';
import type { CelType } from './types.ts';
import * as types from './types.ts';

/** One signature of a function. */
export interface Overload {
  readonly id: string;
  readonly member: boolean;
  /** A member's target is the first. */
  readonly args: readonly CelType[];
  readonly result: CelType;
  readonly typeParameters: readonly string[];
  /** Absent for the operators that the compiler itself knows. @throws CelError */
  readonly apply?: (...args: any[]) => Value;
}

export interface FunctionDeclaration {
  readonly name: string;
  readonly overloads: readonly Overload[];
  /** Decides by the values themselves, instead of by the overloads' signatures. @throws CelError */
  readonly apply?: (...args: any[]) => Value;
}

/** `overload id: [signature, implementation]`; a signature is `(string, int): bool` or, for a member call, `string.(int): bool`. */
export type Overloads = Readonly<Record<string, string | readonly [signature: string, apply: (...args: any[]) => Value]>>;

export type TypeNames = Readonly<Record<string, CelType>>;

const standardNames: TypeNames = {
  any: types.anyType,
  bool: types.boolType,
  bytes: types.bytesType,
  double: types.doubleType,
  duration: types.durationType,
  dyn: types.dynType,
  int: types.intType,
  null: types.nullType,
  string: types.stringType,
  timestamp: types.timestampType,
  uint: types.uintType,
  type: types.typeType,
};

/** Declares a function. @param names what else the signatures may name; single capital letters are type parameters */
export function declareFunction(
  name: string,
  overloads: Overloads,
  { names = {}, apply }: { names?: TypeNames; apply?: (...args: any[]) => Value } = {},
): FunctionDeclaration {
  return {
    name,
    apply,
    overloads: Object.entries(overloads).map(([id, definition]) => {
      const [signature, implementation] = typeof definition === 'string' ? [definition, undefined] : definition;
      return { id, ...parseSignature(signature, names), apply: implementation };
    }),
  };
}

function parseSignature(signature: string, names: TypeNames): Omit<Overload, 'id' | 'apply'> {
  const reader = new SignatureReader(signature, { ...standardNames, ...names });
  const args: CelType[] = [];
  const member = !signature.startsWith('(');
  if (member) {
    args.push(reader.type());
    reader.take('.');
  }
  args.push(...reader.list());
  reader.take(':');
  const result = reader.type();
  return { member, args, result, typeParameters: [...reader.parameters] };
}

class SignatureReader {
  readonly parameters = new Set<string>();
  private readonly tokens: string[];
  private at = 0;

  private readonly names: TypeNames;

  constructor(signature: string, names: TypeNames) {
    this.names = names;
    this.tokens = signature.match(/\w+|[(),:.]/g) ?? [];
  }

  take(token: string): void {
    if (this.tokens[this.at++] !== token) throw new Error(`signature: expected ${token} in ${this.tokens.join(' ')}`);
  }

  list(): CelType[] {
    this.take('(');
    const list: CelType[] = [];
    while (this.tokens[this.at] !== ')') {
      list.push(this.type());
      if (this.tokens[this.at] === ',') this.at++;
    }
    this.take(')');
    return list;
  }

  type(): CelType {
    const name = this.tokens[this.at++]!;
    if (/^[A-Z]$/.test(name)) {
      this.parameters.add(name);
      return types.parameterType(name);
    }
    if (this.tokens[this.at] === '(') {
      const [first, second] = this.list();
      if (name === 'list') return types.listType(first!);
      if (name === 'map') return types.mapType(first!, second!);
      if (name === 'optional') return types.optionalType(first!);
      if (name === 'type') return types.typeOf(first!);
    }
    const known = this.names[name];
    if (!known) throw new Error(`signature: no type ${name}`);
    return known;
  }
}
