import { deepEqual, equal } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startCluster } from '../harness/cluster.ts';
import { bundledTool } from '../harness/tools.ts';

/** A scheduler with extenders, which are asked over HTTP as kube-scheduler asks them. */
const kubectl = await bundledTool('kubectl');
const run = promisify(execFile);
const managed = 'example.com/seat';

interface Call {
  readonly path: string;
  readonly body: any;
}

/** An extender that keeps pods off node-1, likes node-3, takes pods away on node-2 only, and does not take pods whose name begins with `no`. */
async function startExtender(calls: Call[]): Promise<Server> {
  const server = createServer(async (request, response) => {
    const body: any = await json(request);
    calls.push({ path: request.url!, body });
    const answers: Record<string, () => unknown> = {
      '/filter': () => {
        const wanted = body.NodeNames.filter((name: string) => name !== 'node-1' && !body.Pod.metadata.name.startsWith('no'));
        const failed = body.NodeNames.filter((name: string) => !wanted.includes(name)).map((name: string) => [name, 'no seat left']);
        return { NodeNames: wanted, FailedNodes: Object.fromEntries(failed) };
      },
      '/preempt': () => {
        const { 'node-2': only } = body.NodeNameToMetaVictims;
        return { NodeNameToMetaVictims: body.Pod.metadata.name.startsWith('no') || !only ? {} : { 'node-2': only } };
      },
      '/prioritize': () => body.NodeNames.map((name: string) => ({ Host: name, Score: name === 'node-3' ? 10 : 0 })),
    };
    response.end(JSON.stringify(answers[request.url!]!()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

test('extenders have a say about the pods that ask for what they manage', { timeout: 120_000 }, async () => {
  const calls: Call[] = [];
  const extender = await startExtender(calls);
  try {
    const { port } = extender.address() as AddressInfo;
    await using cluster = await clusterWith({
      urlPrefix: `http://127.0.0.1:${port}/`,
      filterVerb: 'filter',
      prioritizeVerb: 'prioritize',
      weight: 5,
      nodeCacheCapable: true,
      managedResources: [{ name: managed, ignoredByScheduler: true }],
    });
    const seat = { resources: { limits: { [managed]: '1' } } };
    const pod = (name: string, more: object) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'nginx', ...more }] },
    });
    await cluster.apply([pod('seated', seat), pod('standing', {}), pod('nowhere', seat)]);
    equal(await cluster.wait('pod/seated', '{.spec.nodeName}'), 'node-3');
    await cluster.wait('pod/standing', '{.spec.nodeName}');
    equal(
      await cluster.wait('pod/nowhere', '{.status.conditions[0].message}'),
      '0/3 nodes are available: 3 no seat left. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
    );
    const asked = new Set(calls.map(({ path, body }) => `${path} ${body.Pod.metadata.name}`));
    deepEqual([...asked].sort(), ['/filter nowhere', '/filter seated', '/prioritize seated']);
  } finally {
    extender.closeAllConnections();
    extender.close();
  }
});

test('an extender strikes nodes on which pods would be taken away for another', { timeout: 120_000 }, async () => {
  const calls: Call[] = [];
  const extender = await startExtender(calls);
  try {
    const { port } = extender.address() as AddressInfo;
    await using cluster = await clusterWith({ urlPrefix: `http://127.0.0.1:${port}`, preemptVerb: 'preempt', nodeCacheCapable: true });
    const pod = (name: string, more: object) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: 'nginx', resources: { limits: { [managed]: '1' } } }],
        ...more,
      },
    });
    const important = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'important' }, value: 1000 };
    const nodes = ['node-1', 'node-2', 'node-3'];
    for (const node of nodes) await cluster.patchNode(node, { status: { capacity: { [managed]: '1' }, allocatable: { [managed]: '1' } } });
    await cluster.apply([important, ...nodes.map((nodeName) => pod(`on-${nodeName}`, { nodeName }))]);
    for (const node of nodes) await cluster.wait(`pod/on-${node}`, '{.status.startTime}');
    await cluster.apply([pod('placed', { priorityClassName: 'important' })]);
    equal(await cluster.wait('pod/placed', '{.spec.nodeName}'), 'node-2');
    await cluster.apply([pod('none', { priorityClassName: 'important' })]);
    equal(
      await cluster.wait('pod/none', '{.status.conditions[0].message}'),
      `0/3 nodes are available: 3 Insufficient ${managed}. no new claims to deallocate, preemption: no candidate node for preemption`,
    );
    const [first] = calls.filter(({ body }) => body.Pod.metadata.name === 'placed');
    deepEqual(Object.keys(first!.body.NodeNameToMetaVictims).sort(), nodes);
  } finally {
    extender.closeAllConnections();
    extender.close();
  }
});

async function clusterWith(extender: object) {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-extender-'));
  const file = join(folder, 'scheduler.json');
  await writeFile(
    file,
    JSON.stringify({ apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration', extenders: [extender] }),
  );
  const cluster = await startCluster({ flags: ['--memory', '--nodes', '3', '--scheduler-config', file] });
  const env = { ...process.env, KUBECONFIG: cluster.kubeconfig };
  return {
    async apply(items: readonly object[]): Promise<void> {
      const list = join(folder, 'list.json');
      await writeFile(list, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
      await run(kubectl, ['apply', '-f', list], { env });
    },
    async patchNode(name: string, patch: object): Promise<void> {
      await run(kubectl, ['patch', 'node', name, '--subresource=status', '--type=merge', '-p', JSON.stringify(patch)], { env });
    },
    /** The value at a path, once there is one. */
    async wait(object: string, path: string): Promise<string> {
      await run(kubectl, ['wait', object, `--for=jsonpath=${path}`, '--timeout=60s'], { env });
      return (await run(kubectl, ['get', object, '-o', `jsonpath=${path}`], { env })).stdout;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await cluster[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
