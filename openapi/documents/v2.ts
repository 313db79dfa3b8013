import { printDefinitions } from './catalog.ts';
import type { Operation, Parameter } from './operation.ts';
import { byPath, reasonPhrases, sameParameter, sharedParameters } from './operation.ts';
import type { Json } from './print-definition.ts';
import { v2Form } from './print-definition.ts';
import type { DocumentedResource } from './resource.ts';
import { documentNames, operationsOf } from './v3.ts';

/** Group-versions whose types the real server knows beside those that it serves; `/openapi/v2` names them under DeleteOptions and WatchEvent. */
const knownVersions: Readonly<Record<string, readonly string[]>> = {
  '': ['v1'],
  'admission.k8s.io': ['v1', 'v1beta1'],
  'admissionregistration.k8s.io': ['v1', 'v1alpha1', 'v1beta1'],
  'apiextensions.k8s.io': ['v1', 'v1beta1'],
  'apiregistration.k8s.io': ['v1', 'v1beta1'],
  apps: ['v1', 'v1beta1', 'v1beta2'],
  'authentication.k8s.io': ['v1', 'v1alpha1', 'v1beta1'],
  'authorization.k8s.io': ['v1', 'v1beta1'],
  autoscaling: ['v1', 'v2'],
  batch: ['v1', 'v1beta1'],
  'certificates.k8s.io': ['v1', 'v1alpha1', 'v1beta1'],
  'coordination.k8s.io': ['v1', 'v1alpha2', 'v1beta1'],
  'discovery.k8s.io': ['v1', 'v1beta1'],
  'events.k8s.io': ['v1', 'v1beta1'],
  extensions: ['v1beta1'],
  'flowcontrol.apiserver.k8s.io': ['v1', 'v1beta1', 'v1beta2', 'v1beta3'],
  'imagepolicy.k8s.io': ['v1alpha1'],
  'internal.apiserver.k8s.io': ['v1alpha1'],
  'networking.k8s.io': ['v1', 'v1beta1'],
  'node.k8s.io': ['v1', 'v1alpha1', 'v1beta1'],
  policy: ['v1', 'v1beta1'],
  'rbac.authorization.k8s.io': ['v1', 'v1alpha1', 'v1beta1'],
  'resource.k8s.io': ['v1', 'v1alpha3', 'v1beta1', 'v1beta2'],
  'scheduling.k8s.io': ['v1', 'v1alpha2', 'v1beta1'],
  'storage.k8s.io': ['v1', 'v1alpha1', 'v1beta1'],
  'storagemigration.k8s.io': ['v1beta1'],
};

/** The one `/openapi/v2` document with everything, as plain JSON that the caller encodes and keeps. */
export function buildOpenAPIV2(resources: readonly DocumentedResource[]): Json {
  const operations = documentNames(resources).flatMap((name) => operationsOf(name, resources)!);
  const sharedVersions = Object.entries(knownVersions).flatMap(([group, versions]) => versions.map((version) => ({ group, version })));
  const parameters = new ParameterCatalog(operations);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: '1.36' },
    paths: Object.fromEntries(byPath(operations).map(([path, list]) => [path, printPath(list, parameters)])),
    definitions: printDefinitions(operations, v2Form, sharedVersions),
    parameters: parameters.print(),
    securityDefinitions: {
      BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  };
}

/** Parameters that many operations have are written once. */
class ParameterCatalog {
  private readonly named = new Map<string, Parameter>();

  constructor(operations: readonly Operation[]) {
    for (const parameter of operations.flatMap((operation) => operation.parameters)) {
      if (parameter.name === 'name') continue;
      this.named.set(this.nameOf(parameter), parameter);
    }
  }

  reference(parameter: Parameter): Json {
    const name = this.nameOf(parameter);
    return this.named.has(name) ? { $ref: `#/parameters/${name}` } : printParameter(parameter);
  }

  print(): Json {
    const sorted = [...this.named].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, parameter]) => [name, printParameter(parameter)]));
  }

  private nameOf(parameter: Parameter): string {
    let number = 1;
    for (;;) {
      const name = number === 1 ? parameter.name : `${parameter.name}-${number}`;
      const known = this.named.get(name);
      if (known === undefined || sameParameter(known, parameter)) return name;
      number++;
    }
  }
}

function printPath(operations: readonly Operation[], parameters: ParameterCatalog): Json {
  const shared = sharedParameters(operations);
  return {
    ...Object.fromEntries(operations.map((operation) => [operation.method, printOperation(operation, shared, parameters)])),
    ...(shared.length > 0 && { parameters: shared.map((parameter) => parameters.reference(parameter)) }),
  };
}

function printOperation(operation: Operation, shared: readonly Parameter[], parameters: ParameterCatalog): Json {
  const own = operation.parameters.filter(
    (parameter) => !shared.some((other) => other.name === parameter.name && other.in === parameter.in),
  );
  const body = operation.body === undefined ? [] : [printBody(operation.body)];
  const all = [...body, ...own.map((parameter) => parameters.reference(parameter))];
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
    ...(operation.gvk !== undefined && {
      'x-kubernetes-group-version-kind': { group: operation.gvk.group, kind: operation.gvk.kind, version: operation.gvk.version },
    }),
  };
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
