import type { JSONSchemaProps } from '../../openapi/types.ts';
import { compileValueRules, type ValueRules } from './value-rules.ts';

/** A JSON schema as a CustomResourceDefinition holds it. */
export type JsonSchema = Readonly<
  Omit<JSONSchemaProps, 'items' | 'additionalProperties' | 'properties' | 'allOf' | 'anyOf' | 'oneOf' | 'not'>
> & {
  readonly items?: any;
  readonly additionalProperties?: any;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
};

/**
 * A structural schema ready for use: what walks over values (pruning, defaults, embedded metadata, list types, value rules) reads this.
 * Each part is made when it is first asked for, so that hundreds of definitions cost nothing until their objects come.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export class Structural {
  readonly source: JsonSchema;
  readonly type: string | undefined;
  readonly nullable: boolean;
  /** Undefined: none. A default of null is none either. */
  readonly default: unknown;
  readonly preservesUnknownFields: boolean;
  readonly isEmbedded: boolean;
  readonly listType: string | undefined;
  readonly listMapKeys: readonly string[];
  /** The schema of each value of a map; true or false where anything or nothing more is allowed; undefined if not said. */
  readonly additional: Structural | boolean | undefined;
  readonly items: Structural | undefined;
  private readonly known: ReadonlyMap<string, Structural> | undefined;
  private compiled: ValueRules | undefined;
  private defaulted: readonly string[] | undefined;
  private holdsListTypes: boolean | undefined;
  private holdsEmbedded: boolean | undefined;

  constructor(source: JsonSchema, isRoot = false) {
    this.source = source;
    this.type = source.type;
    this.nullable = source.nullable === true;
    this.default = source.default ?? undefined;
    this.preservesUnknownFields = source['x-kubernetes-preserve-unknown-fields'] === true;
    this.isEmbedded = isRoot || source['x-kubernetes-embedded-resource'] === true;
    this.listType = source['x-kubernetes-list-type'];
    this.listMapKeys = source['x-kubernetes-list-map-keys'] ?? [];
    const { additionalProperties, items, properties } = source;
    this.additional =
      additionalProperties === undefined || typeof additionalProperties === 'boolean'
        ? additionalProperties
        : new Structural(additionalProperties);
    this.items = items ? new Structural(items) : undefined;
    if (properties) this.known = new Map(Object.keys(properties).map((name) => [name, new Structural(properties[name]!)]));
  }

  /** Declared by name. */
  get properties(): ReadonlyMap<string, Structural> {
    return this.known ?? none;
  }

  /** Declared members that are filled in where they are absent. */
  get namesWithDefaults(): readonly string[] {
    return (this.defaulted ??= [...this.properties].flatMap(([name, { default: value }]) => (value === undefined ? [] : [name])));
  }

  /** Whether lists with rules of their own can be inside. */
  get hasListTypes(): boolean {
    return (this.holdsListTypes ??=
      this.listType === 'set' || this.listType === 'map' || this.children().some((child) => child.hasListTypes));
  }

  /** Whether it is an embedded resource or can hold some. */
  get hasEmbedded(): boolean {
    return (this.holdsEmbedded ??=
      this.source['x-kubernetes-embedded-resource'] === true || this.children().some((child) => child.hasEmbedded));
  }

  private children(): Structural[] {
    const { items, additional } = this;
    return [...this.properties.values(), ...(items ? [items] : []), ...(typeof additional === 'object' ? [additional] : [])];
  }

  /** Of a member of an object, declared or not; undefined if it is unknown or may be anything. */
  member(name: string): Structural | undefined {
    return this.known?.get(name) ?? (typeof this.additional === 'object' ? this.additional : undefined);
  }

  /** Whether a null stands for an absent value. */
  refusesNull(): boolean {
    return !this.nullable;
  }

  get valueRules(): ValueRules {
    return (this.compiled ??= compileValueRules(this.source));
  }
}

const none: ReadonlyMap<string, Structural> = new Map();
