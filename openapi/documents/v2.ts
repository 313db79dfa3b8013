import { printDefinitions } from './catalog.ts';
import { knownVersions } from './known-versions.ts';
import type { Operation, Parameter } from './operation.ts';
import { byPath, reasonPhrases, sharedParameters } from './operation.ts';
import type { Json } from './print-definition.ts';
import { v2Form } from './print-definition.ts';
import type { DocumentedResource } from './resource.ts';
import { documentNames, operationsOf } from './v3.ts';

/** The one `/openapi/v2` document with everything, as plain JSON that the caller encodes and keeps. */
export function buildOpenAPIV2(resources: readonly DocumentedResource[]): Json {
  const operations = documentNames(resources).flatMap((name) => operationsOf(name, resources)!);
  const parameters = new ParameterCatalog(operations);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: '1.36' },
    paths: Object.fromEntries(byPath(operations).map(([path, list]) => [path, printPath(list, parameters)])),
    definitions: printDefinitions(operations, v2Form, knownVersions, resources),
    parameters: parameters.printAll(),
    securityDefinitions: {
      BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  };
}

/** Older kubectl versions look for these among an operation's own parameters. */
const keptInline: ReadonlySet<string> = new Set(['name', 'dryRun', 'fieldValidation']);

/** Parameters that many operations have are written once, under their name and a hash of what they are. */
class ParameterCatalog {
  private readonly shared = new Map<string, Json>();
  private readonly names = new Map<string, string>();

  constructor(operations: readonly Operation[]) {
    for (const { parameters, body } of operations) {
      for (const parameter of parameters) if (!keptInline.has(parameter.name)) this.add(parameter.name, printParameter(parameter));
      if (body?.definition.startsWith('io.k8s.apimachinery.')) this.add('body', printBody(body));
    }
  }

  /** A reference to what is shared, otherwise the parameter itself. */
  print(parameter: Json): Json {
    const name = this.names.get(JSON.stringify(parameter));
    return name === undefined ? parameter : { $ref: `#/parameters/${name}` };
  }

  printAll(): Json {
    return Object.fromEntries([...this.shared].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private add(name: string, parameter: Json): void {
    const text = JSON.stringify(parameter);
    if (this.names.has(text)) return;
    const shared = `${name}-${shortHash(text)}`;
    this.names.set(text, shared);
    this.shared.set(shared, parameter);
  }
}

/** Eight characters of FNV-1 (64 bits) in URL-safe base64, as kube-openapi names shared parameters. */
function shortHash(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = ((hash * 0x100000001b3n) & 0xffffffffffffffffn) ^ BigInt(byte);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(hash);
  return bytes.toString('base64url').slice(0, 8);
}

function printPath(operations: readonly Operation[], parameters: ParameterCatalog): Json {
  const shared = sharedParameters(operations);
  return {
    ...Object.fromEntries(operations.map((operation) => [operation.method, printOperation(operation, shared, parameters)])),
    ...(shared.length > 0 && { parameters: shared.map((parameter) => parameters.print(printParameter(parameter))) }),
  };
}

function printOperation(operation: Operation, shared: readonly Parameter[], parameters: ParameterCatalog): Json {
  const own = operation.parameters.filter(
    (parameter) => !shared.some((other) => other.name === parameter.name && other.in === parameter.in),
  );
  const body = operation.body === undefined ? [] : [parameters.print(printBody(operation.body))];
  const all = [...body, ...own.map((parameter) => parameters.print(printParameter(parameter)))];
  return {
    description: operation.description,
    ...(operation.consumes !== undefined && { consumes: operation.consumes }),
    produces: operation.produces,
    schemes: ['https'],
    tags: [operation.tag],
    operationId: operation.operationId,
    ...(all.length > 0 && { parameters: all }),
    responses: Object.fromEntries(operation.codes.map((code) => [code, printResponse(code, operation)])),
    ...(operation.action !== undefined && { 'x-kubernetes-action': operation.action }),
    ...(operation.gvk !== undefined && { 'x-kubernetes-group-version-kind': printKind(operation.gvk) }),
  };
}

/** The aggregator's own group is printed from its types, all others from what was read of a document, which sorts the names. */
function printKind({ group, version, kind }: NonNullable<Operation['gvk']>): Json {
  return group === 'apiregistration.k8s.io' ? { group, version, kind } : { group, kind, version };
}

function printBody({ definition, required }: { readonly definition: string; readonly required: boolean }): Json {
  return { name: 'body', in: 'body', ...(required && { required: true }), schema: { $ref: v2Form.prefix + definition } };
}

function printParameter({ name, in: place, description, type }: Parameter): Json {
  return { uniqueItems: true, type, description, name, in: place, ...(place === 'path' && { required: true }) };
}

function printResponse(code: number, { answer }: Operation): Json {
  const description = reasonPhrases[code]!;
  if (code === 401) return { description };
  return { description, schema: answer === undefined ? { type: 'string' } : { $ref: v2Form.prefix + answer } };
}
