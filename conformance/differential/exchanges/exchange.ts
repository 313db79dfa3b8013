import { setTimeout } from 'node:timers/promises';
import type { Random } from '../../../src/machinery/random.ts';
import type { Connection, Reply, Request } from '../connection.ts';

/** One request of an exchange. Where path or body say `<name>`, what the server answered before under this name is meant. */
export interface Turn extends Request {
  /** What is kept of the answer for later turns, by name; for each server its own. */
  readonly keep?: Readonly<Record<string, (reply: Reply) => string | undefined>>;
  /** The answer is not compared. */
  readonly unseen?: boolean;
  /** The request is sent again until its answer is so, or 15 seconds have passed. */
  readonly until?: (reply: Reply) => boolean;
  /** Requests that are sent once this one, a watch, has been answered with its headers. */
  readonly meanwhile?: readonly Turn[];
}

/** Requests that are sent to each server one after the other. */
export interface Exchange {
  /** What it is about; differences are grouped by it. */
  readonly verb: string;
  readonly turns: readonly Turn[];
}

/** Where an area's requests go. */
export interface Setting {
  /** The run's own namespace, which is there. */
  readonly namespace: string;
  /** Unlike that of any other exchange of the run, to name objects. */
  readonly unique: string;
}

/** Exchanges of one sort, made from a seed. */
export interface Area {
  readonly name: string;
  /** Makes what its requests need on both servers. @param reference the first of them is the reference */
  prepare?(servers: readonly Connection[], namespace: string): Promise<void>;
  make(random: Random, setting: Setting): Exchange;
  /** Removes what does not go with the namespace. */
  cleanUp?(server: Connection, namespace: string): Promise<void>;
}

/** @returns the answers of one server that are compared, in order */
export async function play(server: Connection, { turns }: Exchange): Promise<readonly Reply[]> {
  const known = new Map<string, string>();
  const filled = (text: string) => text.replace(/<([a-z][a-zA-Z]*)>/g, (whole, name) => known.get(name) ?? whole);
  const replies: Reply[] = [];
  const take = async (list: readonly Turn[]): Promise<void> => {
    for (const { keep = {}, unseen, until, meanwhile, ...turn } of list) {
      const body = typeof turn.body === 'string' ? filled(turn.body) : turn.body;
      const request = { ...turn, path: filled(turn.path), ...(body !== undefined && { body }) };
      const later: Reply[] = [];
      let reply = await server.send(request, meanwhile && (() => sideBySide(meanwhile, later)));
      for (let tries = 0; until && !until(reply) && tries < 150; tries++) {
        await setTimeout(100);
        reply = await server.send(request);
      }
      for (const [name, value] of Object.entries(keep)) known.set(name, value(reply) ?? '');
      if (!unseen) replies.push(reply);
      replies.push(...later);
    }
  };
  const sideBySide = async (list: readonly Turn[], later: Reply[]): Promise<void> => {
    for (const turn of list) {
      const reply = await server.send({ ...turn, path: filled(turn.path) });
      if (!turn.unseen) later.push(reply);
    }
  };
  await take(turns);
  return replies;
}

/** The revision that an answer shows, of an object or a list. */
export const revisionOf = (reply: Reply): string | undefined =>
  (reply.body as { metadata?: { resourceVersion?: string } } | undefined)?.metadata?.resourceVersion;

/** A request with a JSON body. */
export function withBody(method: string, path: string, body: unknown, contentType = 'application/json'): Turn {
  return { method, path, contentType, body: JSON.stringify(body) };
}
