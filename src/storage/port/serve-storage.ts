import type { MessagePort } from 'node:worker_threads';
import type { Change, Entry, RangeResult, Storage } from '../storage.ts';
import { alone, type FromStore, methodOf, sentError, type ToStore } from './messages.ts';

/** Serves a store to the thread at the other end of a port (`PortStorage`), until the port is closed. */
export function serveStorage(storage: Storage, port: MessagePort): void {
  const watches = new Map<number, AbortController>();
  const send = (message: FromStore) => port.postMessage(message);
  const answered = (id: number, asked: Promise<unknown>) =>
    asked.then(
      (value) => send({ type: 'answer', id, value: sendable(value), compacted: storage.compactedRevision() }),
      (error) => send({ type: 'failure', id, error: sentError(error), compacted: storage.compactedRevision() }),
    );
  const watch = (id: number, start: string, end: string, revision: number) => {
    const controller = new AbortController();
    watches.set(id, controller);
    const sink = {
      changes: (changes: readonly Change[]) => send({ type: 'changes', id, changes: changes.map(sendableChange) }),
      progress: (reached: number) => send({ type: 'progress', id, revision: reached }),
      failed: (error: Error) => send({ type: 'ended', id, error: sentError(error) }),
    };
    return answered(id, storage.watch(start, end, revision, sink, controller.signal));
  };
  port.on('message', (message: ToStore) => {
    switch (message.type) {
      case 'call':
        return void answered(message.id, methodOf(storage, message.method)(...message.args));
      case 'watch':
        return void watch(message.id, message.start, message.end, message.revision);
      case 'unwatch':
        watches.get(message.id)?.abort();
        return void watches.delete(message.id);
      case 'requestProgress':
        return storage.requestProgress();
    }
  });
  port.once('close', () => {
    for (const controller of watches.values()) controller.abort();
    watches.clear();
  });
}

/** What a method gave, with its bytes apart from what they were cut out of, and from the objects of which they were made. */
function sendable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('entries' in value) return { ...value, entries: (value as RangeResult).entries.map(sendableEntry) };
  return sendableEntry(value as Entry);
}

function sendableEntry({ key, value, createRevision, modRevision }: Entry): Entry {
  return { key, value: alone(value), createRevision, modRevision };
}

function sendableChange({ type, key, revision, value, createRevision, previous }: Change): Change {
  return {
    type,
    key,
    revision,
    createRevision,
    ...(value ? { value: alone(value) } : {}),
    ...(previous ? { previous: { value: alone(previous.value), modRevision: previous.modRevision } } : {}),
  };
}
