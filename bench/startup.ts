// Time from the command to "ready" and to three nodes Ready, and resident memory then: `node --import tsx bench/startup.ts [runs]`.
import { setTimeout as sleep } from 'node:timers/promises';
import { node as nodes } from '../api/core/v1/node.ts';
import { startCluster } from '../conformance/harness/cluster.ts';
import { createHttpClient } from '../src/client/http.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { median, residentMegabytes } from './processes.ts';

const runs = Number(process.argv[2] ?? 5);
const results: { ready: number; nodes: number; memory: number }[] = [];
for (let run = 0; run < runs; run++) {
  const start = performance.now();
  await using cluster = await startCluster();
  const ready = performance.now() - start;
  const client = createHttpClient(readKubeconfig(cluster.kubeconfig));
  let nodesReady = 0;
  while (nodesReady < 3) {
    const { items } = await client.resource(nodes).list('');
    nodesReady = items.filter((node) =>
      node.status?.conditions?.some(({ type, status }: any) => type === 'Ready' && status === 'True'),
    ).length;
  }
  const all = performance.now() - start;
  await client[Symbol.asyncDispose]();
  await sleep(2_000);
  results.push({ ready, nodes: all, memory: residentMegabytes(cluster.process.pid!) });
}
const of = (key: keyof (typeof results)[number]) => median(results.map((result) => result[key]));
console.log(
  `median of ${runs}: ready line ${of('ready').toFixed(0)} ms, three nodes Ready ${of('nodes').toFixed(0)} ms, resident after 2 s ${of('memory')} MB`,
);
