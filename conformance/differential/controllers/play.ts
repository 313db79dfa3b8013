import type { Connection, Reply } from '../connection.ts';
import { removeObject } from '../fixtures.ts';
import type { Difference } from '../normalize.ts';
import { differences, scrub } from '../normalize.ts';
import type { Observer } from './observer.ts';
import type { Scenario, Stage, Step } from './scenario.ts';
import { shown, shownDifferences } from './shown.ts';

const poll = 100;
const calm = 1_500;
const settled = 3_000;
const limit = 40_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** @returns whether it has become so within the limit */
async function untilCalm(observer: Observer, namespace: string, ms: number): Promise<boolean> {
  for (const end = performance.now() + limit; performance.now() < end; await sleep(poll))
    if (observer.calmFor(namespace) >= ms) return true;
  return false;
}

export interface Server {
  readonly connection: Connection;
  readonly observer: Observer;
}

export interface StepDifferences {
  readonly step: number;
  readonly differences: readonly Difference[];
}

interface Actor {
  readonly stage: Stage;
  readonly answers: string[];
  /** Paths of what was made outside the namespace. */
  readonly made: Set<string>;
}

function actorOf({ connection, observer }: Server, namespace: string): Actor {
  const answers: string[] = [];
  const made = new Set<string>();
  const uidOf = (_: string, key: string) => {
    const [kind, name] = key.split('/');
    return observer.objects(namespace, kind).find(({ metadata }) => metadata.name === name)?.metadata.uid ?? 'none';
  };
  const send = async (method: string, path: string, body?: unknown, contentType?: string): Promise<Reply> => {
    const filled = (JSON.stringify(body) ?? '').replaceAll('<namespace>', namespace).replace(/<uid ([^>]+)>/g, uidOf);
    const text = body === undefined || body === '' ? {} : { body: filled };
    const reply = await connection.send({ method, path, ...text, ...(contentType ? { contentType } : {}) });
    observer.disturb(namespace);
    const { kind, message, metadata } = reply.body as { kind?: string; message?: string; metadata?: { name: string } };
    if (reply.status === 201 && !path.includes('/namespaces/')) made.add(`${path}/${metadata!.name}`);
    const names = observer.generatedNames(namespace);
    const shownMessage = kind === 'Status' ? scrub(message ?? '').replace(/[a-z0-9.-]+/g, (name) => names.get(name) ?? name) : '';
    answers.push(`${reply.status} ${shownMessage}`);
    return reply;
  };
  const stage: Stage = {
    connection,
    observer,
    namespace,
    send,
    calm: async () => {
      const specs = observer.objects(namespace).map(({ spec }) => spec?.minReadySeconds ?? 0);
      const availability = Math.max(0, ...specs);
      await untilCalm(observer, namespace, calm + (availability > 0 ? (availability + 1) * 1000 : 0));
    },
  };
  return { stage, answers, made };
}

async function take(actor: Actor, step: Step): Promise<boolean> {
  const { observer, namespace } = actor.stage;
  const began = performance.now();
  await step.act(actor.stage);
  const left = (step.timer ?? 0) * 1000 - (performance.now() - began);
  if (left > 0) await sleep(left);
  return untilCalm(observer, namespace, settled);
}

/**
 * Plays a scenario on both servers, in a namespace that is there already; what it makes elsewhere is removed at the end.
 * @returns what differs after each step, without what differed so before
 */
export async function play(servers: readonly [Server, Server], scenario: Scenario, namespace: string): Promise<readonly StepDifferences[]> {
  const actors = servers.map((server) => actorOf(server, namespace));
  try {
    return await compared(servers, actors, scenario, namespace);
  } finally {
    for (const { made, stage } of actors) for (const path of made) await removeObject(stage.connection, path);
  }
}

async function compared(
  servers: readonly [Server, Server],
  actors: readonly Actor[],
  scenario: Scenario,
  namespace: string,
): Promise<readonly StepDifferences[]> {
  const known = new Set<string>();
  const found: StepDifferences[] = [];
  for (const [index, step] of scenario.steps.entries()) {
    const calmed = await Promise.all(actors.map((actor) => take(actor, step)));
    const [want, got] = servers.map(({ observer }) => shown(observer, namespace, scenario.runs === true));
    const [asked, answered] = actors.map(({ answers }) => answers.splice(0));
    // A pod that a controller took away just when it was to be reported: from here on the two are not alike.
    if ([...asked!, ...answered!].some((answer) => /^(404|409) pods /.test(answer))) break;
    const list = [
      ...differences(asked, answered, '.answers'),
      ...differences(calmed[0], calmed[1], '.settled'),
      ...shownDifferences(want!, got!),
    ].filter((difference) => {
      const text = JSON.stringify(difference);
      return !known.has(text) && known.add(text);
    });
    if (list.length > 0) found.push({ step: index, differences: list });
  }
  return found;
}
