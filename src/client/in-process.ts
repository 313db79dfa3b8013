import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { jsonText } from '../../api/meta/json-text.ts';
import { apiVersionOf, type KubeObject } from '../../api/meta/object.ts';
import type { UserInfo } from '../auth/types.ts';
import { sharedAbortController } from '../machinery/abort.ts';
import type { Clock } from '../machinery/clock.ts';
import { LongWork } from '../machinery/long-work.ts';
import { readJson } from '../machinery/schema/json-numbers.ts';
import { Turns } from '../machinery/turns.ts';
import { copyData } from '../registry/copy.ts';
import { internalError } from '../registry/errors.ts';
import type { Answer, ListAnswer, StreamAnswer, WatchAnswerEvent } from '../server/answer.ts';
import type { ApiRequest } from '../server/context.ts';
import type { Client, ObjectList, WatchEvent } from './client.ts';
import { EventQueue } from './event-queue.ts';
import { errorOfStatus, plainError, statusError } from './plain-error.ts';
import { type ClientRequest, clientOver, type Transport } from './resource-client.ts';
import { requestsAtOneTime, withRetries } from './retries.ts';

/** The server's chain behind authentication (`Chain.inProcess`). */
export type Dispatch = (request: ApiRequest, user: UserInfo) => Promise<Answer>;

/** So many batches may wait for a watch's reader before its source waits for it. */
const bufferLimit = 1000;
export interface InProcessOptions {
  readonly clock: Clock;
  /** Names the field manager; default: the user's name. */
  readonly userAgent?: string;
}

const neverAborted = sharedAbortController().signal;

/**
 * A client that enters the server's chain with an identity: authorization, flow control, admission and everything after them are the same as over
 * the network, but nothing is encoded. What comes back is the server's own shared data.
 */
export function createInProcessClient(dispatch: Dispatch, user: UserInfo, { clock, userAgent }: InProcessOptions): Client {
  return clientOver(new InProcessTransport(dispatch, user, clock, userAgent));
}

class InProcessTransport implements Transport {
  private readonly dispatch: Dispatch;
  private readonly user: UserInfo;
  private readonly clock: Clock;
  private readonly turns = new Turns(requestsAtOneTime);
  private readonly headers: Readonly<Record<string, string>>;

  constructor(dispatch: Dispatch, user: UserInfo, clock: Clock, userAgent = user.username.replace(/^system:/, '').replaceAll(':', '-')) {
    this.dispatch = dispatch;
    this.user = user;
    this.clock = clock;
    // The default field manager is what stands before the slash.
    this.headers = Object.freeze({ 'user-agent': `${userAgent}/orrery` });
  }

  send(request: ClientRequest): Promise<KubeObject> {
    return withRetries(this.clock, () => this.sendOnce(request));
  }

  list(request: ClientRequest): Promise<ObjectList<any>> {
    return withRetries(this.clock, () => this.listOnce(request));
  }

  private async sendOnce(request: ClientRequest): Promise<KubeObject> {
    const answer = await this.answer(request, neverAborted);
    if (answer.type === 'stream') return objectOf(answer);
    // What a deletecollection deleted.
    if (answer.type === 'list') return listOf(answer);
    if (answer.type !== 'object') throw unexpected(answer);
    const object = answer.stored ? answer.stored.object : answer.object!;
    if (answer.status >= 400) throw errorOfStatus(object, answer.status);
    return object;
  }

  private async listOnce(request: ClientRequest): Promise<ObjectList<any>> {
    const answer = await this.answer(request, neverAborted);
    if (answer.type === 'list') {
      const { resourceVersion = '' } = answer.metadata;
      // Of thousands of objects most have to be parsed.
      const items: KubeObject[] = [];
      const work = new LongWork(this.clock);
      for (const item of answer.items) {
        items.push(item.object);
        if (work.isDue()) await work.rest();
      }
      return { items, metadata: { ...answer.metadata, resourceVersion } };
    }
    if (answer.type === 'stream') return (await objectOf(answer)) as never;
    throw unexpected(answer);
  }

  watch(request: ClientRequest, signal: AbortSignal): AsyncIterable<WatchEvent<any>> {
    const controller = new AbortController();
    let stopSource: (() => void) | undefined;
    const queue = new EventQueue(() => {
      signal.removeEventListener('abort', left);
      controller.abort();
      stopSource?.();
    });
    const left = () => queue.close();
    if (signal.aborted) left();
    else signal.addEventListener('abort', left, { once: true });
    const start = (answer: Answer) => {
      if (answer.type === 'stream') return readEvents(answer, queue, (stop) => (stopSource = stop));
      if (answer.type !== 'watch') throw unexpected(answer);
      if (controller.signal.aborted) return;
      stopSource = answer.start({
        events(events) {
          queue.push(events.map(eventOf));
          return queue.length < bufferLimit ? undefined : queue.drained();
        },
        end: () => queue.close(),
      });
      if (controller.signal.aborted) stopSource();
    };
    if (!controller.signal.aborted) {
      const attempt = async () => start(await this.answer(request, controller.signal));
      withRetries(this.clock, attempt, controller.signal).catch((error) => queue.close(error));
    }
    return queue;
  }

  private answer(request: ClientRequest, signal: AbortSignal): Promise<Answer> {
    return this.turns.of(() => this.dispatch(this.requestOf(request, signal), this.user));
  }

  private requestOf({ method, path, query, body, contentType }: ClientRequest, signal: AbortSignal): ApiRequest {
    const text = typeof body === 'string' ? Buffer.from(body) : undefined;
    return {
      method,
      path,
      query,
      headers: contentType ? { ...this.headers, 'content-type': contentType } : this.headers,
      readBody: async () => text ?? Buffer.alloc(0),
      openBody: () => (body === undefined ? undefined : Readable.from([text ?? jsonText(body)])),
      ...(typeof body === 'object' ? { object: copyData(body) } : {}),
      signal,
    };
  }
}

/** Reads the watch that another server answers, until it ends or is stopped. @throws ApiError of its Status */
async function readEvents(answer: StreamAnswer, queue: EventQueue, stoppable: (stop: () => void) => void): Promise<void> {
  if (answer.status >= 400) await objectOf(answer);
  const { body } = answer;
  stoppable(() => body.destroy());
  for await (const line of createInterface({ input: body })) {
    if (line === '') continue;
    queue.push([readJson(line)]);
    if (queue.length >= bufferLimit) await queue.drained();
  }
  queue.close();
}

/** What another server answered. @throws ApiError of its Status */
async function objectOf({ status, headers, body }: StreamAnswer): Promise<KubeObject> {
  const text = await readText(body);
  if (status < 400) return readJson(text);
  throw statusError(status, text) ?? plainError(status, first(headers['content-type']), text, first(headers['retry-after']));
}

function listOf({ definition, items, metadata }: ListAnswer): KubeObject {
  const apiVersion = apiVersionOf(definition.group, definition.version);
  return {
    kind: definition.listKind,
    apiVersion,
    metadata: metadata as KubeObject['metadata'],
    items: items.map((item) => item.object),
  } as KubeObject;
}

function eventOf(event: WatchAnswerEvent): WatchEvent<any> {
  return { type: event.type, object: event.stored ? event.stored.object : event.object! };
}

function first(value: string | readonly string[] | undefined): string {
  return String([value ?? ''].flat()[0]);
}

function unexpected(answer: Answer): Error {
  if (answer.type === 'raw' && answer.status >= 400) {
    return plainError(answer.status, answer.contentType, String(answer.body), answer.headers?.['retry-after']);
  }
  return internalError(`unexpected answer of type ${answer.type}`);
}
