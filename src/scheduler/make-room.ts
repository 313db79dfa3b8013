import type { Pod } from '../../openapi/types.ts';
import { messageOf } from '../runtime/errors.ts';
import { type Diagnosis, fitMessage } from './cycle.ts';
import type { CycleState } from './cycle-state.ts';
import type { Plugin } from './framework.ts';

/** What the plugins made of it that no node fits. */
export interface Room {
  /** Why no node fits, and what came of making room. */
  readonly message: string;
  /** Where there will be room; '' takes an earlier nomination back, absent: as it was. */
  readonly nominatedNode?: string;
}

/** No node fits: the plugins that may change that have their say, until one succeeds. */
export function makeRoom(plugins: readonly Plugin[], state: CycleState, pod: Pod, diagnosis: Diagnosis): Room {
  if (plugins.length === 0) return { message: fitMessage(diagnosis, ''), nominatedNode: '' };
  const reasons: string[] = [];
  let nominatedNode: string | undefined;
  try {
    for (const plugin of plugins) {
      const result = plugin.postFilter!(state, pod, diagnosis.statuses);
      nominatedNode = result.nominatedNode ?? nominatedNode;
      if (result.success) return { message: fitMessage(diagnosis, ''), ...(nominatedNode === undefined ? {} : { nominatedNode }) };
      reasons.push(...result.reasons);
    }
  } catch (error) {
    return { message: fitMessage(diagnosis, messageOf(error)) };
  }
  return { message: fitMessage(diagnosis, reasons.join(', ')), ...(nominatedNode === undefined ? {} : { nominatedNode }) };
}
