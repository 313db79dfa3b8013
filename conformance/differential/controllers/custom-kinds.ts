import type { Connection } from '../connection.ts';

const group = 'ctl.example.com';
const replicas = { type: 'object', properties: { replicas: { type: 'integer' }, selector: { type: 'string' } } };

const crd = (plural: string, kind: string, subresources?: object) => ({
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: replicas, status: replicas } } },
        ...(subresources ? { subresources } : {}),
      },
    ],
  },
});

const kinds = [
  crd('crews', 'Crew', {
    status: {},
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
  }),
  crd('mobs', 'Mob'),
];

/** Defines the kinds of a run, one with a scale and one without, and waits until they are served. @throws Error if they are not */
export async function makeCustomKinds(server: Connection): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const body of kinds) await server.send({ method: 'POST', path, body: JSON.stringify(body) });
  for (const { spec } of kinds) {
    for (let tries = 0; ; tries++) {
      const { status } = await server.send({ method: 'GET', path: `/apis/${group}/v1/${spec.names.plural}` });
      if (status === 200) break;
      if (tries === 100) throw new Error(`${spec.names.plural} are not served`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
