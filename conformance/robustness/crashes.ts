import { seededRandom } from '../../src/machinery/random.ts';
import { startCluster } from '../harness/cluster.ts';
import { serverOf } from './bad-input.ts';
import { History } from './history.ts';
import { followWatch } from './watch.ts';
import { Http2Sender, post, request } from './wire.ts';

export interface CrashOptions {
  readonly kills: number;
  readonly seed: number;
  readonly folder: string;
}

export interface CrashResult {
  readonly problems: readonly string[];
  readonly writes: number;
  /** Writes that had no answer when the process was killed. */
  readonly unanswered: number;
  readonly events: number;
}

const namespace = 'crashes';
const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
const services = `/api/v1/namespaces/${namespace}/services`;
const writers = 8;
const keysOfAWriter = 6;
const flags = (compactionSeconds: number) => [
  ...['--nodes', '0', '--components', 'apiserver'],
  ...['--compaction-interval', `${compactionSeconds}s`],
];
const leastCompactionSeconds = 3;
/** Compaction runs in many of the lives, and must never take what a watch resumes from: it is some starts away, however long one takes here. */
const startsBetweenCompactions = 5;

/** Kills the process again and again while it is written to, and checks what is there afterwards against everything that was answered. */
export async function runCrashes({ kills, seed, folder }: CrashOptions): Promise<CrashResult> {
  const random = seededRandom(seed);
  const history = new History();
  const began = performance.now();
  let cluster = await startCluster({ folder, flags: flags(leastCompactionSeconds) });
  const startSeconds = (performance.now() - began) / 1000;
  const compactionSeconds = Math.max(leastCompactionSeconds, Math.ceil(startSeconds * startsBetweenCompactions));
  let sender = new Http2Sender(await serverOf(cluster.kubeconfig));
  try {
    await post(sender, '/api/v1/namespaces', { metadata: { name: namespace } });
    const first = await listOf(sender, configMaps);
    let revision = first.revision;
    for (let life = 0; life <= kills; life++) {
      const server = await serverOf(cluster.kubeconfig);
      const watch = followWatch(server, configMaps, revision, (type, object) => history.watched(type, object));
      const load = new AbortController();
      const work = Array.from({ length: writers }, (_, writer) => writeConfigMaps(sender, history, writer, random.next, load.signal));
      work.push(writeServices(sender, history, random.next, load.signal));
      await new Promise((resolve) => setTimeout(resolve, 50 + random.next() * 600));
      if (life === kills) {
        load.abort();
        await Promise.all(work);
        const value = history.nextValue();
        await history.write('configmaps', 'last', value, () => post(sender, configMaps, { metadata: { name: 'last' }, data: { value } }));
        await watch.until(history.present('configmaps', 'last')!.revision, 10_000);
        revision = await watch.stop();
        break;
      }
      await cluster.stop('SIGKILL');
      load.abort();
      await Promise.all(work);
      revision = await watch.stop();
      sender.close();
      cluster = await startCluster({ folder, flags: flags(compactionSeconds) });
      sender = new Http2Sender(await serverOf(cluster.kubeconfig));
      history.survived('configmaps', await listOf(sender, configMaps), life);
      history.survived('services', await listOf(sender, services), life);
    }
    history.judgeEvents();
  } finally {
    sender.close();
    await cluster.stop();
  }
  return { problems: history.problems, writes: history.writes, unanswered: history.unanswered, events: history.events };
}

// A writer ends with the process: it writes again only once it is known what became of its last write.
async function writeConfigMaps(
  sender: Http2Sender,
  history: History,
  writer: number,
  random: () => number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const name = `w${writer}-${Math.floor(random() * keysOfAWriter)}`;
    const present = history.present('configmaps', name);
    const value = history.nextValue();
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value } };
    let answered: boolean;
    if (!present) {
      answered = await history.write('configmaps', name, value, () => post(sender, configMaps, body));
    } else if (random() < 0.25) {
      answered = await history.remove('configmaps', name, () => request(sender, 'DELETE', `${configMaps}/${name}`));
    } else if (random() < 0.5) {
      const update = { ...body, metadata: { name, resourceVersion: present.revision } };
      answered = await history.write('configmaps', name, value, () => request(sender, 'PUT', `${configMaps}/${name}`, update));
    } else {
      const patch = () => request(sender, 'PATCH', `${configMaps}/${name}`, { data: { value } }, 'application/merge-patch+json');
      answered = await history.write('configmaps', name, value, patch);
    }
    if (!answered) return;
  }
}

async function writeServices(sender: Http2Sender, history: History, random: () => number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const name = `s${Math.floor(random() * 200)}`;
    if (history.present('services', name)) {
      if (!(await history.remove('services', name, () => request(sender, 'DELETE', `${services}/${name}`)))) return;
      continue;
    }
    const value = history.nextValue();
    const spec = { type: 'NodePort', ports: [{ port: 80 }] };
    if (!(await history.write('services', name, value, () => post(sender, services, { metadata: { name, labels: { value } }, spec }))))
      return;
  }
}

async function listOf(sender: Http2Sender, target: string): Promise<{ items: any[]; revision: string }> {
  const answer = await request(sender, 'GET', target);
  const list = JSON.parse(answer.body.toString());
  return { items: list.items, revision: list.metadata.resourceVersion };
}
