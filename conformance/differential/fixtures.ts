import type { TestedKind } from './bodies.ts';
import type { Connection, Reply } from './connection.ts';
import { collectionPath, fixtureName, objectOf } from './requests.ts';

/** A namespace with the ServiceAccount that pods need, whoever makes it first. */
export async function makeNamespace(server: Connection, name: string, labels: Record<string, string> = {}): Promise<void> {
  const post = (path: string, body: object) => server.send({ method: 'POST', path, body: JSON.stringify(body) });
  await post('/api/v1/namespaces', { metadata: { name, labels } });
  await post(`/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'default' } });
}

/** Nobody else may be there to finish the deletion: the servers can run without controllers. */
export async function removeNamespace(server: Connection, name: string): Promise<void> {
  const path = `/api/v1/namespaces/${name}`;
  const { body } = await server.send({ method: 'DELETE', path });
  const live = body as { kind?: string; spec?: object };
  if (live.kind !== 'Namespace') return;
  await server.send({ method: 'PUT', path: `${path}/finalize`, body: JSON.stringify({ ...live, spec: { ...live.spec, finalizers: [] } }) });
}

/**
 * Creates the objects that a kind's requests start from; says so on standard output where a server refuses one.
 * @param more metadata that they get besides their own
 */
export async function createFixtures(
  servers: readonly Connection[],
  kind: TestedKind,
  namespace: string,
  more: (index: number) => object = () => ({}),
): Promise<void> {
  if (kind.unstored) return;
  for (const [index, body] of kind.bodies.entries()) {
    const object = objectOf(kind, body, fixtureName(kind, index), namespace);
    object.metadata = { ...object.metadata, ...more(index) };
    const request = { method: 'POST', path: collectionPath(kind, namespace), body: JSON.stringify(object) };
    for (const [at, server] of servers.entries()) {
      const { status, body: answer }: Reply = await server.send(request);
      if (status !== 201 && status !== 409) {
        const name = at === 0 ? 'the reference' : 'the tested server';
        console.log(`${kind.kind} ${index} cannot be created on ${name}: ${status} ${JSON.stringify(answer).slice(0, 600)}`);
      }
    }
  }
}

/** Removes an object whatever finalizers it has. */
export async function removeObject(server: Connection, path: string): Promise<void> {
  await server.send({ method: 'DELETE', path });
  const body = JSON.stringify({ metadata: { finalizers: null } });
  await server.send({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
}

/** Removes a kind's cluster-scoped fixtures; others go with their namespace. */
export async function removeFixtures(servers: readonly Connection[], kind: TestedKind, namespace: string): Promise<void> {
  if (kind.namespaced || kind.unstored) return;
  for (const index of kind.bodies.keys()) {
    const path = `${collectionPath(kind, namespace)}/${fixtureName(kind, index)}`;
    const remove = (server: Connection) =>
      kind.kind === 'Namespace' ? removeNamespace(server, fixtureName(kind, index)) : removeObject(server, path);
    await Promise.all(servers.map(remove));
  }
}
