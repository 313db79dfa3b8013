import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Context, OpenAPIBackend } from 'openapi-backend';
import { node as nodes } from '../../../api/core/v1/node.ts';
import type { ResourceDefinition } from '../../../api/define.ts';
import { createOperationResolver } from '../../../openapi/operations.ts';
import type { Node } from '../../../openapi/types.ts';
import type { UserInfo } from '../../auth/types.ts';
import type { Client } from '../../client/client.ts';
import { ApiError, badRequest, notFound } from '../../registry/errors.ts';
import { createPages, type Pages, pageUser } from '../pages.ts';
import { ownDocument } from './document.ts';

export interface OwnApiParts {
  readonly versionInfo: Readonly<Record<string, string>>;
  /** What is served now. */
  definitions(): readonly ResourceDefinition[];
  /** A client with the rights of a user. */
  client(user: UserInfo): Client;
}

/** As the fleet reads it of a Node. */
const kubeletAnnotation = 'orrery.dev/kubelet';
const stopped = 'stopped';

/** Orrery's own API at /orrery/v1 with its document, and a page at /orrery/ that lists it. */
export function createOwnApi(parts: OwnApiParts): Pages {
  return createPages((app, json) => {
    let made: Promise<OpenAPIBackend> | undefined;
    app.use(json());
    app.get('/orrery/', (_request, response) => void response.type('html').send(page()));
    app.get('/orrery/v1/openapi.json', (_request, response) => void response.json(ownDocument));
    app.use('/orrery/v1', (request, response, next) => {
      made ??= createBackend(parts);
      made
        .then((backend) => {
          const { method, path, body, query } = request;
          const headers = request.headers as Record<string, string | string[]>;
          return backend.handleRequest({ method, path, body, query: query as Record<string, string>, headers }, request, response);
        })
        .catch((error) => (error instanceof ApiError ? refuse(response, error) : next(error)));
    });
    // What express itself refuses: a body that is no JSON.
    const refused: ErrorRequestHandler = (error, _request, response, next) =>
      error.status < 500 ? refuse(response, badRequest(error.message)) : next(error);
    app.use(refused);
  });
}

async function createBackend(parts: OwnApiParts): Promise<OpenAPIBackend> {
  const { OpenAPIBackend } = await import('openapi-backend');
  const backend = new OpenAPIBackend({ definition: ownDocument });
  backend.register({
    getInfo: async (_context: Context, request: Request, response: Response) => {
      const { items } = await parts.client(pageUser(request)).resource(nodes).list('');
      response.json({ name: 'Orrery', kubernetes: parts.versionInfo['gitVersion'], nodes: items.length });
    },
    explainRequest: async ({ request: { query } }: Context, _request: Request, response: Response) => {
      const [method, path] = [String(query['method']), String(query['path'])];
      const found = (await createOperationResolver(parts.definitions())).resolve(method, path);
      if (!found) throw notFound({ group: '', resource: 'operations' }, `${method.toUpperCase()} ${path}`);
      const { operationId, action, resource, subresource, namespace, name } = found;
      const { group, version, plural, kind } = resource;
      response.json({ operationId, action, group, version, resource: plural, kind, subresource: subresource?.name, namespace, name });
    },
    getKubelet: async ({ request: { params } }: Context, request: Request, response: Response) => {
      response.json(stateOf((await parts.client(pageUser(request)).resource(nodes).get('', String(params['name']))) as Node));
    },
    setKubelet: async ({ request: { params, requestBody } }: Context, request: Request, response: Response) => {
      const value = requestBody.running ? null : stopped;
      const patch = { metadata: { annotations: { [kubeletAnnotation]: value } } };
      const api = parts.client(pageUser(request)).resource(nodes);
      response.json(stateOf((await api.patch('', String(params['name']), 'application/merge-patch+json', patch)) as Node));
    },
    validationFail: ({ validation }: Context) => {
      const problems = (validation.errors ?? []).map(
        ({ instancePath, message }) => `${instancePath.slice(1).replaceAll('/', '.')} ${message}`,
      );
      throw badRequest(problems.join(', '));
    },
    notFound: ({ request: { method, path } }: Context) => {
      throw notFound({ group: '', resource: 'operations' }, `${method.toUpperCase()} /orrery/v1${path}`);
    },
    methodNotAllowed: ({ request: { method, path } }: Context) => {
      throw new ApiError(405, 'MethodNotAllowed', `${method.toUpperCase()} is not supported for /orrery/v1${path}`);
    },
  });
  return backend.init();
}

function stateOf({ metadata }: Node): { running: boolean } {
  return { running: metadata?.annotations?.[kubeletAnnotation] !== stopped };
}

function refuse(response: Response, { code, reason, message, details }: ApiError): void {
  response.status(code).json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code });
}

function page(): string {
  const rows = Object.entries(ownDocument.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, { summary?: string }>).flatMap(([method, { summary }]) =>
      summary ? [`<tr><td><code>${method.toUpperCase()} /orrery/v1${path}</code></td><td>${summary}</td></tr>`] : [],
    ),
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Orrery</title><h1>Orrery</h1><p>A working model of a Kubernetes cluster.</p>
<table>${rows.join('')}</table><p><a href="/orrery/v1/openapi.json">The document of this API</a></p></html>`;
}
