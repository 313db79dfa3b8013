import { priorityOf } from '../filtering.ts';
import type { Plugin } from '../framework.ts';

/** The most important pod first; of equals, the one that waits longest. */
export const prioritySort: Plugin = {
  name: 'PrioritySort',
  less(a, b) {
    const difference = priorityOf(a.pod) - priorityOf(b.pod);
    return difference > 0 || (difference === 0 && a.enqueuedAt < b.enqueuedAt);
  },
};
