import { service as services } from '../../../api/core/v1/service.ts';
import type { Service } from '../../../openapi/types.ts';
import { isFor } from '../lookup.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';

/** Services get no external addresses that they do not have yet. */
export const denyServiceExternalIPsPlugin: AdmissionPlugin = {
  name: 'DenyServiceExternalIPs',
  validate(attributes) {
    const { operation, object, old } = attributes;
    if ((operation !== 'CREATE' && operation !== 'UPDATE') || !isFor(attributes, services)) return;
    const before = (old as Service | undefined)?.spec?.externalIPs ?? [];
    const added = ((object as Service).spec?.externalIPs ?? []).some((address) => !before.includes(address));
    if (added) throw refuse(attributes, 'Use of external IPs is denied by admission control');
  },
};
