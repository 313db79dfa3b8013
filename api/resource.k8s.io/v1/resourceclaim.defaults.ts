import type { ResourceClaimSpec } from '../../../openapi/types.ts';

/** How many devices a request is for, if it does not say. */
export function defaultClaimSpec(spec: ResourceClaimSpec | undefined): void {
  for (const { exactly, firstAvailable = [] } of spec?.devices?.requests ?? []) {
    for (const request of exactly ? [exactly, ...firstAvailable] : firstAvailable) {
      request.allocationMode ||= 'ExactCount';
      if (request.allocationMode === 'ExactCount' && !request.count) request.count = 1;
    }
  }
}
