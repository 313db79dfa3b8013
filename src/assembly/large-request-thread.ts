import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { ClusterKeys } from '../auth/pki.ts';
import type { UpOptions } from '../cli/options.ts';
import type { Clock, Timer } from '../machinery/clock.ts';
import type { Logger } from '../machinery/logger.ts';
import { internalError } from '../registry/errors.ts';
import type { FromServer, LargeAnswer, LargeRequest, LargeRequestServer, ToServer } from '../server/large-requests/messages.ts';
import { serveStorage } from '../storage/port/serve-storage.ts';
import type { Storage } from '../storage/storage.ts';

export interface LargeRequestThreadParts {
  /** The module that calls `serveLargeRequests` when it is the entry of a thread. */
  readonly entry: URL;
  readonly options: UpOptions;
  readonly keys: ClusterKeys;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the thread begins with. */
export interface LargeRequestData {
  readonly options: UpOptions;
  readonly keys: ClusterKeys;
  readonly storage: MessagePort;
  readonly requests: MessagePort;
}

/** So long after its last answer the thread ends, and gives its memory back. */
const idleMs = 60_000;
/** What the thread may hold in its heap: whoever needs more ends it, and nobody else. */
const heapMegabytes = 1024;
/** Data may be 10,000 levels deep. V8 ends the whole process when it comes upon a regular expression to compile where the stack is nearly used up. */
const stackMegabytes = 64;

/**
 * A second API server in a thread of its own, over the store of this one, for the requests that would hold everyone up here. It is started by the first
 * of them and ends when there was none for a minute.
 */
export class LargeRequestThread implements LargeRequestServer, AsyncDisposable {
  private readonly parts: LargeRequestThreadParts;
  private running: Thread | undefined;
  private closed = false;

  constructor(parts: LargeRequestThreadParts) {
    this.parts = parts;
  }

  answer(request: LargeRequest, signal: AbortSignal): Promise<LargeAnswer> {
    if (this.closed) return Promise.reject(internalError('the server is shutting down'));
    if (!this.running || this.running.ended) this.running = new Thread(this.parts);
    return this.running.answer(request, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed = true;
    await this.running?.end();
  }
}

interface Pending {
  resolve(answer: LargeAnswer): void;
  reject(error: unknown): void;
}

class Thread {
  /** Whether it takes no more requests. */
  ended = false;
  private readonly worker: Worker;
  private readonly requests: MessagePort;
  private readonly clock: Clock;
  private readonly pending = new Map<number, Pending>();
  private last = 0;
  private idle: Timer | undefined;

  constructor({ entry, options, keys, storage, clock, logger }: LargeRequestThreadParts) {
    this.clock = clock;
    const store = new MessageChannel();
    const requests = new MessageChannel();
    serveStorage(storage, store.port1);
    this.requests = requests.port1;
    this.requests.on('message', (message: FromServer) => this.receive(message));
    const workerData: LargeRequestData = { options, keys, storage: store.port2, requests: requests.port2 };
    const transferList = [store.port2, requests.port2];
    this.worker = new Worker(entry, {
      workerData,
      transferList,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, stackSizeMb: stackMegabytes },
    });
    this.worker.on('error', (err) => logger.error({ err }, 'the thread for large requests failed'));
    this.worker.once('exit', () => {
      store.port1.close();
      this.over();
    });
    // A process that has nothing else to do may end: whoever waits for an answer has a connection.
    for (const each of [this.worker, store.port1, this.requests]) each.unref();
  }

  answer(request: LargeRequest, signal: AbortSignal): Promise<LargeAnswer> {
    this.idle?.cancel();
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      const gone = () => {
        this.send({ type: 'abort', id });
        this.settle(id, ({ reject: refuse }) => refuse(signal.reason));
      };
      this.pending.set(id, {
        resolve(answer) {
          signal.removeEventListener('abort', gone);
          resolve(answer);
        },
        reject(error) {
          signal.removeEventListener('abort', gone);
          reject(error);
        },
      });
      if (signal.aborted) return gone();
      signal.addEventListener('abort', gone, { once: true });
      this.send({ type: 'request', id, request });
    });
  }

  async end(): Promise<void> {
    this.ended = true;
    this.idle?.cancel();
    await this.worker.terminate();
    this.over();
  }

  private receive(message: FromServer): void {
    this.settle(message.id, ({ resolve }) => resolve(message.answer));
  }

  private settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.pending.get(id);
    if (!pending) return;
    this.pending.delete(id);
    how(pending);
    if (this.pending.size === 0 && !this.ended) this.idle = this.clock.timer(idleMs, () => void this.end(), { background: true });
  }

  private send(message: ToServer): void {
    if (!this.ended) this.requests.postMessage(message);
  }

  /** Nothing more is answered. */
  private over(): void {
    this.ended = true;
    this.idle?.cancel();
    this.requests.close();
    const failure = internalError('the thread that worked on the request has ended');
    for (const { reject } of this.pending.values()) reject(failure);
    this.pending.clear();
  }
}
