import type { Clock } from '../machinery/clock.ts';
import type { Logger } from '../machinery/logger.ts';
import type { Random } from '../machinery/random.ts';

/** What everything in the runtime needs of the process it runs in. */
export interface RuntimeContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Aborted when the process, or the leadership of it, ends. */
  readonly signal: AbortSignal;
}
