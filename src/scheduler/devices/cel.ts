import { compileDeviceSelector, type DeviceSelector } from '../../../api/cel/device/device-selector.ts';
import type { DeviceSelectorCompiler } from './selectors.ts';

const maxRemembered = 1000;

/** Compilers remember the expressions that they have seen: a cluster has few, and asks for each of them very often. */
export function deviceSelectorCompiler(): DeviceSelectorCompiler {
  const compiled = new Map<string, DeviceSelector>();
  return (expression) => {
    let selector = compiled.get(expression);
    if (!selector) {
      selector = compileDeviceSelector(expression);
      if (compiled.size >= maxRemembered) compiled.clear();
      compiled.set(expression, selector);
    }
    const { matches } = selector;
    return ({ driver, device }) => matches(driver, device);
  };
}
