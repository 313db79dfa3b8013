import { compileDeviceSelector, type DeviceSelector } from '../../../api/cel/device/device-selector.ts';
import { Memo } from '../../machinery/memo.ts';
import type { DeviceSelectorCompiler } from './selectors.ts';

const maxRemembered = 1000;

/** Compilers remember the expressions that they have seen: a cluster has few, and asks for each of them very often. */
export function deviceSelectorCompiler(): DeviceSelectorCompiler {
  const compiled = new Memo<DeviceSelector>(maxRemembered);
  return (expression) => {
    const { matches } = compiled.get(expression, () => compileDeviceSelector(expression));
    return ({ driver, device }) => matches(driver, device);
  };
}
