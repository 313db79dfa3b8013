import { gunzipSync } from 'node:zlib';
import { readKubeconfig } from '../../src/cli/kubeconfig.ts';
import { seededRandom } from '../../src/machinery/random.ts';
import { mutate } from './mutate.ts';
import { namespace, soundRequests, type WireRequest } from './requests.ts';
import { type Answer, HangingError, Http2Sender, type Manner, post, type Server, sendHttp1 } from './wire.ts';

export interface Finding {
  /** Which request of the seed's sequence: `--only` sends it alone. */
  readonly index: number;
  readonly problem: string;
  readonly request: string;
}

export interface Result {
  readonly findings: readonly Finding[];
  /** How many answers had each status; 0 stands for a connection that ended without one. */
  readonly statuses: ReadonlyMap<number, number>;
}

export interface MutationOptions {
  readonly server: Server;
  readonly count: number;
  readonly seed: number;
  readonly only?: number;
  /** Called with every answer's status (0: none). */
  answered?(index: number, status: number, request: WireRequest): void;
}

const concurrency = 16;
/** What is malformed as HTTP/2 is answered with a reset of the stream (RFC 9113, 8.1.1). */
const protocolError = 1;

/** Sends `count` mutated requests and judges every answer. */
export async function runMutations({ server, count, seed, only, answered }: MutationOptions): Promise<Result> {
  const sender = new Http2Sender(server);
  const findings: Finding[] = [];
  const statuses = new Map<number, number>();
  await makeNamespace(sender);
  let next = 0;
  async function work(): Promise<void> {
    while (next < count && findings.length < 200) {
      const index = next++;
      if (only !== undefined && index !== only) continue;
      const random = seededRandom(seed * 1_000_003 + index);
      const request = mutate(soundRequests[Math.floor(random.next() * soundRequests.length)]!, random);
      const http1 = random.next() < 0.3;
      const manner = mannerOf(random.next(), http1);
      let answer: Answer | undefined;
      let problem: string | undefined;
      try {
        answer = await (http1 ? sendHttp1(server, request, manner) : sender.send(request, manner));
        // A malformed request may end the connection that it shares with others: those are asked again, each on its own.
        if (answer.cut && manner === 'whole') answer = await sendAlone(server, request);
        problem = problemOf(request, answer, manner);
      } catch (error) {
        // What cannot even be sent (a header that HTTP/2 forbids) is no request.
        if (error instanceof HangingError && manner === 'whole') problem = error.message;
      }
      statuses.set(answer?.status ?? 0, (statuses.get(answer?.status ?? 0) ?? 0) + 1);
      if (problem) findings.push({ index, problem, request: describe(request, http1, manner) });
      answered?.(index, answer?.status ?? 0, request);
    }
  }
  await Promise.all(Array.from({ length: only === undefined ? concurrency : 1 }, work));
  sender.close();
  return { findings, statuses };
}

/** Sends whole requests and judges every answer. */
export async function runRequests(server: Server, requests: Iterable<WireRequest>): Promise<Result> {
  const sender = new Http2Sender(server);
  const findings: Finding[] = [];
  const statuses = new Map<number, number>();
  await makeNamespace(sender);
  // One iterator feeds all workers.
  const queue = requests[Symbol.iterator]();
  let next = 0;
  async function work(): Promise<void> {
    for (let { value, done } = queue.next(); !done && findings.length < 5000; { value, done } = queue.next()) {
      const index = next++;
      const answer = await sender.send(value, 'whole').catch((error: Error) => error);
      const status = answer instanceof Error ? 0 : (answer.status ?? 0);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const problem = answer instanceof Error ? answer.message : problemOf(value, answer, 'whole');
      if (problem) findings.push({ index, problem, request: describe(value, false, 'whole') });
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work));
  sender.close();
  return { findings, statuses };
}

async function makeNamespace(sender: Http2Sender): Promise<void> {
  await post(sender, '/api/v1/namespaces', { metadata: { name: namespace } });
}

async function sendAlone(server: Server, request: WireRequest): Promise<Answer> {
  const sender = new Http2Sender(server);
  try {
    return await sender.send(request, 'whole');
  } finally {
    sender.close();
  }
}

function mannerOf(chance: number, http1: boolean): Manner {
  if (chance < 0.02) return 'slow';
  if (chance < 0.05) return 'abandoned';
  if (http1 && chance < 0.08) return 'short';
  if (http1 && chance < 0.11) return 'garbled';
  return 'whole';
}

/** Messages that kube-apiserver v1.36.3 sends with a 500 too, though the request is to blame. */
const blamelessErrors =
  /failed to create RequestInfo: unable to determine kind and namespace from url|failed to create typed patch object|failed to convert new object|unknown patch type|does not contain declared merge key|list element types are not identical|expected a map\[string\]interface|resourceVersion: Invalid value|target\.(name|kind): /;

/** Whether kube-apiserver gives this server error as well: what has no backend to go to, what would take too long, and the messages above. */
function isDocumented({ status, body }: Answer, target: string): boolean {
  if (status === 501 || status === 504) return true;
  if (/\/(proxy|log|exec|attach|portforward)\b/.test(target)) return true;
  return status === 500 && blamelessErrors.test(body.toString('latin1'));
}

/** @returns what is wrong with an answer, if anything is */
function problemOf(request: WireRequest, answer: Answer, manner: Manner): string | undefined {
  const { status, type, body, reset } = answer;
  if (status === undefined)
    return manner === 'whole' && reset !== protocolError ? `no answer (${reset ?? 'the connection ended'})` : undefined;
  if (status >= 500 && !isDocumented(answer, request.target)) return `${status}: ${body.toString().slice(0, 500)}`;
  if (request.method === 'HEAD' || status < 400 || manner !== 'whole' || !type.startsWith('application/json')) return undefined;
  try {
    // An error that shows the whole of a large body is compressed for who takes that.
    const told = JSON.parse((isGzip(body) ? gunzipSync(body) : body).toString());
    if (told.kind === 'Status' && told.code === status && told.message !== undefined) return undefined;
    return `${status} with a body that does not say so: ${body.toString().slice(0, 300)}`;
  } catch {
    return `${status} with a body that is not JSON: ${body.toString().slice(0, 300)}`;
  }
}

function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}

function describe({ method, target, headers, body }: WireRequest, http1: boolean, manner: Manner): string {
  const text = body === undefined ? '' : ` ${body.length} bytes: ${JSON.stringify(body.toString('latin1').slice(0, 600))}`;
  return `${http1 ? 'HTTP/1.1' : 'HTTP/2'} ${manner} ${method} ${target} ${JSON.stringify(headers).slice(0, 400)}${text}`;
}

/** What a kubeconfig says of its server. */
export async function serverOf(kubeconfig: string): Promise<Server> {
  const { server, authority, certificate, key } = await readKubeconfig(kubeconfig);
  const { hostname, port } = new URL(server);
  return { host: hostname, port: Number(port), authority, certificate, key };
}
