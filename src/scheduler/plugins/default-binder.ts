import { pod as pods } from '../../../api/core/v1/pod.ts';
import type { Client } from '../../client/client.ts';
import type { Plugin } from '../framework.ts';

/** Binds through the API: POST to the pod's `binding`. */
export function defaultBinder(client: Client): Plugin {
  const api = client.resource(pods);
  return {
    name: 'DefaultBinder',
    async bind(pod, node) {
      const { namespace, name, uid } = pod.metadata!;
      await api.createSubresource(namespace!, name!, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { kind: 'Node', name: node },
      });
    },
  };
}
