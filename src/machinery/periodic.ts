import type { Clock, Timer } from './clock.ts';

/** Does the work every so often, each time so long after it was done the last time, until the signal is aborted; an error is told of and does not end it. */
export function every(clock: Clock, ms: number, work: () => Promise<void>, onError: (error: unknown) => void, signal: AbortSignal): void {
  let timer: Timer | undefined;
  const schedule = () => {
    if (!signal.aborted) timer = clock.timer(ms, turn, { background: true });
  };
  const turn = () => {
    work().catch(onError).finally(schedule);
  };
  signal.addEventListener('abort', () => timer?.cancel(), { once: true });
  schedule();
}
