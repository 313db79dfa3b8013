import { setMaxListeners } from 'node:events';

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
