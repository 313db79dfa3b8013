import type { DeviceSelectorCompiler } from './selectors.ts';

/** Compiles a device selector's expression. @throws Error where it does not compile */
export const compileDeviceSelector: DeviceSelectorCompiler = (expression) => {
  throw new Error(`expressions cannot be evaluated: ${expression}`);
};
