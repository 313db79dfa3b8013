import { Histogram } from '../../machinery/histogram.ts';

const waitSeconds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3];

/** What one watch cache has done so far. */
export class CacheStats {
  /** How often the state was loaded. */
  loads = 0;
  /** Changes that its watch of storage told. */
  received = 0;
  /** Objects and past changes that watchers were told at their beginning. */
  initial = 0;
  /** Watchers that were too slow. */
  lagged = 0;
  /** Lists that it answered, the objects that were looked at for them, and those that were shown. */
  readonly lists = { total: 0, fetched: 0, returned: 0 };
  /** How long readers waited for a version. */
  readonly waits = new Histogram(waitSeconds);
}
