import type { JsonSchema } from '../../api/structural/structural.ts';
import type { Random } from '../../src/machinery/random.ts';
import { pick } from '../differential/mutations.ts';

/** An object made of a schema. */
export interface Sample {
  readonly object: Record<string, unknown>;
  /** What was done to it that no server may accept; undefined if it may be good. */
  readonly broken: string | undefined;
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-01-02T03:04:05Z',
  date: '2026-01-02',
  duration: '30s',
  byte: 'YQ==',
  uri: 'https://example.com/a',
  ipv4: '10.0.0.1',
  ipv6: '2001:db8::1',
  cidr: '10.0.0.0/24',
  hostname: 'example.com',
  uuid: '6ba7b810-9dad-41d1-80b4-00c04fd430c8',
};
const deepest = 7;

/** A random object: what is required, some of what may be there, and mostly one thing that is wrong. */
export function sampleOf(random: Random, schema: JsonSchema, apiVersion: string, kind: string): Sample {
  const maker = new Maker(random);
  const object = maker.object(schema, 0);
  delete object['status'];
  const broken = random.next() < 0.75 ? maker.breakSomething() : undefined;
  return { object: { ...object, apiVersion, kind, metadata: { name: 'sample' } }, broken };
}

interface Place {
  readonly schema: JsonSchema;
  readonly path: string;
  readonly set: (value: unknown) => void;
  readonly value: unknown;
}

class Maker {
  private readonly random: Random;
  private readonly places: Place[] = [];

  constructor(random: Random) {
    this.random = random;
  }

  object(schema: JsonSchema, depth: number, path = ''): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const properties = Object.entries(schema.properties ?? {});
    const chance = depth <= 1 ? 0.6 : 0.25;
    for (const [name, property] of properties) {
      if (depth === 0 && ['apiVersion', 'kind', 'metadata', 'status'].includes(name)) continue;
      const isRequired = schema.required?.includes(name);
      if (!isRequired && (depth >= deepest || this.random.next() > chance)) continue;
      this.member(result, name, property, depth, path);
    }
    if (typeof schema.additionalProperties === 'object' && depth < deepest) {
      for (const name of ['a', 'example.com/b'].slice(0, Math.floor(this.random.next() * 3))) {
        this.member(result, name, schema.additionalProperties, depth, path);
      }
    }
    return result;
  }

  private member(result: Record<string, unknown>, name: string, schema: JsonSchema, depth: number, path: string): void {
    const at = `${path}.${name}`;
    result[name] = this.value(schema, depth + 1, at);
    this.places.push({
      schema,
      path: at,
      value: result[name],
      set: (value) => (value === undefined ? delete result[name] : (result[name] = value)),
    });
  }

  private value(schema: JsonSchema, depth: number, path: string): unknown {
    if (schema.enum?.length) return pick(this.random, schema.enum);
    if (schema['x-kubernetes-int-or-string']) return pick(this.random, [1, '25%', '100m']);
    switch (schema.type) {
      case 'object':
        return this.object(schema, depth, path);
      case 'array':
        return this.list(schema, depth, path);
      case 'boolean':
        return this.random.next() < 0.5;
      case 'integer':
      case 'number':
        return Math.min(schema.maximum ?? Number.POSITIVE_INFINITY, Math.max(schema.minimum ?? 0, Math.floor(this.random.next() * 5)));
      case 'string':
        return this.text(schema);
      default:
        return pick<unknown>(this.random, ['text', 1, { a: 'b' }, [1]]);
    }
  }

  private list(schema: JsonSchema, depth: number, path: string): unknown[] {
    const least = schema.minItems ?? 0;
    const count = Math.min(depth >= deepest ? least : least + Math.floor(this.random.next() * 3), schema.maxItems ?? 3);
    const items: unknown[] = [];
    for (let i = 0; i < count; i++) {
      items.push(this.value(schema.items ?? {}, depth + 1, `${path}[${i}]`));
      this.places.push({ schema: schema.items ?? {}, path: `${path}[${i}]`, value: items[i], set: (value) => (items[i] = value ?? null) });
    }
    return items;
  }

  private text({ format, minLength = 0, maxLength = 63 }: JsonSchema): string {
    if (format && formats[format]) return formats[format];
    const text = pick(this.random, [
      'a',
      'b1',
      'some-name',
      'example.com',
      '10.0.0.1',
      'https://example.com/a',
      '10s',
      '/a/b',
      'Some text',
      '1Gi',
      '',
    ]);
    return text.slice(0, maxLength).padEnd(minLength, 'x');
  }

  /** Makes one value wrong. @returns what must be refused; undefined if it may be right after all */
  breakSomething(): string | undefined {
    if (this.places.length === 0) return undefined;
    const { schema, path, set, value } = pick(this.random, this.places);
    const told = (what: string, wrong: unknown): string => {
      set(wrong);
      return `${path} ${what}`;
    };
    const opposite: Record<string, unknown> = { string: 7, integer: 'text', number: [], boolean: 'true', object: 'text', array: { a: 1 } };
    const isTyped = schema.type !== undefined && !schema['x-kubernetes-int-or-string'];
    const ways: (() => string | undefined)[] = [
      ...(isTyped ? [() => told('is of a wrong type', opposite[schema.type!])] : []),
      ...(schema.enum ? [() => told('is none of the enumerated', 'none of these')] : []),
      ...(schema.maximum !== undefined ? [() => told('is too large', schema.maximum! + 1)] : []),
      ...(schema.minimum !== undefined ? [() => told('is too small', schema.minimum! - 1)] : []),
      ...(schema.minLength && schema.type === 'string' ? [() => told('is too short', '')] : []),
      ...(schema.maxLength !== undefined && schema.type === 'string' ? [() => told('is too long', 'x'.repeat(schema.maxLength! + 1))] : []),
      ...(schema.maxItems !== undefined ? [() => told('has too many items', Array(schema.maxItems! + 1).fill(null))] : []),
      // These may be right.
      () => void set(null),
      () => void set(undefined),
      () => void set(pick<unknown>(this.random, [-1, 0, 1.5, 1e20, 2 ** 40, '', 'ä'.repeat(20), {}, [], true])),
      () => void (Array.isArray(value) ? set([...value, ...value]) : set(value)),
      () => void (isPlain(value) && set({ ...value, unknownField: 1 })),
    ];
    return pick(this.random, ways)();
  }
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
