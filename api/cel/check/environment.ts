import type { Value } from '../runtime/values.ts';
import type { Macros } from '../syntax/macros.ts';
import type { FunctionDeclaration, Overload } from './declarations.ts';
import { type CelType, typeOf } from './types.ts';

/** A struct type that expressions may select fields of, and construct where `construct` is there. */
export interface StructDeclaration {
  readonly type: CelType;
  /** The name stands in literals only, and is no value. */
  readonly isNoValue?: boolean | undefined;
  /** It is found like a struct, but no literal makes it. */
  readonly isNoMessage?: true;
  /** The message whose fields a literal would set, where nothing declares it. */
  readonly unresolved?: string;
  /** The type of a field, or undefined when there is none of that name. */
  field(name: string): CelType | undefined;
  /** Makes the value of a literal `Name{field: value}`. @throws CelError */
  construct?(fields: ReadonlyMap<string, Value>): Value;
}

export interface Variable {
  readonly name: string;
  readonly type: CelType;
}

/** A name for a value that is known when an expression is compiled, such as one of an enumeration. */
export interface Constant {
  readonly type: CelType;
  readonly value: Value;
}

/** Finds struct types by name; several environments can share one. */
export interface TypeProvider {
  find(name: string): StructDeclaration | undefined;
}

export interface EnvironmentParts {
  readonly functions?: readonly FunctionDeclaration[];
  /** Types that expressions may name. */
  readonly types?: readonly CelType[];
  readonly variables?: readonly Variable[];
  readonly structs?: TypeProvider;
  readonly constants?: ReadonlyMap<string, Constant>;
  /** Macros beside those that every expression may use. */
  readonly macros?: Macros;
}

/** What the names in an expression mean. Never changed: `extend` makes a wider one that shares what it can. */
export class Environment {
  static readonly empty = new Environment(new Map(), new Map(), [], [], new Map());

  private readonly functions: ReadonlyMap<string, FunctionDeclaration>;
  private readonly typeIdentifiers: ReadonlyMap<string, CelType>;
  /** In the order in which an evaluation passes their values. */
  readonly variables: readonly Variable[];
  private readonly providers: readonly TypeProvider[];
  private readonly constants: ReadonlyMap<string, Constant>;
  readonly macros: Macros | undefined;

  private constructor(
    functions: ReadonlyMap<string, FunctionDeclaration>,
    typeIdentifiers: ReadonlyMap<string, CelType>,
    variables: readonly Variable[],
    providers: readonly TypeProvider[],
    constants: ReadonlyMap<string, Constant>,
    macros?: Macros,
  ) {
    this.functions = functions;
    this.typeIdentifiers = typeIdentifiers;
    this.variables = variables;
    this.providers = providers;
    this.constants = constants;
    this.macros = macros;
  }

  extend(parts: EnvironmentParts): Environment {
    let functions = this.functions;
    if (parts.functions?.length) {
      const merged = new Map(functions);
      for (const declaration of parts.functions) merged.set(declaration.name, merge(merged.get(declaration.name), declaration));
      functions = merged;
    }
    const identifiers = parts.types?.length
      ? new Map([...this.typeIdentifiers, ...parts.types.map((type) => [type.name, type] as const)])
      : this.typeIdentifiers;
    return new Environment(
      functions,
      identifiers,
      parts.variables ? [...this.variables, ...parts.variables] : this.variables,
      parts.structs ? [...this.providers, parts.structs] : this.providers,
      parts.constants ?? this.constants,
      parts.macros ?? this.macros,
    );
  }

  findFunction(name: string): FunctionDeclaration | undefined {
    return this.functions.get(unqualified(name));
  }

  findStruct(name: string): StructDeclaration | undefined {
    for (const provider of this.providers) {
      const found = provider.find(name);
      if (found) return found;
    }
    return undefined;
  }

  /** A variable, a type's name, or that of a constant. */
  findIdentifier(name: string): { name: string; type: CelType; isType: boolean; constant?: Value } | undefined {
    const plain = unqualified(name);
    const variable = this.variables.findLast((declared) => declared.name === plain);
    if (variable) return { ...variable, isType: false };
    const type = this.findStruct(plain)?.type ?? this.typeIdentifiers.get(plain);
    if (type) return { name: plain, type: typeOf(type), isType: true };
    const constant = this.constants.get(plain);
    return constant && { name: plain, type: constant.type, isType: false, constant: constant.value };
  }
}

// A leading dot says "from the root", and there is only the root.
function unqualified(name: string): string {
  return name.startsWith('.') ? name.slice(1) : name;
}

function merge(current: FunctionDeclaration | undefined, more: FunctionDeclaration): FunctionDeclaration {
  if (!current) return more;
  const known = new Set(current.overloads.map((overload) => overload.id));
  const added: Overload[] = more.overloads.filter((overload) => !known.has(overload.id));
  return { name: current.name, overloads: [...current.overloads, ...added], apply: more.apply ?? current.apply };
}
