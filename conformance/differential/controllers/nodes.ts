import type { Connection } from '../connection.ts';

const taint = { key: 'dedicated', value: 'x', effect: 'NoSchedule' };
const nodes = [{ zone: 'a' }, { zone: 'a' }, { zone: 'b' }, { zone: 'b', taints: [taint] }];

/** Makes the nodes of a run where they are missing, and waits until they are ready. @throws Error if they don't become it */
export async function makeNodes(server: Connection): Promise<void> {
  for (const [i, { zone, taints }] of nodes.entries()) {
    const name = `node-${i + 1}`;
    const resources = { cpu: '64', memory: '256Gi', pods: '500' };
    const body = {
      metadata: {
        name,
        annotations: { 'kwok.x-k8s.io/node': 'fake' },
        labels: { zone, 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
      },
      spec: { taints },
      status: { capacity: resources, allocatable: resources },
    };
    await server.send({ method: 'POST', path: '/api/v1/nodes', body: JSON.stringify(body) });
  }
  for (let tries = 0; tries < 100; tries++) {
    const { body } = await server.send({ method: 'GET', path: '/api/v1/nodes' });
    const { items = [] } = body as { items?: any[] };
    const isFree = ({ spec, status }: any) =>
      status.conditions?.some((c: any) => c.type === 'Ready' && c.status === 'True') &&
      !spec.taints?.some(({ key }: any) => key.startsWith('node.kubernetes.io/'));
    if (items.length >= nodes.length && items.every(isFree)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the nodes do not become ready');
}
