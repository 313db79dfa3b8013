import type { Device } from '../../../openapi/types.ts';

/** A device as a selector's expression sees it. */
export interface SelectedDevice {
  readonly driver: string;
  readonly device: Device;
}

/** Compiles the CEL expression of a device selector. @throws Error where it does not compile; the result throws where it cannot be evaluated */
export type DeviceSelectorCompiler = (expression: string) => (device: SelectedDevice) => boolean;
