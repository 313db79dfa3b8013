import { once } from 'node:events';
import { serveEtcdHealth } from './cli/envtest.ts';
import { parseEtcdArguments } from './cli/etcd-options.ts';
import { explain, interruption } from './cli/process.ts';

/* dist/etcd.js: what stands where envtest starts etcd. A suite waits for it before it starts the API server, so it loads no more than it needs. */

async function run(): Promise<void> {
  const { listenClientUrls } = parseEtcdArguments(process.argv.slice(2));
  const { signal } = interruption();
  await using _ = await serveEtcdHealth(listenClientUrls);
  if (!signal.aborted) await once(signal, 'abort');
}

run().catch((error) => {
  process.exitCode = explain(error);
});
