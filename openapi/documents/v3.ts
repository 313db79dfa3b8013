import { definitionOf, printDefinitions } from './catalog.ts';
import { versionsKnownToCustom } from './known-versions.ts';
import { groupVersionPath } from './names.ts';
import type { Operation, Parameter } from './operation.ts';
import { byPath, reasonPhrases, sharedParameters } from './operation.ts';
import type { Json } from './print-definition.ts';
import { v3Form } from './print-definition.ts';
import type { DocumentedResource } from './resource.ts';
import { resourceOperations } from './resource-operations.ts';
import { groupOperation, groupVersionOperation, serverOperations } from './shared-operations.ts';

/** Names of all v3 documents for these resources, sorted, as `/openapi/v3` lists them: `api/v1`, `apis/apps`, `apis/apps/v1`, `version`… */
export function documentNames(resources: readonly DocumentedResource[]): string[] {
  const names = new Set(Object.keys(serverOperations));
  for (const { group, version, documentation } of resources) {
    names.add(groupVersionPath(group, version).slice(1));
    if (group !== '' && !documentation) names.add(`apis/${group}`);
  }
  return [...names].sort();
}

/**
 * Builds the document of one name of `documentNames`; undefined if there is none of that name.
 * The answer is plain JSON that the caller encodes and keeps.
 */
export function buildOpenAPIV3(name: string, resources: readonly DocumentedResource[]): Json | undefined {
  const operations = operationsOf(name, resources);
  if (operations === undefined) return undefined;
  const own = resources.filter((resource) => groupVersionPath(resource.group, resource.version).slice(1) === name);
  const [first] = own;
  const custom = own.length > 0 && own.every(({ documentation }) => documentation !== undefined);
  const versions = custom ? versionsKnownToCustom : first === undefined ? [] : [{ group: first.group, version: first.version }];
  const schemas = printDefinitions(operations, v3Form, versions, own);
  return {
    openapi: '3.0.0',
    info: custom ? { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' } : { title: 'Kubernetes', version: '1.36' },
    paths: Object.fromEntries(byPath(operations).map(([path, list]) => [path, printPath(list)])),
    components: {
      ...(Object.keys(schemas).length > 0 && { schemas }),
      ...(!custom && {
        securitySchemes: {
          BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' },
        },
      }),
    },
  };
}

/** The operations of a document, or undefined if there is none of that name. */
export function operationsOf(name: string, resources: readonly DocumentedResource[]): Operation[] | undefined {
  const own = resources.filter((resource) => groupVersionPath(resource.group, resource.version).slice(1) === name);
  if (own.length > 0) {
    const [{ group, version }] = own as [DocumentedResource];
    const shared = own.every(({ documentation }) => documentation !== undefined) ? [] : [groupVersionOperation(group, version)];
    return [...shared, ...own.flatMap((resource) => resourceOperations(resource, definitionOf))];
  }
  const group = /^apis\/([^/]+)$/.exec(name)?.[1];
  if (group !== undefined && resources.some((resource) => resource.group === group && !resource.documentation))
    return [groupOperation(group)];
  return serverOperations[name] === undefined ? undefined : [...serverOperations[name]];
}

function printPath(operations: readonly Operation[]): Json {
  const resource = operations.some((operation) => operation.parameters.length > 0);
  const shared = resource ? sharedParameters(operations) : [];
  return {
    ...Object.fromEntries(operations.map((operation) => [operation.method, printOperation(operation, shared)])),
    ...(shared.length > 0 && { parameters: shared.map(printParameter) }),
  };
}

function printOperation(operation: Operation, shared: readonly Parameter[]): Json {
  const own = operation.parameters.filter((parameter) => !shared.includes(parameter) && !isShared(parameter, shared));
  return {
    tags: [operation.tag],
    description: operation.description,
    operationId: operation.operationId,
    ...(own.length > 0 && { parameters: own.map(printParameter) }),
    ...(operation.body !== undefined && { requestBody: printBody(operation) }),
    responses: Object.fromEntries(operation.codes.map((code) => [code, printResponse(code, operation)])),
    ...(operation.action !== undefined && { 'x-kubernetes-action': operation.action }),
    ...(operation.gvk !== undefined && {
      'x-kubernetes-group-version-kind': { group: operation.gvk.group, version: operation.gvk.version, kind: operation.gvk.kind },
    }),
  };
}

function isShared(parameter: Parameter, shared: readonly Parameter[]): boolean {
  return shared.some((other) => other.name === parameter.name && other.in === parameter.in);
}

function printParameter({ name, in: place, description, type }: Parameter): Json {
  return { name, in: place, description, ...(place === 'path' && { required: true }), schema: { type, uniqueItems: true } };
}

function printBody({ body, consumes }: Operation): Json {
  const schema = { schema: { $ref: v3Form.prefix + body!.definition } };
  return { content: contentOf(consumes!, schema), ...(body!.required && { required: true }) };
}

function printResponse(code: number, { answer, produces }: Operation): Json {
  const description = reasonPhrases[code]!;
  if (code === 401) return { description };
  return {
    description,
    content: contentOf(produces, { schema: answer === undefined ? { type: 'string' } : { $ref: v3Form.prefix + answer } }),
  };
}

function contentOf(types: readonly string[], schema: Json): Json {
  return Object.fromEntries([...types].sort().map((type) => [type, schema]));
}
