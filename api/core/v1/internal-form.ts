import { isJsonObject } from '../../meta/json.ts';
import { printedMeta, printedSelector } from '../../meta/printed.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { sorted } from '../../meta/text.ts';
import { internalStructs } from './internal-form.data.ts';

type Values = Readonly<Record<string, any>>;

/** What the API has beside a PodSpec's security context, and Go's internal struct has in it. */
const hostFields = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'];

/** A value as Go marshals the internal struct of that name: every field under its Go name, absent ones with their zero value. */
export function internalForm(struct: string, value: Values | undefined): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const source = struct === 'PodSpec' ? withHostFields(value ?? {}) : (value ?? {});
  for (const field of internalStructs[struct]!.split(' ')) {
    if (field === '...ObjectMeta') Object.assign(result, printedMeta(source['metadata']));
    else if (field.startsWith('...')) Object.assign(result, internalForm(field.slice(3), source));
    else {
      const [names, kind] = field.split(':') as [string, string];
      const [goName, jsonName] = names.split('=') as [string, string?];
      result[goName] = formOf(kind, asSent(source, jsonName ?? goName[0]!.toLowerCase() + goName.slice(1)));
    }
  }
  return result;
}

function withHostFields(spec: Values): Values {
  if (!spec.securityContext) return spec;
  const moved = Object.fromEntries(hostFields.filter((name) => spec[name] !== undefined).map((name) => [name, spec[name]]));
  return { ...spec, securityContext: { ...spec.securityContext, ...moved } };
}

const zeroValues: Readonly<Record<string, unknown>> = { s: '', i: 0, b: false, q: '0', a: null, p: null, l: null, m: null };

function formOf(kind: string, value: any): unknown {
  if (value === undefined || value === null) return kind[0] === '#' ? internalForm(kind.slice(1), undefined) : zeroValues[kind[0]!];
  const inner = kind.slice(1);
  switch (kind[0]) {
    case '#':
      return internalForm(inner, value);
    case 'p':
      return formOf(inner, value);
    case 'l':
      return (value as unknown[]).map((item) => formOf(inner, item));
    case 'm':
      return Object.fromEntries(sorted(Object.keys(value)).map((key) => [key, formOf(inner, value[key])]));
    case 'q':
      return String(value);
    default:
      return isJsonObject(value) && isJsonObject(value.matchLabels) ? printedSelector(value) : value;
  }
}
