/** One operation of a document, in a form from which v2 and v3 are printed. */
export interface Operation {
  readonly path: string;
  readonly method: Method;
  readonly operationId: string;
  readonly description: string;
  readonly tag: string;
  readonly action?: string;
  readonly gvk?: { readonly group: string; readonly version: string; readonly kind: string };
  /** Sorted by name; path and query alike. */
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly definition: string; readonly required: boolean };
  readonly consumes?: readonly string[];
  readonly produces: readonly string[];
  readonly codes: readonly number[];
  /** Definition of the answer, or undefined for a string. */
  readonly answer: string | undefined;
}

export type Method = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly type: 'string' | 'boolean' | 'integer';
  readonly description: string;
}

/** In the order in which a document lists the methods of a path. */
export const methods: readonly Method[] = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];

export const reasonPhrases: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted', 401: 'Unauthorized' };

/** Operations by path, paths sorted, methods in the documents' order. */
export function byPath(operations: readonly Operation[]): [path: string, operations: Operation[]][] {
  const paths = new Map<string, Operation[]>();
  for (const operation of operations) {
    const known = paths.get(operation.path);
    if (known === undefined) paths.set(operation.path, [operation]);
    else known.push(operation);
  }
  for (const list of paths.values()) list.sort((a, b) => methods.indexOf(a.method) - methods.indexOf(b.method));
  return [...paths].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Parameters that every operation of a path has: documents list them once, at the path. */
export function sharedParameters(operations: readonly Operation[]): Parameter[] {
  const [first, ...rest] = operations;
  return first!.parameters.filter((parameter) =>
    rest.every((operation) => operation.parameters.some((other) => other.name === parameter.name && sameParameter(other, parameter))),
  );
}

export function sameParameter(a: Parameter, b: Parameter): boolean {
  return a.in === b.in && a.type === b.type && a.description === b.description;
}
