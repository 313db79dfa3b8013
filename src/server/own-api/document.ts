import type { Document } from 'openapi-backend';

const text = (schema: object, description: string) => ({ description, content: { 'application/json': { schema } } });
const parameter = (name: string, place: 'query' | 'path', description: string, schema: object = { type: 'string', minLength: 1 }) => ({
  name,
  in: place,
  required: true,
  description,
  schema,
});
const state = {
  type: 'object' as const,
  properties: { running: { type: 'boolean' as const } },
  required: ['running'],
  additionalProperties: false,
};

/** What Orrery offers besides Kubernetes' API, under /orrery/v1. openapi-backend routes by it and holds requests to it (with ajv). */
export const ownDocument: Document = {
  openapi: '3.0.3',
  info: { title: 'Orrery', version: 'v1', description: 'What a simulated cluster can do that a real one cannot.' },
  paths: {
    '/info': {
      get: {
        operationId: 'getInfo',
        summary: 'What runs here.',
        responses: { 200: text({ type: 'object' }, 'Versions and how many nodes there are.') },
      },
    },
    '/operation': {
      get: {
        operationId: 'explainRequest',
        summary: 'The documented operation that a request to the Kubernetes API asks for.',
        parameters: [
          parameter('method', 'query', 'GET, POST, …', { type: 'string', pattern: '^[A-Za-z]+$' }),
          parameter('path', 'query', 'As it would be requested, without its query.', { type: 'string', pattern: '^/' }),
        ],
        responses: {
          200: text({ type: 'object' }, 'Operation, resource, subresource, namespace and name.'),
          404: text({ type: 'object' }, 'There is no such operation.'),
        },
      },
    },
    '/nodes/{name}/kubelet': {
      parameters: [parameter('name', 'path', 'A simulated node.')],
      get: {
        operationId: 'getKubelet',
        summary: 'Whether the kubelet of a node runs.',
        responses: { 200: text(state, 'Its state.') },
      },
      put: {
        operationId: 'setKubelet',
        summary: 'Stops the kubelet of a node, or starts it again, with the rights of whoever asks.',
        requestBody: { required: true, content: { 'application/json': { schema: state } } },
        responses: { 200: text(state, 'Its new state.') },
      },
    },
  },
};
