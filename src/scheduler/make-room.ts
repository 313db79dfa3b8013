import type { Pod } from '../../openapi/types.ts';
import { messageOf } from '../runtime/errors.ts';
import { type Diagnosis, fitMessage } from './cycle.ts';
import type { CycleState } from './cycle-state.ts';
import type { Plugin, PostFilterResult } from './framework.ts';

/** What the plugins made of it that no node fits. */
export interface Room {
  /** Why no node fits, and what came of making room. */
  readonly message: string;
  /** Where there will be room; '' takes an earlier nomination back, absent: as it was. */
  readonly nominatedNode?: string;
}

/**
 * No node fits: the plugins that may change that have their say, until one succeeds.
 * @returns a promise only where a plugin gives one
 */
export function makeRoom(plugins: readonly Plugin[], state: CycleState, pod: Pod, diagnosis: Diagnosis): Room | Promise<Room> {
  const asking = ask(plugins, state, pod, diagnosis);
  const first = asking.next();
  return first.done ? first.value : afterwards(asking, first.value);
}

async function afterwards(asking: Asking, first: Promise<PostFilterResult>): Promise<Room> {
  let step: IteratorResult<Promise<PostFilterResult>, Room> = { done: false, value: first };
  while (!step.done) {
    let result: PostFilterResult;
    try {
      result = await step.value;
    } catch (error) {
      step = asking.throw(error);
      continue;
    }
    step = asking.next(result);
  }
  return step.value;
}

type Asking = Generator<Promise<PostFilterResult>, Room, PostFilterResult>;

/** Yields what has to be waited for. */
function* ask(plugins: readonly Plugin[], state: CycleState, pod: Pod, diagnosis: Diagnosis): Asking {
  if (plugins.length === 0) return { message: fitMessage(diagnosis, ''), nominatedNode: '' };
  const reasons: string[] = [];
  let nominatedNode: string | undefined;
  try {
    for (const plugin of plugins) {
      const answer = plugin.postFilter!(state, pod, diagnosis.statuses);
      const result = answer instanceof Promise ? yield answer : answer;
      nominatedNode = result.nominatedNode ?? nominatedNode;
      if (result.success) return { message: fitMessage(diagnosis, ''), ...(nominatedNode === undefined ? {} : { nominatedNode }) };
      reasons.push(...result.reasons);
    }
  } catch (error) {
    return { message: fitMessage(diagnosis, messageOf(error)) };
  }
  return { message: fitMessage(diagnosis, reasons.join(', ')), ...(nominatedNode === undefined ? {} : { nominatedNode }) };
}
