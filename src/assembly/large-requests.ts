import { sharedAbortController } from '../machinery/abort.ts';
import { systemClock } from '../machinery/clock.ts';
import { Disposables } from '../machinery/disposables.ts';
import { createLogger } from '../machinery/logger.ts';
import { nextTurn } from '../machinery/next-turn.ts';
import { systemRandom } from '../machinery/random.ts';
import type { FromServer, ToServer } from '../server/large-requests/messages.ts';
import { PortStorage } from '../storage/port/port-storage.ts';
import { assembleApiServer } from './api-server.ts';
import { frontProxyOf } from './front-proxy.ts';
import type { LargeRequestData } from './large-request-thread.ts';

/** The thread's own limits on requests are none: those that come have passed the limits of the thread that listens. */
const unlimited = { readOnly: 0, mutating: 0 };

/** The life of the thread that `LargeRequestThread` starts: an API server over the other thread's store, which answers what it is handed. */
export async function serveLargeRequests({ options, keys, storage: store, requests }: LargeRequestData): Promise<void> {
  const controllers = new Map<number, AbortController>();
  const waiting: ToServer[] = [];
  const early = (message: ToServer) => waiting.push(message);
  requests.on('message', early);
  const storage = new PortStorage(store);
  const logger = createLogger(options.logLevel);
  const { server } = await assembleApiServer(
    {
      options,
      storage,
      keys,
      frontProxy: await frontProxyOf(options, keys),
      clock: systemClock,
      random: systemRandom,
      logger,
      signal: sharedAbortController().signal,
      // Without its store it is of no use: the process starts another thread.
      onFailure: (error) => {
        throw error;
      },
      running: new Disposables(),
    },
    { serverAddress: () => '', priorityAndFairness: false, inFlightLimits: unlimited },
  );
  const receive = async (message: ToServer): Promise<void> => {
    const { id } = message;
    if (message.type === 'abort') return controllers.get(id)?.abort();
    const controller = new AbortController();
    controllers.set(id, controller);
    try {
      // What was written before the request came counts: its changes have come before this answer, and are taken in within a turn.
      await storage.currentRevision();
      await nextTurn();
      const answer = await server.answerHandedOver(message.request, controller.signal);
      requests.postMessage({ type: 'answer', id, answer } satisfies FromServer);
    } finally {
      controllers.delete(id);
    }
  };
  requests.off('message', early);
  requests.on('message', (message: ToServer) => void receive(message));
  for (const message of waiting) void receive(message);
}
