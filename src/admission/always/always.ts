import type { AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';

/** AlwaysAdmit: deprecated, lets everything pass. */
export const alwaysAdmitPlugin: AdmissionPlugin = { name: 'AlwaysAdmit' };

/** AlwaysDeny: deprecated, lets nothing pass; for tests. */
export const alwaysDenyPlugin: AdmissionPlugin = {
  name: 'AlwaysDeny',
  validate(attributes) {
    throw refuse(attributes, 'admission control is denying all modifications');
  },
};
