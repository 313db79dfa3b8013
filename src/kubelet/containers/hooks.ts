import type { LifecycleHandler } from '../../../openapi/types.ts';
import { NotEmulated } from '../images/not-emulated.ts';
import { startCommand } from '../images/shell/shell.ts';
import type { ContainerRun } from './container.ts';

export interface HookOutcome {
  readonly failed: boolean;
  /** Milliseconds; the limit for one that did not end by then. */
  readonly duration: number;
}

/**
 * Runs a lifecycle hook: what it does happens at once, what it takes is told. One that no emulator knows is well, and takes no time.
 * @param limit milliseconds
 */
export function runHook(hook: LifecycleHandler, { program }: ContainerRun, now: number, limit: number): HookOutcome {
  if (hook.sleep) return { failed: false, duration: Math.min(Number(hook.sleep.seconds) * 1000, limit) };
  const world = program?.world;
  if (!hook.exec?.command?.length || !world) return { failed: false, duration: 0 };
  try {
    const { input: _, terminal: __, ...alone } = world;
    const process = startCommand(hook.exec.command, { ...alone, output: () => {} }, now, false);
    process.advance(now + limit);
    if (process.exitCode === undefined) return { failed: false, duration: limit };
    return { failed: process.exitCode !== 0, duration: process.time - now };
  } catch (error) {
    if (error instanceof NotEmulated) return { failed: false, duration: 0 };
    throw error;
  }
}
