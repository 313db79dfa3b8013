import { setMaxListeners } from 'node:events';
import type { Clock } from './clock.ts';

/** An AbortController whose signal many parts listen to, which Node would take for a leak otherwise. */
export function sharedAbortController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** A signal for many listeners that is aborted with the first of the given ones. */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any(signals as AbortSignal[]);
  setMaxListeners(0, signal);
  return signal;
}

/** Rejects with the signal's reason when it is aborted, or if it is already. */
export function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Runs something with a signal that is aborted with the given one, or after `ms` (with a TimeoutError). */
export async function withDeadline<T>(clock: Clock, ms: number, signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new AbortController();
  const timer = clock.timer(ms, () => deadline.abort(new DOMException('context deadline exceeded', 'TimeoutError')), { background: true });
  try {
    return await run(AbortSignal.any([signal, deadline.signal]));
  } finally {
    timer.cancel();
  }
}
