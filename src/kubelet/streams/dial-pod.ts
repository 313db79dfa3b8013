import type { Duplex } from 'node:stream';
import { visit } from '../containers/container.ts';
import { Log } from '../containers/log.ts';
import { commandOf } from '../containers/program.ts';
import { connectedPair } from '../images/connection.ts';
import type { PodWorker } from '../pod-worker.ts';

/**
 * Connects to the container of a pod that listens on a port.
 * @returns undefined where none does
 */
export async function dialPod(worker: PodWorker, port: number): Promise<Duplex | undefined> {
  for (const run of worker.running()) {
    const container = worker.spec(run);
    const image = container && worker.host.images.get(container.image ?? '');
    const { listens } = image?.program ?? {};
    // An emulated command stands in for the image's server.
    if (!listens || run.program?.process) continue;
    const { clock } = worker.context;
    const { env, files } = await worker.inside(run);
    const serve = listens({
      command: commandOf(container!, image!) ?? [],
      env,
      files,
      now: () => clock.now(),
      usage: () => worker.host.usageOfAll(),
      out(text) {
        run.log ??= new Log();
        run.log.append(text, clock.now());
      },
    }).get(port);
    if (!serve || run.state !== 'running') continue;
    const [client, server] = connectedPair();
    const leave = visit(run, () => server.destroy());
    server.once('close', leave);
    serve(server);
    return client;
  }
  return undefined;
}
