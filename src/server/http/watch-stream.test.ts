import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WatchAnswer, WatchAnswerEvent, WatchAnswerSink } from '../answer.ts';
import { FrameBatch, WatchFrames } from '../encoding/watch-frames.ts';
import { things } from '../testing/things.ts';
import type { Reply } from './reply.ts';
import { WatchStreams } from './watch-stream.ts';

/** A client that reads only when told to. */
class SlowReply implements Reply {
  readonly writes: Buffer[] = [];
  unread = 0;
  ended = false;
  gone = false;
  private waiting: (() => void)[] = [];
  private onClose: () => void = () => {};
  head() {}
  flush() {}
  abort() {}
  write(bytes: Buffer) {
    this.writes.push(bytes);
    this.unread += bytes.length;
    return false;
  }
  end() {
    this.ended = true;
  }
  pending() {
    return this.unread;
  }
  drained(callback: () => void) {
    this.waiting.push(callback);
  }
  closed(callback: () => void) {
    this.onClose = callback;
  }
  read() {
    this.unread = 0;
    for (const callback of this.waiting.splice(0)) callback();
  }
  leave() {
    this.gone = true;
    this.onClose();
    this.read();
  }
}

function watched() {
  const state: { sink?: WatchAnswerSink; stopped: number } = { stopped: 0 };
  const answer: WatchAnswer = {
    type: 'watch',
    definition: things,
    start: (sink) => {
      state.sink = sink;
      return () => state.stopped++;
    },
  };
  return { state, answer };
}

const event: WatchAnswerEvent = { type: 'ADDED', object: {} };
const framesOf = (frame: Buffer) => ({ encode: (events: readonly WatchAnswerEvent[]) => new FrameBatch(events.map(() => frame)) });
const written = async (reply: SlowReply) => {
  while (reply.writes.length === 0) await new Promise((resolve) => setImmediate(resolve));
};

test('a client that does not read makes the source wait, until it reads or leaves', async () => {
  const { state, answer } = watched();
  const reply = new SlowReply();
  new WatchStreams().open(answer, framesOf(Buffer.alloc(400_000)), reply);
  assert.equal(state.sink!.events([event, event]), undefined);
  await written(reply);
  assert.deepEqual([reply.writes.length, reply.unread], [1, 800_000]);
  const draining = state.sink!.events([event]);
  assert.ok(draining instanceof Promise);
  reply.read();
  await draining;
  const again = state.sink!.events([event, event, event]);
  assert.ok(again instanceof Promise);
  reply.leave();
  await again;
  assert.equal(state.stopped, 1);
});

test('the end of the source ends the answer after its last frames; ended servers open no watch', async () => {
  const { state, answer } = watched();
  const reply = new SlowReply();
  const streams = new WatchStreams();
  streams.open(answer, framesOf(Buffer.from('x')), reply);
  state.sink!.events([event]);
  state.sink!.end();
  assert.deepEqual([String(reply.writes), reply.ended], ['x', true]);
  streams.endAll();
  const late = new SlowReply();
  streams.open(answer, framesOf(Buffer.from('x')), late);
  assert.equal(late.ended, true);
});

test('what nearly comes together leaves in one write to each watcher, and is joined once for those that see the same', async () => {
  const watchers = [watched(), watched()];
  const replies = watchers.map(() => new SlowReply());
  const streams = new WatchStreams();
  const frames = new WatchFrames();
  const encoding = { encode: (events: readonly WatchAnswerEvent[]) => frames.json(events) };
  for (const [i, { answer }] of watchers.entries()) streams.open(answer, encoding, replies[i]!);
  const together = [event, event];
  for (const { state } of watchers) state.sink!.events(together);
  await Promise.all(replies.map(written));
  assert.equal(replies[0]!.writes[0], replies[1]!.writes[0]);
  for (const { state } of watchers) state.sink!.events([event]);
  await new Promise((resolve) => setImmediate(resolve));
  for (const { state } of watchers) state.sink!.events([event]);
  while (replies.some(({ writes }) => writes.length < 2)) await new Promise((resolve) => setImmediate(resolve));
  const line = '{"type":"ADDED","object":{}}\n';
  assert.deepEqual(
    replies.map(({ writes }) => writes.map(String)),
    replies.map(() => [line.repeat(2), line.repeat(2)]),
  );
});

test('what several watchers get within a few turns is one piece for all of them, and only for them', async () => {
  const streams = new WatchStreams();
  const frames = new WatchFrames();
  const encoding = { encode: (events: readonly WatchAnswerEvent[]) => frames.json(events) };
  const watchers = Array.from({ length: 3 }, () => ({ ...watched(), reply: new SlowReply() }));
  for (const { answer, reply } of watchers) streams.open(answer, encoding, reply);
  const [first, second] = [[event], [event, event]];
  for (const { state } of watchers) state.sink!.events(first);
  for (const { state } of watchers.slice(0, 2)) state.sink!.events(second);
  await Promise.all(watchers.map(({ reply }) => written(reply)));
  const [one, other, third] = watchers.map(({ reply }) => reply.writes);
  assert.equal(one!.length, 1);
  assert.equal(other![0], one![0]);
  assert.equal(String(one![0]), '{"type":"ADDED","object":{}}\n'.repeat(3));
  assert.deepEqual(third!.map(String), ['{"type":"ADDED","object":{}}\n']);
});
