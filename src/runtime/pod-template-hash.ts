import { parseQuantity } from '../../api/meta/quantity.ts';
import { fnv32a, safeEncode } from './hash.ts';
import { podTemplateTypes } from './pod-template.data.ts';

interface GoField {
  readonly name: string;
  /** Absent: its fields stand in the object itself. */
  readonly json: string | undefined;
  readonly type: string;
}

/** The structs by name, parsed when a template is first hashed. */
export type GoTypes = ReadonlyMap<string, readonly GoField[]>;

export function parseGoTypes(text = podTemplateTypes): GoTypes {
  const types = new Map<string, readonly GoField[]>();
  for (const line of text.trim().split('\n')) {
    const [name = '', fields = ''] = line.split(': ');
    types.set(name, fields.split(', ').map(parseField));
  }
  return types;
}

function parseField(text: string): GoField {
  const [names = '', type = ''] = text.split(' ');
  const [name = '', json] = names.split('/');
  return { name, json: json === '' ? undefined : (json ?? `${name[0]!.toLowerCase()}${name.slice(1)}`), type };
}

const numbers = new Set(['int', 'int32', 'int64']);
const zeroTime = '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}';

/** Prints values as go-spew does with `%#v`, which is what kube-controller-manager hashes. */
export class GoPrinter {
  private readonly types: GoTypes;

  constructor(types: GoTypes) {
    this.types = types;
  }

  /** @param typed whether the type stands before the value; elements of lists and maps do without */
  print(type: string, value: any, typed: boolean): string {
    if (type.startsWith('*')) {
      if (value === undefined || value === null) return typed ? `(${type})<nil>` : '<nil>';
      return `${typed ? `(${type})` : '<*>'}${this.print(type.slice(1), value, false)}`;
    }
    return `${typed ? `(${type})` : ''}${this.printValue(type, value)}`;
  }

  private printValue(type: string, value: any): string {
    if (type.startsWith('[]')) {
      if (!value?.length) return '<nil>';
      return `[${value.map((item: unknown) => this.print(type.slice(2), item, false)).join(' ')}]`;
    }
    if (type === 'v1.ResourceList' || type.startsWith('map[')) return this.printMap(type, value);
    if (type === 'resource.Quantity') return printQuantity(value);
    if (type === 'intstr.IntOrString') return printIntOrString(value);
    if (type === 'v1.Time') return zeroTime;
    if (numbers.has(type)) return String(value ?? 0);
    if (type === 'bool') return String(value ?? false);
    const fields = this.types.get(type);
    if (!fields) return value ?? '';
    const printed = fields.map((field) => {
      const inside = field.json === undefined ? value : value?.[field.json];
      return `${field.name}:${this.print(field.type, inside, true)}`;
    });
    return `{${printed.join(' ')}}`;
  }

  private printMap(type: string, value: Record<string, unknown> | undefined): string {
    const names = Object.keys(value ?? {}).sort();
    if (names.length === 0) return '<nil>';
    const valueType = type === 'v1.ResourceList' ? 'resource.Quantity' : type.slice(type.indexOf(']') + 1);
    return `map[${names.map((name) => `${name}:${this.print(valueType, value![name], false)}`).join(' ')}]`;
  }
}

const quantityForm = /^([+-]?\d+)(\D*)$/;

// Go keeps the text of a quantity beside its number where it sees at a glance that the text is canonical.
function printQuantity(value: string | number | undefined): string {
  const text = value === undefined ? '' : String(value);
  const { unscaled, scale, format } = text === '' ? { unscaled: 0n, scale: 0, format: '' } : parseQuantity(text);
  const number = quantityForm.exec(text)?.[1] ?? '';
  const isCanonical = format === 'BinarySI' ? (BigInt(number) & 7n) !== 0n : scale % 3 === 0 && !number.endsWith('000');
  const kept = text === '0' || (number !== '' && isCanonical) ? text : '';
  const amount = `{value:(int64)${unscaled} scale:(resource.Scale)${scale}}`;
  return `{i:(resource.int64Amount)${amount} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${kept} Format:(resource.Format)${format}}`;
}

function printIntOrString(value: string | number | undefined): string {
  const isText = typeof value === 'string';
  const [number, text] = isText ? [0, value] : [value ?? 0, ''];
  return `{Type:(intstr.Type)${isText ? 1 : 0} IntVal:(int32)${number} StrVal:(string)${text}}`;
}

/** Makes the values of `pod-template-hash`, equal to upstream's for the same template. */
export function createPodTemplateHash(): (template: unknown, collisionCount: number | undefined) => string {
  let printer: GoPrinter | undefined;
  return (template, collisionCount) => {
    printer ??= new GoPrinter(parseGoTypes());
    const text = Buffer.from(printer.print('v1.PodTemplateSpec', template, true));
    const count = Buffer.alloc(collisionCount === undefined ? 0 : 8);
    if (collisionCount !== undefined) count.writeUInt32LE(collisionCount);
    return safeEncode(String(fnv32a(Buffer.concat([text, count]))));
  };
}
