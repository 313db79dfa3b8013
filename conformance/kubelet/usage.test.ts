import { deepEqual, equal, match } from 'node:assert/strict';
import { type ChildProcess, execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startCluster } from '../harness/cluster.ts';
import { bundledTool } from '../harness/tools.ts';

/** What kubelets say of their nodes through the API server's proxy, and what is made of it: `kubectl top`, and autoscalers. */
const kubectl = await bundledTool('kubectl');

test('usage of nodes and pods', { timeout: 120_000 }, async (t) => {
  await using cluster = await startCluster({ flags: ['--memory', '--nodes', '2', '--horizontal-pod-autoscaler-sync-period', '1s'] });
  const run = (...args: string[]): Promise<string> & { readonly child: ChildProcess } => {
    const ended = promisify(execFile)(kubectl, args, { env: { ...process.env, KUBECONFIG: cluster.kubeconfig } });
    return Object.assign(
      ended.then(({ stdout }) => stdout),
      { child: ended.child },
    );
  };
  const failure = (...args: string[]): Promise<string> =>
    run(...args).then(
      (out) => Promise.reject(new Error(`it succeeded: ${out}`)),
      ({ stderr }) => stderr.trim(),
    );
  const raw = (path: string) => run('get', '--raw', `/api/v1/nodes/${path}`);
  equal(await failure('top', 'nodes'), 'error: Metrics API not available');
  const manifest = await readFile('examples/autoscaling/metrics-server.yaml', 'utf8');
  // An autoscaler believes what was measured of a pod only after it has run for as long as a measurement takes.
  const apply = run('apply', '-f', 'examples/autoscaling/till.yaml', '-f', '-');
  apply.child.stdin!.end(manifest.replace('--metric-resolution=15s', '--metric-resolution=1s'));
  await apply;
  await Promise.all([
    run('rollout', 'status', 'deployment/till'),
    run('wait', '--for=condition=Available', 'apiservice/v1beta1.metrics.k8s.io', '--timeout=60s'),
  ]);

  await t.test("a kubelet's own port, through the proxy", async () => {
    equal(await raw('node-1/proxy/healthz'), 'ok');
    equal(await raw('https:node-1:10250/proxy/healthz'), 'ok');
    match(await raw('node-1:10250/proxy/metrics'), /^kubelet_node_name\{node="node-1"\} 1$/m);
    match(
      await raw('node-1/proxy/metrics/cadvisor'),
      /^container_memory_working_set_bytes\{container="web",id="\/kubepods\/burstable\/pod/m,
    );
    match(await raw('node-1/proxy/logs/'), /^<pre>$/m);
    equal(JSON.parse(await raw('node-1/proxy/configz')).kubeletconfig.port, 10250);
    const namesOf = (list: { items: { metadata: { name: string } }[] }) => list.items.map(({ metadata }) => metadata.name).sort();
    const bound = JSON.parse(await run('get', 'pods', '-A', '--field-selector=spec.nodeName=node-1', '-o', 'json'));
    deepEqual(namesOf(JSON.parse(await raw('node-1/proxy/pods'))), namesOf(bound));
    const { pods } = JSON.parse(await raw('node-1/proxy/stats/summary'));
    deepEqual(pods.map(({ podRef }: any) => podRef.name).sort(), namesOf(bound));
    match(await failure('get', '--raw', '/api/v1/nodes/node-1/proxy/nothing'), /the server could not find the requested resource/);
    match(await failure('get', '--raw', '/api/v1/nodes/node-1:10255/proxy/healthz'), /no route to host/);
    await run('annotate', 'node', 'node-2', 'orrery.dev/kubelet=stopped');
    match(await failure('get', '--raw', '/api/v1/nodes/node-2/proxy/healthz'), /:10250: connect: connection refused/);
    await run('annotate', 'node', 'node-2', 'orrery.dev/kubelet-');
  });

  await t.test('kubectl top', async () => {
    match(await run('top', 'nodes'), /^node-1 +\d+m +0% +\d+Mi +0% *$/m);
    match(await run('top', 'pods', '-l', 'app=till', '--sum'), /^ +100m +64Mi *$/m);
    match(await run('top', 'pods', '--containers'), /^till-\S+ +web +50m +32Mi *$/m);
    equal(await failure('top', 'pod', 'nobody'), 'Error from server (NotFound): podmetrics.metrics.k8s.io "default/nobody" not found');
    match(await run('get', 'nodes.metrics.k8s.io', 'node-1'), /^NAME +CPU +MEMORY +WINDOW\nnode-1 +\d+m +\d+Mi +1s\n$/);
    match(await run('get', 'pods.metrics.k8s.io', '-l', 'app=till', '-o', 'name'), /^(podmetrics\.metrics\.k8s\.io\/till-\S+\n){2}$/);
  });

  await t.test('an autoscaler', async () => {
    const current = '{.status.currentMetrics[0].resource.current.averageUtilization}';
    await run('wait', '--for', `jsonpath=${current}=50`, 'hpa/till', '--timeout=60s');
    await run('annotate', 'pods', '-l', 'app=till', 'kwok.x-k8s.io/usage-cpu=90m');
    await run('wait', '--for', 'jsonpath={.status.desiredReplicas}=3', 'hpa/till', '--timeout=60s');
    await run('wait', '--for', 'jsonpath={.status.readyReplicas}=3', 'deployment/till', '--timeout=60s');
  });
});
