import type { UserInfo } from '../auth/types.ts';

/** Who the API server is for what it writes by itself. */
export const apiServerUser: UserInfo = Object.freeze({
  username: 'system:apiserver',
  groups: Object.freeze(['system:authenticated', 'system:masters']),
});
