import type { MessagePort } from 'node:worker_threads';
import { StorageClosedError } from '../errors.ts';
import type { Entry, RangeOptions, RangeResult, Storage, WatchSink, WriteOptions } from '../storage.ts';
import { alone, type FromStore, type Method, receivedError, type ToStore } from './messages.ts';

interface Pending {
  resolve(value: any): void;
  reject(error: Error): void;
  /** Fulfilled once there is an answer, whatever it is. */
  settled: Promise<void>;
}

/** The store of another thread, through a port at whose other end it is served (`serveStorage`). Disposing it leaves the store itself as it is. */
export class PortStorage implements Storage {
  private readonly port: MessagePort;
  private readonly pending = new Map<number, Pending>();
  private readonly sinks = new Map<number, WatchSink>();
  private last = 0;
  private compacted = 0;
  private closed = false;

  constructor(port: MessagePort) {
    this.port = port;
    port.on('message', (message: FromStore) => this.receive(message));
    port.once('close', () => this.close());
  }

  get(key: string, revision?: number): Promise<Entry | undefined> {
    return this.call('get', key, revision);
  }

  revisionOf(key: string): Promise<number | undefined> {
    return this.call('revisionOf', key);
  }

  async isStale(key: string): Promise<boolean> {
    return (await this.call('isStale', key)) === true;
  }

  range(start: string, end: string, options?: RangeOptions): Promise<RangeResult> {
    return this.call('range', start, end, options);
  }

  create(key: string, value: Uint8Array, options?: WriteOptions): Promise<number> {
    return this.call('create', key, alone(value), options);
  }

  update(key: string, value: Uint8Array, expected: number, options?: WriteOptions): Promise<number> {
    return this.call('update', key, alone(value), expected, options);
  }

  delete(key: string, expected: number): Promise<number> {
    return this.call('delete', key, expected);
  }

  async watch(start: string, end: string, revision: number, sink: WatchSink, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const id = ++this.last;
    this.sinks.set(id, sink);
    const stop = () => {
      if (this.sinks.delete(id)) this.send({ type: 'unwatch', id });
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      await this.answerTo(id, { type: 'watch', id, start, end, revision });
    } catch (error) {
      signal.removeEventListener('abort', stop);
      this.sinks.delete(id);
      throw error;
    }
  }

  currentRevision(): Promise<number> {
    return this.call('currentRevision');
  }

  requestProgress(): void {
    this.send({ type: 'requestProgress' });
  }

  compact(revision: number): Promise<void> {
    return this.call('compact', revision);
  }

  /** As of the last answer. */
  compactedRevision(): number {
    return this.compacted;
  }

  /** What was asked is answered; nothing more is. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return;
    const asked = [...this.pending.values()].map(({ settled }) => settled);
    this.closed = true;
    await Promise.all(asked);
    this.close();
    this.port.close();
  }

  private call(method: Method, ...args: unknown[]): Promise<any> {
    const id = ++this.last;
    return this.answerTo(id, { type: 'call', id, method, args });
  }

  private answerTo(id: number, message: ToStore): Promise<unknown> {
    if (this.closed) return Promise.reject(new StorageClosedError());
    let pending!: Pick<Pending, 'resolve' | 'reject'>;
    const answer = new Promise((resolve, reject) => {
      pending = { resolve, reject };
    });
    const settled = answer.then(
      () => {},
      () => {},
    );
    this.pending.set(id, { ...pending, settled });
    this.send(message);
    return answer;
  }

  private send(message: ToStore): void {
    if (!this.closed) this.port.postMessage(message);
  }

  private receive(message: FromStore): void {
    const { id } = message;
    switch (message.type) {
      case 'answer':
        this.compacted = message.compacted;
        this.pending.get(id)?.resolve(message.value);
        this.pending.delete(id);
        return;
      case 'failure':
        this.compacted = message.compacted;
        this.pending.get(id)?.reject(receivedError(message.error));
        this.pending.delete(id);
        return;
      case 'changes':
        return this.sinks.get(id)?.changes(message.changes);
      case 'progress':
        return this.sinks.get(id)?.progress(message.revision);
      case 'ended': {
        const sink = this.sinks.get(id);
        this.sinks.delete(id);
        return sink?.failed(receivedError(message.error));
      }
    }
  }

  private close(): void {
    this.closed = true;
    for (const { reject } of this.pending.values()) reject(new StorageClosedError());
    this.pending.clear();
    const sinks = [...this.sinks.values()];
    this.sinks.clear();
    for (const sink of sinks) sink.failed(new StorageClosedError());
  }
}
